import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient, type CloudFormationClientConfig } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';

/** What a person's clients have in common. */
export type ClientSettings = Pick<
  CloudFormationClientConfig,
  'customUserAgent' | 'maxAttempts' | 'profile' | 'region' | 'requestHandler' | 'retryMode'
>;

/** An invocation is answered only when it has ended, and a second try would be a second invocation. */
const AS_LONG_AS_A_FUNCTION = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 910_000, throwOnRequestTimeout: true },
};

/** One client for each service that a deployment is made of. */
export function createClients(settings: ClientSettings) {
  return {
    autoScaling: new AutoScalingClient(settings),
    cloudFormation: new CloudFormationClient(settings),
    cloudWatch: new CloudWatchClient(settings),
    dynamo: new DynamoDBClient(settings),
    events: new EventBridgeClient(settings),
    iam: new IAMClient(settings),
    invoker: new LambdaClient({ ...settings, ...AS_LONG_AS_A_FUNCTION }),
    kms: new KMSClient(settings),
    lambda: new LambdaClient(settings),
    logs: new CloudWatchLogsClient(settings),
    scheduler: new SchedulerClient(settings),
    sns: new SNSClient(settings),
    // The address of a queue is what it is called, and no place to call.
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
  };
}

export type Clients = ReturnType<typeof createClients>;
