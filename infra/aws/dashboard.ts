import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnRule } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { Watched } from './alarms.ts';
import { ownMetric, ownMetricBy } from './metrics.ts';

/** Of the 24 columns of a dashboard. */
const THIRD = 8;
const QUARTER = 6;

/** What the dashboard shows. */
export interface Shown extends Watched {
  readonly rules: readonly CfnRule[];
  readonly alarms: readonly Alarm[];
}

/** One page with what the alarms watch, and what was done. */
export function createDashboard(scope: Construct, shown: Shown): Dashboard {
  const { cluster, queue, deadLetters, rules, nodeEvents, reconcile, alarms } = shown;
  const rows: readonly (readonly IWidget[])[] = [
    [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24 })],
    [
      graph(
        'Changes',
        (['RoutesCreated', 'RoutesReplaced', 'RoutesDeleted'] as const).map((name) =>
          ownMetricBy('RouteTable', name, cluster, 'Sum'),
        ),
      ),
      graph('Drift repaired, changes that failed', [
        ownMetric('DriftRepaired', cluster, 'Sum'),
        ownMetric('ApplyFailures', cluster, 'Sum'),
      ]),
      graph('Findings by code', [ownMetricBy('Code', 'Findings', cluster, 'Maximum')]),
    ],
    [
      graph(
        'Event to route, in seconds',
        ['p50', 'p95', 'Maximum'].map((statistic) => ownMetric('EventToRouteSeconds', cluster, statistic)),
      ),
      graph('Route tables, in percent of their limit', [
        ownMetricBy('RouteTable', 'RouteTableUtilization', cluster, 'Maximum'),
      ]),
      graph('Duration of a run, in seconds', [
        ownMetric('ReconcileSeconds', cluster, 'p50'),
        ownMetric('ReconcileSeconds', cluster, 'Maximum'),
      ]),
    ],
    [
      graph(
        'Queue',
        [queue, deadLetters].map((each) => each.metricApproximateNumberOfMessagesVisible()),
        QUARTER,
      ),
      graph('Events that reached neither queue', rules.map(lostByRule), QUARTER),
      graph(
        'Events that are none of ours, or cannot be read',
        [ownMetric('EventsIgnored', cluster, 'Sum'), ownMetric('EventsUnreadable', cluster, 'Sum')],
        QUARTER,
      ),
      graph(
        'Invocations and errors',
        [nodeEvents, reconcile].flatMap((each) => [each.metricInvocations(), each.metricErrors()]),
        QUARTER,
      ),
    ],
  ];
  return new Dashboard(scope, 'Dashboard', {
    defaultInterval: Duration.hours(12),
    widgets: rows.map((row) => [...row]),
  });
}

/** EventBridge tells of such events by this metric alone: neither alarms nor dead letters hold them. */
function lostByRule({ ref, description }: CfnRule): IMetric {
  return new Metric({
    namespace: 'AWS/Events',
    metricName: 'InvocationsFailedToBeSentToDlq',
    dimensionsMap: { RuleName: ref },
    statistic: 'Sum',
    label: description ?? ref,
  });
}

function graph(title: string, left: readonly IMetric[], width = THIRD): GraphWidget {
  return new GraphWidget({ title, left: [...left], width, leftYAxis: { min: 0 } });
}
