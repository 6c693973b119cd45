import type { Kind } from './kind.ts';
import { alarm, dashboard, lifecycleHook, subscription, topic, topicPolicy } from './kinds/alarms.ts';
import { queue, queuePolicy, rule, schedule } from './kinds/delivery.ts';
import { invokeConfig, lambdaFunction, mapping } from './kinds/functions.ts';
import { logGroup, query, table } from './kinds/keeping.ts';
import { key, role } from './kinds/rights.ts';

/** How every type of resource is looked at that a template of podroutes has. */
export const KINDS: Readonly<Record<string, Kind>> = {
  'AWS::AutoScaling::LifecycleHook': lifecycleHook,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::Dashboard': dashboard,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::Rule': rule,
  'AWS::IAM::Role': role,
  'AWS::KMS::Key': key,
  'AWS::Lambda::EventInvokeConfig': invokeConfig,
  'AWS::Lambda::EventSourceMapping': mapping,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Logs::LogGroup': logGroup,
  'AWS::Logs::QueryDefinition': query,
  'AWS::SNS::Subscription': subscription,
  'AWS::SNS::Topic': topic,
  'AWS::SNS::TopicPolicy': topicPolicy,
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
  'AWS::Scheduler::Schedule': schedule,
};
