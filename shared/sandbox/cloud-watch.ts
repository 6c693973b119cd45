import * as z from 'zod/mini';
import { createDashboards, type DashboardOwner } from './cloud-watch-dashboards.ts';
import { ApiError } from './query.ts';

type StateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** An alarm, with what became of it. */
interface Alarm {
  readonly name: string;
  readonly description: string;
  readonly state: StateValue;
  readonly reason: string;
  /** When its state last became another one, in milliseconds since the epoch. */
  readonly changedAt: number;
  readonly history: readonly Transition[];
}

interface Transition {
  readonly at: number;
  readonly from: StateValue;
  readonly fromReason: string;
  readonly to: StateValue;
  readonly reason: string;
}

/** The part of CloudWatch that tells of alarms and keeps dashboards. Metrics are not modelled: a test sets the states. */
export interface CloudWatch {
  /** Makes an alarm without data. */
  readonly putAlarm: (name: string, description: string, at: number) => void;
  /** @param at when, in milliseconds since the epoch */
  readonly setState: (name: string, state: StateValue, reason: string, at: number) => void;
  readonly run: (action: string, body: unknown) => unknown;
}

/** Creates a CloudWatch without alarms and dashboards. */
export function createCloudWatch(owner: DashboardOwner): CloudWatch {
  const alarms = new Map<string, Alarm>();
  const dashboards = createDashboards(owner);
  const setState: CloudWatch['setState'] = (name, state, reason, at) => {
    const alarm = alarms.get(name);
    if (alarm === undefined) throw new ApiError('ResourceNotFound', `There is no alarm ${name}`, 404);
    if (alarm.state === state) return;
    const transition = { at, from: alarm.state, fromReason: alarm.reason, to: state, reason };
    alarms.set(name, { ...alarm, state, reason, changedAt: at, history: [...alarm.history, transition] });
  };
  return {
    putAlarm: (name, description, at) => {
      const fresh = { state: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation' } as const;
      alarms.set(name, { name, description, ...fresh, changedAt: at, history: [] });
    },
    setState,
    run: (action, body) => {
      if (action === 'DescribeAlarms') return describeAlarms(alarms, body);
      if (action === 'DescribeAlarmHistory') return describeHistory(alarms, body);
      const perform = dashboards[action];
      if (perform !== undefined) return perform(body);
      throw new ApiError('UnknownOperationException', `The sandbox does not model ${action}`);
    },
  };
}

const DescribeAlarms = z.strictObject({
  AlarmNames: z.optional(z.array(z.string())),
  AlarmNamePrefix: z.optional(z.string()),
  NextToken: z.optional(z.string()),
});

function describeAlarms(alarms: ReadonlyMap<string, Alarm>, body: unknown): unknown {
  const { AlarmNames: names, AlarmNamePrefix: prefix = '', NextToken: token } = read(DescribeAlarms, body);
  const found = [...alarms.values()].filter(
    ({ name }) => (names?.includes(name) ?? true) && name.startsWith(prefix),
  );
  const page = pageOf(found, token);
  return { MetricAlarms: page.items.map(viewAlarm), CompositeAlarms: [], ...page.next };
}

/** Times of the JSON protocol are seconds. */
function viewAlarm({ name, description, state, reason, changedAt }: Alarm): unknown {
  return {
    AlarmName: name,
    AlarmDescription: description,
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: changedAt / 1000,
    StateTransitionedTimestamp: changedAt / 1000,
  };
}

const DescribeHistory = z.strictObject({
  AlarmName: z.string(),
  HistoryItemType: z.literal('StateUpdate'),
  StartDate: z.number(),
  EndDate: z.number(),
  ScanBy: z.literal('TimestampAscending'),
  NextToken: z.optional(z.string()),
});

/** So few that whoever does not ask for the next page misses something. */
const PAGE = 2;

function pageOf<T>(all: readonly T[], token: string | undefined): { items: T[]; next: object } {
  const from = Number(token ?? 0);
  const next = from + PAGE;
  return { items: all.slice(from, next), next: next < all.length ? { NextToken: String(next) } : {} };
}

function describeHistory(alarms: ReadonlyMap<string, Alarm>, body: unknown): unknown {
  const { AlarmName: name, StartDate: start, EndDate: end, NextToken: token } = read(DescribeHistory, body);
  const items = (alarms.get(name)?.history ?? []).filter(({ at }) => at >= start * 1000 && at <= end * 1000);
  const page = pageOf(items, token);
  return {
    AlarmHistoryItems: page.items.map((transition) => viewTransition(name, transition)),
    ...page.next,
  };
}

function viewTransition(name: string, { at, from, fromReason, to, reason }: Transition): unknown {
  return {
    AlarmName: name,
    AlarmType: 'MetricAlarm',
    Timestamp: at / 1000,
    HistoryItemType: 'StateUpdate',
    HistorySummary: `Alarm updated from ${from} to ${to}`,
    HistoryData: JSON.stringify({
      version: '1.0',
      oldState: { stateValue: from, stateReason: fromReason },
      newState: { stateValue: to, stateReason: reason },
    }),
  };
}

function read<T>(schema: z.ZodMiniType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new ApiError('InvalidParameterValue', `The sandbox does not model this: ${result.error.message}`);
}
