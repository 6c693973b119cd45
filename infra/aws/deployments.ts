import { describeProblems } from '../../shared/core/config/config.ts';
import { isPropertyName, type Kind, RULES } from './prop-rules.ts';
import type { PodRoutesProps, PropertyName } from './props.ts';

/** What the app deploys: one stack for each. */
export interface Deployment {
  readonly stackName: string;
  /** Empty where the account and region are those of whoever deploys. */
  readonly env: { readonly account?: string; readonly region?: string };
  /** As given; the construct checks them. */
  readonly props: PodRoutesProps;
}

/** Keys beside the construct's properties, with what each has to be. */
export const STACK_KEYS = {
  stackName: { pattern: /^[A-Za-z][A-Za-z\d-]{0,127}$/, expected: 'letters, digits and hyphens' },
  account: { pattern: /^\d{12}$/, expected: 'twelve digits' },
  region: { pattern: /^[a-z]{2,4}(-[a-z]+)+-\d$/, expected: 'a region such as eu-central-1' },
} as const;

type StackKey = keyof typeof STACK_KEYS;
type Values = Readonly<Record<string, unknown>>;

/** Names the file that holds the deployments. */
export const CONFIG_KEY = 'config';

/** CDK keeps settings of its own in the context: `aws:cdk:…`, `@aws-cdk/…`, and some without a mark. */
const CDK_KEYS = /[:@/]|^(acknowledged-issue-numbers|cli-telemetry|notices|path-metadata|tree-metadata)$/;

/** Values by key that the command line gave by `-c`: what is CDK's own is left out, text becomes what it stands for. */
export function readContext(context: Values): Values {
  const own = Object.entries(context).filter(([key]) => key !== CONFIG_KEY && !CDK_KEYS.test(key));
  return Object.fromEntries(
    own.map(([key, value]) => [key, isPropertyName(key) ? convert(key, value) : value]),
  );
}

const FROM_TEXT: Readonly<Record<Kind, (text: string) => unknown>> = {
  text: (text) => text.trim(),
  list: (text) => text.split(',').map((part) => part.trim()),
  count: (text) => (/^\d+$/.test(text) ? Number(text) : text),
  flag: (text) => (text === 'true' || text === 'false' ? text === 'true' : text),
};

function convert(name: PropertyName, value: unknown): unknown {
  return typeof value === 'string' ? FROM_TEXT[RULES[name].kind](value) : value;
}

/**
 * The deployments of a file (one object, or a list of them), with what the command line gave laid over the only one.
 * Throws one error that lists all mistakes.
 */
export function readDeployments(file: unknown, given: Values): Deployment[] {
  const entries: readonly unknown[] = Array.isArray(file) ? file : [file];
  if (entries.length > 1 && Object.keys(given).length > 0) {
    throw new Error(
      describeProblems([
        `${Object.keys(given).join(', ')}: expected a file with one deployment beside; found ${entries.length}`,
      ]),
    );
  }
  const deployments = entries.map((entry) => {
    if (!isObject(entry))
      throw new Error(describeProblems([`${CONFIG_KEY}: expected an object, or a list of objects`]));
    return readDeployment({ ...entry, ...given });
  });
  const problems = [
    ...(deployments.length === 0 ? [`${CONFIG_KEY}: expected at least one deployment; found none`] : []),
    ...findDoubles(deployments.map(({ stackName }) => stackName)),
  ];
  if (problems.length > 0) throw new Error(describeProblems(problems));
  return deployments;
}

/** All names on AWS are of a stack, so that a cluster's name may come twice. */
function findDoubles(names: readonly string[]): string[] {
  const twice = new Set(names.filter((name, i) => names.indexOf(name) !== i));
  return [...twice].map(
    (name) => `stackName: expected another one for each deployment; found ${name} more than once`,
  );
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readDeployment(values: Values): Deployment {
  const problems = Object.entries(values).flatMap(([key, value]) => checkKey(key, value));
  problems.push(...checkStackName(values));
  if (problems.length > 0) throw new Error(describeProblems(problems));
  const { stackName, account, region, ...props } = values as Values & Partial<Record<StackKey, string>>;
  return {
    stackName: stackName ?? nameStack(props),
    env: { ...(account !== undefined && { account }), ...(region !== undefined && { region }) },
    // The construct checks each value before it uses any.
    props: props as unknown as PodRoutesProps,
  };
}

function checkKey(key: string, value: unknown): string[] {
  if (isPropertyName(key)) return [];
  if (!isStackKey(key)) {
    const known = [...Object.keys(RULES), ...Object.keys(STACK_KEYS)];
    return [`${key}: expected a known key; known: ${known.join(', ')}`];
  }
  const { pattern, expected } = STACK_KEYS[key];
  const isRight = typeof value === 'string' && pattern.test(value);
  return isRight ? [] : [`${key}: expected ${expected}; found ${JSON.stringify(value)}`];
}

function isStackKey(key: string): key is StackKey {
  return Object.hasOwn(STACK_KEYS, key);
}

/** Of a name that is refused later something is left, so that the construct can say what is wrong with it. */
function nameStack({ cluster, routeTables }: Values): string {
  const name =
    typeof cluster === 'string' ? cluster : Array.isArray(routeTables) ? String(routeTables[0]) : '';
  return `podroutes-${name.replace(/[^A-Za-z\d-]/g, '-')}`;
}

/**
 * A cluster's name may have dots and underscores, a stack's may not. With these replaced, two clusters would have one
 * stack, and deploying the second would remove the first.
 */
function checkStackName({ stackName, cluster }: Values): string[] {
  if (stackName !== undefined || typeof cluster !== 'string' || !/^[\w.-]*[_.][\w.-]*$/.test(cluster))
    return [];
  return [
    `stackName: expected one for cluster "${cluster}", whose dots and underscores a stack's name cannot have`,
  ];
}
