import type { SQSRecord } from 'aws-lambda';
import { showSooner } from '../../shared/aws/message-visibility.ts';
import { functionAgent } from '../../shared/aws/user-agent.ts';
import { BLOCK_AWAITED } from '../../shared/core/run/retry.ts';
import type { Runtime } from './runtime.ts';

/** As soon as a machine that has just registered may have its block, in seconds. */
const SOONEST = 5;
/** What has waited for long may wait a part of that longer, so that a message is not received too often. */
const PART_OF_AGE = 1 / 8;

/** When a message about a machine without a block is to come again, in seconds, by how long it has waited. */
export function comeAgainAfter(ageMs: number): number {
  return Math.max(SOONEST, Math.round((ageMs / 1_000) * PART_OF_AGE));
}

/**
 * Brings launches whose machines wait for a block again within seconds. The queue's own time is long enough for a
 * batch, which is too long for them.
 *
 * @param retries why each message that is left has to come again, by its id
 */
export async function hasten(
  records: readonly SQSRecord[],
  retries: ReadonlyMap<string, string>,
  { config, telemetry }: Runtime,
  signal: AbortSignal,
): Promise<void> {
  const waiting = records.filter(({ messageId }) => retries.get(messageId) === BLOCK_AWAITED);
  const [{ eventSourceARN = '' } = {}] = waiting;
  if (eventSourceARN === '') return;
  const now = Date.now();
  const messages = waiting.map(({ receiptHandle, attributes }) => ({
    receipt: receiptHandle,
    seconds: comeAgainAfter(now - Number(attributes.SentTimestamp ?? now)),
  }));
  const failure = await showSooner(
    eventSourceARN,
    messages,
    { customUserAgent: functionAgent(config) },
    signal,
  );
  if (failure === null) return;
  const count = messages.length;
  telemetry.log('warn', failure.message, { action: 'show-sooner', reason: failure.code, count });
}
