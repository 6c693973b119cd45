import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  TextWidget,
  TextWidgetBackground,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { ALARM_SLUGS, describeRunbook } from '../alarms.ts';
import type { Watched } from './alarms.ts';
import { ownMetric, ownMetricBy } from './metrics.ts';

/** One page with what the alarms watch, and what was done. */
export function createDashboard(scope: Construct, watched: Watched, alarms: readonly Alarm[]): Dashboard {
  const { cluster, queue, deadLetters, nodeEvents, reconcile } = watched;
  const rows: readonly (readonly IWidget[])[] = [
    [
      new TextWidget({
        markdown: describeRunbook(ALARM_SLUGS, watched.docsUrl),
        // As newer versions of CDK do by default, and older ones do not.
        background: TextWidgetBackground.TRANSPARENT,
        width: 24,
        height: 12,
      }),
    ],
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
      ),
      graph('Events ignored or unreadable', [
        ownMetric('EventsIgnored', cluster, 'Sum'),
        ownMetric('EventsUnreadable', cluster, 'Sum'),
      ]),
      graph(
        'Invocations and errors',
        [nodeEvents, reconcile].flatMap((each) => [each.metricInvocations(), each.metricErrors()]),
      ),
    ],
  ];
  return new Dashboard(scope, 'Dashboard', {
    defaultInterval: Duration.hours(12),
    widgets: rows.map((row) => [...row]),
  });
}

function graph(title: string, left: readonly IMetric[]): GraphWidget {
  return new GraphWidget({ title, left: [...left], width: 8, leftYAxis: { min: 0 } });
}
