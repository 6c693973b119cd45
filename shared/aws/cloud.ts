import {
  CreateRouteCommand,
  DeleteRouteCommand,
  type EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  ReplaceRouteCommand,
} from '@aws-sdk/client-ec2';
import pLimit from 'p-limit';
import type { Cidr } from '../core/cidr.ts';
import type { Cloud, ForwardingResult } from '../core/cloud.ts';
import type { Config } from '../core/config/config.ts';
import type { Change, ChangeAction, ChangeResult, NextHop, Node } from '../core/model.ts';
import { untilAborted } from './deadline.ts';
import { classifyAwsFailure } from './failures.ts';
import { observeAws } from './observe.ts';

/** Calls under way at once, over all tables. EC2 lets 50 of each kind through in a burst. */
const CONCURRENT_WRITES = 50;

/** The adapter for AWS: VPC route tables, written route by route in parallel. */
export function createAwsCloud(client: EC2Client, config: Config): Cloud {
  const limit = pLimit(CONCURRENT_WRITES);
  return {
    name: 'aws',
    isAtomic: false,
    observe: (scope, signal) => observeAws(client, config, scope, signal),
    apply: (_table, changes, signal) =>
      Promise.all(changes.map((change) => limit(() => applyChange(client, change, signal)))),
    enableForwarding: (nodes, signal) =>
      Promise.all(nodes.map((node) => limit(() => switchOffCheck(client, node, signal)))),
  };
}

async function applyChange(
  client: EC2Client,
  change: Change,
  abortSignal: AbortSignal,
): Promise<ChangeResult> {
  const { iam, send } = WRITES[change.action];
  try {
    abortSignal.throwIfAborted();
    await untilAborted(send(client, change, abortSignal), abortSignal);
    return { change, outcome: 'applied', failure: null };
  } catch (thrown) {
    const failure = classifyAwsFailure(thrown, iam);
    if (change.action === 'delete' && failure.code === 'InvalidRoute.NotFound') {
      return { change, outcome: 'applied', failure: null };
    }
    return { change, outcome: failure.code === 'deadline' ? 'skipped' : 'failed', failure };
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
  client: EC2Client,
  node: Node,
  abortSignal: AbortSignal,
): Promise<ForwardingResult> {
  const NetworkInterfaceId = node.nextHops[4]?.id;
  try {
    abortSignal.throwIfAborted();
    const command = new ModifyNetworkInterfaceAttributeCommand({
      NetworkInterfaceId,
      SourceDestCheck: { Value: false },
    });
    await untilAborted(client.send(command, { abortSignal }), abortSignal);
    return { node, failure: null };
  } catch (thrown) {
    return { node, failure: classifyAwsFailure(thrown, 'ec2:ModifyNetworkInterfaceAttribute') };
  }
}
