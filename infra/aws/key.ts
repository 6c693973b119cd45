import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/**
 * A key that these services may use for this account. CloudWatch cannot publish to a topic that is encrypted with
 * the key of SNS itself, nor EventBridge to such a queue.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function createKey(scope: Construct, services: readonly string[]): Key {
  const key = new Key(scope, 'Key', {
    description: 'podroutes: alarms and, where asked for, queues',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'ServicesThatSend',
      principals: services.map((service) => new ServicePrincipal(service)),
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  return key;
}
