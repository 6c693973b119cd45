import { isUtf8 } from 'node:buffer';
import { type InvocationContext, output } from '@azure/functions';
import { parseEventGridMessage } from '../../shared/azure/events.ts';
import { CONNECTION, UNREADABLE_QUEUE } from '../../shared/azure/queues.ts';
import { requestMarkOf } from '../../shared/azure/request-ids.ts';
import { tableGroupsOf } from '../../shared/azure/table-reading.ts';
import {
  type AllEvent,
  findBegun,
  type NodeEvent,
  type NodesEvent,
} from '../../shared/core/events/node-event.ts';
import type { Scope } from '../../shared/core/model.ts';
import { recordDone, recordIgnored } from '../../shared/core/run/record.ts';
import { whyRetry, whyRetryCondition, whyRetryFull } from '../../shared/core/run/retry.ts';
import type { Telemetry } from '../../shared/core/telemetry.ts';
import { backOff } from './back-off.ts';
import { runInTime } from './run.ts';
import { createTelemetry, type Runtime, type RuntimeResult, requireRuntime } from './runtime.ts';

/** Messages that cannot be read go here, alone and whole, for a person to look at. */
export const unreadableQueue = output.serviceBusQueue({
  connection: CONNECTION,
  queueName: UNREADABLE_QUEUE,
});

type Hint = NodesEvent | AllEvent;

/** The function: a batch of one cluster's messages becomes one run. */
export function createNodeEventsHandler(started: RuntimeResult) {
  return async (messages: unknown, context: InvocationContext): Promise<void> => {
    try {
      await handleBatch(Array.isArray(messages) ? messages : [messages], requireRuntime(started), context);
    } catch (thrown) {
      await backOff(context);
      throw thrown;
    }
  };
}

async function handleBatch(
  batch: readonly unknown[],
  runtime: Runtime,
  context: InvocationContext,
): Promise<void> {
  const telemetry = createTelemetry(context, runtime.config);
  const read = batch.map((message) => ({ message, events: parseEvents(message, runtime) }));
  const hints = read.flatMap(({ events }) => events.filter(isHint));
  if (hints.length > 0) await act(hints, runtime, telemetry);
  // From here on nothing is thrown: a batch that comes again counts and sets aside once.
  for (const { events } of read) {
    for (const event of events) if (event.kind === 'ignored') recordIgnored(event, telemetry);
  }
  const unreadable = read.filter(({ events }) => events.some(({ kind }) => kind === 'unreadable'));
  if (unreadable.length === 0) return;
  telemetry.measure('EventsUnreadable', unreadable.length);
  telemetry.log('warn', 'messages set aside', { outcome: 'set-aside', count: unreadable.length });
  context.extraOutputs.set(
    unreadableQueue,
    unreadable.map(({ message }) => toText(message)),
  );
}

function parseEvents(message: unknown, { config, subscription }: Runtime): NodeEvent[] {
  const { resourceGroups } = config.azure;
  const ours = { tableGroups: tableGroupsOf(config), requestMark: requestMarkOf(config) };
  return parseEventGridMessage(message, { subscription, resourceGroups, ...ours });
}

function isHint(event: NodeEvent): event is Hint {
  return event.kind === 'nodes' || event.kind === 'all';
}

/** Looks at what the hints name. Throws where something is left to do, so that the batch comes again. */
async function act(hints: readonly Hint[], runtime: Runtime, telemetry: Telemetry): Promise<void> {
  const { run } = await runInTime(runtime, telemetry, { scope: scopeOf(hints), trigger: 'event' });
  if (run.dryRun) return;
  const now = Date.now();
  const unfinished = relaxExpectations(hints).flatMap((event) => {
    const reason = event.kind === 'all' ? whyRetryFull(run, event, now) : whyRetry(run, event, now);
    if (reason !== null || event.kind === 'all') return reason ?? [];
    recordDone(run, event, now, telemetry);
    return whyRetryCondition(run, event, now) ?? [];
  });
  if (unfinished.length === 0) return;
  const reasons = [...new Set(unfinished)].join(', ');
  throw new Error(`${unfinished.length} of ${hints.length} events are not done yet: ${reasons}`);
}

/**
 * All hints as one look. A route names no more than an address: that it is nobody's any more, and that nobody claims
 * its destination, is seen only when everything is looked at. A death starts with that.
 */
function scopeOf(hints: readonly Hint[]): Scope {
  const wide = hints.some((event) => event.kind === 'all' || event.expects === 'gone');
  const ids = new Set(hints.flatMap((event) => (event.kind === 'nodes' ? event.nodes : [])));
  return { kind: wide ? 'all' : 'nodes', ids: [...ids], begun: findBegun(hints) };
}

/** A node that came and went within one batch need not be waited for: all its messages would come again. */
function relaxExpectations(hints: readonly Hint[]): Hint[] {
  const gone = new Set(
    hints.flatMap((event) => (event.kind === 'nodes' && event.expects === 'gone' ? event.nodes : [])),
  );
  return hints.map((event) =>
    event.kind === 'nodes' && event.expects === 'present' && event.nodes.every((id) => gone.has(id))
      ? { ...event, expects: 'any' }
      : event,
  );
}

/** The message as it was sent; bytes that are no text in Base64. */
function toText(message: unknown): string {
  if (typeof message === 'string') return message;
  if (!(message instanceof Uint8Array)) return toJson(message);
  return Buffer.from(message).toString(isUtf8(message) ? 'utf8' : 'base64');
}

/** Nobody's event, and no reason to bring the whole batch back: JSON that is nested deeper than can be written. */
function toJson(message: unknown): string {
  try {
    return JSON.stringify(message);
  } catch {
    return '"a message that is nested too deeply to be written again"';
  }
}
