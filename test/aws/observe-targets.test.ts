import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  DeleteNetworkInterfaceCommand,
  DetachNetworkInterfaceCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import type { Scope } from '../../shared/core/model.ts';
import type { AwsSandboxOptions } from '../../shared/sandbox/aws-server.ts';
import { required } from '../contract/aws-network.ts';
import type { AwsWorld } from '../contract/aws-world.ts';
import { type Sandbox, targetsOf, withWorld } from './observed-world.ts';

const POD = '10.200.0.0/24';
const LISTS = { DescribeInstances: 1, DescribeRouteTables: 1 };
const ALL: readonly string[] = [];

/** An interface of its own, with a route to it. */
async function appliance({ ec2, network }: AwsWorld): Promise<string> {
  const { NetworkInterface } = await ec2.send(
    new CreateNetworkInterfaceCommand({ SubnetId: network.subnet }),
  );
  const NetworkInterfaceId = required(NetworkInterface?.NetworkInterfaceId);
  await ec2.send(
    new CreateRouteCommand({
      RouteTableId: network.tables[0],
      DestinationCidrBlock: POD,
      NetworkInterfaceId,
    }),
  );
  return NetworkInterfaceId;
}

async function attach({ ec2, idOf }: AwsWorld, machine: string, NetworkInterfaceId: string): Promise<string> {
  const attachment = { NetworkInterfaceId, InstanceId: idOf(machine), DeviceIndex: 1 };
  const { AttachmentId } = await ec2.send(new AttachNetworkInterfaceCommand(attachment));
  return required(AttachmentId);
}

interface Scene {
  readonly what: string;
  readonly sandbox?: AwsSandboxOptions;
  /** Names of the machines to look at; all by default. */
  readonly scope?: readonly string[];
  readonly arrange: (world: AwsWorld, sandbox: Sandbox) => Promise<unknown>;
  readonly target: string;
  /** Calls besides the lists. */
  readonly asks: Readonly<Record<string, number>>;
  /** Whether a read failed. */
  readonly fails?: boolean;
}

const FORGOTTEN = { terminatedVisibleMs: 0, blackholeShows: 'instance' } as const;
const byInstanceId = (params: ReadonlyMap<string, string>): boolean => params.has('InstanceId.1');

async function dead(world: AwsWorld): Promise<void> {
  await world.launch({ name: 'node', podCidr: POD });
  await world.addRoute(POD, { machine: 'node' });
  await world.terminate('node');
}

async function asleep(world: AwsWorld): Promise<void> {
  await world.launch({ name: 'sleeper', podCidr: null, isNode: false });
  await world.addRoute(POD, { machine: 'sleeper' });
  await world.stop('sleeper');
}

async function twoDead(world: AwsWorld): Promise<void> {
  await dead(world);
  await world.launch({ name: 'other', podCidr: '10.200.1.0/24' });
  await world.addRoute('10.200.1.0/24', { machine: 'other' });
  await world.terminate('other');
}

const SCENES: readonly Scene[] = [
  {
    what: "another team's interface, detached for a failover",
    arrange: async (world) => {
      await world.launch({ name: 'firewall', podCidr: null, isNode: false });
      const id = await appliance(world);
      const AttachmentId = await attach(world, 'firewall', id);
      await world.ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId }));
    },
    target: 'stranger',
    asks: { DescribeNetworkInterfaces: 1 },
  },
  {
    what: 'an interface that was never attached',
    arrange: appliance,
    target: 'stranger',
    asks: { DescribeNetworkInterfaces: 1 },
  },
  {
    what: 'an interface that was deleted',
    sandbox: { blackholeShows: 'interface' },
    arrange: async (world) => {
      const NetworkInterfaceId = await appliance(world);
      await world.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    },
    target: 'gone',
    asks: { DescribeNetworkInterfaces: 1 },
  },
  {
    what: 'an interface that may not be looked up',
    arrange: async (world, sandbox) => {
      await appliance(world);
      sandbox.failNext('DescribeNetworkInterfaces', { code: 'UnauthorizedOperation' });
    },
    target: 'unread',
    asks: { DescribeNetworkInterfaces: 1 },
    fails: true,
  },
  {
    what: 'a second interface of a node that runs',
    arrange: async (world) => {
      await world.launch({ name: 'node', podCidr: '10.200.9.0/24' });
      await attach(world, 'node', await appliance(world));
    },
    target: 'node',
    asks: {},
  },
  {
    what: 'an instance of somebody else that is stopped',
    arrange: asleep,
    target: 'stranger',
    asks: { DescribeInstances: 1 },
  },
  {
    what: 'an instance that may not be looked up',
    arrange: async (world, sandbox) => {
      await asleep(world);
      sandbox.failNext('DescribeInstances', { code: 'UnauthorizedOperation', where: byInstanceId });
    },
    target: 'unread',
    asks: { DescribeInstances: 1 },
    fails: true,
  },
  {
    what: 'an instance of somebody else that was terminated',
    arrange: async (world) => {
      await asleep(world);
      await world.terminate('sleeper');
    },
    target: 'gone',
    asks: { DescribeInstances: 1 },
  },
  { what: 'a node that was terminated', arrange: dead, target: 'node', asks: {} },
  {
    what: 'a node that was terminated and is forgotten',
    sandbox: FORGOTTEN,
    arrange: dead,
    target: 'gone',
    asks: { DescribeInstances: 1 },
  },
  {
    what: 'the interface of a node that was terminated',
    sandbox: { ...FORGOTTEN, blackholeShows: 'interface' },
    arrange: dead,
    target: 'gone',
    asks: { DescribeNetworkInterfaces: 1 },
  },
  {
    what: 'nothing that it names any more',
    sandbox: { ...FORGOTTEN, blackholeShows: 'nothing' },
    arrange: dead,
    target: 'vacant',
    asks: {},
  },
];

const OF_EVENTS: readonly Scene[] = [
  {
    what: 'a node of the scope that was terminated',
    scope: ['node'],
    arrange: dead,
    target: 'node',
    asks: {},
  },
  {
    what: 'a node of the scope that is forgotten',
    ...{ sandbox: FORGOTTEN, scope: ['node'], arrange: dead },
    target: 'gone',
    asks: { DescribeInstances: 1 },
  },
  {
    what: 'the interface of a node of the scope that was terminated',
    ...{ sandbox: { blackholeShows: 'interface' }, scope: ['node'], arrange: dead },
    target: 'gone',
    asks: { DescribeNetworkInterfaces: 1 },
  },
  {
    what: 'nothing that it names any more',
    ...{ sandbox: { blackholeShows: 'nothing' }, scope: ['node'], arrange: dead },
    target: 'vacant',
    asks: {},
  },
  {
    what: 'a node that is not of the scope, though one of the scope has died',
    ...{ scope: ['other'], arrange: twoDead },
    target: 'unread',
    asks: {},
  },
  {
    what: 'an interface, where nobody of the scope has died',
    scope: ['alive'],
    arrange: async (world) => {
      await world.launch({ name: 'alive', podCidr: '10.200.9.0/24' });
      await appliance(world);
    },
    target: 'unread',
    asks: {},
  },
  {
    what: 'an interface, though one of the scope has died',
    scope: ['node'],
    arrange: async (world) => {
      await world.launch({ name: 'node', podCidr: '10.200.9.0/24' });
      await world.terminate('node');
      await appliance(world);
    },
    target: 'stranger',
    asks: { DescribeNetworkInterfaces: 1 },
  },
];

async function play({
  sandbox: options = { blackholeShows: 'instance' },
  scope = ALL,
  arrange,
  ...scene
}: Scene): Promise<void> {
  await withWorld({ sandbox: options }, async (world, look, sandbox) => {
    await arrange(world, sandbox);
    sandbox.clearCalls();
    const asked: Partial<Scope> = scope === ALL ? {} : { kind: 'nodes', ids: scope.map(world.idOf) };
    const seen = await look(asked, { PODROUTES_POD_CIDR_SOURCES: 'tag' });
    expect(targetsOf(seen)[POD]).toBe(scene.target);
    expect(sandbox.countCalls()).toEqual(sum(LISTS, scene.asks));
    expect(seen.failures.map(({ what, id }) => ({ what, id }))).toEqual(
      scene.fails === true ? [{ what: 'nodes', id: null }] : [],
    );
  });
}

function sum(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const actions = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...actions].map((action) => [action, (a[action] ?? 0) + (b[action] ?? 0)]));
}

describe('A blackhole, in a run for all, leads to', () => {
  it.each(SCENES)('$what: $target', play);
});

describe('A blackhole, in a run for events, leads to', () => {
  it.each(OF_EVENTS)('$what: $target', play);
});
