import type { Invocation } from './lambda-host.ts';

interface Message {
  readonly id: string;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  receives: number;
  /** Milliseconds since the epoch from which it can be received. */
  visibleAt: number;
}

/** An SQS queue in front of a function: batches, partial batch response, redelivery, dead-letter queue. */
export interface Queue {
  /** Puts an event, or a body as it is, into the queue. */
  readonly send: (event: unknown) => void;
  /** Delivers one batch of what can be received; says whether there was anything. Several may do so at once. */
  readonly deliver: () => Promise<boolean>;
  /** Delivers until nothing is left: done, or given up to the dead-letter queue. */
  readonly drain: () => Promise<void>;
  /** How many messages are not done, those that are being handled among them. */
  readonly waiting: () => number;
  /** Bodies of the messages that were received too often. */
  readonly deadLetters: readonly string[];
}

interface QueueOptions {
  readonly invoke: (event: unknown) => Promise<Invocation>;
  readonly batchSize?: number;
  readonly maxReceives?: number;
  /**
   * How long a message that is not done stays unseen, from when it was received, in milliseconds, by its receipt.
   *
   * @default not at all
   */
  readonly visibilityMs?: (receipt: string) => number;
}

/** Lambda's event source mapping takes batches of up to 10,000; podroutes is deployed with 1,000. */
const BATCH_SIZE = 1_000;

export function createQueue({
  invoke,
  batchSize = BATCH_SIZE,
  maxReceives = 5,
  visibilityMs = () => 0,
}: QueueOptions): Queue {
  let messages: Message[] = [];
  let sent = 0;
  let handled = 0;
  const deadLetters: string[] = [];
  const deliver = async (): Promise<boolean> => {
    const receivedAt = Date.now();
    const batch = messages.filter(({ visibleAt }) => visibleAt <= receivedAt).slice(0, batchSize);
    if (batch.length === 0) return false;
    const received = new Set(batch);
    messages = messages.filter((message) => !received.has(message));
    handled += batch.length;
    const failed = failedIds(await invoke({ Records: batch.map(toRecord) }), batch);
    handled -= batch.length;
    for (const message of batch.filter(({ id }) => failed.has(id))) {
      message.visibleAt = receivedAt + visibilityMs(receiptOf(message));
      message.receives += 1;
      if (message.receives < maxReceives) messages.push(message);
      else deadLetters.push(message.body);
    }
    return true;
  };
  return {
    send: (event) => {
      sent += 1;
      const body = typeof event === 'string' ? event : JSON.stringify(event);
      messages = [
        ...messages,
        { id: `message-${sent}`, body, ...{ sentAt: Date.now(), receives: 0, visibleAt: 0 } },
      ];
    },
    deliver,
    drain: async () => {
      while (await deliver());
    },
    waiting: () => messages.length + handled,
    deadLetters,
  };
}

/** An invocation that fails gives the whole batch back. */
function failedIds(invocation: Invocation, batch: readonly Message[]): Set<string> {
  if (!invocation.ok) return new Set(batch.map(({ id }) => id));
  const { batchItemFailures } = invocation.value as { batchItemFailures: { itemIdentifier: string }[] };
  return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
}

function receiptOf({ id, receives }: Message): string {
  return `receipt-${id}-${receives}`;
}

function toRecord(message: Message): object {
  const { id, body, receives, sentAt } = message;
  return {
    messageId: id,
    receiptHandle: receiptOf(message),
    body,
    attributes: { ApproximateReceiveCount: String(receives + 1), SentTimestamp: String(sentAt) },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:podroutes-events',
  };
}
