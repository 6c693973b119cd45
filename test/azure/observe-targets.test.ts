import { describe, expect, it } from '@jest/globals';
import type { ArmClient } from '../../shared/azure/arm-client.ts';
import { createGroup } from '../../shared/sandbox/arm/groups.ts';
import { createInterface } from '../../shared/sandbox/arm/interfaces.ts';
import { createMachine, deleteMachine } from '../../shared/sandbox/arm/machines.ts';
import { createNetwork, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { putRouteTable } from '../../shared/sandbox/arm/route-tables.ts';
import { tagResource } from '../../shared/sandbox/arm/tags.ts';
import { type AzureWorld, CLUSTER_TAG, GROUP, withAzure } from './azure-world.ts';
import { route, targetsOf, withLook } from './look.ts';

describe('An address that no interface of the groups has', () => {
  const stale = route(0, '10.240.0.99');

  it.each<[string, string, (world: AzureWorld) => void]>([
    ["is nobody's where Azure says that it is free", 'absent', () => {}],
    [
      "is somebody's where an interface of another group has it",
      'stranger',
      ({ sandbox: { arm }, subnet }) => {
        createGroup(arm, 'elsewhere');
        createInterface(arm, { group: 'elsewhere', name: 'nva', subnet, addresses: ['10.240.0.99'] });
      },
    ],
  ])('%s', (_, kind, prepare) =>
    withLook(async (look, world) => {
      prepare(world);
      world.putTable([stale]);
      expect(targetsOf(await look())).toEqual({ '10.200.0.0/24': kind });
    }),
  );

  it("is somebody's where it lies outside of the network, where nobody here can look", () =>
    withLook(async (look, { putTable, run, routes }) => {
      putTable([route(0, '192.168.7.7')]);
      expect(targetsOf(await look())).toEqual({ '10.200.0.0/24': 'stranger' });
      await run();
      expect(routes()).toHaveLength(1);
    }));

  it('is told apart by the network of the table that leads to it', () =>
    withLook(async (look, { sandbox: { arm }, putTable }) => {
      putTable([stale]);
      createGroup(arm, 'elsewhere');
      const network = createNetwork(arm, { group: GROUP, name: 'twin', addressPrefixes: ['10.240.0.0/16'] });
      const other = putRouteTable(arm, {
        group: GROUP,
        name: 'twin-routes',
        location: arm.location,
        routes: [stale],
      });
      const place = { network: network.id, name: 'twin-subnet', addressPrefixes: ['10.240.0.0/22'] };
      const { id: subnet } = putSubnet(arm, { ...place, routeTable: other.id });
      createInterface(arm, { group: 'elsewhere', name: 'nva', subnet, addresses: ['10.240.0.99'] });
      const { tables } = await look(undefined, {
        PODROUTES_ROUTE_TABLES: `${GROUP}/kubernetes-routes,${GROUP}/twin-routes`,
      });
      const kinds = tables.map(({ name, routes }) => `${name}: ${routes[0]?.target.kind}`);
      expect(kinds).toEqual(['kubernetes-routes: absent', 'twin-routes: stranger']);
    }));

  it.each([
    ['is asked about like any other', false],
    ['is judged by its IPv4 neighbours where Azure does not tell', true],
  ])('of IPv6 %s', (_, refuses) =>
    withAzure({}, async ({ putTable, sandbox, subnet, arm, cloud }) => {
      const v6 = {
        name: 'kubernetes-route-fd00-0200-0000-0000-0000-0000-0000-0000-64',
        addressPrefix: 'fd00:200::/64',
        nextHopIpAddress: 'fd00:240::99',
      };
      const get: ArmClient['get'] = async (service, id, signal, query) => {
        const isAboutV6 = query?.['ipAddress']?.includes(':') ?? false;
        return arm.get(service, id, signal, refuses && isAboutV6 ? { ipAddress: 'none' } : query);
      };
      const look = () =>
        cloud({}, { ...arm, get }).observe({ kind: 'all', ids: [] }, AbortSignal.timeout(20_000));
      putTable([v6]);
      expect(targetsOf(await look())).toEqual({ 'fd00:200::/64': 'absent' });
      createGroup(sandbox.arm, 'elsewhere');
      const addresses = ['10.240.0.99', 'fd00:240::99'];
      createInterface(sandbox.arm, { group: 'elsewhere', name: 'nva', subnet, addresses });
      putTable([v6, stale]);
      expect(targetsOf(await look())).toEqual({ 'fd00:200::/64': 'stranger', '10.200.0.0/24': 'stranger' });
    }),
  );

  it('is not asked about for a route outside of the cluster CIDRs', () =>
    withLook(async (look, { putTable, sandbox }) => {
      const addressPrefix = '10.99.0.0/24';
      putTable([{ name: 'kubernetes-route-10-99-0-0-24', addressPrefix, nextHopIpAddress: '10.240.0.99' }]);
      await look();
      expect(sandbox.countCalls()['VirtualNetworks_CheckIPAddressAvailability']).toBeUndefined();
    }));

  it('is not asked about where every route leads to a known one', () =>
    withLook(async (look, { launch, run, sandbox }) => {
      launch(20);
      await run();
      sandbox.clearCalls();
      await look();
      expect(sandbox.countCalls()['VirtualNetworks_CheckIPAddressAvailability']).toBeUndefined();
    }));
});

describe('The same address in two networks', () => {
  /** A machine of the cluster at 10.240.0.20 in a network of its own. */
  function launchTwin({ sandbox: { arm } }: AzureWorld): void {
    const network = createNetwork(arm, { group: GROUP, name: 'twin', addressPrefixes: ['10.240.0.0/16'] });
    const place = { network: network.id, name: 'twin-subnet', addressPrefixes: ['10.240.0.0/22'] };
    createMachine(arm, {
      group: GROUP,
      name: 'twin',
      subnet: putSubnet(arm, place).id,
      addresses: ['10.240.0.20'],
      tags: { ...CLUSTER_TAG, 'pod-cidr': '10.200.9.0/24' },
    });
  }

  it('is two machines: a route leads to the one of its own network', () =>
    withLook(async (look, world) => {
      const id = world.launch(20);
      world.putTable([route(0, '10.240.0.20')]);
      launchTwin(world);
      const { tables } = await look();
      expect(tables[0]?.routes[0]?.target).toEqual({ kind: 'node', id });
    }));

  it('does not make a route to a machine that is gone that of its twin', () =>
    withLook(async (look, world) => {
      world.putTable([route(0, '10.240.0.20')]);
      launchTwin(world);
      expect(targetsOf(await look())).toEqual({ '10.200.0.0/24': 'absent' });
    }));

  it('does not cost an incumbent its route (R5)', () =>
    withLook(async (_look, world) => {
      const rival = world.launch(30, null, { name: 'rival' });
      const { routes, run, launch, sandbox } = world;
      launch(20);
      await run();
      tagResource(sandbox.arm, rival, { ...CLUSTER_TAG, 'pod-cidr': '10.200.0.0/24' });
      launchTwin(world);
      await run();
      expect(routes()).toContain('kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.20');
    }));
});

describe('Routes without a node', () => {
  it('are deleted under the breaker, and one more for each node that is gone', () =>
    withLook(async (_look, { launch, run, putTable, routes, sandbox }) => {
      const gone = launch(99, null, { name: 'gone' });
      deleteMachine(sandbox.arm, gone);
      const stale = Array.from({ length: 6 }, (_, i) => route(i, `10.240.1.${i + 10}`));
      putTable(stale);
      const refused = await run();
      expect(refused.findings.map(({ code }) => code)).toEqual(['deletion-breaker']);
      expect(routes()).toHaveLength(6);
      await run({ kind: 'all', ids: [gone] });
      expect(routes()).toEqual([]);
    }));
});
