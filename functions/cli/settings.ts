import { type Config, describeProblems, readConfig } from '../../shared/core/config/config.ts';
import { SETTINGS } from '../../shared/core/config/settings.ts';
import { type CommandInput, EXIT, type Invocation, type Refusal } from './command.ts';
import { OPTIONS_OF_CLOUD, SETTING_OPTIONS } from './options.ts';

/** Clouds that podroutes has an adapter for. */
export type KnownCloud = 'aws' | 'azure';

/** The settings of one command, from its options and the environment. */
export type SettingsResult =
  | { readonly ok: true; readonly cloud: KnownCloud; readonly config: Config }
  | Refusal;

const AZURE_VARIABLES = [
  SETTINGS.azureSubscription.name,
  SETTINGS.azureResourceGroups.name,
  SETTINGS.azureEndpoint.name,
];

/** Reads options and PODROUTES_* variables; the refusal lists every mistake, by the name that people gave. */
export function readSettings({ values, env }: Pick<Invocation, 'values' | 'env'>): SettingsResult {
  const asked = values.get('cloud');
  const cloud = asked === 'aws' || asked === 'azure' ? asked : guessCloud(values, env);
  const given = SETTING_OPTIONS.flatMap(({ name, variable }) => {
    const value = values.get(name);
    return value === undefined ? [] : [[variable, value] as const];
  });
  const merged = { ...env, ...Object.fromEntries(given) };
  const result = readConfig(merged, cloud);
  const problems = [
    ...(result.ok ? findUnusable(result.config) : result.problems),
    ...(cloud === 'azure' ? findMissing(merged) : []),
  ].map((problem) => nameOptions(problem, values, env));
  problems.push(...findStrayOptions(values, cloud));
  if (result.ok && problems.length === 0) return { ok: true, cloud, config: result.config };
  return { ok: false, exit: EXIT.usage, problem: describeProblems(problems) };
}

/** Whether anything says which cluster is meant; a command that can do without then does. */
export function hasSettings({ values, env }: Pick<Invocation, 'values' | 'env'>): boolean {
  const isSet = ({ name, variable }: { name: string; variable: string }) =>
    values.has(name) || (env[variable] ?? '') !== '';
  return SETTING_OPTIONS.some(isSet);
}

function guessCloud(values: CommandInput['values'], env: NodeJS.ProcessEnv): KnownCloud {
  const isAzure =
    OPTIONS_OF_CLOUD.azure.some((name) => values.has(name)) ||
    AZURE_VARIABLES.some((name) => (env[name] ?? '') !== '');
  return isAzure ? 'azure' : 'aws';
}

function findStrayOptions(values: CommandInput['values'], cloud: KnownCloud): string[] {
  const other = cloud === 'aws' ? 'azure' : 'aws';
  return OPTIONS_OF_CLOUD[other]
    .filter((name) => values.has(name))
    .map((name) => `--${name}: expected nothing with --cloud ${cloud}; it is an option of ${other}`);
}

/** A setting without effect would leave nodes without routes, and nobody the wiser. */
function findUnusable({ allocate }: Config): string[] {
  if (allocate[4] === null && allocate[6] === null) return [];
  return [`${SETTINGS.allocate.name}: expected off; handing out blocks is not available yet`];
}

const NEEDED_ON_AZURE = [
  { name: SETTINGS.azureSubscription.name, what: 'a subscription id ("az account show" has it)' },
  { name: SETTINGS.azureResourceGroups.name, what: 'the resource groups of nodes and tables' },
];

/** What a function app knows by itself, and a person has to say. */
function findMissing(env: NodeJS.ProcessEnv): string[] {
  return NEEDED_ON_AZURE.filter(({ name }) => (env[name] ?? '').trim() === '').map(
    ({ name, what }) => `${name}: expected ${what}; found nothing`,
  );
}

/**
 * Calls a setting as it was given: by its option, or by its variable; by both where it is missing.
 *
 * @example nameOptions('PODROUTES_CLUSTER_CIDRS: expected …', new Map(), {}) //=> '--cluster-cidrs (PODROUTES_CLUSTER_CIDRS): expected …'
 */
function nameOptions(problem: string, values: CommandInput['values'], env: NodeJS.ProcessEnv): string {
  return problem.replace(/PODROUTES_[A-Z_]+/g, (variable) => {
    const option = SETTING_OPTIONS.find((candidate) => candidate.variable === variable);
    if (option === undefined) return variable;
    if (values.has(option.name)) return `--${option.name}`;
    return env[variable] === undefined ? `--${option.name} (${variable})` : variable;
  });
}
