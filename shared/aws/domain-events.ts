import type { CloudFailure } from '../errors.ts';
import type { Report } from '../report.ts';
import { classifyAwsFailure } from './failures.ts';
import { USER_AGENT } from './user-agent.ts';

/** EventBridge takes at most this many entries in one call. */
const ENTRIES = 10;

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
  // Most runs have nothing to say, and the client is as large as the rest of the function.
  const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
  const client = new EventBridgeClient({ customUserAgent: USER_AGENT });
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
        const { Entries: answers = [] } = await client.send(new PutEventsCommand({ Entries }), {
          abortSignal,
        });
        const refused = answers.find(({ ErrorCode }) => ErrorCode !== undefined);
        return refused === undefined ? [] : [refusal(refused.ErrorCode, refused.ErrorMessage)];
      } catch (thrown) {
        return [classifyAwsFailure(thrown, 'events:PutEvents')];
      }
    }),
  );
  return failures.flat();
}

function refusal(code = 'unknown', message = 'no message'): CloudFailure {
  return { kind: 'permanent', code, message: `events:PutEvents: ${message}` };
}
