import type { Monitoring } from '../shared/core/telemetry.ts';
import { ALARM_SLUGS, ALARMS, type AlarmSlug } from './alarms.ts';

/** The tag by which Azure's alert rules say whose they are. */
export const CLUSTER_TAG = 'podroutes-cluster';

/**
 * Names in CloudWatch end at 255 characters, of which a stack's name may take 128. Two clusters whose names begin with
 * so many equal letters still have alarms of their own, since their stacks have names of their own.
 */
const LONGEST = 90;

/** Letters that are there, and events that did not even become letters, are two alarms of CloudWatch. */
const UNDELIVERED = 'dead-letters-undelivered';

/** What tells an alarm of CloudWatch from the others of its cluster. */
export type AlarmName = AlarmSlug | typeof UNDELIVERED;

export const ALARM_NAMES: readonly AlarmName[] = [...ALARM_SLUGS, UNDELIVERED];

/** Alarms of CloudWatch, by how much is watched; what lost events leave behind the full reconcile repairs. */
export const ALARM_NAMES_BY: Readonly<Record<Monitoring, readonly AlarmName[]>> = {
  full: ALARM_NAMES,
  essential: ALARM_SLUGS.filter((slug) => ALARMS[slug].isEssential),
  off: [],
};

/** The condition that the alarm is for. */
export function slugOfAlarm(name: AlarmName): AlarmSlug {
  return name === UNDELIVERED ? 'dead-letters' : name;
}

const FUNCTION_NAMES = ['node-events', 'reconcile'] as const;

type FunctionName = (typeof FUNCTION_NAMES)[number];

/** A deployment on AWS: several of one cluster's name are told apart by their stacks. */
interface DeployedStack {
  readonly cluster: string;
  readonly stack: string;
}

/**
 * What the names of a cluster's alarms in CloudWatch begin with, whatever their stack: no cluster's name has a slash.
 *
 * @example alarmPrefix('kthw') //=> 'podroutes/kthw/'
 */
export function alarmPrefix(cluster: string): string {
  return `podroutes/${cluster.slice(0, LONGEST)}/`;
}

/**
 * Name of an alarm in CloudWatch.
 *
 * @example nameAlarm({ cluster: 'kthw', stack: 'podroutes-kthw' }, 'queue-age')
 * //=> 'podroutes/kthw/podroutes-kthw/queue-age'
 */
export function nameAlarm({ cluster, stack }: DeployedStack, name: AlarmName): string {
  return `${alarmPrefix(cluster)}${stack}/${name}`;
}

/** Which alarm has this name; null for one that is not ours. */
export function readAlarmName(name: string): AlarmName | null {
  const last = name.split('/').at(-1);
  return ALARM_NAMES.find((each) => each === last) ?? null;
}

/** What the names of a cluster's log groups begin with; they may hold letters, digits and a few marks alone. */
export function logGroupPrefix(cluster: string): string {
  return `/podroutes/${cluster.slice(0, LONGEST).replace(/[^\w./#-]/g, '-')}/`;
}

/**
 * Name of the log group of a function.
 *
 * @example nameLogGroup({ cluster: 'kthw', stack: 'podroutes-kthw' }, 'reconcile')
 * //=> '/podroutes/kthw/podroutes-kthw/reconcile'
 */
export function nameLogGroup({ cluster, stack }: DeployedStack, name: FunctionName): string {
  return `${logGroupPrefix(cluster)}${stack}/${name}`;
}

/** Whether the log group is that of a function. */
export function isFunctionLog(name: string): boolean {
  return FUNCTION_NAMES.some((each) => name.endsWith(`/${each}`));
}
