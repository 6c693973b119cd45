import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { BEFORE_READING, demandConfirmation } from './confirmed-answers.ts';

/** Adaptive mode slows down to what the service lets through, and each attempt waits for its turn. */
export const RETRIES = { retryMode: 'adaptive', maxAttempts: 10 } as const;

/** The client that reads, and the one that writes. */
export interface Ec2Clients {
  readonly reads: EC2Client;
  readonly writes: EC2Client;
}

/**
 * The SDK has one limit for all calls of a client, and EC2 a bucket for each action: writes are paced and tried again
 * by `CallQueue`, so their client tries once. Both share connections and credentials.
 */
export function createEc2Clients(settings: EC2ClientConfig): Ec2Clients {
  const reads = new EC2Client({ ...RETRIES, ...settings });
  const { requestHandler, credentials } = reads.config;
  const writes = new EC2Client({ ...settings, requestHandler, credentials, maxAttempts: 1 });
  const { streamCollector } = writes.config;
  writes.middlewareStack.add(
    (next, { commandName = '' }) => demandConfirmation(next, { commandName, streamCollector }),
    BEFORE_READING,
  );
  return { reads, writes };
}
