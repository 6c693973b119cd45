import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { CLUSTER_VALUES, clusterTag } from '../../shared/aws/selection.ts';
import type { Config } from '../../shared/core/config/config.ts';
import { isSwitchedOn } from '../../shared/core/guard/block-view.ts';
import { placingStatements, tokenStatements } from './kubernetes.ts';
import type { CheckedProps } from './read-props.ts';
import { awaitsBlocks } from './redelivery.ts';

type Conditions = Record<string, Record<string, unknown>>;

/**
 * What both functions call, and no more, for these properties.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export function callStatements(scope: Construct, checked: CheckedProps): PolicyStatement[] {
  const { props, config } = checked;
  const stack = Stack.of(scope);
  const ec2 = (resource: string, resourceName: string): string =>
    stack.formatArn({ service: 'ec2', resource, resourceName });
  const tables = props.routeTables ?? [];
  const userData = config.podCidrSources.includes('user-data');
  return [
    new PolicyStatement({
      sid: 'ReadNodesAndTables',
      actions: ['ec2:DescribeInstances', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeRouteTables'],
      // None can be limited to resources, but all can to a region.
      resources: ['*'],
      conditions: { StringEquals: { 'ec2:Region': stack.region } },
    }),
    ...(userData
      ? [
          new PolicyStatement({
            sid: 'ReadUserDataOfNodes',
            actions: ['ec2:DescribeInstanceAttribute'],
            resources: [ec2('instance', '*')],
            conditions: nodeConditions(config),
          }),
        ]
      : []),
    new PolicyStatement({
      sid: 'WriteRoutes',
      actions: ['ec2:CreateRoute', 'ec2:ReplaceRoute', 'ec2:DeleteRoute'],
      resources: tables.length > 0 ? tables.map((id) => ec2('route-table', id)) : [ec2('route-table', '*')],
      conditions: tables.length > 0 ? {} : clusterConditions(config.cluster),
    }),
    ...(config.forwarding === 'ensure'
      ? [
          new PolicyStatement({
            sid: 'SwitchOffSourceDestinationCheck',
            actions: ['ec2:ModifyNetworkInterfaceAttribute'],
            resources: [ec2('network-interface', '*')],
            conditions:
              props.vpcIds.length > 0
                ? { ArnEquals: { 'ec2:Vpc': props.vpcIds.map((id) => ec2('vpc', id)) } }
                : {},
          }),
        ]
      : []),
    ...(isSwitchedOn(config)
      ? [
          new PolicyStatement({
            sid: 'TagNodesWithTheirBlocks',
            actions: ['ec2:CreateTags'],
            resources: [ec2('instance', '*')],
            conditions: {
              ...nodeConditions(config),
              'ForAllValues:StringEquals': { 'aws:TagKeys': [config.podCidrTag] },
            },
          }),
        ]
      : []),
    ...(props.eventBus === undefined ? [] : [publishStatement(stack, props.eventBus)]),
    ...tokenStatements(scope, checked),
    ...placingStatements(scope, checked),
  ];
}

/** For the function that the groups' events reach. */
export function hookStatements(scope: Construct, groups: readonly string[]): PolicyStatement[] {
  if (groups.length === 0) return [];
  const arnOf = (group: string): string =>
    Stack.of(scope).formatArn({
      service: 'autoscaling',
      resource: 'autoScalingGroup:*',
      resourceName: `autoScalingGroupName/${group}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  return [
    new PolicyStatement({
      sid: 'CompleteLifecycleHooks',
      actions: ['autoscaling:CompleteLifecycleAction'],
      resources: groups.map(arnOf),
    }),
  ];
}

/** Launches that wait for a block come again sooner than the queue would bring them. */
export function hastenStatements({ config }: CheckedProps, queue: Queue): PolicyStatement[] {
  if (!awaitsBlocks(config)) return [];
  return [
    new PolicyStatement({
      sid: 'BringWaitingLaunchesSooner',
      actions: ['sqs:ChangeMessageVisibility'],
      resources: [queue.queueArn],
    }),
  ];
}

function publishStatement(stack: Stack, bus: string): PolicyStatement {
  const name = { service: 'events', resource: 'event-bus', resourceName: bus };
  return new PolicyStatement({
    sid: 'PublishDomainEvents',
    actions: ['events:PutEvents'],
    // A value that is known only when the stack is deployed is the ARN of a bus made in the same app.
    resources: [bus.startsWith('arn:') || Token.isUnresolved(bus) ? bus : stack.formatArn(name)],
  });
}

/** The tags by which nodes are found; with none to find them by, any instance may be one. */
function nodeConditions({ cluster, nodeTag }: Config): Conditions {
  if (nodeTag === null) return clusterConditions(cluster);
  const { key, value } = nodeTag;
  const tag = `aws:ResourceTag/${key}`;
  return value === null ? { Null: { [tag]: 'false' } } : { StringEquals: { [tag]: value } };
}

function clusterConditions(cluster: string | null): Conditions {
  if (cluster === null) return {};
  return { StringEquals: { [`aws:ResourceTag/${clusterTag(cluster)}`]: CLUSTER_VALUES } };
}
