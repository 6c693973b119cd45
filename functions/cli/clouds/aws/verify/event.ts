import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { VERIFICATION } from '../../../../../shared/aws/events/verification.ts';
import { commandLine } from '../../../../../shared/doctor/shell.ts';
import { type Condition, judged, type Part } from '../../../verify/model.ts';
import { type Surroundings, unseen } from './look.ts';

/** Where the traces of an event are looked for. */
export interface Traces {
  readonly logGroup: string;
  /** As metrics have it. */
  readonly cluster: string;
  /** Whether the function writes lines of level INFO. */
  readonly writesInfo: boolean;
  /** Whether it writes the metric that counts such events. */
  readonly writesMetric: boolean;
  /** Where an event waits for the function. */
  readonly queueUrl: string;
  /** How long each of them is waited for, in milliseconds. */
  readonly patienceMs: number;
}

const POLL_MS = 1_000;

/** Sends one event that leads to nothing, and looks for it in the log and the metric of the function. */
export async function verifyEvent(traces: Traces, around: Surroundings): Promise<Part[]> {
  const log = { area: 'event', name: 'event from the bus to the log' } as const;
  const metric = { area: 'event', name: 'event in the metric' } as const;
  const sentAt = Date.now();
  const sent = await send(around);
  if ('state' in sent) return [{ ...log, ...sent }];
  const line = await waitForLine(sent.id, sentAt, traces, around);
  if (line.state !== 'whole' || !traces.writesMetric) return [{ ...log, ...line }];
  return [
    { ...log, ...line },
    { ...metric, ...(await waitForMetric(sentAt, traces, around)) },
  ];
}

async function send({ clients }: Surroundings): Promise<Condition | { readonly id: string }> {
  const needs = ['events:PutEvents'];
  try {
    const { Entries = [] } = await clients.events.send(
      new PutEventsCommand({
        Entries: [{ Source: VERIFICATION.source, DetailType: VERIFICATION.detailType, Detail: '{}' }],
      }),
    );
    const { EventId: id, ErrorCode: code = 'failed', ErrorMessage: message = '' } = Entries[0] ?? {};
    return id === undefined ? { state: 'unseen', why: { code, message, needs } } : { id };
  } catch (thrown) {
    return unseen(thrown, needs);
  }
}

async function waitForLine(
  id: string,
  sentAt: number,
  { logGroup, writesInfo, queueUrl, patienceMs }: Traces,
  { clients, options }: Surroundings,
): Promise<Condition> {
  const look = {
    logGroupName: logGroup,
    startTime: sentAt - CLOCKS_MS,
    // The metric has no id, but is written whatever the level.
    filterPattern: writesInfo ? `"${id}"` : '"EventsIgnored"',
  };
  const isThere = async (): Promise<boolean> => {
    // A page may be empty although a later one is not.
    for await (const { events = [] } of paginateFilterLogEvents({ client: clients.logs }, look)) {
      if (events.some(({ message = '' }) => message.includes(writesInfo ? id : 'EventsIgnored'))) return true;
    }
    return false;
  };
  try {
    if (await waitUntil(isThere, patienceMs)) return { state: 'whole' };
  } catch (thrown) {
    return unseen(thrown, ['logs:FilterLogEvents']);
  }
  const ask = ['sqs', 'get-queue-attributes', '--queue-url', queueUrl, '--attribute-names', 'All'];
  return judged([
    {
      problem: `The event ${id} did not reach ${logGroup} within ${patienceMs / 1000} s.`,
      remedy:
        'See whether messages wait in the queue. If many do, verify again later; if none does, see its dead letters, and "podroutes alerts".',
      commands: [commandLine('aws', ...ask, ...options)],
    },
  ]);
}

/** The clocks of two machines differ by less. */
const CLOCKS_MS = 60_000;
const MINUTE_MS = 60_000;

/** CloudWatch makes the metric out of the log, which takes it a minute or two. */
async function waitForMetric(
  sentAt: number,
  { cluster, patienceMs }: Traces,
  { clients }: Surroundings,
): Promise<Condition> {
  const needs = ['cloudwatch:GetMetricStatistics'];
  const isThere = async (): Promise<boolean> => {
    const { Datapoints = [] } = await clients.cloudWatch.send(
      new GetMetricStatisticsCommand({
        ...{ Namespace: 'PodRoutes', MetricName: 'EventsIgnored', Statistics: ['Sum'], Period: 60 },
        Dimensions: [{ Name: 'Cluster', Value: cluster }],
        StartTime: new Date(Math.floor(sentAt / MINUTE_MS) * MINUTE_MS),
        EndTime: new Date(Date.now() + MINUTE_MS),
      }),
    );
    return Datapoints.some(({ Sum = 0 }) => Sum > 0);
  };
  try {
    if (await waitUntil(isThere, patienceMs)) return { state: 'whole' };
  } catch (thrown) {
    return unseen(thrown, needs);
  }
  const message = `The metric EventsIgnored of ${cluster} did not show the event within ${patienceMs / 1000} s. CloudWatch may be slow: verify again.`;
  return { state: 'unseen', why: { code: 'not-yet', message, needs: [] } };
}

async function waitUntil(isThere: () => Promise<boolean>, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (!(await isThere())) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}
