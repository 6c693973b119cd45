import { join } from 'node:path';
import { createGroup } from '../../../shared/sandbox/arm/groups.ts';
import type { VirtualMachine } from '../../../shared/sandbox/arm/model.ts';
import { createNetwork, putSubnet } from '../../../shared/sandbox/arm/networks.ts';
import { findResource, listResources } from '../../../shared/sandbox/arm/resources.ts';
import { putRouteTable } from '../../../shared/sandbox/arm/route-tables.ts';
import { type ArmSandbox, startArmSandbox } from '../../../shared/sandbox/arm-server.ts';
import { type FunctionsHost, startFunctions } from '../../../shared/sandbox/functions-host.ts';
import { metadataEndpoint } from '../../../shared/sandbox/instance-metadata.ts';
import { APP } from '../../adversary/cluster.ts';
import { COMPILE_CACHE } from '../../compile-cache.ts';
import { startProxy } from '../../e2e/proxy.ts';
import { runAz, type Subscription } from './az.ts';
import type { Environment, Machine, MachineRoute, Place } from './place.ts';

const GROUP = 'kubernetes';
const MACHINES = 'Microsoft.Compute/virtualMachines';
const TABLES = 'Microsoft.Network/routeTables';
const INTERFACES = 'Microsoft.Network/networkInterfaces';

/** An Azure subscription with nothing in it. */
export async function startAzurePlace(folder: string): Promise<Place> {
  const sandbox = await startArmSandbox({ retryAfterSeconds: 0 });
  const { arm, subscription } = sandbox;
  const proxy = await startProxy(sandbox.endpoint);
  const scope = `/subscriptions/${subscription}`;
  const LEDGER = `file:${join(folder, '.ledger')}`;
  const shared = {
    PODROUTES_ARM_ENDPOINT: proxy.endpoint,
    PODROUTES_AZURE_SUBSCRIPTION: subscription,
    ...COMPILE_CACHE,
  };
  const functions = createFunctions(sandbox, { ...shared, PODROUTES_LEDGER: LEDGER });
  const account: Subscription = { arm, deploy: functions.deploy, customData: new Map(), secrets: new Map() };
  const machineOf = (id: string): VirtualMachine | null => findResource(arm, MACHINES, id);
  return {
    ...functions,
    environment: { ...shared, PODROUTES_AZURE_RESOURCE_GROUPS: GROUP, LEDGER },
    programs: { az: (args, files) => runAz(account, args, files) },
    makeNetwork: async () => makeNetwork(sandbox),
    advance: () => undefined,
    listRunning: () =>
      listResources(arm, MACHINES, scope)
        .filter(({ power }) => power === 'running')
        .map((machine) => toMachine(sandbox, account, machine)),
    isAlive: (id) => machineOf(id) !== null,
    scaleTo: async () => {
      throw new Error('Expected a guide without Karpenter.');
    },
    listTables: () =>
      listResources(arm, TABLES, scope)
        .filter(({ tags }) => Object.keys(tags).some((key) => key.startsWith('kubernetes.io_cluster_')))
        .map(({ id }) => id),
    listRoutes: () => listRoutes(sandbox),
    tagsOf: (id) => new Map(Object.entries(machineOf(id)?.tags ?? {})),
    lets: (id) =>
      findResource(arm, INTERFACES, machineOf(id)?.interfaces[0] ?? '')?.enableIPForwarding === true,
    watch: (look) => proxy.setGate(async () => look()),
    close: async () => {
      await Promise.all([proxy.close(), sandbox.close()]);
    },
  };
}

/** The function app: one queue for events, and the schedule. */
function createFunctions(sandbox: ArmSandbox, environment: Environment): Pick<Place, 'deploy' | 'deliver'> {
  let host: FunctionsHost | null = null;
  let waiting: string[] = [];
  const deliver: Place['deliver'] = async (until) => {
    waiting.push(...sandbox.takeEvents().map((event) => JSON.stringify(event)));
    if (waiting.length === 0) return;
    const result = await host?.invoke('node-events', { collectionString: { string: waiting } });
    if (result === undefined || result.ok) waiting = [];
    if (until === 'handled') await deliver(until);
  };
  return {
    deliver,
    deploy: async (settings) => {
      await host?.close();
      host = settings === null ? null : await startFunctions(APP, { ...settings, ...environment });
      await host?.invoke('reconcile-schedule', { json: '{}' });
      await deliver('handled');
    },
  };
}

/** What guides begin with: a subnet whose table is nobody's yet, and an image. */
function makeNetwork({ arm }: ArmSandbox): Environment {
  createGroup(arm, GROUP);
  const network = createNetwork(arm, {
    group: GROUP,
    name: 'kubernetes-vnet',
    addressPrefixes: ['10.240.0.0/16'],
  });
  const routes = [{ name: 'to-internet', addressPrefix: '0.0.0.0/0', nextHopType: 'Internet' }];
  const table = putRouteTable(arm, {
    group: GROUP,
    name: 'kubernetes-routes',
    location: arm.location,
    routes,
  });
  const place = { network: network.id, name: 'kubernetes-subnet', addressPrefixes: ['10.240.0.0/22'] };
  const { id } = putSubnet(arm, { ...place, routeTable: table.id });
  return { SUBNET: id, TABLE: table.id, IMAGE: 'Ubuntu2404' };
}

/** Ids as runs know them. */
function toMachine({ endpoint }: ArmSandbox, { customData }: Subscription, machine: VirtualMachine): Machine {
  const id = machine.id.toLowerCase();
  return {
    id,
    hostname: machine.name,
    instanceData: { 'ds.meta_data.imds.compute.resourceId': machine.id },
    providerId: `azure://${machine.id}`,
    userData: customData.get(id) ?? Buffer.from(machine.userData ?? '', 'base64').toString(),
    metadata: { AZURE_POD_IDENTITY_AUTHORITY_HOST: metadataEndpoint(endpoint, machine.id) },
  };
}

function listRoutes({ arm, subscription }: ArmSandbox): MachineRoute[] {
  const scope = `/subscriptions/${subscription}`;
  const owners = new Map(
    listResources(arm, INTERFACES, scope).flatMap(({ machine, ipConfigurations }) =>
      ipConfigurations.map(({ address }) => [address, machine?.toLowerCase()] as const),
    ),
  );
  return listResources(arm, TABLES, scope).flatMap(({ id, routes }) =>
    [...routes.values()].flatMap(({ addressPrefix, nextHopIpAddress }) => {
      const machine = owners.get(nextHopIpAddress ?? '');
      return machine === undefined ? [] : [{ table: id, destination: addressPrefix, machine }];
    }),
  );
}
