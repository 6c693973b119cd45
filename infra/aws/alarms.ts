import { Duration, Stack, Token } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { CfnRule } from 'aws-cdk-lib/aws-events';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Monitoring } from '../../shared/core/telemetry.ts';
import { ALARMS, describeAlarm } from '../alarms.ts';
import { ALARM_NAMES_BY, type AlarmName, nameAlarm, slugOfAlarm } from '../deployed-names.ts';
import { highestOfTables, ownMetric } from './metrics.ts';

/** What the alarms watch, and how much of it. */
export interface Watched {
  readonly monitoring: Monitoring;
  /** Where the pages of alarms are published; null where they are not. */
  readonly docsUrl: string | null;
  readonly cluster: string;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly rules: readonly CfnRule[];
  readonly nodeEvents: LambdaFunction;
  readonly reconcile: LambdaFunction;
  readonly scheduleMinutes: number;
  readonly eventToRouteSeconds: number;
}

/** How one condition is measured on AWS. */
interface Measurement {
  readonly metric: IMetric;
  /** Periods of the metric that are looked at. */
  readonly periods: number;
  /** Of those, how many have to be past the threshold. */
  readonly breaching: number;
  /** What no data means: all is well unless said otherwise. */
  readonly missing?: TreatMissingData;
  /** Where it can be set. */
  readonly threshold?: number;
}

const OPERATORS = {
  above: ComparisonOperator.GREATER_THAN_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
};

const FIVE_MINUTES = Duration.minutes(5);

const MEASUREMENTS: Readonly<Record<AlarmName, (watched: Watched) => Measurement>> = {
  'dead-letters': ({ deadLetters }) => once(deadLetters.metricApproximateNumberOfMessagesVisible(max())),
  // EventBridge may tell of it late, and a period that was looked at once, and filled, is not looked at again.
  'dead-letters-undelivered': ({ rules }) => ({
    metric: addUp(rules.map(lostByRule), 'Events in neither queue'),
    periods: 3,
    breaching: 1,
  }),
  'queue-age': ({ queue }) => once(queue.metricApproximateAgeOfOldestMessage(max())),
  'function-errors': ({ nodeEvents, reconcile }) =>
    once(
      addUp(
        [nodeEvents, reconcile].map((each) => each.metricErrors(sum())),
        BOTH,
      ),
    ),
  // Where executions are reserved some are refused in every burst. It is lasting refusal that hurts.
  'function-throttles': ({ nodeEvents, reconcile }) => ({
    metric: addUp(
      [nodeEvents, reconcile].map((each) => each.metricThrottles(sum())),
      BOTH,
    ),
    periods: 3,
    breaching: 3,
  }),
  'reconcile-missing': ({ reconcile, scheduleMinutes }) => ({
    metric: new MathExpression({
      expression: 'invocations - errors',
      label: 'Successful runs',
      period: Duration.minutes(scheduleMinutes),
      usingMetrics: {
        invocations: reconcile.metricInvocations({ statistic: 'Sum' }),
        errors: reconcile.metricErrors({ statistic: 'Sum' }),
      },
    }),
    periods: 3,
    breaching: 3,
    missing: TreatMissingData.BREACHING,
  }),
  // What the next full reconcile puts right needs nobody.
  'apply-failures': ({ cluster, scheduleMinutes }) =>
    lasting(ownMetric('ApplyFailures', cluster, 'Sum', scheduleMinutes)),
  'error-findings': ({ cluster, scheduleMinutes }) =>
    lasting(ownMetric('ErrorFindings', cluster, 'Maximum', scheduleMinutes)),
  'route-table-filling': ({ cluster, scheduleMinutes }) =>
    once(highestOfTables('RouteTableUtilization', cluster, scheduleMinutes)),
  // Events are rare: shorter periods have hardly ever a value, and never two in a row.
  'event-to-route-slow': ({ cluster, eventToRouteSeconds }) => ({
    ...once(ownMetric('EventToRouteSeconds', cluster, 'p95', 60)),
    threshold: eventToRouteSeconds,
  }),
};

/** One alarm or two for each condition, each of which notifies the topic, of recovery too. */
export function createAlarms(scope: Construct, watched: Watched, topic: ITopic): Alarm[] {
  const deployed = { cluster: watched.cluster, stack: Stack.of(scope).stackName };
  return ALARM_NAMES_BY[watched.monitoring].map((name) => {
    const slug = slugOfAlarm(name);
    const { metric, periods, breaching, missing, threshold } = MEASUREMENTS[name](watched);
    const alarm = new Alarm(scope, `Alarm-${name}`, {
      ...(!Token.isUnresolved(watched.cluster) && { alarmName: nameAlarm(deployed, name) }),
      alarmDescription: describeAlarm(slug, watched.docsUrl),
      metric,
      threshold: threshold ?? ALARMS[slug].threshold,
      comparisonOperator: OPERATORS[ALARMS[slug].when],
      evaluationPeriods: periods,
      datapointsToAlarm: breaching,
      treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
    return alarm;
  });
}

function once(metric: IMetric): Measurement {
  return { metric, periods: 1, breaching: 1 };
}

function lasting(metric: IMetric): Measurement {
  return { metric, periods: 2, breaching: 2 };
}

const BOTH = 'Both functions';

/** A metric that has no value for a while, as those that are written only when not zero, hides none of the others. */
function addUp(metrics: readonly IMetric[], label: string): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, i) => [`term${i}`, metric]));
  const expression = Object.keys(usingMetrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ');
  return new MathExpression({ expression, label, period: FIVE_MINUTES, usingMetrics });
}

/**
 * Events that EventBridge could put neither into the queue nor into the dead letters.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
 */
function lostByRule({ ref }: CfnRule): IMetric {
  return new Metric({
    namespace: 'AWS/Events',
    metricName: 'InvocationsFailedToBeSentToDlq',
    dimensionsMap: { RuleName: ref },
    ...sum(),
  });
}

function max() {
  return { statistic: 'Maximum', period: FIVE_MINUTES };
}

function sum() {
  return { statistic: 'Sum', period: FIVE_MINUTES };
}
