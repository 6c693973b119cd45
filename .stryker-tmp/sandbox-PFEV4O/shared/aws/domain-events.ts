// @ts-nocheck
import pLimit from 'p-limit';
import type { CloudFailure } from '../core/errors.ts';
import type { Report } from '../core/run/report.ts';
import { RETRIES } from './client-settings.ts';
import { untilAborted } from './deadline.ts';
import { classifyAwsFailure } from './failures.ts';
import { USER_AGENT } from './user-agent.ts';

/** EventBridge takes at most this many entries in one call. */
const ENTRIES = 10;

/** Calls under way at once. */
const limit = pLimit(10);
let eventBridge: ReturnType<typeof connect> | undefined;

interface DomainEvent {
  readonly type: 'Pod Route Changed' | 'Pod Route Finding';
  readonly detail: object;
}

/** What of a report others may want to act on: changes that were made, and findings. */
export function domainEventsOf({ cluster, cloud, dryRun, changes, findings }: Report): DomainEvent[] {
  if (dryRun) return [];
  const of = { cluster, cloud };
  return [
    ...changes
      .filter(({ outcome }) => outcome === 'applied')
      .map((change) => ({ type: 'Pod Route Changed' as const, detail: { ...of, ...change } })),
    ...findings
      .filter(({ severity }) => severity !== 'info')
      .map((finding) => ({ type: 'Pod Route Finding' as const, detail: { ...of, ...finding } })),
  ];
}

/**
 * Puts the events on the bus, in the report's order. Returns what went wrong, one failure for each call that
 * failed or left entries out.
 */
export async function publish(
  bus: string,
  events: readonly DomainEvent[],
  abortSignal: AbortSignal,
): Promise<CloudFailure[]> {
  if (events.length === 0) return [];
  eventBridge ??= connect();
  const { client, PutEventsCommand } = await eventBridge;
  const chunks = Array.from({ length: Math.ceil(events.length / ENTRIES) }, (_, i) =>
    events.slice(i * ENTRIES, (i + 1) * ENTRIES),
  );
  const failures = await Promise.all(
    chunks.map(async (chunk): Promise<CloudFailure[]> => {
      const Entries = chunk.map(({ type, detail }) => ({
        EventBusName: bus,
        Source: 'podroutes',
        DetailType: type,
        Detail: JSON.stringify(detail),
      }));
      try {
        const send = () => client.send(new PutEventsCommand({ Entries }), { abortSignal });
        const { Entries: answers = [] } = await untilAborted(limit(send), abortSignal);
        const refused = answers.find(({ ErrorCode }) => ErrorCode !== undefined);
        return refused === undefined ? [] : [refusal(refused.ErrorCode, refused.ErrorMessage)];
      } catch (thrown) {
        return [classifyAwsFailure(thrown, 'events:PutEvents')];
      }
    }),
  );
  return failures.flat();
}

/** Most runs have nothing to say, so the client is loaded with the first event. */
async function connect() {
  const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
  return { client: new EventBridgeClient({ ...RETRIES, customUserAgent: USER_AGENT }), PutEventsCommand };
}

function refusal(code = 'unknown', message = 'no message'): CloudFailure {
  return { kind: 'permanent', code, message: `events:PutEvents: ${message}` };
}
