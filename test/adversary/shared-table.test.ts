import { describe, expect, it } from '@jest/globals';
import { createMachine } from '../../shared/sandbox/arm/machines.ts';
import { createNetwork, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { type AzureWorld, CLUSTER_TAG, GROUP, withAzure } from '../azure/azure-world.ts';

/** A second network, not peered with the first, one of whose subnets has the same route table. */
function addNetwork({ sandbox: { arm }, table }: AzureWorld): string {
  const { id } = createNetwork(arm, { group: GROUP, name: 'apart', addressPrefixes: ['10.250.0.0/16'] });
  const subnet = { network: id, name: 'nodes', addressPrefixes: ['10.250.0.0/24'], routeTable: table };
  return putSubnet(arm, subnet).id;
}

function launchApart({ sandbox: { arm } }: AzureWorld, subnet: string, podCidr: string): void {
  createMachine(arm, {
    group: GROUP,
    name: 'rival',
    subnet,
    addresses: ['10.250.0.20'],
    enableIPForwarding: true,
    tags: { ...CLUSTER_TAG, 'pod-cidr': podCidr },
  });
}

/** The blocks that have routes, and the last octets of where they lead. */
function routed(world: AzureWorld): string[] {
  return world.routes().map((line) => line.split(' ').slice(1).join(' '));
}

describe('R5 a route table that serves two networks which are not peered', () => {
  it('takes the routes of all others where a node of each claims the same free block', () =>
    withAzure({}, async (world) => {
      const apart = addNetwork(world);
      world.launch(20, '10.200.0.0/24');
      launchApart(world, apart, '10.200.1.0/24');
      world.launch(21, '10.200.1.0/24');
      const { findings, results } = await world.run();
      expect(results.map(({ failure }) => failure)).toEqual([null, null]);
      expect(routed(world)).toContain('10.200.0.0/24 10.240.0.20');
      expect(routed(world).filter((line) => line.startsWith('10.200.1.0/24'))).toHaveLength(1);
      expect(findings.map(({ code }) => code)).toContain('conflicting-claim');
    }));

  it('gives no node of one the two halves of a block that a node of the other has in force', () =>
    withAzure({}, async (world) => {
      const apart = addNetwork(world);
      world.launch(20, '10.200.0.0/24');
      await world.run();
      launchApart(world, apart, '10.200.0.0/25,10.200.0.128/25');
      const { findings } = await world.run();
      expect(routed(world)).toEqual(['10.200.0.0/24 10.240.0.20']);
      expect(findings.map(({ code }) => code)).toContain('conflicting-claim');
    }));
});
