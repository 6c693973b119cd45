import * as z from 'zod/mini';
import { ALARM_SLUGS, ALARMS, type AlarmSlug } from '../../../../infra/alarms.ts';
import { CLUSTER_TAG } from '../../../../infra/deployed-names.ts';
import type { ArmClient } from '../../../../shared/azure/arm-client.ts';
import { classifyArmFailure } from '../../../../shared/azure/failures.ts';
import {
  type AlertReading,
  attempt,
  type Episode,
  findCutOff,
  type LogLine,
  MOST_LINES,
  type ReadAlarm,
  type ReadAlerts,
} from '../../alerts/reading.ts';

/** Warnings and errors of the functions, which are JSON, and what their invocations threw. */
export const LOG_QUERY = `union
  (traces | where severityLevel >= 2 and message startswith '{'
    | project timestamp, severityLevel, text = message),
  (exceptions | project timestamp, severityLevel = 3, text = outerMessage)
| order by timestamp desc
| take ${MOST_LINES}`;

/** A person's patience is their own. */
const NEVER = new AbortController().signal;

/** Reads the alert rules of a cluster that `infra/azure` deploys, what they raised, and the logs. */
export function createAzureAlertReader(arm: ArmClient, cluster: string): ReadAlerts {
  return async (since, until) => {
    const found = await readRules(arm, cluster);
    const [raised, log] = await Promise.all([
      readRaised(arm, found.rules),
      readLog(arm, found.rules, since, until),
    ]);
    const alarms = found.rules.map((rule) => toAlarm(rule, raised, since));
    const unread = found.rules.length === 0 && found.gaps.length > 0;
    return {
      alarms: unread ? null : alarms,
      lines: log.lines,
      gaps: [...found.gaps, ...(raised.gap === null ? [] : [raised.gap]), ...log.gaps],
    };
  };
}

const Rule = z.object({
  id: z.string(),
  name: z.string(),
  tags: z.nullish(z.record(z.string(), z.string())),
  properties: z.object({ description: z.nullish(z.string()), scopes: z.array(z.string()) }),
});

interface OwnRule {
  readonly id: string;
  readonly name: string;
  readonly slug: AlarmSlug;
  readonly scopes: readonly string[];
}

const RULE_KINDS = [
  { service: 'log-rules', type: 'scheduledQueryRules', what: 'the log alert rules' },
  { service: 'metric-rules', type: 'metricAlerts', what: 'the metric alert rules' },
] as const;

async function readRules(
  arm: ArmClient,
  cluster: string,
): Promise<Pick<AlertReading, 'gaps'> & { readonly rules: readonly OwnRule[] }> {
  const lists = await Promise.all(
    RULE_KINDS.map(({ service, type, what }) =>
      attempt(
        what,
        () => arm.list(service, `${subscriptionOf(arm)}/providers/Microsoft.Insights/${type}`, NEVER),
        (thrown) => classifyArmFailure(thrown, `Microsoft.Insights/${type}/read`),
      ),
    ),
  );
  return {
    rules: lists.flatMap((list) => (list.ok ? list.value : [])).flatMap((item) => readRule(item, cluster)),
    gaps: lists.flatMap((list) => (list.ok ? [] : [list.gap])),
  };
}

function subscriptionOf({ subscription }: ArmClient): string {
  return `/subscriptions/${subscription}`;
}

/** Which alarm a rule is for, its description says: it names the page. */
function readRule(item: unknown, cluster: string): OwnRule[] {
  const rule = Rule.safeParse(item);
  if (!rule.success || rule.data.tags?.[CLUSTER_TAG] !== cluster) return [];
  const { id, name, properties } = rule.data;
  const slug = ALARM_SLUGS.find((each) => properties.description?.includes(ALARMS[each].page));
  return slug === undefined ? [] : [{ id, name, slug, scopes: properties.scopes }];
}

const Alert = z.object({
  properties: z.object({
    essentials: z.object({
      alertRule: z.string(),
      startDateTime: z.string(),
      monitorCondition: z.string(),
      monitorConditionResolvedDateTime: z.nullish(z.string()),
      targetResourceName: z.nullish(z.string()),
    }),
  }),
});

type Essentials = z.infer<typeof Alert>['properties']['essentials'];

interface Raised {
  /** By the rule's id in lower case. */
  readonly alerts: ReadonlyMap<string, readonly Essentials[]>;
  readonly gap: AlertReading['gaps'][number] | null;
}

/**
 * Alerts are listed by the group of what they watch. One that lasts may have begun long ago: all that Azure keeps is
 * asked for. https://learn.microsoft.com/rest/api/monitor/alertsmanagement/alerts/get-all
 */
async function readRaised(arm: ArmClient, rules: readonly OwnRule[]): Promise<Raised> {
  const groups = new Set(rules.flatMap(({ scopes }) => scopes.map(groupOf)));
  const path = `${subscriptionOf(arm)}/providers/Microsoft.AlertsManagement/alerts`;
  const read = await attempt(
    'the alerts that were raised',
    () =>
      Promise.all(
        [...groups].map((targetResourceGroup) =>
          arm.list('alerts', path, NEVER, { targetResourceGroup, timeRange: '30d', pageCount: '250' }),
        ),
      ),
    (thrown) => classifyArmFailure(thrown, 'Microsoft.AlertsManagement/alerts/read'),
  );
  if (!read.ok) return { alerts: new Map(), gap: read.gap };
  const essentials = read.value.flat().flatMap((item) => {
    const alert = Alert.safeParse(item);
    return alert.success ? [alert.data.properties.essentials] : [];
  });
  return { alerts: Map.groupBy(essentials, ({ alertRule }) => alertRule.toLowerCase()), gap: null };
}

function groupOf(id: string): string {
  return /\/resourceGroups\/([^/]+)/i.exec(id)?.[1]?.toLowerCase() ?? '';
}

function toAlarm({ id, name, slug }: OwnRule, { alerts, gap }: Raised, since: number): ReadAlarm {
  if (gap !== null) return { slug, name, state: 'unknown', episodes: [] };
  const episodes = (alerts.get(id.toLowerCase()) ?? [])
    .map(toEpisode)
    .filter(({ to }) => to === null || to >= since)
    .toSorted((a, b) => (a.from ?? 0) - (b.from ?? 0));
  const state = episodes.some(({ to }) => to === null) ? 'firing' : 'quiet';
  return { slug, name, state, episodes };
}

function toEpisode({ startDateTime, monitorCondition, ...rest }: Essentials): Episode {
  const resolved = rest.monitorConditionResolvedDateTime ?? startDateTime;
  return {
    from: Date.parse(startDateTime),
    to: monitorCondition === 'Resolved' ? Date.parse(resolved) : null,
    reason: rest.targetResourceName ?? '',
  };
}

const Column = z.object({ name: z.string() });
const QueryResults = z.object({
  tables: z.array(z.object({ columns: z.array(Column), rows: z.array(z.array(z.unknown())) })),
});
const Row = z.object({ timestamp: z.string(), severityLevel: z.number(), text: z.string() });

/**
 * Asks Application Insights by way of Resource Manager, which takes the same token as everything else.
 * https://learn.microsoft.com/rest/api/application-insights/query/get
 */
async function readLog(
  arm: ArmClient,
  rules: readonly OwnRule[],
  since: number,
  until: number,
): Promise<Pick<AlertReading, 'lines' | 'gaps'>> {
  const components = new Set(
    rules.flatMap(({ scopes }) => scopes.filter((id) => /\/Microsoft\.Insights\/components\//i.test(id))),
  );
  const timespan = `${new Date(since).toISOString()}/${new Date(until).toISOString()}`;
  const reads = await Promise.all(
    [...components].map((id) =>
      attempt(
        'the logs',
        async () =>
          readLines(await arm.get('insights', `${id}/query`, NEVER, { query: LOG_QUERY, timespan })),
        (thrown) => classifyArmFailure(thrown, 'Microsoft.Insights/components/query/read'),
      ),
    ),
  );
  const lines = reads.flatMap((read) => (read.ok ? read.value : []));
  return { lines, gaps: [...reads.flatMap((read) => (read.ok ? [] : [read.gap])), ...findCutOff(lines)] };
}

function readLines(body: unknown): LogLine[] {
  const results = QueryResults.safeParse(body);
  if (!results.success) throw new Error('The answer does not have the documented form.');
  return results.data.tables.flatMap(({ columns, rows }) =>
    rows.flatMap((cells) => {
      const row = Row.safeParse(Object.fromEntries(columns.map(({ name }, i) => [name, cells[i]])));
      if (!row.success) return [];
      const { timestamp, severityLevel, text } = row.data;
      return [{ at: Date.parse(timestamp), level: severityLevel >= 3 ? 'error' : 'warning', text }];
    }),
  );
}
