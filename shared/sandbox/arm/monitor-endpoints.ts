import {
  type ArmAnswer,
  type ArmCall,
  answerPage,
  type Endpoint,
  endpoint,
  IN_GROUP,
  IN_SUBSCRIPTION,
} from './endpoint.ts';
import { ArmError } from './errors.ts';
import type { Alert, AlertRule, RuleType } from './monitor.ts';
import type { Arm } from './state.ts';

const ALERTS_PATH = `${IN_SUBSCRIPTION}/Microsoft.AlertsManagement/alerts`;

/**
 * The operations that read alert rules, alerts and logs. A query of the log gives every row of the span, newest first:
 * the sandbox reads no Kusto.
 */
export const MONITOR_ENDPOINTS: readonly Endpoint[] = [
  listRules('ScheduledQueryRules_ListBySubscription', 'Microsoft.Insights/scheduledQueryRules'),
  listRules('MetricAlerts_ListBySubscription', 'Microsoft.Insights/metricAlerts'),
  endpoint('Alerts_GetAll', 'GET', ALERTS_PATH, (arm, call) => {
    const group = call.query.get('targetResourceGroup')?.toLowerCase();
    const from = arm.now() - readRange(call);
    const found = arm.monitor.alerts
      .filter((alert) => alert.from >= from)
      .filter(({ rule }) => group === undefined || groupOf(rule.scopes[0] ?? '') === group)
      .toSorted((a, b) => b.from - a.from);
    return answerPage(
      arm,
      call,
      found.map((alert) => viewAlert(arm, alert)),
    );
  }),
  endpoint('Query_Get', 'GET', `${IN_GROUP}/Microsoft.Insights/components/{component}/query`, queryLog),
];

const RANGES: Readonly<Record<string, number>> = { '1h': 1, '1d': 24, '7d': 7 * 24, '30d': 30 * 24 };

/** In milliseconds. */
function readRange({ query }: ArmCall): number {
  const hours = RANGES[query.get('timeRange') ?? '1d'];
  if (hours === undefined) throw new ArmError(400, 'BadRequest', 'timeRange is none of those permitted.');
  return hours * 3_600_000;
}

function listRules(operation: string, type: RuleType): Endpoint {
  return endpoint(operation, 'GET', `${IN_SUBSCRIPTION}/${type}`, (arm, call) =>
    answerPage(
      arm,
      call,
      arm.monitor.rules.filter((rule) => rule.type === type).map((rule) => viewRule(arm, rule)),
    ),
  );
}

function viewRule(arm: Arm, { type, id, name, tags, description, scopes }: AlertRule) {
  const properties = { description, enabled: true, autoMitigate: true, scopes };
  return { id, name, type, location: arm.location, tags, properties };
}

/** https://learn.microsoft.com/rest/api/monitor/alertsmanagement/alerts/get-all */
function viewAlert(arm: Arm, { rule, from, to }: Alert) {
  const [target = ''] = rule.scopes;
  const id = arm.ids.uuid();
  const time = (at: number) => new Date(at).toISOString();
  return {
    id: `${target}/providers/Microsoft.AlertsManagement/alerts/${id}`,
    name: rule.name,
    type: 'Microsoft.AlertsManagement/alerts',
    properties: {
      essentials: {
        severity: 'Sev1',
        signalType: rule.type === 'Microsoft.Insights/metricAlerts' ? 'Metric' : 'Log',
        alertState: 'New',
        monitorCondition: to === null ? 'Fired' : 'Resolved',
        monitorService: rule.type === 'Microsoft.Insights/metricAlerts' ? 'Platform' : 'Log Alerts V2',
        targetResource: target.toLowerCase(),
        targetResourceName: target.split('/').at(-1)?.toLowerCase(),
        targetResourceGroup: groupOf(target),
        sourceCreatedId: id,
        alertRule: rule.id,
        startDateTime: time(from),
        lastModifiedDateTime: time(to ?? from),
        ...(to !== null && { monitorConditionResolvedDateTime: time(to) }),
      },
    },
  };
}

function groupOf(id: string): string | undefined {
  return id.split('/')[4]?.toLowerCase();
}

/** https://learn.microsoft.com/rest/api/application-insights/query/get */
function queryLog(arm: Arm, call: ArmCall): ArmAnswer {
  const [from, to] = (call.query.get('timespan') ?? '').split('/').map(Date.parse);
  if (!call.query.get('query') || from === undefined || to === undefined || Number.isNaN(from + to)) {
    throw new ArmError(400, 'BadArgumentError', 'The request had some invalid properties');
  }
  const rows = arm.monitor.log
    .filter(({ at }) => at >= from && at <= to)
    .toSorted((a, b) => b.at - a.at)
    .map(({ at, severityLevel, text }) => [new Date(at).toISOString(), severityLevel, text]);
  const columns = [
    { name: 'timestamp', type: 'datetime' },
    { name: 'severityLevel', type: 'int' },
    { name: 'text', type: 'string' },
  ];
  return { status: 200, body: { tables: [{ name: 'PrimaryResult', columns, rows }] } };
}
