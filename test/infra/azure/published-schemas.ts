import { readdir, readFile } from 'node:fs/promises';
import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Type and version of a resource, each the only one of its schema. */
interface Named {
  readonly type: { readonly enum: readonly [string] };
  readonly apiVersion: { readonly enum: readonly [string] };
}

const FOLDER = new URL('schemas/', import.meta.url);

/** Checks one resource, or a whole template, against what Azure has published of it; null where it is right. */
export interface PublishedSchemas {
  readonly findFault: (type: string, apiVersion: string, body: unknown) => string | null;
  readonly findTemplateFault: (template: unknown) => string | null;
}

/**
 * Loads the schemas, and makes them stricter: they let through properties that Azure does not know, and so would
 * let through every misspelt one.
 */
export async function loadSchemas(): Promise<PublishedSchemas> {
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json'));
  const validators = new Map<string, () => ValidateFunction>();
  for (const name of names) {
    const {
      $schema: _,
      id,
      resourceDefinitions = {},
      ...rest
    } = JSON.parse(await readFile(new URL(name, FOLDER), 'utf8'));
    // Inside of a published schema everything is named from the schema's own address.
    const $id = String(id).replace(/#$/, '');
    ajv.addSchema({
      ...Object(tighten(rest, false)),
      // What every resource may have besides is allowed where it is used.
      resourceDefinitions: mapValues(resourceDefinitions, (definition) => tighten(definition, true)),
      $id,
    });
    for (const [definition, { properties }] of Object.entries<{ properties: Named }>(resourceDefinitions)) {
      const schema = {
        $ref: `${$id}#/resourceDefinitions/${definition}`,
        properties: { scope: { type: 'string' } },
        unevaluatedProperties: false,
      };
      const { type, apiVersion } = properties;
      validators.set(`${type.enum[0]}@${apiVersion.enum[0]}`, () => ajv.compile(schema));
    }
  }
  const explain = (validate: ValidateFunction, body: unknown) =>
    validate(body) ? null : ajv.errorsText(validate.errors, { separator: '\n' });
  return {
    findFault: (type, apiVersion, body) => {
      const compile = validators.get(`${type}@${apiVersion}`);
      return compile === undefined ? `there is no schema of ${type}@${apiVersion}` : explain(compile(), body);
    },
    findTemplateFault: (template) => {
      const root = names.find((name) => name.startsWith('deploymentTemplate')) ?? '';
      const version = root.split('.')[1];
      const id = `https://schema.management.azure.com/schemas/${version}/deploymentTemplate.json`;
      const validate = ajv.getSchema(id);
      return validate === undefined ? `there is no schema ${id}` : explain(validate, template);
    },
  };
}

/**
 * Forbids what is not named, in every object with named properties.
 *
 * @param isPart whether the schema is only a part of what an object may have
 */
function tighten(schema: Json, isPart: boolean): Json {
  if (Array.isArray(schema)) return schema.map((item) => tighten(item, isPart));
  if (typeof schema !== 'object' || schema === null) return schema;
  const isObject = Object.keys(Object(schema['properties'])).length > 0;
  const isClosed = isObject && !isPart && schema['additionalProperties'] === undefined;
  const tight = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      tighten(value, isObject && (key === 'oneOf' || key === 'allOf')),
    ]),
  );
  return isClosed ? { ...tight, unevaluatedProperties: false } : tight;
}

function mapValues(values: { [key: string]: Json }, map: (value: Json) => Json): { [key: string]: Json } {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}
