import { cidrOf } from '../shared/core/cidr.ts';
import { createGroup } from '../shared/sandbox/arm/groups.ts';
import { createMachine } from '../shared/sandbox/arm/machines.ts';
import { createNetwork, putSubnet } from '../shared/sandbox/arm/networks.ts';
import { putRouteTable } from '../shared/sandbox/arm/route-tables.ts';
import { type ArmSandbox, startArmSandbox } from '../shared/sandbox/arm-server.ts';
import { startFunctions } from '../shared/sandbox/functions-host.ts';
import type { Figure } from './run.ts';
import { podCidr } from './world.ts';

const GROUP = 'bench';
const TAG = { 'kubernetes.io_cluster_bench': 'owned' };

interface AzureBenchWorld {
  readonly sandbox: ArmSandbox;
  /** Creates machines with a claim each, and gives the function their events as one batch. */
  readonly launch: (count: number) => Promise<void>;
  /** How full the tables are. */
  readonly countRoutes: () => number;
  readonly close: () => Promise<void>;
}

/** A sandbox with `tables` managed tables of one network, and the built function app in front of it. */
async function createAzureBenchWorld(tables: number): Promise<AzureBenchWorld> {
  const sandbox = await startArmSandbox({ retryAfterSeconds: 0 });
  const { arm } = sandbox;
  createGroup(arm, GROUP);
  const network = createNetwork(arm, {
    group: GROUP,
    name: 'bench-vnet',
    addressPrefixes: ['172.16.0.0/12'],
  });
  const subnets = Array.from({ length: tables }, (_, i) => {
    const name = `bench-${i}`;
    const { id } = putRouteTable(arm, { group: GROUP, name, location: arm.location, tags: TAG });
    const addressPrefixes = [`172.${16 + i}.0.0/16`];
    return putSubnet(arm, { network: network.id, name, addressPrefixes, routeTable: id }).id;
  });
  const host = await startFunctions(new URL('../dist/azure/index.mjs', import.meta.url), {
    PODROUTES_CLUSTER: 'bench',
    PODROUTES_CLUSTER_CIDRS: '10.0.0.0/10',
    PODROUTES_AZURE_SUBSCRIPTION: sandbox.subscription,
    PODROUTES_AZURE_RESOURCE_GROUPS: GROUP,
    PODROUTES_ARM_ENDPOINT: sandbox.endpoint,
  });
  let launched = 0;
  return {
    sandbox,
    launch: async (count) => {
      sandbox.takeEvents();
      for (let i = 0; i < count; i += 1, launched += 1) {
        const address = cidrOf(4, (172n << 24n) | (16n << 16n) | BigInt(10 + launched), 32).text.split(
          '/',
        )[0];
        createMachine(arm, {
          group: GROUP,
          name: `node-${launched}`,
          subnet: subnets[0] ?? '',
          addresses: [address ?? ''],
          enableIPForwarding: true,
          tags: { ...TAG, 'pod-cidr': podCidr(launched).text },
        });
      }
      const messages = sandbox.takeEvents().map((event) => JSON.stringify(event));
      const result = await host.invoke('node-events', { collectionString: { string: messages } });
      if (!result.ok) throw new Error(result.error.message);
    },
    countRoutes: () =>
      [...arm.resources.values()].reduce(
        (sum, resource) =>
          sum + (resource.type === 'Microsoft.Network/routeTables' ? resource.routes.size : 0),
        0,
      ),
    close: async () => {
      await host.close();
      await sandbox.close();
    },
  };
}

/** Calls for a burst of new machines in one batch. */
export async function measureAzureBurst(): Promise<Figure[]> {
  const [nodes, tables] = [100, 3];
  const world = await createAzureBenchWorld(tables);
  world.sandbox.clearCalls();
  await world.launch(nodes);
  const { RouteTables_Get = 0, RouteTables_CreateOrUpdate: puts = 0, ...others } = world.sandbox.countCalls();
  const lists = (others['RouteTables_List'] ?? 0) + (others['RouteTables_ListAll'] ?? 0);
  const routes = world.countRoutes();
  const single = others['Routes_CreateOrUpdate'] ?? 0;
  await world.close();
  if (routes !== nodes * tables) throw new Error(`expected ${nodes * tables} routes, found ${routes}`);
  const what = `Azure, ${nodes} new VMs in one batch, ${tables} tables`;
  return [
    { what: `${what}: reads of tables`, value: RouteTables_Get + lists, unit: 'calls', bar: tables },
    { what: `${what}: writes`, value: puts + single, unit: 'calls', bar: tables },
  ];
}

/** One new machine, each call taking 50 ms: the app's time in round trips. */
export async function measureAzureLaunch(): Promise<Figure[]> {
  const latencyMs = 50;
  const world = await createAzureBenchWorld(3);
  await world.launch(1);
  world.sandbox.setLatency(latencyMs);
  const times: number[] = [];
  for (let i = 0; i < 20; i += 1) {
    const start = performance.now();
    await world.launch(1);
    times.push(performance.now() - start);
  }
  await world.close();
  const value = times.sort((a, b) => a - b)[times.length / 2] ?? 0;
  return [
    {
      what: 'Azure, one new VM at 50 ms a call: round trips',
      value: Math.floor(value / latencyMs),
      unit: 'trips',
      bar: 4,
    },
  ];
}
