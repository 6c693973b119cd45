import { describeProblems, readConfig } from '../../shared/config.ts';
import { SETTINGS } from '../../shared/settings.ts';
import type { Parameter } from './arm.ts';
import { PARAMETERS, SETTING_PARAMETERS } from './parameters.ts';

/** Values by parameter name, as a parameter file has them. */
type Values = Readonly<Record<string, unknown>>;

/** Reads a parameter file: `{ "parameters": { "cluster": { "value": "…" } } }`. */
export function readValues(document: unknown): Values {
  const { parameters } = Object(document);
  if (typeof parameters !== 'object' || parameters === null) {
    throw new Error('expected a parameter file, which has "parameters"');
  }
  return Object.fromEntries(Object.entries(parameters).map(([name, given]) => [name, Object(given).value]));
}

const IS_OF_TYPE: Readonly<Record<Parameter['type'], (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  int: Number.isSafeInteger,
  bool: (value) => typeof value === 'boolean',
  array: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

/**
 * Everything that is wrong with the values, a sentence each: what Azure would refuse, and what the functions would
 * refuse after the deployment. Names the parameter.
 */
export function findProblems(values: Values): string[] {
  const unknown = Object.keys(values)
    .filter((name) => PARAMETERS[name] === undefined)
    .map((name) => `${name}: expected one of ${Object.keys(PARAMETERS).join(', ')}`);
  const bounds = Object.entries(PARAMETERS).flatMap(([name, definition]) =>
    findBreach(definition, values[name]).map((problem) => `${name}: ${problem}`),
  );
  const problems = [...unknown, ...bounds];
  return problems.length > 0 ? problems : findSettingProblems(values);
}

function findBreach(definition: Parameter, value: unknown): string[] {
  const { type, defaultValue, allowedValues, minLength, maxLength, minValue, maxValue } = definition;
  if (value === undefined) return defaultValue === undefined ? ['expected a value; found none'] : [];
  if (!IS_OF_TYPE[type](value)) return [`expected ${NOUNS[type]}; found ${JSON.stringify(value)}`];
  const size = type === 'string' || type === 'array' ? Object(value).length : Number(value);
  const least = minLength ?? minValue ?? Number.NEGATIVE_INFINITY;
  const most = maxLength ?? maxValue ?? Number.POSITIVE_INFINITY;
  if (size < least) return [`expected at least ${least}${UNITS[type]}; found ${size}`];
  if (size > most) return [`expected at most ${most}${UNITS[type]}; found ${size}`];
  if (allowedValues === undefined || allowedValues.some((allowed) => allowed === value)) return [];
  return [`expected ${allowedValues.join(', ')}; found ${JSON.stringify(value)}`];
}

const NOUNS: Readonly<Record<Parameter['type'], string>> = {
  string: 'text',
  int: 'a whole number',
  bool: 'true or false',
  array: 'a list of texts',
};

const UNITS: Readonly<Record<Parameter['type'], string>> = {
  string: ' characters',
  int: '',
  bool: '',
  array: ' elements',
};

/** The settings that the template makes of the values, by the same rules as its expressions. */
export function toSettings(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(SETTING_PARAMETERS).map(([name, { setting, parameter }]) => {
      const value = values[name] ?? Object(parameter).defaultValue;
      return [setting.name, Array.isArray(value) ? value.join(',') : String(value)];
    }),
  );
}

/** Reads the settings as the functions will, and speaks of parameters instead. */
function findSettingProblems(values: Values): string[] {
  const result = readConfig(toSettings(values), 'azure');
  if (result.ok) return findGroupProblems(values);
  return result.problems.map((problem) =>
    Object.entries(SETTING_PARAMETERS).reduce(
      (text, [name, { setting }]) => text.replaceAll(new RegExp(`\\b${setting.name}\\b`, 'g'), name),
      problem,
    ),
  );
}

/** Groups that the functions read from their settings, and those that only permissions and events are for. */
function findGroupProblems(values: Values): string[] {
  return ['nodeResourceGroups', 'networkResourceGroups'].flatMap((name) => {
    const groups: unknown = values[name] ?? [];
    if (!Array.isArray(groups) || groups.length === 0) return [];
    const { expected, read, name: variable } = SETTINGS.azureResourceGroups;
    const reading = read(groups.join(','), 'azure');
    if (reading.ok) return [];
    return reading.mistakes.map(
      ({ found }) => `${name} (${variable}): expected ${expected}; found ${JSON.stringify(found)}`,
    );
  });
}

/** The one text that lists every problem; null where there is none. */
export function describeValues(values: Values): string | null {
  const problems = findProblems(values);
  return problems.length === 0 ? null : describeProblems(problems);
}
