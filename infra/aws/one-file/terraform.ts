import { readFileSync } from 'node:fs';
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
} from '../../terraform/module.ts';
import { type Kind, RULES } from '../prop-rules.ts';
import { readDocstrings } from './documented.ts';
import { PARAMETERS, type Parameter } from './parameters.ts';
import { writeParameters } from './sections.ts';

/** What the module needs besides the parameters. */
const OF_THE_MODULE: readonly Variable[] = [
  {
    name: 'stack_name',
    description: 'Name of the stack.',
    type: 'string',
    default: 'podroutes',
    checks: [
      {
        condition: matches('^[A-Za-z][A-Za-z0-9-]{0,127}$', 'var.stack_name'),
        expected: 'letters, digits and hyphens, at most 128, beginning with a letter',
      },
    ],
  },
  {
    name: 'bucket',
    description: "Name of a bucket of yours in the stack's region, which the template is written to.",
    type: 'string',
    checks: [],
  },
  {
    name: 'template',
    description: 'Path of the template; `podroutes.template.json` in the folder of the module by default.',
    type: 'string',
    default: null,
    checks: [],
  },
  {
    name: 'tags',
    description: 'Tags of the stack, and of what it makes.',
    type: 'map(string)',
    default: {},
    checks: [],
  },
];

interface KindOfVariable {
  readonly type: Variable['type'];
  readonly fromText: (text: string) => unknown;
  /** The text that CloudFormation takes. */
  readonly toText: (variable: string) => string;
}

const KINDS: Readonly<Record<Kind, KindOfVariable>> = {
  text: { type: 'string', fromText: String, toText: String },
  list: {
    type: 'list(string)',
    fromText: (text) => (text === '' ? [] : text.split(',')),
    toText: (variable) => `join(",", ${variable})`,
  },
  count: { type: 'number', fromText: Number, toText: (variable) => `tostring(${variable})` },
  flag: {
    type: 'bool',
    fromText: (text) => text === 'true',
    toText: (variable) => `tostring(${variable})`,
  },
};

function checksOf({ property, values, elements, required, ...parameter }: Parameter, name: string): Check[] {
  const variable = `var.${name}`;
  const { kind } = RULES[property];
  if (kind === 'flag') return [];
  if (elements !== undefined) {
    const { pattern, expected, most } = elements;
    const sizes = [
      ...(required === true ? [`length(${variable}) >= 1`] : []),
      ...(most === undefined ? [] : [`length(${variable}) <= ${most}`]),
    ];
    const condition = [...sizes, all(matches(`^${pattern}$`, 'each'), variable)].join(' && ');
    return [{ condition, expected: most === undefined ? expected : `at most ${most} ${expected}` }];
  }
  if (values !== undefined) {
    const value = kind === 'list' ? `join(",", ${variable})` : variable;
    return [oneOf(kind === 'count' ? values.map(Number) : values, value)];
  }
  if (kind === 'count') return [whole(variable, parameter.from, parameter.to)];
  const { pattern, expected = '' } = parameter;
  return pattern === undefined ? [] : [{ condition: matches(pattern, variable), expected }];
}

/** The module over the template: its parameters as variables. */
export function writeTerraform(): GeneratedFiles {
  const source = readFileSync(new URL('../props.ts', import.meta.url), 'utf8');
  const sections = writeParameters(readDocstrings(source));
  const variables = Object.entries(PARAMETERS).map(([parameter, definition]): Variable => {
    const name = toVariableName(parameter);
    const { Description, Default } = Object(sections[parameter]);
    const { type, fromText } = KINDS[RULES[definition.property].kind];
    return {
      name,
      description: Description,
      type,
      ...(Default !== undefined && { default: fromText(String(Default)) }),
      checks: checksOf(definition, name),
    };
  });
  const values = Object.entries(PARAMETERS).map(([parameter, { property }]) => {
    const { toText } = KINDS[RULES[property].kind];
    return [parameter, toText(`var.${toVariableName(parameter)}`)] as const;
  });
  const lists = 'infra/aws/one-file/parameters.ts by infra/aws/one-file/synth.ts';
  return {
    'variables.tf': writeVariables(lists, [...OF_THE_MODULE, ...variables]),
    'parameters.tf': `# Made from ${lists}.\n\nlocals {\n  parameters = {\n${align(values, '    ')}  }\n}\n`,
  };
}
