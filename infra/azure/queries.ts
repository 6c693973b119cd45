import type { Metric } from '../../shared/core/telemetry.ts';

/** The functions of the app, as Application Insights names their invocations. */
type FunctionName = 'node-events' | 'reconcile-schedule' | 'reconcile';

/** Log lines are JSON in the message of a trace; where it is none, `line` has no fields. */
const LINES = 'traces\n| extend line = parse_json(message)';

function measured(metric: Metric): string {
  return `${LINES}\n| where line.metric == '${metric}'\n| extend value = todouble(line.value)`;
}

function invocations(name: FunctionName): string {
  return `requests\n| where name == '${name}'`;
}

/** What the rules count or measure: rows, their `value`, or `p95`. */
export const ALERT_QUERIES = {
  // A batch with something left to do throws, and comes again: some failures of node-events are how it waits.
  'function-errors': [
    'requests',
    // A person's mistake in a request, which is answered with 400, is nobody's failure.
    "| where success == false and not(name == 'reconcile' and toint(resultCode) between (400 .. 499))",
    '| summarize failures = count() by name',
    `| where name != '${'node-events' satisfies FunctionName}' or failures > 10`,
  ].join('\n'),
  'reconcile-missing': `${invocations('reconcile-schedule')}\n| where success == true`,
  'apply-failures': measured('ApplyFailures'),
  'error-findings': measured('ErrorFindings'),
  'route-table-filling': `${measured('RouteTableUtilization')}\n| extend routeTable = tostring(line.routeTable)`,
  'event-to-route-slow': `${measured('EventToRouteSeconds')}\n| summarize p95 = percentile(value, 95)`,
} as const;

interface WorkbookQuery {
  readonly title: string;
  readonly query: string;
  readonly shown: 'timechart' | 'table';
}

function chart(title: string, query: string): WorkbookQuery {
  return { title, query, shown: 'timechart' };
}

function table(title: string, query: string): WorkbookQuery {
  return { title, query, shown: 'table' };
}

const CHANGES = [
  'RoutesCreated',
  'RoutesReplaced',
  'RoutesDeleted',
  'DriftRepaired',
  'ApplyFailures',
] as const;

/** What the workbook shows. */
export const WORKBOOK_QUERIES: readonly WorkbookQuery[] = [
  chart(
    'Changes of routes',
    [
      LINES,
      `| where line.metric in (${CHANGES.map((metric: Metric) => `'${metric}'`).join(', ')})`,
      '| summarize changes = sum(todouble(line.value)) by bin(timestamp, 5m), metric = tostring(line.metric)',
      '| render timechart',
    ].join('\n'),
  ),
  chart(
    'From event to route, seconds (95 %)',
    [
      measured('EventToRouteSeconds'),
      '| summarize p95 = percentile(value, 95) by bin(timestamp, 5m)',
      '| render timechart',
    ].join('\n'),
  ),
  chart(
    'How full the route tables are, percent',
    [
      measured('RouteTableUtilization'),
      '| summarize used = max(value) by bin(timestamp, 15m), routeTable = tostring(line.routeTable)',
      '| render timechart',
    ].join('\n'),
  ),
  table(
    'Findings of the last run',
    [
      measured('Findings'),
      '| summarize arg_max(timestamp, value) by code = tostring(line.code)',
      '| project code, count = value, timestamp',
    ].join('\n'),
  ),
  table(
    'Decisions',
    [
      LINES,
      '| where isnotempty(line.action)',
      '| project timestamp, action = tostring(line.action), outcome = tostring(line.outcome),',
      '  cidr = tostring(line.cidr), node = tostring(line.node), routeTable = tostring(line.routeTable),',
      '  reason = tostring(line.reason), operation_Id',
      '| order by timestamp desc',
    ].join('\n'),
  ),
  table(
    'Warnings and errors',
    [
      LINES,
      '| where severityLevel >= 2 and isnotempty(line.message)',
      '| project timestamp, message = tostring(line.message), node = tostring(line.node),',
      '  reason = tostring(line.reason), remedy = tostring(line.remedy), error = tostring(line.error)',
      '| order by timestamp desc',
    ].join('\n'),
  ),
  chart(
    'Invocations that failed',
    [
      'requests',
      '| where success == false',
      '| summarize failures = count() by bin(timestamp, 5m), name',
      '| render timechart',
    ].join('\n'),
  ),
];
