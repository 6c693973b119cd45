import {
  ChangeMessageVisibilityBatchCommand,
  type ChangeMessageVisibilityBatchRequestEntry,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import type { CloudFailure } from '../core/errors.ts';
import { classifyAwsFailure } from './failures.ts';

/** A received message, and when it is to be seen again. */
export interface PostponedMessage {
  readonly receipt: string;
  readonly seconds: number;
}

/** As many as one call takes: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html */
const MOST_ENTRIES = 10;

/**
 * Lets messages be seen again sooner than the queue would show them. What is refused is seen when the queue shows it.
 *
 * @returns why some are not seen sooner, or null
 * @param arn of the queue, such as arn:aws:sqs:us-east-1:123456789012:podroutes-events
 */
export async function showSooner(
  arn: string,
  messages: readonly PostponedMessage[],
  settings: Pick<SQSClientConfig, 'customUserAgent'>,
  abortSignal: AbortSignal,
): Promise<CloudFailure | null> {
  const [, partition = '', , region = '', account = '', name = ''] = arn.split(':');
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const QueueUrl = `https://sqs.${region}.${suffix}/${account}/${name}`;
  // Where an endpoint is configured, it is that one's.
  const client = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  const entries = messages.map(
    ({ receipt, seconds }, i): ChangeMessageVisibilityBatchRequestEntry => ({
      Id: String(i),
      ReceiptHandle: receipt,
      VisibilityTimeout: seconds,
    }),
  );
  const calls: Promise<unknown>[] = [];
  for (let at = 0; at < entries.length; at += MOST_ENTRIES) {
    const Entries = entries.slice(at, at + MOST_ENTRIES);
    calls.push(client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }), { abortSignal }));
  }
  const failed = (await Promise.allSettled(calls)).find(({ status }) => status === 'rejected');
  client.destroy();
  return failed?.status === 'rejected'
    ? classifyAwsFailure(failed.reason, 'sqs:ChangeMessageVisibility')
    : null;
}
