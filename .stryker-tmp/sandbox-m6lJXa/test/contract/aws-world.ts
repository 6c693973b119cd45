// @ts-nocheck
import { randomUUID } from 'node:crypto';
import {
  CreateRouteCommand,
  CreateTagsCommand,
  DeleteRouteCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  DescribeRouteTablesCommand,
  EC2Client,
  type Instance,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { createAwsCloud } from '../../shared/aws/cloud.ts';
import { describeProblems, readConfig } from '../../shared/core/config/config.ts';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import { memoryLedger } from '../core/memory-ledger.ts';
import {
  type AwsNetwork,
  buildNetwork,
  describeRoute,
  destinationOf,
  launchMachine,
  launchMachines,
  type Placement,
  required,
} from './aws-network.ts';
import { type AwsStandIn, DIFFERENCES } from './differences.ts';
import { passTime } from './passing-time.ts';
import type { HandMadeTarget, Traits, World, WorldOptions } from './world.ts';

/** One EC2 that worlds are built in, and what only its own kind can do. */
export interface AwsBackend {
  readonly name: AwsStandIn;
  readonly endpoint: string;
  readonly region: string;
  /** Makes a peering connection of the VPC with another. */
  readonly peer: (ec2: EC2Client, vpc: string) => Promise<string>;
  /** Adds a propagated route, where the backend can. */
  readonly propagateRoute: (table: string, destination: string) => boolean;
  readonly close: () => Promise<void>;
}

/** What tests of AWS alone need besides. */
export interface AwsWorld extends World {
  readonly backend: AwsStandIn;
  readonly ec2: EC2Client;
  readonly network: AwsNetwork;
  /** The instance id of a machine. */
  readonly idOf: (name: string) => string;
  /** Settings of a function for this cluster. */
  readonly env: Readonly<Record<string, string>>;
}

const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
const DEADLINE_MS = 60_000;

/** Builds a cluster of its own name in an EC2, beside whatever is there already. */
export async function createAwsWorld(backend: AwsBackend, options: WorldOptions = {}): Promise<AwsWorld> {
  const cluster = `contract-${randomUUID()}`;
  const clusterTag = `kubernetes.io/cluster/${cluster}`;
  const { endpoint, region } = backend;
  const ec2 = new EC2Client({ endpoint, region, credentials: CREDENTIALS });
  const { networkCidrs = ['10.0.0.0/16'], tables = 1 } = options;
  const network = await buildNetwork(ec2, { clusterTag, cidrs: networkCidrs, tables });
  const directory = createDirectory(network);
  const env = environment(cluster, network, options);
  const podroutes = createRunner(backend, env);
  return {
    backend: backend.name,
    traits: traitsOf(backend.name),
    ec2,
    network,
    env,
    idOf: directory.idOf,
    tables: network.tables,
    unknownTable: UNKNOWN_TABLE,
    given: ['0.0.0.0/0 internet active', ...networkCidrs.map((cidr) => `${cidr} local active`)],
    ...machineControls(ec2, directory, { subnet: network.subnet, clusterTag }),
    ...routeControls(ec2, directory, backend, network),
    reconcile: ({ nodes, dryRun = false, force = false } = {}) =>
      podroutes.run({ ids: nodes?.map(directory.idOf) ?? null, dryRun, force }),
    pass: (minutes) => passTime(minutes, podroutes),
    close: async () => {
      podroutes.close();
      ec2.destroy();
      await backend.close();
    },
  };
}

const UNKNOWN_TABLE = 'rtb-0123456789abcdef0';

function traitsOf(backend: AwsStandIn): Traits {
  return {
    stoppedTarget: DIFFERENCES.stoppedTarget[backend],
    terminatedTarget: DIFFERENCES.terminatedTarget[backend],
    propagatedRoutes: DIFFERENCES.propagatedRoutes[backend],
    fullTable: DIFFERENCES.fullTable[backend],
    tableWrites: 'one by one',
  };
}

interface Directory {
  /** Names of whatever a route can lead to, by id. */
  readonly names: Map<string, string>;
  readonly idOf: (machine: string) => string;
  readonly add: (machine: string, instance: Instance) => void;
}

/** Who is who: routes are told by names, which outlive what they name. */
function createDirectory({ gateway }: AwsNetwork): Directory {
  const names = new Map([
    [gateway, 'internet'],
    [VPN_GATEWAY, 'vpn'],
  ]);
  const ids = new Map<string, string>();
  return {
    names,
    idOf: (machine) => required(ids.get(machine)),
    add: (machine, { InstanceId, NetworkInterfaces = [] }) => {
      ids.set(machine, required(InstanceId));
      names.set(required(InstanceId), machine);
      for (const { NetworkInterfaceId, Attachment } of NetworkInterfaces) {
        const index = required(Attachment?.DeviceIndex);
        names.set(required(NetworkInterfaceId), index === 0 ? machine : `${machine}/${index}`);
      }
    },
  };
}

type MachineControls = Pick<
  World,
  'launch' | 'launchMany' | 'stop' | 'start' | 'terminate' | 'retag' | 'forwards'
>;

function machineControls(ec2: EC2Client, { idOf, add }: Directory, place: Placement): MachineControls {
  return {
    launch: async (machine) => add(machine.name, await launchMachine(ec2, machine, place)),
    launchMany: async (name, count) => {
      for (const [i, instance] of (await launchMachines(ec2, count, place)).entries()) {
        add(`${name}-${i}`, instance);
      }
    },
    stop: async (name) => {
      await ec2.send(new StopInstancesCommand({ InstanceIds: [idOf(name)] }));
    },
    start: async (name) => {
      await ec2.send(new StartInstancesCommand({ InstanceIds: [idOf(name)] }));
    },
    terminate: async (name) => {
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [idOf(name)] }));
    },
    retag: async (name, podCidr) => {
      const Resources = [idOf(name)];
      const Key = 'pod-cidr';
      if (podCidr === null) await ec2.send(new DeleteTagsCommand({ Resources, Tags: [{ Key }] }));
      else await ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key, Value: podCidr }] }));
    },
    forwards: async (name) => {
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [idOf(name)] }));
      const interfaces = Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces ?? [];
      return interfaces
        .toSorted((a, b) => (a.Attachment?.DeviceIndex ?? 0) - (b.Attachment?.DeviceIndex ?? 0))
        .map(({ SourceDestCheck }) => SourceDestCheck === false);
    },
  };
}

type RouteControls = Pick<World, 'addRoute' | 'removeRoute' | 'propagateRoute' | 'routes'>;

function routeControls(
  ec2: EC2Client,
  { names, idOf }: Directory,
  backend: AwsBackend,
  { vpc, gateway, tables: [first = ''] }: AwsNetwork,
): RouteControls {
  const targetOf = async (target: HandMadeTarget) => {
    if ('machine' in target) return { InstanceId: idOf(target.machine) };
    if (target.gateway === 'internet') return { GatewayId: gateway };
    const peering = await backend.peer(ec2, vpc);
    names.set(peering, 'peering');
    return { VpcPeeringConnectionId: peering };
  };
  return {
    addRoute: async (destination, target, RouteTableId = first) => {
      const route = { RouteTableId, ...destinationOf(destination), ...(await targetOf(target)) };
      await ec2.send(new CreateRouteCommand(route));
    },
    removeRoute: async (destination, RouteTableId = first) => {
      await ec2.send(new DeleteRouteCommand({ RouteTableId, ...destinationOf(destination) }));
    },
    propagateRoute: async (destination) => backend.propagateRoute(first, destination),
    routes: async (table = first) => {
      const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [table] }));
      return (RouteTables?.[0]?.Routes ?? []).map((route) => describeRoute(route, names)).sort();
    },
  };
}

export const VPN_GATEWAY = 'vgw-0123456789abcdef0';

function environment(cluster: string, { tables }: AwsNetwork, options: WorldOptions): Record<string, string> {
  const { clusterCidrs = ['10.200.0.0/16'], routeLimit, namedTables } = options;
  const named = namedTables === 'alone' ? tables : [...tables, UNKNOWN_TABLE];
  return {
    PODROUTES_CLUSTER: cluster,
    PODROUTES_CLUSTER_CIDRS: clusterCidrs.join(','),
    ...(routeLimit !== undefined && { PODROUTES_ROUTE_LIMIT: String(routeLimit) }),
    ...(namedTables && { PODROUTES_ROUTE_TABLES: named.join(',') }),
  };
}

interface RunnerRequest {
  readonly ids: readonly string[] | null;
  readonly dryRun: boolean;
  readonly force: boolean;
}

/** Runs podroutes with a client of its own, whose calls are noted. */
function createRunner({ endpoint, region }: AwsBackend, env: Readonly<Record<string, string>>) {
  const result = readConfig(env, 'aws');
  if (!result.ok) throw new Error(describeProblems(result.problems));
  const { config } = result;
  const client = new EC2Client({ endpoint, region, credentials: CREDENTIALS });
  let calls: string[] = [];
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        calls.push(required(commandName).replace(/Command$/, ''));
        return next(args);
      },
    { step: 'initialize' },
  );
  const cloud = createAwsCloud({ reads: client, writes: client }, config);
  const ledger = memoryLedger(Date.UTC(2026, 10, 21));
  return {
    ledger,
    close: () => client.destroy(),
    run: async ({ ids, dryRun, force }: RunnerRequest) => {
      calls = [];
      const run = await reconcile(cloud, {
        scope: ids === null ? { kind: 'all', ids: [] } : { kind: 'nodes', ids },
        signal: AbortSignal.timeout(DEADLINE_MS),
        settings: { ...config, force, expectClaims: true },
        dryRun,
        ledger: ids === null ? async () => ledger : 'events',
      });
      return { run, writes: calls.filter((call) => !call.startsWith('Describe')) };
    },
  };
}
