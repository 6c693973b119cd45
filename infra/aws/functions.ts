import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  EventSourceMapping,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { nameLogGroup } from '../deployed-names.ts';
import { placeFunction } from './kubernetes.ts';
import type { CheckedProps } from './read-props.ts';

/** How a built function is deployed. */
interface FunctionOptions {
  readonly bundle: 'node-events' | 'reconcile';
  readonly description: string;
  readonly timeoutSeconds: number;
  /** What it may call, beside writing its log. */
  readonly statements: readonly PolicyStatement[];
  /** Settings, beside those that properties give. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface DeployedFunction {
  readonly handler: LambdaFunction;
  readonly logs: LogGroup;
}

/** A function with a role and a log group of its own. */
export function createFunction(
  scope: Construct,
  id: string,
  { bundle, description, timeoutSeconds, statements, environment }: FunctionOptions,
  checked: CheckedProps,
): DeployedFunction {
  const { props, environment: settings, cluster } = checked;
  const logs = new LogGroup(scope, `${id}Logs`, {
    // What is known only when the stack is deployed cannot be made a name of.
    ...(!Token.isUnresolved(cluster) && {
      logGroupName: nameLogGroup({ cluster, stack: Stack.of(scope).stackName }, bundle),
    }),
    retention: props.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, `${id}Role`, {
    description: `podroutes: ${bundle}`,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: {
      Logs: new PolicyDocument({
        statements: [
          new PolicyStatement({
            effect: Effect.ALLOW,
            actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            resources: [logs.logGroupArn],
          }),
        ],
      }),
      Calls: new PolicyDocument({ statements: [...statements] }),
    },
  });
  const handler = new LambdaFunction(scope, id, {
    description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(findBundle(bundle)),
    handler: 'index.handler',
    memorySize: props.memoryMb,
    timeout: Duration.seconds(timeoutSeconds),
    ...(props.reserveConcurrency && { reservedConcurrentExecutions: 1 }),
    environment: {
      ...settings,
      ...environment,
      POWERTOOLS_LOG_LEVEL: props.logLevel,
      // With the default a full reconcile of 1,000 nodes needs twice the memory.
      NODE_OPTIONS: '--max-semi-space-size=8',
    },
    role,
    logGroup: logs,
  });
  placeFunction(handler, checked);
  return { handler, logs };
}

/**
 * Lets the queue invoke the function with whatever a second brings, in two batches at once at most, which is the
 * least that a mapping takes.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export function invokeByQueue(scope: Construct, { handler }: DeployedFunction, queue: Queue): void {
  new EventSourceMapping(scope, 'EventsMapping', {
    target: handler,
    eventSourceArn: queue.queueArn,
    batchSize: 1_000,
    maxBatchingWindow: Duration.seconds(1),
    maxConcurrency: 2,
    reportBatchItemFailures: true,
  });
}

/** What Lambda needs of the queue to invoke the function with its messages. */
export function receiveStatement(queue: Queue): PolicyStatement {
  return new PolicyStatement({
    sid: 'TakeEvents',
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: [queue.queueArn],
  });
}

/** The built function, seen from the sources or from the built construct. */
function findBundle(bundle: FunctionOptions['bundle']): string {
  const places = [`../../dist/aws/${bundle}/`, `../../aws/${bundle}/`];
  const folders = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const folder = folders.find((place) => existsSync(`${place}index.mjs`));
  if (folder === undefined) {
    throw new Error(`The function ${bundle} is not built: expected it in ${folders[0]}. Run npm run build.`);
  }
  return folder;
}
