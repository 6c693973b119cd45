import type { AlarmSlug } from './alarms.ts';

/** The tag by which Azure's alert rules say whose they are. */
export const CLUSTER_TAG = 'podroutes-cluster';

/** Names in CloudWatch end at 255 characters; route tables that stand in for a cluster's name may go beyond. */
const LONGEST = 200;

/**
 * Name of an alarm in CloudWatch.
 *
 * @example nameAlarm('kthw', 'queue-age') //=> 'podroutes-kthw-queue-age'
 */
export function nameAlarm(cluster: string, slug: AlarmSlug): string {
  return `podroutes-${cluster.slice(0, LONGEST)}-${slug}`;
}

/**
 * Name of the log group of a function; it may hold letters, digits and a few marks alone.
 *
 * @example nameLogGroup('kthw', 'reconcile') //=> '/podroutes/kthw/reconcile'
 */
export function nameLogGroup(cluster: string, functionName: 'node-events' | 'reconcile'): string {
  return `/podroutes/${cluster.slice(0, LONGEST).replace(/[^\w./#-]/g, '-')}/${functionName}`;
}
