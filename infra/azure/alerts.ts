import { ALARMS, type AlarmSlug, describeAlarm, linkTo } from '../alarms.ts';
import { CLUSTER_TAG } from '../deployed-names.ts';
import { CONDITIONS, EVERY, type LogCondition, type MetricCondition } from './alert-conditions.ts';
import { type Expression, evaluate, type Json, quote, type Resource } from './arm.ts';
import { IS_WATCHED } from './monitoring.ts';
import { IDS, typed } from './names.ts';
import { parameter } from './parameters.ts';
import { ALERT_QUERIES } from './queries.ts';

const SEVERITIES = { error: 1, warning: 2 } as const;
const OPERATORS = { above: 'GreaterThan', below: 'LessThan' } as const;

/** By which `podroutes alerts` finds the rules of a cluster. */
const tags = { [CLUSTER_TAG]: evaluate(parameter('cluster')) };

/** With a link where there is an address to link to. */
function describe(slug: AlarmSlug): string {
  const docsUrl = parameter('docsUrl');
  const [before = '', after = ''] = linkTo(slug, '|').split('|');
  const link = `concat(${quote(before)}, ${docsUrl}, ${quote(after)})`;
  return evaluate(`concat(${quote(describeAlarm(slug))}, if(empty(${docsUrl}), '', ${link}))`);
}

/** That as much is watched as the rule is for; what lost events leave behind the schedule repairs. */
function isWatched(slug: AlarmSlug, isMinor = false): Expression {
  return ALARMS[slug].isEssential && !isMinor ? IS_WATCHED : `equals(${parameter('monitoring')}, 'full')`;
}

function logRule(condition: LogCondition): Resource {
  const { slug, window, aggregation, column, splitBy, windows = 1, threshold } = condition;
  return {
    ...typed('Microsoft.Insights/scheduledQueryRules'),
    condition: evaluate(isWatched(slug)),
    name: evaluate(`format('{0}-${slug}', ${parameter('appName')})`),
    location: evaluate(parameter('location')),
    tags,
    kind: 'LogAlert',
    dependsOn: [evaluate(IDS.insights), evaluate(IDS.actionGroup)],
    properties: {
      displayName: evaluate(`format('podroutes {0}: ${ALARMS[slug].title}', ${parameter('cluster')})`),
      description: describe(slug),
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

function metricRule({ slug, part, on, copy, onlyIf, isMinor, ...condition }: MetricCondition): Resource {
  const { namespace, metric, aggregation, queue, window } = condition;
  const [suffix, index] = copy === undefined ? ['', ''] : ['-{1}', ', copyIndex()'];
  const watched = isWatched(slug, isMinor);
  const dimensions: Json[] =
    queue === undefined ? [] : [{ name: 'EntityName', operator: 'Include', values: [queue] }];
  return {
    ...typed('Microsoft.Insights/metricAlerts'),
    ...(copy !== undefined && { copy }),
    condition: evaluate(onlyIf === undefined ? watched : `and(${watched}, ${onlyIf})`),
    name: evaluate(`format('{0}-${slug}-${part}${suffix}', ${parameter('appName')}${index})`),
    location: 'global',
    tags,
    dependsOn: [evaluate(on), evaluate(IDS.actionGroup)],
    properties: {
      description: describe(slug),
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
