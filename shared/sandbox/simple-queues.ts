import { ApiError } from './query.ts';

/** The part of SQS by which a received message is shown again. */
export interface SimpleQueues {
  /** Seconds until messages are seen again, by their receipts. */
  readonly visibility: Map<string, number>;
  readonly run: (action: string, body: unknown) => unknown;
}

const MOST_ENTRIES = 10;
const LONGEST_SECONDS = 43_200;

interface Entry {
  readonly Id: string;
  readonly ReceiptHandle: string;
  readonly VisibilityTimeout: number;
}

/** Creates an SQS on which every queue exists, and every receipt is known. */
export function createSimpleQueues(): SimpleQueues {
  const visibility = new Map<string, number>();
  return {
    visibility,
    run: (action, body) => {
      if (action !== 'ChangeMessageVisibilityBatch') {
        throw new ApiError('UnknownOperationException', `No operation ${action}`);
      }
      const entries: readonly Entry[] = Object(body).Entries ?? [];
      if (entries.length === 0 || entries.length > MOST_ENTRIES) {
        throw new ApiError('InvalidBatchEntryId', `A batch has from 1 to ${MOST_ENTRIES} entries`);
      }
      const isGood = ({ VisibilityTimeout: seconds }: Entry): boolean =>
        seconds >= 0 && seconds <= LONGEST_SECONDS;
      for (const entry of entries.filter(isGood))
        visibility.set(entry.ReceiptHandle, entry.VisibilityTimeout);
      return {
        Successful: entries.filter(isGood).map(({ Id }) => ({ Id })),
        Failed: entries
          .filter((entry) => !isGood(entry))
          .map(({ Id }) => ({ Id, Code: 'InvalidParameterValue', SenderFault: true })),
      };
    },
  };
}
