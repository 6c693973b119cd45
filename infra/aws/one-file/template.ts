import { readFileSync } from 'node:fs';
import type { Combined } from './conditions.ts';
import { readDocstrings } from './documented.ts';
import { fill } from './fill.ts';
import { mergeSamples } from './merge.ts';
import { writePoliciesAsText } from './policy-text.ts';
import { type PlainResource, type PlainTemplate, takeSamples } from './samples.ts';
import { CONDITIONS, MAPPINGS, RULES, writeInterface, writeParameters } from './sections.ts';
import { dropAbsentElements } from './slots.ts';

/** The source of each function, one CommonJS module. */
export interface InlineCode {
  readonly NodeEvents: string;
  readonly Reconcile: string;
}

/** The template that is the whole of a deployment: what the construct makes, with parameters for its properties. */
export function createOneFile(code: InlineCode): object {
  const combined: Combined = new Map();
  const merged = mergeSamples(takeSamples(), combined) as unknown as PlainTemplate;
  const resources = dropAbsentElements(merged.Resources, combined);
  const filled = fill(writePoliciesAsText(resources)) as Record<string, PlainResource>;
  const Outputs = fill(merged.Outputs);
  const left = /.{0,60}(\bmark-|-0000000a\d).{0,20}/.exec(JSON.stringify({ filled, Outputs }));
  if (left !== null) throw new Error(`expected a parameter for every mark; found ${left[0]}`);
  const Resources = Object.fromEntries(
    Object.entries(filled).map(([id, resource]) => [id, finish(id, resource, code)]),
  );
  const body = { Resources, Outputs };
  const source = readFileSync(new URL('../props.ts', import.meta.url), 'utf8');
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'podroutes: keeps VPC route tables in step with the pod CIDRs of nodes',
    Metadata: writeInterface(),
    Parameters: writeParameters(readDocstrings(source)),
    Rules: RULES,
    Mappings: MAPPINGS,
    Conditions: pickConditions(body, { ...CONDITIONS, ...Object.fromEntries(combined) }),
    ...body,
  };
}

/** Without what the CDK notes for itself; a function with its code. */
function finish(id: string, resource: PlainResource, code: InlineCode): PlainResource {
  const { Metadata: _, ...rest } = resource;
  if (rest.Type !== 'AWS::Lambda::Function') return rest as PlainResource;
  const [, source] = Object.entries(code).find(([name]) => id.startsWith(`PodRoutes${name}`)) ?? [];
  if (source === undefined) throw new Error(`${id}: expected the code of a function; found none`);
  return { ...rest, Properties: { ...rest.Properties, Code: { ZipFile: source } } } as PlainResource;
}

/** Those that something refers to. */
function pickConditions(body: object, known: Readonly<Record<string, object>>): Record<string, object> {
  const picked: Record<string, object> = {};
  const pick = (node: object): void => {
    for (const name of namesIn(node)) {
      const condition = known[name];
      if (condition === undefined) throw new Error(`${name}: expected a known condition`);
      if (picked[name] !== undefined) continue;
      picked[name] = condition;
      pick(condition);
    }
  };
  pick(body);
  return picked;
}

function namesIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === 'Condition' && typeof value === 'string') return [value];
    const own = key === 'Fn::If' && Array.isArray(value) ? [String(value[0])] : [];
    return [...own, ...namesIn(value)];
  });
}
