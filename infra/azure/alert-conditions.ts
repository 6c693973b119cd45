import { NODE_EVENTS_QUEUE, UNREADABLE_QUEUE } from '../../shared/azure/queues.ts';
import type { AlarmSlug } from '../alarms.ts';
import { type Expression, evaluate } from './arm.ts';
import { topicId } from './event-grid.ts';
import { IDS, variable } from './names.ts';
import { parameter } from './parameters.ts';
import type { ALERT_QUERIES } from './queries.ts';

/** What is watched by a query over the log, in windows of time. */
export interface LogCondition {
  readonly kind: 'log';
  readonly slug: keyof typeof ALERT_QUERIES;
  readonly window: string;
  readonly aggregation: 'Count' | 'Maximum' | 'Total';
  readonly column?: string;
  /** Alerts for each value of a column apart. */
  readonly splitBy?: string;
  /** Windows one after another in which it has to be so; 1 by default. */
  readonly windows?: number;
  /** In place of the threshold that both clouds share. */
  readonly threshold?: string;
}

/** What is watched by a metric of the platform. */
export interface MetricCondition {
  readonly kind: 'metric';
  readonly slug: AlarmSlug;
  /** Tells apart the rules of one slug. */
  readonly part: string;
  /** Whether it is left out of what is essential although its slug is not: the schedule repairs what it is about. */
  readonly isMinor?: true;
  readonly on: Expression;
  /** One for each group; one by default. */
  readonly copy?: { readonly name: string; readonly count: string };
  /** Without which there is none. */
  readonly onlyIf?: Expression;
  readonly namespace: 'Microsoft.ServiceBus/namespaces' | 'Microsoft.EventGrid/systemTopics';
  readonly metric: string;
  readonly aggregation: 'Average' | 'Minimum' | 'Total';
  readonly queue?: string;
  readonly window: string;
}

/** How often rules are evaluated. */
export const EVERY = 'PT15M';

const UNDELIVERED = {
  isMinor: true,
  namespace: 'Microsoft.EventGrid/systemTopics',
  metric: 'DeadLetteredCount',
  aggregation: 'Total',
  window: EVERY,
} as const;

/** One condition or more for each alarm that Azure has. */
export const CONDITIONS: readonly (LogCondition | MetricCondition)[] = [
  {
    kind: 'metric',
    slug: 'dead-letters',
    part: 'given-up',
    on: IDS.serviceBus,
    namespace: 'Microsoft.ServiceBus/namespaces',
    metric: 'DeadletteredMessages',
    aggregation: 'Average',
    queue: NODE_EVENTS_QUEUE,
    window: EVERY,
  },
  {
    kind: 'metric',
    slug: 'dead-letters',
    part: 'set-aside',
    on: IDS.serviceBus,
    namespace: 'Microsoft.ServiceBus/namespaces',
    metric: 'ActiveMessages',
    aggregation: 'Average',
    queue: UNREADABLE_QUEUE,
    window: EVERY,
  },
  {
    kind: 'metric',
    slug: 'dead-letters',
    part: 'undelivered',
    on: topicId('resource-manager'),
    copy: { name: 'undelivered', count: evaluate(`length(${variable('resourceGroups')})`) },
    ...UNDELIVERED,
  },
  {
    kind: 'metric',
    slug: 'dead-letters',
    part: 'undelivered-notifications',
    on: topicId('resource-notifications'),
    onlyIf: parameter('resourceNotifications'),
    ...UNDELIVERED,
  },
  {
    // Service Bus measures no age. A queue that was never empty for so long is one that is not worked off.
    kind: 'metric',
    slug: 'queue-age',
    part: 'never-empty',
    on: IDS.serviceBus,
    namespace: 'Microsoft.ServiceBus/namespaces',
    metric: 'ActiveMessages',
    aggregation: 'Minimum',
    queue: NODE_EVENTS_QUEUE,
    window: EVERY,
  },
  {
    kind: 'log',
    slug: 'function-errors',
    window: EVERY,
    aggregation: 'Count',
  },
  {
    // Three of the schedule's periods.
    kind: 'log',
    slug: 'reconcile-missing',
    window: 'PT30M',
    aggregation: 'Count',
  },
  {
    kind: 'log',
    // One that failed once is tried again by the next run.
    slug: 'apply-failures',
    windows: 2,
    window: EVERY,
    aggregation: 'Total',
    column: 'value',
  },
  {
    kind: 'log',
    slug: 'error-findings',
    windows: 2,
    window: EVERY,
    aggregation: 'Maximum',
    column: 'value',
  },
  {
    kind: 'log',
    slug: 'route-table-filling',
    window: EVERY,
    aggregation: 'Maximum',
    column: 'value',
    splitBy: 'routeTable',
  },
  {
    kind: 'log',
    slug: 'event-to-route-slow',
    window: 'PT1H',
    aggregation: 'Maximum',
    column: 'p95',
    threshold: evaluate(parameter('eventToRouteSeconds')),
  },
];
