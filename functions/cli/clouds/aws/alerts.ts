import {
  type AlarmHistoryItem,
  CloudWatchClient,
  type MetricAlarm,
  paginateDescribeAlarmHistory,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  type CloudWatchLogsClientConfig,
  GetQueryResultsCommand,
  paginateDescribeLogGroups,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod/mini';
import type { AlarmSlug } from '../../../../infra/alarms.ts';
import {
  alarmPrefix,
  isFunctionLog,
  logGroupPrefix,
  readAlarmName,
  slugOfAlarm,
} from '../../../../infra/deployed-names.ts';
import { classifyAwsFailure } from '../../../../shared/aws/failures.ts';
import {
  type AlertReading,
  attempt,
  type Episode,
  findCutOff,
  type Gap,
  type LogLine,
  MOST_LINES,
  type ReadAlarm,
  type ReadAlerts,
} from '../../alerts/reading.ts';

/** What Lambda itself writes of an invocation that failed. */
const PLATFORM = /"errorType"|Task timed out|Runtime exited/;

/** Warnings and errors of the functions, and of Lambda. */
export const LOG_QUERY = `fields @timestamp, @message
| filter level in ["WARN", "ERROR"] or @message like ${PLATFORM}
| sort @timestamp desc
| limit ${MOST_LINES}`;

/** Reads the alarms and logs that `infra/aws` deploys for a cluster. */
export function createAwsAlertReader(settings: CloudWatchLogsClientConfig, cluster: string): ReadAlerts {
  const cloudWatch = new CloudWatchClient(settings);
  const logs = new CloudWatchLogsClient(settings);
  return async (since, until) => {
    const [alarms, log] = await Promise.all([
      readAlarms(cloudWatch, cluster, since, until),
      readLog(logs, cluster, since, until),
    ]);
    return { alarms: alarms.alarms, lines: log.lines, gaps: [...alarms.gaps, ...log.gaps] };
  };
}

async function readAlarms(
  client: CloudWatchClient,
  cluster: string,
  since: number,
  until: number,
): Promise<Pick<AlertReading, 'alarms' | 'gaps'>> {
  const described = await attempt(
    'the alarms',
    () => describeAlarms(client, cluster),
    (thrown) => classifyAwsFailure(thrown, 'cloudwatch:DescribeAlarms'),
  );
  if (!described.ok) return { alarms: null, gaps: [described.gap] };
  const read = await Promise.all(
    described.value.flatMap((alarm) => {
      const name = readAlarmName(alarm.AlarmName ?? '');
      return name === null ? [] : [readAlarm(client, slugOfAlarm(name), alarm, since, until)];
    }),
  );
  // All of them lack the same permission.
  const gap = read.flatMap((each) => each.gap ?? [])[0];
  return { alarms: read.map(({ alarm }) => alarm), gaps: gap === undefined ? [] : [gap] };
}

/** Of every stack of the cluster. */
async function describeAlarms(client: CloudWatchClient, cluster: string): Promise<MetricAlarm[]> {
  const alarms: MetricAlarm[] = [];
  const pages = paginateDescribeAlarms({ client }, { AlarmNamePrefix: alarmPrefix(cluster) });
  for await (const { MetricAlarms = [] } of pages) alarms.push(...MetricAlarms);
  return alarms;
}

/** One that has been as it is since before the span has no history in it. */
async function readAlarm(
  client: CloudWatchClient,
  slug: AlarmSlug,
  alarm: MetricAlarm,
  since: number,
  until: number,
): Promise<{ readonly alarm: ReadAlarm; readonly gap: Gap | null }> {
  const { AlarmName: name = '', StateReason: reason = '' } = alarm;
  const changedAt = (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime() ?? 0;
  const isFiring = alarm.StateValue === 'ALARM';
  const current: readonly Episode[] = isFiring ? [{ from: changedAt, to: null, reason }] : [];
  const state = isFiring ? 'firing' : 'quiet';
  if (changedAt < since) return { alarm: { slug, name, state, episodes: current }, gap: null };
  const history = await attempt(
    'the history of the alarms',
    () => readHistory(client, name, since, until),
    (thrown) => classifyAwsFailure(thrown, 'cloudwatch:DescribeAlarmHistory'),
  );
  if (!history.ok) {
    const shown = isFiring ? state : 'unknown';
    return { alarm: { slug, name, state: shown, episodes: current }, gap: history.gap };
  }
  const episodes = toEpisodes(history.value);
  // The history may be a moment behind.
  const lasts = episodes.some(({ to }) => to === null);
  return {
    alarm: { slug, name, state, episodes: isFiring && !lasts ? [...episodes, ...current] : episodes },
    gap: null,
  };
}

async function readHistory(
  client: CloudWatchClient,
  name: string,
  since: number,
  until: number,
): Promise<AlarmHistoryItem[]> {
  const items: AlarmHistoryItem[] = [];
  const pages = paginateDescribeAlarmHistory(
    { client },
    {
      AlarmName: name,
      HistoryItemType: 'StateUpdate',
      StartDate: new Date(since),
      EndDate: new Date(until),
      ScanBy: 'TimestampAscending',
    },
  );
  for await (const { AlarmHistoryItems = [] } of pages) items.push(...AlarmHistoryItems);
  return items;
}

const State = z.object({ stateValue: z.string(), stateReason: z.nullish(z.string()) });
const HistoryData = z.object({ oldState: State, newState: State });

function toEpisodes(items: readonly AlarmHistoryItem[]): Episode[] {
  const episodes: Episode[] = [];
  let open: Episode | null = null;
  for (const { Timestamp: timestamp, HistoryData: data = '' } of items) {
    const change = HistoryData.safeParse(readJson(data));
    if (!change.success || timestamp === undefined) continue;
    const at = timestamp.getTime();
    const { oldState, newState } = change.data;
    if (newState.stateValue === 'ALARM') {
      open ??= { from: at, to: null, reason: newState.stateReason ?? '' };
      continue;
    }
    if (oldState.stateValue !== 'ALARM') continue;
    episodes.push({ ...(open ?? { from: null, reason: oldState.stateReason ?? '' }), to: at });
    open = null;
  }
  return open === null ? episodes : [...episodes, open];
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function readLog(
  client: CloudWatchLogsClient,
  cluster: string,
  since: number,
  until: number,
): Promise<Pick<AlertReading, 'lines' | 'gaps'>> {
  const read = await attempt(
    'the logs',
    () => query(client, cluster, since, until),
    (thrown) => classifyAwsFailure(thrown, 'logs:DescribeLogGroups, logs:StartQuery or logs:GetQueryResults'),
  );
  return read.ok ? { lines: read.value, gaps: findCutOff(read.value) } : { lines: [], gaps: [read.gap] };
}

/** Names of the log groups of every stack of the cluster. */
async function findLogs(client: CloudWatchLogsClient, cluster: string): Promise<string[]> {
  const names: string[] = [];
  const logGroupNamePrefix = logGroupPrefix(cluster);
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix })) {
    names.push(...logGroups.flatMap(({ logGroupName: name }) => name ?? []).filter(isFunctionLog));
  }
  if (names.length > 0) return names;
  throw new Error(`There is no log group of a function that begins with ${logGroupNamePrefix}.`);
}

/** Between two looks at a query, and how long one may take, in milliseconds. */
const POLL_MS = 300;
const PATIENCE_MS = 60_000;

async function query(
  client: CloudWatchLogsClient,
  cluster: string,
  since: number,
  until: number,
): Promise<LogLine[]> {
  const started = await client.send(
    new StartQueryCommand({
      logGroupNames: await findLogs(client, cluster),
      // In seconds.
      startTime: Math.floor(since / 1000),
      endTime: Math.ceil(until / 1000),
      queryString: LOG_QUERY,
    }),
  );
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { status, results = [] } = await client.send(
      new GetQueryResultsCommand({ queryId: started.queryId }),
    );
    if (status === 'Complete') return results.flatMap(toLine);
    if (status !== 'Running' && status !== 'Scheduled') throw new Error(`The query ended as ${status}.`);
    if (Date.now() > deadline) throw new Error(`The query took more than ${PATIENCE_MS / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Servers other than AWS may know no filter, so that its conditions are looked at again. */
function toLine(fields: readonly { field?: string | undefined; value?: string | undefined }[]): LogLine[] {
  const value = (name: string) => fields.find(({ field }) => field === name)?.value ?? '';
  const text = value('@message').trim();
  const parsed = Leveled.safeParse(readJson(text));
  const level = parsed.success ? LEVELS[parsed.data.level] : PLATFORM.test(text) ? 'error' : undefined;
  return level === undefined ? [] : [{ at: readTime(value('@timestamp')), level, text }];
}

const Leveled = z.object({ level: z.string() });
const LEVELS: Readonly<Record<string, LogLine['level']>> = { WARN: 'warning', ERROR: 'error' };

/** `2026-11-21 03:00:00.000`, in UTC. */
function readTime(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Date.parse(`${text.replace(' ', 'T')}Z`);
}
