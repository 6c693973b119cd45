import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { parseSqsBody } from '../../shared/aws/events.ts';
import { completeHook } from '../../shared/aws/lifecycle-hooks.ts';
import { selectionTagKeys } from '../../shared/aws/selection.ts';
import { ownAgent } from '../../shared/aws/user-agent.ts';
import { isRetryable } from '../../shared/core/errors.ts';
import {
  type AllEvent,
  findBegun,
  type LifecycleHook,
  type NodeEvent,
  type NodesEvent,
} from '../../shared/core/events/node-event.ts';
import type { Scope } from '../../shared/core/model.ts';
import { recordDone, recordIgnored } from '../../shared/core/run/record.ts';
import {
  BLOCK_AWAITED,
  isInPlace,
  whyRetry,
  whyRetryCondition,
  whyRetryFull,
} from '../../shared/core/run/retry.ts';
import type { Run } from '../../shared/core/run/run.ts';
import type { Telemetry } from '../../shared/core/telemetry.ts';
import { runAndPublish } from './run.ts';
import {
  createRuntime,
  deadlinesOf,
  logger,
  metricsFlusher,
  type Runtime,
  type RuntimeResult,
  requireRuntime,
} from './runtime.ts';

interface Message<Event extends NodeEvent = NodeEvent> {
  readonly id: string;
  readonly event: Event;
}

/** Of messages that are left for one reason, so many are named. */
const SHOWN_MESSAGES = 10;

/** Turns a batch of SQS records into one run, and says which of them are to be tried again. */
async function handleNodeEvents(
  runtime: Runtime,
  event: SQSEvent | null,
  context: Context,
): Promise<SQSBatchResponse> {
  const records = event?.Records;
  if (!Array.isArray(records)) throw new Error('Expected an SQS batch with Records, found none.');
  const reader = eventReader(runtime, context);
  const messages = records.map(({ messageId, body }) => ({ id: messageId, event: reader(body) }));
  const retries = new Map<string, string>();
  const hints: Message<NodesEvent | AllEvent>[] = [];
  for (const { id, event } of messages) {
    if (event.kind === 'unreadable') retries.set(id, event.problem);
    else if (event.kind === 'ignored') recordIgnored(event, runtime.telemetry);
    else hints.push({ id, event });
  }
  const unreadable = retries.size;
  if (unreadable > 0) runtime.telemetry.measure('EventsUnreadable', unreadable);
  if (hints.length > 0) {
    const deadlines = deadlinesOf(context);
    const scope = scopeOf(hints.map(({ event }) => event));
    const scheduled = hints.some(({ event }) => event.kind === 'all' && event.cause === 'schedule');
    const trigger = scheduled ? 'schedule' : 'event';
    const { run } = await runAndPublish(runtime, { scope, trigger, deadlines });
    await Promise.all(
      hints.map(async ({ id, event }) => {
        const why = await whyRedeliver(run, event, runtime, deadlines.signal);
        if (why !== null) retries.set(id, why);
      }),
    );
    if ([...retries.values()].includes(BLOCK_AWAITED)) {
      const { hasten } = await import('./hasten.ts');
      await hasten(records, retries, runtime, deadlines.signal);
    }
  }
  recordLeft(retries, runtime.telemetry);
  return { batchItemFailures: [...retries.keys()].map((itemIdentifier) => ({ itemIdentifier })) };
}

/** Writes which messages come again, and why. */
function recordLeft(retries: ReadonlyMap<string, string>, telemetry: Telemetry): void {
  for (const [reason, left] of Map.groupBy(retries, ([, why]) => why)) {
    const messageIds = left.slice(0, SHOWN_MESSAGES).map(([id]) => id);
    const count = left.length;
    telemetry.log('warn', 'messages left in the queue', { reason, count, messageIds });
  }
}

function eventReader({ config, region }: Runtime, context: Context): (body: string) => NodeEvent {
  // arn:aws:lambda:us-east-1:123456789012:function:name
  const account = context.invokedFunctionArn.split(':')[4] ?? null;
  const { podCidrTag, clusterCidrs } = config;
  const ours = {
    ...{ account, region, podCidrTag, clusterCidrs },
    ...{ selectionTagKeys: selectionTagKeys(config), ownAgent: ownAgent(config) },
  };
  return (body) => parseSqsBody(body, ours);
}

/** All hints as one look; where it turns out too narrow to decide, the run widens it. */
function scopeOf(events: readonly (NodesEvent | AllEvent)[]): Scope {
  const wide = events.some((event) => event.kind === 'all');
  const ids = new Set(events.flatMap((event) => (event.kind === 'nodes' ? event.nodes : [])));
  return { kind: wide ? 'all' : 'nodes', ids: [...ids], begun: findBegun(events) };
}

/** Why the message has to come again, or null. */
async function whyRedeliver(
  run: Run,
  event: NodesEvent | AllEvent,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<string | null> {
  const { telemetry } = runtime;
  if (run.dryRun) return null;
  const now = Date.now();
  const why = event.kind === 'all' ? whyRetryFull(run, event, now) : whyRetry(run, event, now);
  if (why !== null || event.kind === 'all') return why;
  recordDone(run, event, now, telemetry);
  const hooked = event.hook === undefined ? null : await completeOwnHook(run, event.hook, runtime, signal);
  return hooked ?? whyRetryCondition(run, event, now);
}

/** Why the hook has to be tried again, or null. */
async function completeOwnHook(
  run: Run,
  hook: LifecycleHook,
  { config, telemetry }: Runtime,
  signal: AbortSignal,
): Promise<string | null> {
  // A group's events tell of every hook that it has. Completing another's would cut short what waits for it.
  if (hook.hook !== config.lifecycleHook) return null;
  // A node that is about to end still runs and keeps its routes until it does, so that hook waits for nothing.
  if (hook.transition === 'launching' && !isInPlace(run, hook.instance)) return 'routes-not-in-place';
  const failure = await completeHook(hook, signal);
  if (failure === null) return null;
  telemetry.measure('ApplyFailures', 1);
  telemetry.log('error', failure.message, {
    node: hook.instance,
    action: 'complete-hook',
    reason: failure.code,
  });
  return isRetryable(failure) ? failure.code : null;
}

/** The function, wrapped as Lambda calls it. A wrong configuration is the answer to every invocation. */
export function createNodeEventsHandler(started: RuntimeResult) {
  return middy<SQSEvent | null, SQSBatchResponse, Error, Context>({ timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(logger, { logEvent: false }))
    .use(metricsFlusher)
    .handler((event, context) => handleNodeEvents(requireRuntime(started), event, context));
}

export const handler = createNodeEventsHandler(createRuntime(process.env));
