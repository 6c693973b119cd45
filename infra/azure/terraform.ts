import {
  align,
  all,
  type Check,
  type GeneratedFiles,
  matches,
  oneOf,
  toVariableName,
  type Variable,
  whole,
  writeVariables,
} from '../terraform/module.ts';
import type { Parameter } from './arm.ts';
import { FORMS, type Form } from './forms.ts';
import { PARAMETERS } from './parameters.ts';

/** What the module needs besides the parameters. */
const OF_THE_MODULE: readonly Variable[] = [
  {
    name: 'resource_group_name',
    description: 'Name of the resource group for the app, which has to be there.',
    type: 'string',
    checks: [],
  },
  {
    name: 'deployment_name',
    description: 'Name of the deployment in the resource group.',
    type: 'string',
    default: 'podroutes',
    checks: [],
  },
  {
    name: 'template',
    description: 'Path of the template; `main.json` in the folder of the module by default.',
    type: 'string',
    default: null,
    checks: [],
  },
  { name: 'tags', description: 'Tags of the deployment.', type: 'map(string)', default: {}, checks: [] },
];

/** Parameters that have a default only where the template is beside the code, which a text in Terraform is not. */
const REQUIRED: ReadonlySet<string> = new Set(['packageUrl']);

const TYPES: Readonly<Record<Parameter['type'], Variable['type']>> = {
  string: 'string',
  int: 'number',
  bool: 'bool',
  array: 'list(string)',
};

/** An expression is worked out by Azure, so that the parameter is left out. */
function isComputed({ defaultValue }: Parameter): boolean {
  return [defaultValue].flat().some((value) => typeof value === 'string' && value.startsWith('['));
}

function defaultOf(name: string, parameter: Parameter): Pick<Variable, 'default'> {
  if (REQUIRED.has(name) || parameter.defaultValue === undefined) return {};
  return { default: isComputed(parameter) ? null : parameter.defaultValue };
}

function sizeOf(variable: string, unit: string, least?: number, most?: number): Check[] {
  const bounds = [
    ...(least === undefined
      ? []
      : [{ condition: `length(${variable}) >= ${least}`, text: `at least ${least}` }]),
    ...(most === undefined ? [] : [{ condition: `length(${variable}) <= ${most}`, text: `at most ${most}` }]),
  ];
  if (bounds.length === 0) return [];
  return [
    {
      condition: bounds.map(({ condition }) => condition).join(' && '),
      expected: `${bounds.map(({ text }) => text).join(' and ')} ${unit}`,
    },
  ];
}

function hasForm({ pattern, without }: Form, text: string): string {
  const like = (form: RegExp): string => matches(`${form.ignoreCase ? '(?i)' : ''}${form.source}`, text);
  return without === undefined ? like(pattern) : `${like(pattern)} && !${like(without)}`;
}

/** The same that the check of parameter files refuses, in Terraform's language. */
function checksOf(parameter: Parameter, variable: string, form: Form | undefined): Check[] {
  const { type, allowedValues, minLength, maxLength, minValue, maxValue } = parameter;
  if (type === 'bool') return [];
  if (allowedValues !== undefined) return [oneOf(allowedValues, variable)];
  if (type === 'int') return [whole(variable, minValue, maxValue)];
  const isTrimmed = (text: string): string => `trimspace(${text}) == ${text}`;
  if (type === 'string') {
    return [
      ...sizeOf(variable, 'characters', minLength, maxLength),
      { condition: isTrimmed(variable), expected: 'a text without blanks around it' },
      ...(form === undefined ? [] : [{ condition: hasForm(form, variable), expected: form.expected }]),
    ];
  }
  const isDistinct = `length(distinct([for each in ${variable} : lower(each)])) == length(${variable})`;
  return [
    ...sizeOf(variable, 'elements', minLength, maxLength),
    {
      condition: all(`${isTrimmed('each')} && !strcontains(each, ",")`, variable),
      expected: 'texts without commas, and without blanks around them',
    },
    ...(form === undefined
      ? []
      : [{ condition: `${all(hasForm(form, 'each'), variable)} && ${isDistinct}`, expected: form.expected }]),
  ];
}

function writeLocals(source: string): string {
  const names = Object.entries(PARAMETERS).map(
    ([name, parameter]) => [name, `var.${toVariableName(name)}`, parameter] as const,
  );
  const isLeftOut = ([name, , parameter]: (typeof names)[number]): boolean =>
    isComputed(parameter) && !REQUIRED.has(name);
  const always = names
    .filter((each) => !isLeftOut(each))
    .map(([name, value]) => [name, `{ value = ${value} }`] as const);
  const given = names.filter(isLeftOut).map(([name, value]) => [name, value] as const);
  return [
    `# Made from ${source}.\n`,
    'locals {\n  parameters = merge(\n    {',
    `${align(always, '      ')}    },\n    {`,
    '      for name, value in {',
    `${align(given, '        ')}      } : name => { value = value } if value != null`,
    '    }\n  )\n}\n',
  ].join('\n');
}

/** The module over the template: its parameters as variables. */
export function writeTerraform(): GeneratedFiles {
  const source = 'infra/azure/parameters.ts and infra/azure/forms.ts by infra/azure/synth.ts';
  const variables = Object.entries(PARAMETERS).map(([parameter, definition]): Variable => {
    const name = toVariableName(parameter);
    const form = FORMS[parameter];
    return {
      name,
      description: definition.metadata.description,
      type: TYPES[definition.type],
      ...defaultOf(parameter, definition),
      ...(form?.isSecret && { isSensitive: true }),
      checks: checksOf(definition, `var.${name}`, form),
    };
  });
  return {
    'variables.tf': writeVariables(source, [...OF_THE_MODULE, ...variables]),
    'parameters.tf': writeLocals(source),
  };
}
