import { describe, expect, it } from '@jest/globals';
import { ALARMS, type AlarmSlug, describeAlarm } from '../../../infra/alarms.ts';
import { ALERT_QUERIES } from '../../../infra/azure/queries.ts';
import type { Deployed } from './arm-deployment.ts';
import { CASE_NAMES, CASES, deployCase, PLACE } from './template-cases.ts';

const APP = 'a-name-of-my-own';
const DOCS = 'https://git.example.com/podroutes/docs';
const CLUSTER = 'k'.repeat(100);
const { resources } = deployCase('named tables and everything on');
const GROUP = `/subscriptions/${PLACE.subscription}/resourceGroups/${PLACE.group}/providers`;
const TOPICS = resources
  .filter(({ type }) => type === 'Microsoft.EventGrid/systemTopics')
  .map(({ id, body }) => ({ id, kind: Object(body['properties']).topicType }));
const ACTION_GROUP = `${GROUP}/Microsoft.Insights/actionGroups/${APP}-alerts`;

const LOG_RULES = 'Microsoft.Insights/scheduledQueryRules';
const METRIC_RULES = 'Microsoft.Insights/metricAlerts';

function rulesOf(type: string): readonly Deployed[] {
  return resources.filter((resource) => resource.type === type);
}

function ruleNamed(suffix: string): Deployed['body'] {
  const rule = resources.find(({ name }) => name === `${APP}-${suffix}`);
  if (rule === undefined) throw new Error(`expected a rule ${suffix}`);
  return rule.body;
}

type LogRow = readonly [
  slug: keyof typeof ALERT_QUERIES,
  severity: 1 | 2,
  window: string,
  aggregation: string,
  column: string | null,
  operator: string,
  threshold: number,
  periods: number,
  splitBy: string | null,
];

/** What every rule over the log measures. The texts of the queries are those of the pages. */
const LOG_ROWS: readonly LogRow[] = [
  ['function-errors', 1, 'PT15M', 'Count', null, 'GreaterThan', 0, 1, null],
  ['reconcile-missing', 1, 'PT30M', 'Count', null, 'LessThan', 1, 1, null],
  ['apply-failures', 1, 'PT15M', 'Total', 'value', 'GreaterThan', 0, 2, null],
  ['error-findings', 1, 'PT15M', 'Maximum', 'value', 'GreaterThan', 0, 2, null],
  ['route-table-filling', 2, 'PT15M', 'Maximum', 'value', 'GreaterThan', 80, 1, 'routeTable'],
  ['event-to-route-slow', 2, 'PT1H', 'Maximum', 'p95', 'GreaterThan', 30, 1, null],
];

describe('A rule over the log', () => {
  it.each(LOG_ROWS)(
    'measures what it is meant to: %s',
    (slug, severity, window, aggregation, column, operator, threshold, periods, splitBy) => {
      expect(ruleNamed(slug)).toEqual({
        type: LOG_RULES,
        apiVersion: '2023-12-01',
        name: `${APP}-${slug}`,
        location: 'northeurope',
        kind: 'LogAlert',
        tags: { 'podroutes-cluster': CLUSTER },
        properties: {
          displayName: `podroutes ${CLUSTER}: ${ALARMS[slug].title}`,
          description: describeAlarm(slug, DOCS),
          severity,
          enabled: true,
          autoMitigate: true,
          scopes: [`${GROUP}/Microsoft.Insights/components/${APP}-insights`],
          evaluationFrequency: 'PT15M',
          windowSize: window,
          skipQueryValidation: true,
          criteria: {
            allOf: [
              {
                query: ALERT_QUERIES[slug],
                timeAggregation: aggregation,
                ...(column !== null && { metricMeasureColumn: column }),
                ...(splitBy !== null && {
                  dimensions: [{ name: splitBy, operator: 'Include', values: ['*'] }],
                }),
                operator,
                threshold,
                failingPeriods: { numberOfEvaluationPeriods: periods, minFailingPeriodsToAlert: periods },
              },
            ],
          },
          actions: { actionGroups: [ACTION_GROUP] },
        },
      });
    },
  );

  it('is one of these', () => {
    const names = rulesOf(LOG_RULES).map(({ name }) => name);
    expect(names.sort()).toEqual(LOG_ROWS.map(([slug]) => `${APP}-${slug}`).sort());
  });
});

interface MetricRow {
  readonly slug: AlarmSlug;
  /** What its name has after the slug. */
  readonly suffix: string;
  readonly part: string;
  readonly scope: string;
  readonly metric: string;
  readonly aggregation: string;
  readonly queue: string | null;
}

const BUS = `${GROUP}/Microsoft.ServiceBus/namespaces/${APP}-bus`;

function onQueue(
  slug: AlarmSlug,
  part: string,
  queue: string,
  metric: string,
  aggregation: string,
): MetricRow {
  return { slug, suffix: part, part, scope: BUS, metric, aggregation, queue };
}

function onTopic(suffix: string, part: string, scope = ''): MetricRow {
  const [metric, aggregation] = ['DeadLetteredCount', 'Total'];
  return { slug: 'dead-letters', suffix, part, scope, metric, aggregation, queue: null };
}

const [firstGroup, secondGroup] = TOPICS.filter(({ kind }) => kind === 'Microsoft.Resources.ResourceGroups');
const notifications = TOPICS.find(({ kind }) => kind === 'Microsoft.ResourceNotifications.Resources');

/** What every rule over a metric of the platform measures. */
const METRIC_ROWS: readonly MetricRow[] = [
  onQueue('dead-letters', 'given-up', 'node-events', 'DeadletteredMessages', 'Average'),
  onQueue('dead-letters', 'set-aside', 'node-events-unreadable', 'ActiveMessages', 'Average'),
  onQueue('queue-age', 'never-empty', 'node-events', 'ActiveMessages', 'Minimum'),
  onTopic('undelivered-0', 'undelivered', firstGroup?.id),
  onTopic('undelivered-1', 'undelivered', secondGroup?.id),
  onTopic('undelivered-notifications', 'undelivered-notifications', notifications?.id),
];

describe('A rule over a metric', () => {
  it.each(METRIC_ROWS)('measures what it is meant to: $slug $suffix', (row) => {
    const { slug, suffix, part, scope, metric, aggregation, queue } = row;
    expect(ruleNamed(`${slug}-${suffix}`)).toEqual({
      type: METRIC_RULES,
      apiVersion: '2018-03-01',
      name: `${APP}-${slug}-${suffix}`,
      location: 'global',
      tags: { 'podroutes-cluster': CLUSTER },
      properties: {
        description: describeAlarm(slug, DOCS),
        severity: 1,
        enabled: true,
        autoMitigate: true,
        scopes: [scope],
        evaluationFrequency: 'PT15M',
        windowSize: 'PT15M',
        criteria: {
          'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria',
          allOf: [
            {
              criterionType: 'StaticThresholdCriterion',
              name: part,
              metricNamespace: scope.includes('systemTopics')
                ? 'Microsoft.EventGrid/systemTopics'
                : 'Microsoft.ServiceBus/namespaces',
              metricName: metric,
              timeAggregation: aggregation,
              operator: 'GreaterThan',
              threshold: 0,
              dimensions:
                queue === null ? [] : [{ name: 'EntityName', operator: 'Include', values: [queue] }],
            },
          ],
        },
        actions: [{ actionGroupId: ACTION_GROUP }],
      },
    });
  });

  it('is one of these', () => {
    const names = rulesOf(METRIC_RULES).map(({ name }) => name);
    expect(names.sort()).toEqual(METRIC_ROWS.map(({ slug, suffix }) => `${APP}-${slug}-${suffix}`).sort());
  });

  const watching = CASE_NAMES.filter((name) => (CASES[name]?.['monitoring'] ?? 'full') === 'full');

  it.each(watching)('watches every topic that there is, and no other: %s', (name) => {
    const deployed = deployCase(name).resources;
    const topics = deployed.filter(({ type }) => type === 'Microsoft.EventGrid/systemTopics');
    const watched = deployed
      .filter(({ type }) => type === METRIC_RULES)
      .flatMap(({ body }): string[] => Object(body['properties']).scopes)
      .filter((id) => id.includes('systemTopics'));
    expect(watched.sort()).toEqual(topics.map(({ id }) => id).sort());
  });
});

describe('How much is watched', () => {
  const rulesOfCase = (name: string): string[] =>
    deployCase(name)
      .resources.filter(({ type }) => type === LOG_RULES || type === METRIC_RULES)
      .map(({ name: rule }) => rule.replace(/^podroutes-\w{13}-/, ''));

  it('is what loses routes, where that is all that is asked for', () => {
    expect(rulesOfCase('only what is essential watched').toSorted()).toEqual([
      'apply-failures',
      'dead-letters-given-up',
      'dead-letters-set-aside',
      'error-findings',
      'function-errors',
      'queue-age-never-empty',
      'reconcile-missing',
    ]);
  });

  it('is nothing, where that is asked for, and nobody is told', () => {
    expect(rulesOfCase('nothing watched')).toEqual([]);
    const types = deployCase('nothing watched').resources.map(({ type }) => type);
    expect(types).not.toContain('Microsoft.Insights/actionGroups');
    expect(types).toContain('Microsoft.Insights/workbooks');
  });
});
