import type { Monitoring } from '../shared/core/telemetry.ts';
import { ALARM_SLUGS, ALARMS, type AlarmSlug } from './alarms.ts';

/** The tag by which Azure's alert rules say whose they are. */
export const CLUSTER_TAG = 'podroutes-cluster';

/** Names in CloudWatch end at 255 characters; route tables that stand in for a cluster's name may go beyond. */
const LONGEST = 200;

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

/**
 * Name of an alarm in CloudWatch.
 *
 * @example nameAlarm('kthw', 'queue-age') //=> 'podroutes-kthw-queue-age'
 */
export function nameAlarm(cluster: string, name: AlarmName): string {
  return `podroutes-${cluster.slice(0, LONGEST)}-${name}`;
}

/**
 * Name of the log group of a function; it may hold letters, digits and a few marks alone.
 *
 * @example nameLogGroup('kthw', 'reconcile') //=> '/podroutes/kthw/reconcile'
 */
export function nameLogGroup(cluster: string, functionName: 'node-events' | 'reconcile'): string {
  return `/podroutes/${cluster.slice(0, LONGEST).replace(/[^\w./#-]/g, '-')}/${functionName}`;
}
