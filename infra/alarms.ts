import type { Metric } from '../shared/core/telemetry.ts';

/** When an alarm is raised; each cloud measures it with its own metrics. */
export interface AlarmCondition {
  /** What happened, in a few words. */
  readonly title: string;
  /** What that means for routes, in one sentence. */
  readonly meaning: string;
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
  /** Whether it is there with `monitoring: essential`: for what loses routes, or keeps that from being repaired. */
  readonly isEssential: boolean;
}

/** Every condition by its slug. */
export const ALARMS = {
  'dead-letters': {
    title: 'Messages went to the dead-letter queue',
    meaning:
      'The nodes of these events may lack routes until the next full reconcile, which reads everything.',
    page: 'docs/alarms/dead-letters.md',
    action: 'Read one of the messages, remove the cause, and send them back to the queue.',
    metric: null,
    /** Messages. */
    threshold: 0,
    when: 'above',
    severity: 'error',
    isEssential: true,
  },
  'queue-age': {
    title: 'Messages wait too long',
    meaning: 'New nodes get their routes from the schedule instead of within seconds.',
    page: 'docs/alarms/queue-age.md',
    action:
      'Check whether the function runs, and what its log says about the messages that it leaves in the queue.',
    metric: null,
    /** Seconds that the oldest message waits. */
    threshold: 600,
    when: 'above',
    severity: 'error',
    isEssential: true,
  },
  'function-errors': {
    title: 'A function fails',
    meaning: 'An invocation ended before it had done its work; if all do, no route is made or repaired.',
    page: 'docs/alarms/function-errors.md',
    action: 'Read the last error in its log: a wrong configuration lists all mistakes there.',
    metric: null,
    /** Invocations that failed. */
    threshold: 0,
    when: 'above',
    severity: 'error',
    isEssential: true,
  },
  'function-throttles': {
    title: 'A function is throttled',
    meaning: 'Lambda has refused to run it for a quarter of an hour, and events wait.',
    page: 'docs/alarms/function-throttles.md',
    action:
      'Check whether the account has concurrent executions left, and whether something else invokes the function.',
    metric: null,
    /** Invocations that were refused. */
    threshold: 0,
    when: 'above',
    severity: 'warning',
    isEssential: false,
  },
  'reconcile-missing': {
    title: 'The full reconcile does not run',
    meaning: 'Events still lead to routes, but nothing repairs what an event missed.',
    page: 'docs/alarms/reconcile-missing.md',
    action: 'Check whether the schedule is enabled and may invoke the function, then run it by hand.',
    metric: null,
    /** Successful runs. */
    threshold: 1,
    when: 'below',
    severity: 'error',
    isEssential: true,
  },
  'apply-failures': {
    title: 'Changes fail again and again',
    meaning:
      'The cloud refused the same kind of change in two full reconciles: nodes may be without a route, or keep a wrong one.',
    page: 'docs/alarms/apply-failures.md',
    action: 'Read the error of the failed change: it names a permission that is missing.',
    metric: 'ApplyFailures',
    /** Changes that failed. */
    threshold: 0,
    when: 'above',
    severity: 'error',
    isEssential: true,
  },
  'error-findings': {
    title: 'Something is wrong that only a person can fix',
    meaning: 'Nodes may be without a route until somebody decides.',
    page: 'docs/alarms/error-findings.md',
    action: 'Read the findings of the last run: each says what to do.',
    metric: 'ErrorFindings',
    /** Findings of severity error in one run. */
    threshold: 0,
    when: 'above',
    severity: 'error',
    isEssential: true,
  },
  'route-table-filling': {
    title: 'A route table is nearly full',
    meaning: 'Nothing has failed yet; once it is full, new nodes get no routes.',
    page: 'docs/alarms/route-table-filling.md',
    action: 'Raise the quota and the setting PODROUTES_ROUTE_LIMIT, or give nodes wider blocks.',
    metric: 'RouteTableUtilization',
    /** Percent of the limit. */
    threshold: 80,
    when: 'above',
    severity: 'warning',
    isEssential: false,
  },
  'event-to-route-slow': {
    title: 'Routes are created too slowly',
    meaning: 'Pods of new nodes could not be reached for so long.',
    page: 'docs/alarms/event-to-route-slow.md',
    action: 'Check how long messages wait, how long runs take, and whether the cloud throttles.',
    metric: 'EventToRouteSeconds',
    /** Seconds from event to route, 95th percentile. */
    threshold: 60,
    when: 'above',
    severity: 'warning',
    isEssential: false,
  },
} as const satisfies Readonly<Record<string, AlarmCondition>>;

export type AlarmSlug = keyof typeof ALARMS;

export const ALARM_SLUGS = Object.keys(ALARMS) as readonly AlarmSlug[];

/** What shows why any of them was raised, and whether it still holds. */
const FIRST_COMMAND = 'podroutes alerts';

/**
 * The description of an alarm, as its receiver reads it at night: what happened, what it means, the first command, what
 * to do, and where the page is.
 *
 * @param docsUrl where the folder docs is published; null where it is not
 * @example describeAlarm('queue-age')
 * //=> 'Messages wait too long. New nodes … First run: podroutes alerts. Then: Check … Page: podroutes help alarms/queue-age …'
 */
export function describeAlarm(slug: AlarmSlug, docsUrl: string | null = null): string {
  const { title, meaning, action, page } = ALARMS[slug];
  const text = `${title}. ${meaning} First run: ${FIRST_COMMAND}. Then: ${action} Page: podroutes help alarms/${slug} (${page})`;
  return docsUrl === null ? text : `${text}${linkTo(slug, docsUrl)}`;
}

/** What follows the description where there is an address for it. */
export function linkTo(slug: AlarmSlug, docsUrl: string): string {
  return `, ${docsUrl}/alarms/${slug}.md`;
}

/**
 * What to do when one of the alarms rings, in Markdown, for the page that an operator has open then.
 *
 * @param docsUrl as for `describeAlarm`
 * @example describeRunbook(['queue-age']).split('\n')[0] //=> '## When an alarm rings'
 */
export function describeRunbook(slugs: readonly AlarmSlug[], docsUrl: string | null = null): string {
  const nameOf = (slug: AlarmSlug): string =>
    docsUrl === null ? slug : `[${slug}](${docsUrl}/alarms/${slug}.md)`;
  return [
    '## When an alarm rings',
    `1. \`${FIRST_COMMAND}\` shows what rang, why, and whether it still holds.`,
    '2. `podroutes help alarms/NAME` shows the page of the alarm: what it means, how to look, what to do.',
    '3. `podroutes doctor` shows which pods cannot talk, and the command that mends it.',
    '4. `podroutes plan` shows what is left to do; `podroutes reconcile` does it with your own rights, and asks before it deletes.',
    '',
    '| alarm | what happened | what it means |',
    '| --- | --- | --- |',
    ...slugs.map((slug) => `| ${nameOf(slug)} | ${ALARMS[slug].title} | ${ALARMS[slug].meaning} |`),
  ].join('\n');
}
