import type { Metric } from '../shared/core/telemetry.ts';

/** When an alarm is raised; each cloud measures it with its own metrics. */
export interface AlarmCondition {
  /** What is wrong, in a few words. */
  readonly title: string;
  /** The page that says what it means, how to look, and what to do. */
  readonly page: `docs/alarms/${string}.md`;
  /** What to do first, in one sentence. */
  readonly action: string;
  /** Our own metric that shows it; null where it is one of the platform's. */
  readonly metric: Metric | null;
  readonly threshold: number;
  /** On which side of the threshold it is raised. */
  readonly when: 'above' | 'below';
  /** `error` is for what keeps routes from being correct, `warning` for what will or may. */
  readonly severity: 'error' | 'warning';
}

/** Every condition by its slug. */
export const ALARMS = {
  'dead-letters': {
    title: 'Messages went to the dead-letter queue',
    page: 'docs/alarms/dead-letters.md',
    action: 'Read one of the messages, remove the cause, and send them back to the queue.',
    metric: null,
    /** Messages. */
    threshold: 0,
    when: 'above',
    severity: 'error',
  },
  'queue-age': {
    title: 'Messages wait too long',
    page: 'docs/alarms/queue-age.md',
    action:
      'Check whether the function runs, and what its log says about the messages that it leaves in the queue.',
    metric: null,
    /** Seconds that the oldest message waits. */
    threshold: 600,
    when: 'above',
    severity: 'error',
  },
  'function-errors': {
    title: 'A function fails',
    page: 'docs/alarms/function-errors.md',
    action: 'Read the last error in its log: a wrong configuration lists all mistakes there.',
    metric: null,
    /** Invocations that failed. */
    threshold: 0,
    when: 'above',
    severity: 'error',
  },
  'function-throttles': {
    title: 'A function is throttled',
    page: 'docs/alarms/function-throttles.md',
    action:
      'Check whether the account has concurrent executions left, and whether something else invokes the function.',
    metric: null,
    /** Invocations that were refused. */
    threshold: 0,
    when: 'above',
    severity: 'warning',
  },
  'reconcile-missing': {
    title: 'The full reconcile does not run',
    page: 'docs/alarms/reconcile-missing.md',
    action: 'Check whether the schedule is enabled and may invoke the function, then run it by hand.',
    metric: null,
    /** Successful runs. */
    threshold: 1,
    when: 'below',
    severity: 'error',
  },
  'apply-failures': {
    title: 'Changes fail again and again',
    page: 'docs/alarms/apply-failures.md',
    action: 'Read the error of the failed change: it names a permission that is missing.',
    metric: 'ApplyFailures',
    /** Changes that failed. */
    threshold: 0,
    when: 'above',
    severity: 'error',
  },
  'error-findings': {
    title: 'Something is wrong that only a person can fix',
    page: 'docs/alarms/error-findings.md',
    action: 'Read the findings of the last run: each says what to do.',
    metric: 'ErrorFindings',
    /** Findings of severity error in one run. */
    threshold: 0,
    when: 'above',
    severity: 'error',
  },
  'route-table-filling': {
    title: 'A route table is nearly full',
    page: 'docs/alarms/route-table-filling.md',
    action: 'Raise the quota and the setting PODROUTES_ROUTE_LIMIT, or give nodes wider blocks.',
    metric: 'RouteTableUtilization',
    /** Percent of the limit. */
    threshold: 80,
    when: 'above',
    severity: 'warning',
  },
  'event-to-route-slow': {
    title: 'Routes are created too slowly',
    page: 'docs/alarms/event-to-route-slow.md',
    action: 'Check how long messages wait, how long runs take, and whether the cloud throttles.',
    metric: 'EventToRouteSeconds',
    /** Seconds from event to route, 95th percentile. */
    threshold: 60,
    when: 'above',
    severity: 'warning',
  },
} as const satisfies Readonly<Record<string, AlarmCondition>>;

export type AlarmSlug = keyof typeof ALARMS;

export const ALARM_SLUGS = Object.keys(ALARMS) as readonly AlarmSlug[];

/**
 * The description of an alarm, as its receiver reads it.
 *
 * @example describeAlarm('queue-age')
 * //=> 'Check whether the function runs, and what its log says … See docs/alarms/queue-age.md.'
 */
export function describeAlarm(slug: AlarmSlug): string {
  const { action, page } = ALARMS[slug];
  return `${action} See ${page}.`;
}
