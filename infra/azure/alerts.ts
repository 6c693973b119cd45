import { ALARMS, type AlarmSlug, describeAlarm } from '../alarms.ts';
import { CLUSTER_TAG } from '../deployed-names.ts';
import { CONDITIONS, EVERY, type LogCondition, type MetricCondition } from './alert-conditions.ts';
import { evaluate, type Json, type Resource } from './arm.ts';
import { IDS, typed } from './names.ts';
import { parameter } from './parameters.ts';
import { ALERT_QUERIES } from './queries.ts';

const SEVERITIES = { error: 1, warning: 2 } as const;
const OPERATORS = { above: 'GreaterThan', below: 'LessThan' } as const;

/** By which `podroutes alerts` finds the rules of a cluster. */
const tags = { [CLUSTER_TAG]: evaluate(parameter('cluster')) };

function logRule(condition: LogCondition): Resource {
  const { slug, window, aggregation, column, splitBy, windows = 1, threshold } = condition;
  return {
    ...typed('Microsoft.Insights/scheduledQueryRules'),
    name: evaluate(`format('{0}-${slug}', ${parameter('appName')})`),
    location: evaluate(parameter('location')),
    tags,
    kind: 'LogAlert',
    dependsOn: [evaluate(IDS.insights), evaluate(IDS.actionGroup)],
    properties: {
      displayName: evaluate(`format('podroutes {0}: ${ALARMS[slug].title}', ${parameter('cluster')})`),
      description: describeAlarm(slug),
      severity: SEVERITIES[ALARMS[slug].severity],
      enabled: true,
      autoMitigate: true,
      scopes: [evaluate(IDS.insights)],
      evaluationFrequency: EVERY,
      windowSize: window,
      // The tables appear with the first log line, after the rules.
      skipQueryValidation: true,
      criteria: {
        allOf: [
          {
            query: ALERT_QUERIES[slug],
            timeAggregation: aggregation,
            ...(column !== undefined && { metricMeasureColumn: column }),
            ...(splitBy !== undefined && {
              dimensions: [{ name: splitBy, operator: 'Include', values: ['*'] }],
            }),
            operator: OPERATORS[ALARMS[slug].when],
            threshold: threshold ?? ALARMS[slug].threshold,
            failingPeriods: { numberOfEvaluationPeriods: windows, minFailingPeriodsToAlert: windows },
          },
        ],
      },
      actions: { actionGroups: [evaluate(IDS.actionGroup)] },
    },
  };
}

function metricRule({ slug, part, on, presence, ...condition }: MetricCondition): Resource {
  const { namespace, metric, aggregation, queue, window } = condition;
  const isCopied = presence !== undefined && 'copy' in presence;
  const [suffix, index] = isCopied ? ['-{1}', ', copyIndex()'] : ['', ''];
  const dimensions: Json[] =
    queue === undefined ? [] : [{ name: 'EntityName', operator: 'Include', values: [queue] }];
  return {
    ...typed('Microsoft.Insights/metricAlerts'),
    ...presence,
    name: evaluate(`format('{0}-${slug}-${part}${suffix}', ${parameter('appName')}${index})`),
    location: 'global',
    tags,
    dependsOn: [evaluate(on), evaluate(IDS.actionGroup)],
    properties: {
      description: describeAlarm(slug),
      severity: SEVERITIES[ALARMS[slug].severity],
      enabled: true,
      autoMitigate: true,
      scopes: [evaluate(on)],
      evaluationFrequency: EVERY,
      windowSize: window,
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria',
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion',
            name: part,
            metricNamespace: namespace,
            metricName: metric,
            timeAggregation: aggregation,
            operator: 'GreaterThan',
            threshold: 0,
            dimensions,
          },
        ],
      },
      actions: [{ actionGroupId: evaluate(IDS.actionGroup) }],
    },
  };
}

/** Alarms that do not apply to Azure, and why. */
export const NOT_ON_AZURE: Readonly<Partial<Record<AlarmSlug, string>>> = {
  'function-throttles':
    'Azure Functions does not refuse executions: what it cannot handle stays in the queue, which `queue-age` reports.',
};

/** One rule or more for each of the other alarms. */
export const alerts: readonly Resource[] = CONDITIONS.map((condition) =>
  condition.kind === 'log' ? logRule(condition) : metricRule(condition),
);
