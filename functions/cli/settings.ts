import { type Config, describeProblems, readConfig } from '../../shared/core/config/config.ts';
import type { CliCloud } from './clouds/cloud.ts';
import { CLOUDS, findCloud } from './clouds.ts';
import { type CommandInput, EXIT, type Invocation, type Refusal } from './command.ts';
import { SETTING_OPTIONS } from './options.ts';

/** The settings of one command, from its options and the environment. */
export type SettingsResult =
  | { readonly ok: true; readonly cloud: CliCloud; readonly config: Config }
  | Refusal;

/** Reads options and PODROUTES_* variables; the refusal lists every mistake, by the name that people gave. */
export function readSettings({ values, env }: Pick<Invocation, 'values' | 'env'>): SettingsResult {
  const cloud = findCloud(values.get('cloud')) ?? guessCloud(values, env);
  const given = SETTING_OPTIONS.flatMap(({ name, variable }) => {
    const value = values.get(name);
    return value === undefined ? [] : [[variable, value] as const];
  });
  const merged = { ...env, ...Object.fromEntries(given) };
  const result = readConfig(merged, cloud.name);
  const problems = [...(result.ok ? [] : result.problems), ...findMissing(cloud, merged)].map((problem) =>
    nameOptions(problem, values, env),
  );
  problems.push(...findOtherCloudsOptions(values, cloud));
  if (result.ok && problems.length === 0) return { ok: true, cloud, config: result.config };
  return { ok: false, exit: EXIT.usage, problem: describeProblems(problems) };
}

/** Whether anything says which cluster is meant; a command that can do without then does. */
export function hasSettings({ values, env }: Pick<Invocation, 'values' | 'env'>): boolean {
  const isSet = ({ name, variable }: { name: string; variable: string }) =>
    values.has(name) || (env[variable] ?? '') !== '';
  return SETTING_OPTIONS.some(isSet);
}

/** A setting that only one cloud has tells that it is meant. */
function guessCloud(values: CommandInput['values'], env: NodeJS.ProcessEnv): CliCloud {
  const [first, ...others] = CLOUDS;
  const isConfigured = ({ settingOptions, clientOptions, variables }: CliCloud): boolean =>
    [...settingOptions, ...clientOptions].some(({ name }) => values.has(name)) ||
    [...settingOptions.map(({ variable }) => variable), ...variables].some(
      (variable) => (env[variable] ?? '') !== '',
    );
  return others.find(isConfigured) ?? first;
}

function findOtherCloudsOptions(values: CommandInput['values'], cloud: CliCloud): string[] {
  return CLOUDS.filter((other) => other !== cloud).flatMap((other) =>
    [...other.settingOptions, ...other.clientOptions]
      .filter(({ name }) => values.has(name))
      .map(
        ({ name }) =>
          `--${name}: expected nothing with --cloud ${cloud.name}; it is an option of ${other.name}`,
      ),
  );
}

/** What a function app knows from its environment, and a person has to give. */
function findMissing({ needed }: CliCloud, env: NodeJS.ProcessEnv): string[] {
  return needed
    .filter(({ variable }) => (env[variable] ?? '').trim() === '')
    .map(({ variable, what }) => `${variable}: expected ${what}; found nothing`);
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
