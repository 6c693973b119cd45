import type { NetworkManagementClient } from '@azure/arm-network';
import { createArmClient } from '../../shared/azure/arm-client.ts';
import { createAzureCloud } from '../../shared/azure/cloud.ts';
import { describeProblems, readConfig } from '../../shared/core/config/config.ts';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import type { ResourceType } from '../../shared/sandbox/arm/model.ts';
import { groupId, resourceId } from '../../shared/sandbox/arm/resource-ids.ts';
import { tagResource, untagResource } from '../../shared/sandbox/arm/tags.ts';
import { type ArmSandbox, type ArmSandboxOptions, startArmSandbox } from '../../shared/sandbox/arm-server.ts';
import { memoryLedger } from '../core/memory-ledger.ts';
import { createClients } from '../sandbox/arm-setup.ts';
import { AZURE } from './azure-differences.ts';
import {
  type AzureNetwork,
  buildNetwork,
  describeRoute,
  GATEWAYS,
  GROUP,
  launchMachine,
  nameOfRoute,
} from './azure-network.ts';
import { passTime } from './passing-time.ts';
import type { World, WorldOptions } from './world.ts';

type Clients = ReturnType<typeof createClients>;

/** What tests of Azure alone need besides. */
export interface AzureWorld extends World {
  readonly sandbox: ArmSandbox;
  readonly network: NetworkManagementClient;
  /** Settings of a function app for this cluster. */
  readonly env: Readonly<Record<string, string>>;
}

const CLUSTER = 'contract';
const TAGS = { [`kubernetes.io_cluster_${CLUSTER}`]: 'owned' };
const DEADLINE_MS = 60_000;
/** Less than the contract's largest worlds have machines, and tables. */
const PAGE_SIZE = 100;

/** Builds a cluster in a sandbox of its own, which ends with it. */
export async function createAzureWorld(
  options: WorldOptions = {},
  settings: ArmSandboxOptions = {},
): Promise<AzureWorld> {
  const { networkCidrs = ['10.0.0.0/16'], tables = 1, cloudRouteLimit: routeLimit } = options;
  const sandbox = await startArmSandbox({
    ...(routeLimit !== undefined && { routeLimit }),
    pageSize: PAGE_SIZE,
    ...settings,
  });
  const clients = createClients(sandbox);
  const { network } = clients;
  const place = await buildNetwork(sandbox.arm, network, { tags: TAGS, cidrs: networkCidrs, tables });
  const directory = createDirectory(sandbox);
  const ids = place.tables.map(directory.tableId);
  const unknownTable = directory.tableId('unknown');
  const env = environment(sandbox, ids, unknownTable, options);
  const podroutes = createRunner(sandbox, env);
  return {
    sandbox,
    network,
    env,
    traits: {
      stoppedTarget: AZURE.stoppedTarget.azure,
      terminatedTarget: AZURE.terminatedTarget.azure,
      propagatedRoutes: AZURE.propagatedRoutes.azure,
      fullTable: AZURE.fullTable.azure,
      tableWrites: 'at once',
    },
    tables: ids,
    unknownTable,
    given: ['0.0.0.0/0 internet active', ...networkCidrs.map((cidr) => `${cidr} local active`)],
    ...machineControls(sandbox, clients, place, directory),
    ...routeControls(network, place, directory),
    reconcile: ({ nodes, dryRun = false, force = false } = {}) =>
      podroutes.run({ ids: nodes?.map(directory.machineId) ?? null, dryRun, force }),
    pass: (minutes) => passTime(minutes, podroutes),
    close: sandbox.close,
  };
}

interface Directory {
  /** Names of machines by their addresses, whether or not they are still there. */
  readonly names: Map<string, string>;
  readonly machineId: (name: string) => string;
  readonly tableId: (name: string) => string;
}

function createDirectory({ subscription }: ArmSandbox): Directory {
  // In lower case, as reports have them.
  const idOf = (type: ResourceType) => (name: string) =>
    resourceId(groupId(subscription, GROUP), type, name).toLowerCase();
  return {
    names: new Map(),
    machineId: idOf('Microsoft.Compute/virtualMachines'),
    tableId: idOf('Microsoft.Network/routeTables'),
  };
}

type MachineControls = Pick<
  World,
  'launch' | 'launchMany' | 'stop' | 'start' | 'terminate' | 'retag' | 'forwards'
>;

function machineControls(
  { arm }: ArmSandbox,
  { compute, network }: Clients,
  { subnet }: AzureNetwork,
  { names, machineId }: Directory,
): MachineControls {
  const placement = { subnet, tags: TAGS, newAddresses: addressCounter() };
  const launch: World['launch'] = async (machine) => {
    const addresses = launchMachine(arm, machine, placement);
    for (const [i, ofInterface] of addresses.entries()) {
      for (const each of ofInterface) names.set(each, i === 0 ? machine.name : `${machine.name}/${i}`);
    }
  };
  return {
    launch,
    launchMany: async (name, count) => {
      for (let i = 0; i < count; i += 1) await launch({ name: `${name}-${i}`, podCidr: null });
    },
    stop: async (name) => {
      await compute.virtualMachines.deallocate(GROUP, name);
    },
    start: async (name) => {
      await compute.virtualMachines.start(GROUP, name);
    },
    // Its interfaces stay, and with them its addresses: Azure keeps them by default otherwise.
    terminate: async (name) => {
      await compute.virtualMachines.delete(GROUP, name);
    },
    retag: async (name, podCidr) => {
      if (podCidr === null) untagResource(arm, machineId(name), ['pod-cidr']);
      else tagResource(arm, machineId(name), { 'pod-cidr': podCidr });
    },
    forwards: async (name) => {
      const { networkProfile } = await compute.virtualMachines.get(GROUP, name);
      const nics = (networkProfile?.networkInterfaces ?? []).map(({ id = '' }) =>
        network.networkInterfaces.get(GROUP, id.split('/').at(-1) ?? ''),
      );
      return (await Promise.all(nics)).map(({ enableIPForwarding }) => enableIPForwarding === true);
    },
  };
}

/** Gives addresses that no machine has had: an heir at the same address would find its route in place. */
function addressCounter(): () => readonly [string, string] {
  let count = 0;
  return () => {
    count += 1;
    return [`10.0.${1 + Math.floor(count / 200)}.${4 + (count % 200)}`, `fd00:240::1:${count}`];
  };
}

type RouteControls = Pick<World, 'addRoute' | 'removeRoute' | 'propagateRoute' | 'routes'>;

function routeControls(
  { routes, routeTables }: NetworkManagementClient,
  { tables: [first = ''] }: AzureNetwork,
  { names }: Directory,
): RouteControls {
  const nameOf = (table: string | undefined) => table?.split('/').at(-1) ?? first;
  const addressOf = (machine: string) => [...names].find(([, name]) => name === machine)?.[0] ?? '';
  return {
    addRoute: async (destination, target, table) => {
      const hop =
        'machine' in target
          ? { nextHopType: 'VirtualAppliance', nextHopIpAddress: addressOf(target.machine) }
          : { nextHopType: GATEWAYS[target.gateway] };
      await routes.createOrUpdate(GROUP, nameOf(table), nameOfRoute(destination), {
        addressPrefix: destination,
        ...hop,
      });
    },
    removeRoute: async (destination, table) => {
      await routes.delete(GROUP, nameOf(table), nameOfRoute(destination));
    },
    propagateRoute: async () => false,
    routes: async (table) => {
      const { routes: present = [] } = await routeTables.get(GROUP, nameOf(table));
      return present.map((route) => describeRoute(route, names)).sort();
    },
  };
}

function environment(
  { endpoint, subscription }: ArmSandbox,
  tables: readonly string[],
  unknownTable: string,
  { clusterCidrs = ['10.200.0.0/16'], routeLimit, namedTables }: WorldOptions,
): Record<string, string> {
  const named = namedTables === 'alone' ? tables : [...tables, unknownTable];
  return {
    PODROUTES_CLUSTER: CLUSTER,
    PODROUTES_CLUSTER_CIDRS: clusterCidrs.join(','),
    PODROUTES_AZURE_SUBSCRIPTION: subscription,
    PODROUTES_AZURE_RESOURCE_GROUPS: GROUP,
    PODROUTES_ARM_ENDPOINT: endpoint,
    // Azure's default is to report.
    PODROUTES_FORWARDING: 'ensure',
    ...(routeLimit !== undefined && { PODROUTES_ROUTE_LIMIT: String(routeLimit) }),
    ...(namedTables && { PODROUTES_ROUTE_TABLES: named.join(',') }),
  };
}

interface RunnerRequest {
  readonly ids: readonly string[] | null;
  readonly dryRun: boolean;
  readonly force: boolean;
}

/** Credentials that the sandbox does not look at. */
const ANYBODY = { getToken: async () => ({ token: 'sandbox', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) };

/** Runs podroutes, whose calls are noted. */
function createRunner(sandbox: ArmSandbox, env: Readonly<Record<string, string>>) {
  const { endpoint, subscription } = sandbox;
  const result = readConfig(env, 'azure');
  if (!result.ok) throw new Error(describeProblems(result.problems));
  const { config } = result;
  const cloud = createAzureCloud(createArmClient({ subscription, endpoint, credential: ANYBODY }), config);
  const ledger = memoryLedger(Date.UTC(2026, 10, 21));
  const run = async ({ ids, dryRun, force }: RunnerRequest) => {
    sandbox.clearCalls();
    const run = await reconcile(cloud, {
      scope: ids === null ? { kind: 'all', ids: [] } : { kind: 'nodes', ids },
      signal: AbortSignal.timeout(DEADLINE_MS),
      settings: { ...config, force, expectClaims: true },
      dryRun,
      ledger: ids === null ? async () => ledger : 'events',
    });
    return {
      run,
      writes: sandbox.calls.filter(({ mutating }) => mutating).map(({ operation }) => operation),
    };
  };
  return { ledger, run };
}
