import { tableIds } from '../../shared/azure/table-reading.ts';
import { describeProblems, readConfig } from '../../shared/core/config/config.ts';
import { SETTINGS } from '../../shared/core/config/settings.ts';
import type { Parameter } from './arm.ts';
import { FORMS, type Form } from './forms.ts';
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
    .filter((name) => !Object.hasOwn(PARAMETERS, name))
    .map((name) => `${name}: expected one of ${Object.keys(PARAMETERS).join(', ')}`);
  const breaches = Object.entries(PARAMETERS).flatMap(([name, definition]) =>
    findBreach(definition, values[name], FORMS[name]).map((problem) => ({ name, problem })),
  );
  const wrong = new Set(breaches.map(({ name }) => name));
  // What is wrong in itself is named once, and what depends on it is not judged.
  const sound = Object.fromEntries(Object.entries(values).filter(([name]) => !wrong.has(name)));
  const ofSettings = findSettingProblems(sound, wrong).filter(
    (problem) => ![...wrong].some((name) => new RegExp(`\\b${name}\\b`).test(problem.split(':')[0] ?? '')),
  );
  return [
    ...unknown,
    ...breaches.map(({ name, problem }) => `${name}: ${problem}`),
    ...ofSettings,
    ...findUnwatched(sound),
  ];
}

/** Whoever gives addresses expects to be told. */
function findUnwatched({ monitoring, alertEmails = [] }: Values): string[] {
  const isIdle = monitoring === 'off' && Array.isArray(alertEmails) && alertEmails.length > 0;
  return isIdle ? ['alertEmails: expected monitoring at full or essential beside it; found off'] : [];
}

function findBreach(definition: Parameter, value: unknown, form: Form | undefined): string[] {
  const { type, defaultValue, allowedValues, minLength, maxLength, minValue, maxValue } = definition;
  if (value === undefined) return defaultValue === undefined ? ['expected a value; found none'] : [];
  if (!IS_OF_TYPE[type](value)) return [`expected ${NOUNS[type]}; found ${JSON.stringify(value)}`];
  const size = type === 'string' || type === 'array' ? Object(value).length : Number(value);
  const least = minLength ?? minValue ?? Number.NEGATIVE_INFINITY;
  const most = maxLength ?? maxValue ?? Number.POSITIVE_INFINITY;
  if (size < least) return [`expected at least ${least}${UNITS[type]}; found ${size}`];
  if (size > most) return [`expected at most ${most}${UNITS[type]}; found ${size}`];
  if (allowedValues !== undefined && !allowedValues.some((allowed) => allowed === value)) {
    return [`expected ${allowedValues.join(', ')}; found ${JSON.stringify(value)}`];
  }
  if (type !== 'string' && type !== 'array') return [];
  const texts = [value].flat().map(String);
  const altered = findAltered(type, texts);
  return altered.length > 0 || form === undefined ? altered : findMisshapen(form, texts);
}

/**
 * Texts of which the functions would read something else than the template: settings are joined by commas, and read
 * without the blanks around a value.
 */
function findAltered(type: 'string' | 'array', texts: readonly string[]): string[] {
  const rule = type === 'array' ? 'texts without commas, and without' : 'a text without';
  return texts
    .filter((text) => text !== text.trim() || (type === 'array' && text.includes(',')))
    .map((text) => `expected ${rule} blanks around it; found ${JSON.stringify(text)}`);
}

/** Texts that are not of the form, and those that are there before in the same case or another. */
function findMisshapen({ pattern, without, expected, isSecret }: Form, texts: readonly string[]): string[] {
  const keys = texts.map((text) => text.toLowerCase());
  return texts
    .filter(
      (text, i) =>
        !pattern.test(text) || without?.test(text) || keys.slice(0, i).includes(text.toLowerCase()),
    )
    .map((text) => `expected ${expected}; found ${isSecret ? 'another text' : JSON.stringify(text)}`);
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
function findSettingProblems(values: Values, wrong: ReadonlySet<string>): string[] {
  const settings = { ...toSettings(values), ...standIn(values) };
  const result = readConfig(settings, 'azure');
  const problems = result.ok ? [] : result.problems.map(nameParameters);
  const ofGroups = findGroupProblems(values);
  const tables = SETTINGS.routeTables.read(settings[SETTINGS.routeTables.name] ?? '', 'azure');
  const areGroupsKnown = ofGroups.length === 0 && GROUP_PARAMETERS.every((name) => !wrong.has(name));
  const ofTables = tables.ok && areGroupsKnown ? findTableProblems(values, tables.value) : [];
  return [...problems, ...ofGroups, ...ofTables];
}

/** The table that the template makes, and what Azure will have made of a Key Vault reference. */
function standIn({ kubernetesToken }: Values): Record<string, string> {
  const isReference = String(kubernetesToken).startsWith('@Microsoft.KeyVault(');
  return {
    [SETTINGS.ledger.name]: 'https://placeholder.table.core.windows.net/ledger',
    ...(isReference && { [SETTINGS.kubernetesToken.name]: 'a.token.in.a.vault' }),
  };
}

/** The functions name the variable; who writes a parameter file knows the parameter. */
function nameParameters(problem: string): string {
  return Object.entries(SETTING_PARAMETERS).reduce(
    (text, [name, { setting }]) => text.replaceAll(new RegExp(`\\b${setting.name}\\b`, 'g'), name),
    problem,
  );
}

const GROUP_PARAMETERS = ['nodeResourceGroups', 'networkResourceGroups'] as const;

/** Groups that the functions read from their settings, and those that only permissions and events are for. */
function findGroupProblems(values: Values): string[] {
  const problems = GROUP_PARAMETERS.flatMap((name) => {
    const groups = listGroups(values, name);
    if (groups.length === 0) return [];
    const { expected, read, name: variable } = SETTINGS.azureResourceGroups;
    const reading = read(groups.join(','), 'azure');
    if (reading.ok) return [];
    return reading.mistakes.map(
      ({ found }) => `${name} (${variable}): expected ${expected}; found ${JSON.stringify(found)}`,
    );
  });
  return [...problems, ...findSpellings(values)];
}

function listGroups(values: Values, name: (typeof GROUP_PARAMETERS)[number]): string[] {
  return [values[name] ?? []].flat().map(String);
}

/** To a template, two spellings are two groups; to Azure they are one, which has one topic. */
function findSpellings(values: Values): string[] {
  const first = new Map<string, string>();
  return GROUP_PARAMETERS.flatMap((name) =>
    listGroups(values, name).flatMap((group) => {
      const known = first.get(group.toLowerCase()) ?? group;
      first.set(group.toLowerCase(), known);
      if (known === group) return [];
      return [
        `${name}: expected one spelling of a group; found ${JSON.stringify(group)} and ${JSON.stringify(known)}`,
      ];
    }),
  );
}

/**
 * Tables that the app could not read, since the role that reads is assigned on the groups of the two lists. The
 * default is the group that the app is deployed to, which is not known here: one other group may be that. Then the
 * template sees to it.
 */
function findTableProblems(values: Values, routeTables: readonly string[]): string[] {
  const tables = routeTables.map((text) => {
    const [, , subscription = '', , group = '', ...rest] = (tableIds({ routeTables: [text] }, '')[0] ?? '')
      .toLowerCase()
      .split('/');
    return { text, subscription, group, key: `${group}/${rest.at(-1)}` };
  });
  const twice = tables.filter(({ key }, i) => tables.slice(0, i).some((table) => table.key === key));
  const subscriptions = new Set(tables.map(({ subscription }) => subscription).filter(Boolean));
  const listed = GROUP_PARAMETERS.flatMap((name) => listGroups(values, name)).map((name) =>
    name.toLowerCase(),
  );
  const strange = tables.filter(({ group }) => !listed.includes(group));
  const unknownGroups = values['nodeResourceGroups'] === undefined ? 1 : 0;
  const tooMany = new Set(strange.map(({ group }) => group)).size > unknownGroups;
  return [
    ...(subscriptions.size > 1
      ? [
          `routeTables: expected tables of one subscription, the app's; found ${[...subscriptions].join(', ')}`,
        ]
      : []),
    ...(subscriptions.size > 1 ? [] : twice).map(
      ({ text }) => `routeTables: expected each table once; found ${JSON.stringify(text)}`,
    ),
    ...(tooMany ? strange : []).map(
      ({ text }) =>
        `routeTables: expected tables in nodeResourceGroups or networkResourceGroups; found ${JSON.stringify(text)}`,
    ),
  ];
}

/** The one text that lists every problem; null where there is none. */
export function describeValues(values: Values): string | null {
  const problems = findProblems(values);
  return problems.length === 0 ? null : describeProblems(problems);
}
