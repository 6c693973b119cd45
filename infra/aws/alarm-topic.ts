import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

/** Where alarms go: the topic that is there already, or a new one that takes them from this account alone. */
export function createAlarmTopic(
  scope: Construct,
  { arn, emails, key }: { arn: string | undefined; emails: readonly string[]; key: IKey | null },
): ITopic {
  const topic = arn === undefined ? createTopic(scope, key) : Topic.fromTopicArn(scope, 'AlarmTopic', arn);
  for (const email of emails) topic.addSubscription(new EmailSubscription(email));
  return topic;
}

function createTopic(scope: Construct, masterKey: IKey | null): Topic {
  const topic = new Topic(scope, 'AlarmTopic', {
    displayName: 'podroutes alarms',
    enforceSSL: true,
    ...(masterKey !== null && { masterKey }),
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  return topic;
}
