import { writeFile } from 'node:fs/promises';

/** An expression of Terraform's language. */
type Expression = string;

/** What a value has to be, and how that is said: completes the sentence `expected …`. */
export interface Check {
  readonly condition: Expression;
  readonly expected: string;
}

/** A variable of a module. */
export interface Variable {
  readonly name: string;
  readonly description: string;
  readonly type: 'string' | 'number' | 'bool' | 'list(string)' | 'map(string)';
  /** Null where the template works it out; a variable without any is required. */
  readonly default?: unknown;
  /** Whether Terraform is not to show its value. */
  readonly isSensitive?: boolean;
  readonly checks: readonly Check[];
}

/** The files of a module that are made from the lists of a template. */
export interface GeneratedFiles {
  readonly 'variables.tf': string;
  readonly 'parameters.tf': string;
}

/** The name of a variable, by that of a parameter. */
export function toVariableName(parameter: string): string {
  return parameter.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
}

/** A value as Terraform reads it: JSON, in whose texts nothing is to be filled in. */
function literal(value: unknown): Expression {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return JSON.stringify(value).replaceAll(/[$%](?=\{)/g, '$&$&');
}

/** That a text has a pattern, as far as RE2 knows it. https://github.com/google/re2/wiki/Syntax */
export function matches(pattern: string, text: Expression): Expression {
  return `can(regex(${literal(pattern)}, ${text}))`;
}

/** That all elements of a list hold to a condition, which calls each of them `each`. */
export function all(condition: Expression, list: Expression): Expression {
  return `alltrue([for each in ${list} : ${condition}])`;
}

/** That a number is a whole one within bounds, where there are any. */
export function whole(variable: Expression, least?: number, most?: number): Check {
  const bounds = [
    ...(least === undefined ? [] : [`${variable} >= ${least}`]),
    ...(most === undefined ? [] : [`${variable} <= ${most}`]),
  ];
  const from = least === undefined ? '' : ` from ${least}${most === undefined ? ' on' : ` to ${most}`}`;
  return {
    condition: [`floor(${variable}) == ${variable}`, ...bounds].join(' && '),
    expected: `a whole number${from}`,
  };
}

/** That a value is one of some. */
export function oneOf(values: readonly unknown[], value: Expression): Check {
  return {
    condition: `contains(${literal(values)}, ${value})`,
    expected: `one of ${values.map((each) => (each === '' ? '""' : String(each))).join(', ')}`,
  };
}

/** Names of parameters in a description, as the variables are called. */
function nameVariables(description: string, names: ReadonlySet<string>): string {
  return description.replaceAll(/\b[a-z]+(?:[A-Z][A-Za-z]*)\b/g, (word) => {
    const name = toVariableName(word);
    return names.has(name) ? name : word;
  });
}

/** Arguments with their equals signs in one column, as `terraform fmt` wants them. */
export function align(entries: readonly (readonly [string, Expression])[], indent: string): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${indent}${name.padEnd(width)} = ${value}\n`).join('');
}

function writeCheck({ name, ...variable }: Variable, { condition, expected }: Check): string {
  const isOptional = variable.default === null;
  const entries = [
    ['condition', isOptional ? `var.${name} == null ? true : ${condition}` : condition],
    ['error_message', literal(`${name}: expected ${expected}.`)],
  ] as const;
  return `\n  validation {\n${align(entries, '    ')}  }\n`;
}

function writeVariable(variable: Variable, names: ReadonlySet<string>): string {
  const { name, description, type, isSensitive = false, checks } = variable;
  const entries = [
    ['description', literal(nameVariables(description, names))],
    ['type', type],
    ...(variable.default === undefined ? [] : [['default', literal(variable.default)] as const]),
    ...(variable.default === null ? [] : [['nullable', 'false'] as const]),
    ...(isSensitive ? [['sensitive', 'true'] as const] : []),
  ] as const;
  const blocks = checks.map((check) => writeCheck(variable, check));
  return `variable "${name}" {\n${align(entries, '  ')}${blocks.join('')}}\n`;
}

/** The file of variables. */
export function writeVariables(source: string, variables: readonly Variable[]): string {
  const names = new Set(variables.map(({ name }) => name));
  const blocks = variables.map((variable) => writeVariable(variable, names));
  return [`# Made from ${source}.\n`, ...blocks].join('\n');
}

/** Refreshes the copies that are kept in the repository. */
export async function writeFiles(folder: URL, files: GeneratedFiles): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(new URL(name, folder), text);
}
