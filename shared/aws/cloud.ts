import {
  CreateRouteCommand,
  CreateTagsCommand,
  DeleteRouteCommand,
  type EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  ReplaceRouteCommand,
} from '@aws-sdk/client-ec2';
import type { Cidr } from '../core/cidr.ts';
import type { BlockTag, Cloud, ForwardingResult, TagResult } from '../core/cloud.ts';
import type { Config } from '../core/config/config.ts';
import type { Change, ChangeAction, ChangeResult, NextHop, Node } from '../core/model.ts';
import { CallQueue } from './call-queue.ts';
import type { Ec2Clients } from './client-settings.ts';
import { classifyAwsFailure } from './failures.ts';
import { observeAws } from './observe.ts';

/** The adapter for AWS: VPC route tables, written route by route in parallel. */
export function createAwsCloud({ reads, writes }: Ec2Clients, config: Config): Cloud {
  // EC2 has a bucket for each action: none is to wait for another's.
  const queues = { create: new CallQueue(), replace: new CallQueue(), delete: new CallQueue() };
  const checks = new CallQueue();
  const tagging = new CallQueue();
  return {
    name: 'aws',
    isAtomic: false,
    observe: (scope, signal) => observeAws(reads, config, scope, signal),
    apply: (_table, changes, signal) =>
      Promise.all(
        changes.map((change) =>
          applyChange({ client: writes, queue: queues[change.action] }, change, signal),
        ),
      ),
    enableForwarding: (nodes, signal) =>
      Promise.all(nodes.map((node) => switchOffCheck({ client: writes, queue: checks }, node, signal))),
    tagNodes: (tags, signal) =>
      Promise.all(
        tags.map((tag) => writeTag({ client: writes, queue: tagging }, tag, config.podCidrTag, signal)),
      ),
  };
}

interface Writer {
  readonly client: EC2Client;
  readonly queue: CallQueue;
}

async function applyChange(
  { client, queue }: Writer,
  change: Change,
  abortSignal: AbortSignal,
): Promise<ChangeResult> {
  const { iam, send } = WRITES[change.action];
  try {
    await queue.call(change.node, () => send(client, change, abortSignal), abortSignal);
    return { change, outcome: 'applied', failure: null };
  } catch (thrown) {
    const failure = classifyAwsFailure(thrown, iam);
    if (change.action === 'delete' && failure.code === 'InvalidRoute.NotFound') {
      return { change, outcome: 'applied', failure: null };
    }
    return { change, outcome: failure.kind === 'unfinished' ? 'skipped' : 'failed', failure };
  }
}

type Send = (client: EC2Client, change: Change, abortSignal: AbortSignal) => Promise<unknown>;

const WRITES: Readonly<Record<ChangeAction, { readonly iam: string; readonly send: Send }>> = {
  create: {
    iam: 'ec2:CreateRoute',
    send: (client, change, abortSignal) =>
      client.send(new CreateRouteCommand({ ...routeOf(change), ...targetOf(change.nextHop) }), {
        abortSignal,
      }),
  },
  replace: {
    iam: 'ec2:ReplaceRoute',
    send: (client, change, abortSignal) =>
      client.send(new ReplaceRouteCommand({ ...routeOf(change), ...targetOf(change.nextHop) }), {
        abortSignal,
      }),
  },
  delete: {
    iam: 'ec2:DeleteRoute',
    send: (client, change, abortSignal) =>
      client.send(new DeleteRouteCommand(routeOf(change)), { abortSignal }),
  },
};

function routeOf({
  table,
  destination,
}: Change): { RouteTableId: string } & ReturnType<typeof destinationOf> {
  return { RouteTableId: table, ...destinationOf(destination) };
}

function destinationOf({ family, text }: Cidr): {
  DestinationCidrBlock?: string;
  DestinationIpv6CidrBlock?: string;
} {
  return family === 4 ? { DestinationCidrBlock: text } : { DestinationIpv6CidrBlock: text };
}

function targetOf(nextHop: NextHop | null): { InstanceId?: string; NetworkInterfaceId?: string } {
  if (nextHop === null) return {};
  const { shown } = nextHop;
  return shown.startsWith('i-') ? { InstanceId: shown } : { NetworkInterfaceId: shown };
}

/**
 * `ModifyInstanceAttribute` fails on instances with several interfaces, so the interface is named.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html
 */
async function switchOffCheck(
  { client, queue }: Writer,
  node: Node,
  abortSignal: AbortSignal,
): Promise<ForwardingResult> {
  const command = new ModifyNetworkInterfaceAttributeCommand({
    NetworkInterfaceId: node.nextHops[4]?.id,
    SourceDestCheck: { Value: false },
  });
  try {
    await queue.call(node.id, () => client.send(command, { abortSignal }), abortSignal);
    return { node, failure: null };
  } catch (thrown) {
    return { node, failure: classifyAwsFailure(thrown, 'ec2:ModifyNetworkInterfaceAttribute') };
  }
}

/** One call for each node: a call gives all that it names the same value. */
async function writeTag(
  { client, queue }: Writer,
  tag: BlockTag,
  key: string,
  abortSignal: AbortSignal,
): Promise<TagResult> {
  const { node, cidrs } = tag;
  const Value = cidrs.map(({ text }) => text).join(',');
  const command = new CreateTagsCommand({ Resources: [node.id], Tags: [{ Key: key, Value }] });
  try {
    await queue.call(node.id, () => client.send(command, { abortSignal }), abortSignal);
    return { ...tag, failure: null };
  } catch (thrown) {
    return { ...tag, failure: classifyAwsFailure(thrown, 'ec2:CreateTags') };
  }
}
