import { describe, expect, it } from '@jest/globals';
import { createMachine } from '../../shared/sandbox/arm/machines.ts';
import { createNetwork, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { putPeering } from '../../shared/sandbox/arm/peerings.ts';
import { putRouteTable } from '../../shared/sandbox/arm/route-tables.ts';
import { type AzureWorld, CLUSTER_TAG, GROUP, withAzure } from '../azure/azure-world.ts';
import { podroutes } from './built-command.ts';

/** A second network with a managed table and a worker of its own; gives the ids of both networks. */
function addNetwork({ sandbox: { arm }, subnet: home }: AzureWorld): { here: string; there: string } {
  const network = createNetwork(arm, { group: GROUP, name: 'b', addressPrefixes: ['10.250.0.0/16'] });
  const place = { group: GROUP, name: 'b-routes', location: arm.location, tags: CLUSTER_TAG };
  const routeTable = putRouteTable(arm, place).id;
  const addressPrefixes = ['10.250.0.0/24'];
  const subnet = putSubnet(arm, { network: network.id, name: 'nodes', addressPrefixes, routeTable });
  createMachine(arm, {
    group: GROUP,
    name: 'worker-9',
    subnet: subnet.id,
    addresses: ['10.250.0.20'],
    enableIPForwarding: true,
    tags: { ...CLUSTER_TAG, 'pod-cidr': '10.200.9.0/24' },
  });
  return { here: home.replace(/\/subnets\/.*/, ''), there: network.id };
}

async function read(world: AzureWorld, ...args: readonly string[]) {
  const env = { ...world.env, PODROUTES_ROUTE_TABLES: `${GROUP}/kubernetes-routes,${GROUP}/b-routes` };
  const { stdout } = await podroutes([...args, '-o', 'json'], env);
  return JSON.parse(stdout);
}

/** What is said of networks: by explain of one node, by doctor of both, and of all. */
async function listen(world: AzureWorld) {
  const { checks } = await read(world, 'explain', 'worker-0');
  const examined = [await read(world, 'doctor', 'worker-0', 'worker-9'), await read(world, 'doctor')];
  return {
    explained: checks.filter(({ check, result }: Check) => check === 'network' && result === 'note'),
    diagnosed: examined.map(({ problems }) =>
      problems.flatMap(({ code, nodes }: Problem) => (code === 'different-networks' ? [nodes] : [])),
    ),
  };
}

interface Check {
  readonly check: string;
  readonly result: string;
}

interface Problem {
  readonly code: string;
  readonly nodes: readonly string[];
}

describe('Nodes in two virtual networks, with a table each', () => {
  it('cannot talk where these are not peered, as doctor and explain say', () =>
    withAzure({ retryAfterSeconds: 0 }, async (world) => {
      world.launch(20);
      addNetwork(world);
      await read(world, 'reconcile', '--yes');
      expect(await listen(world)).toEqual({
        explained: [expect.objectContaining({ evidence: expect.stringContaining('worker-9') })],
        diagnosed: [[['worker-0', 'worker-9']], [['worker-0', 'worker-9']]],
      });
    }));

  it('get all routes in both tables where they are peered, and nothing is said', () =>
    withAzure({ retryAfterSeconds: 0 }, async (world) => {
      world.launch(20);
      const { here, there } = addNetwork(world);
      const { arm } = world.sandbox;
      putPeering(arm, { network: here, remote: there, name: 'to-b' });
      putPeering(arm, { network: there, remote: here, name: 'to-home' });
      const { changes } = await read(world, 'reconcile', '--yes');
      expect(
        changes
          .map(({ table, node }: { table: string; node: string }) => `${table.split('/').at(-1)} ${node}`)
          .sort(),
      ).toEqual([
        'b-routes worker-0',
        'b-routes worker-9',
        'kubernetes-routes worker-0',
        'kubernetes-routes worker-9',
      ]);
      expect(await listen(world)).toEqual({ explained: [], diagnosed: [[], []] });
    }));
});
