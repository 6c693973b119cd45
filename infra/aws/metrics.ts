import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_UNITS, type Metric as MetricName } from '../../shared/core/telemetry.ts';

/** Where the functions write their metrics. */
const NAMESPACE = 'PodRoutes';

/** One of the metrics that the functions write, by cluster. */
export function ownMetric(name: MetricName, cluster: string, statistic: string, minutes = 5): IMetric {
  return new Metric({
    namespace: NAMESPACE,
    metricName: name,
    dimensionsMap: { Cluster: cluster },
    statistic,
    period: Duration.minutes(minutes),
  });
}

/** The same metric of every route table, or finding code: a line for each that there is. */
export function ownMetricBy(
  dimension: 'RouteTable' | 'Code',
  name: MetricName,
  cluster: string,
  statistic: string,
): IMetric {
  const schema = `{${NAMESPACE},Cluster,${dimension}}`;
  return new MathExpression({
    expression: `SEARCH('${schema} Cluster="${cluster}" MetricName="${name}"', '${statistic}', 300)`,
    label: METRIC_UNITS[name] === 'Percent' ? `${name} (%)` : name,
    period: Duration.minutes(5),
  });
}

/**
 * The highest value over all route tables. An alarm takes no search, but it takes a query, which needs no table's
 * name.
 */
export function highestOfTables(name: MetricName, cluster: string, minutes: number): IMetric {
  const query = `SELECT MAX(${name}) FROM SCHEMA("${NAMESPACE}", Cluster, RouteTable) WHERE Cluster = '${cluster}'`;
  return new MathExpression({ expression: query, label: name, period: Duration.minutes(minutes) });
}
