import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/**
 * Services that send what is encrypted with the key, and whether they say for which account. EventBridge is not
 * documented to do so for queues, and does not for topics; the queue's own policy lets our rules alone send.
 */
const SENDERS = {
  'cloudwatch.amazonaws.com': { sid: 'CloudWatchSends', namesAccount: true },
  'events.amazonaws.com': { sid: 'EventBridgeSends', namesAccount: false },
} as const;

export type Sender = keyof typeof SENDERS;

/**
 * A key that these services may use. CloudWatch cannot publish to a topic that is encrypted with
 * the key of SNS itself, nor EventBridge to such a queue.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function createKey(scope: Construct, services: readonly Sender[]): Key {
  const key = new Key(scope, 'Key', {
    description: 'podroutes: alarms and, where asked for, queues',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const ofThisAccount = { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } };
  for (const service of services) {
    const { sid, namesAccount } = SENDERS[service];
    key.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [new ServicePrincipal(service)],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: namesAccount ? ofThisAccount : {},
      }),
    );
  }
  return key;
}
