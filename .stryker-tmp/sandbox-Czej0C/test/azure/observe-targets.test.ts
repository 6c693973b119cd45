// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import type { ArmClient } from '../../shared/azure/arm-client.ts';
import { createGroup } from '../../shared/sandbox/arm/groups.ts';
import { createInterface } from '../../shared/sandbox/arm/interfaces.ts';
import { createMachine, deleteMachine } from '../../shared/sandbox/arm/machines.ts';
import { createNetwork, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { requireResource, storeResource } from '../../shared/sandbox/arm/resources.ts';
import { putRouteTable } from '../../shared/sandbox/arm/route-tables.ts';
import { tagResource } from '../../shared/sandbox/arm/tags.ts';
import { type AzureWorld, CLUSTER_TAG, GROUP, withAzure } from './azure-world.ts';
import { route, targetsOf, withLook } from './look.ts';

const ADDRESS = '10.240.0.99';
const NIC = 'Microsoft.Network/networkInterfaces';
const AVAILABILITY = 'VirtualNetworks_CheckIPAddressAvailability';
const V6 = 'kubernetes-route-fd00-0200-0000-0000-0000-0000-0000-0000-64';

function nicOf(machine: string): string {
  return `${machine.replace('microsoft.compute/virtualmachines', NIC)}-nic`;
}

/** Somebody else's, in a group that is not looked at. */
function putElsewhere({ sandbox: { arm }, subnet }: AzureWorld, addresses: readonly string[]): void {
  createGroup(arm, 'elsewhere');
  createInterface(arm, { group: 'elsewhere', name: 'nva', subnet, addresses });
}

function leaveOver({ sandbox: { arm }, subnet }: AzureWorld, address: string, name = 'left-over') {
  return createInterface(arm, { group: GROUP, name, subnet, addresses: [address] });
}

/** A machine of the groups that no list has, though an interface names it. */
const UNLISTED = `/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/${GROUP}/providers/microsoft.compute/virtualmachines/unlisted`;

function nameUnlisted(world: AzureWorld, machine = UNLISTED): void {
  storeResource(world.sandbox.arm, { ...leaveOver(world, ADDRESS), machine });
}

describe('A next hop', () => {
  it.each<[string, string, string, (world: AzureWorld) => unknown]>([
    ["is nobody's where no interface has it and the network calls it free", ADDRESS, 'vacant', () => {}],
    ["is nobody's where it lies in no subnet any more", '10.240.200.9', 'vacant', () => {}],
    [
      "is nobody's where a deleted machine left its interface behind",
      ADDRESS,
      'vacant',
      (world) => {
        const id = world.launch(99, null);
        deleteMachine(world.sandbox.arm, id, { keepInterfaces: true });
      },
    ],
    [
      "is a stranger's where a machine that is no node has it",
      ADDRESS,
      'stranger',
      (world) => world.launch(99, null, { tags: { 'kubernetes.io_cluster_kthw': '' } }),
    ],
    [
      "is a stranger's where a machine lists an interface that does not say so yet",
      ADDRESS,
      'stranger',
      (world) => {
        const id = world.launch(99, null, { tags: { 'kubernetes.io_cluster_kthw': '' } });
        const nic = requireResource(world.sandbox.arm, NIC, nicOf(id));
        storeResource(world.sandbox.arm, { ...nic, machine: null });
      },
    ],
    [
      "is a stranger's where the network calls it taken",
      ADDRESS,
      'stranger',
      (world) => putElsewhere(world, [ADDRESS]),
    ],
    ["is a stranger's where Azure keeps it for itself", '10.240.0.1', 'stranger', () => {}],
    ["is a stranger's where it is of no network's ranges", '192.168.7.7', 'stranger', () => {}],
    [
      "is a stranger's where its interface is of a machine of another group",
      ADDRESS,
      'stranger',
      (world) => nameUnlisted(world, UNLISTED.replace(GROUP, 'elsewhere')),
    ],
    [
      'was not read where its interface is of a machine that no list has',
      ADDRESS,
      'unread',
      (world) => nameUnlisted(world),
    ],
    [
      'was not read where the network cannot be asked',
      ADDRESS,
      'unread',
      ({ sandbox }) => sandbox.failNext(AVAILABILITY, { code: 'AuthorizationFailed' }),
    ],
    [
      'was not read where the interfaces were not',
      ADDRESS,
      'unread',
      ({ sandbox }) => sandbox.failNext('NetworkInterfaces_List', { code: 'AuthorizationFailed' }),
    ],
  ])('%s', (_, address, kind, prepare) =>
    withLook(async (look, world) => {
      await prepare(world);
      world.putTable([route(0, address)]);
      expect(targetsOf(await look())).toEqual({ '10.200.0.0/24': kind });
    }),
  );

  it('is disputed where its interface names a machine that Azure does not know', () =>
    withLook(async (look, world) => {
      nameUnlisted(world);
      world.putTable([route(0, ADDRESS)]);
      const observation = await look({ ids: [UNLISTED] });
      expect(observation.missing).toEqual([UNLISTED]);
      expect(targetsOf(observation)).toEqual({ '10.200.0.0/24': 'disputed' });
    }));

  it('is that of whoever lives, where lists of two moments show its last holder, too', () =>
    withLook(async (look, world) => {
      const { arm } = world.sandbox;
      const id = world.launch(99, null);
      const nic = requireResource(arm, NIC, nicOf(id));
      for (const [octet, name] of [
        [97, 'a-old'],
        [98, 'z-old'],
      ] as const) {
        const old = leaveOver(world, `10.240.0.${octet}`, name);
        storeResource(arm, { ...old, ipConfigurations: nic.ipConfigurations });
      }
      world.putTable([route(0, ADDRESS)]);
      const { tables } = await look();
      expect(tables[0]?.routes[0]?.target).toEqual({ kind: 'node', id });
    }));

  it('that lies in no subnet any more hinders no deletion', () =>
    withLook(async (_look, { run, putTable, routes }) => {
      putTable([route(0, '10.240.200.9')]);
      const { findings } = await run({}, { force: true });
      expect(findings.map(({ code }) => code)).not.toContain('read-incomplete');
      expect(routes()).toEqual([]);
    }));
});

describe('A next hop of IPv6, for which no call answers', () => {
  const SIX = 'fd00:240::99';

  it.each<[string, string, string, (world: AzureWorld) => unknown]>([
    ["is nobody's where all that sits in its subnet was read", SIX, 'vacant', ({ launch }) => launch(20)],
    ["is nobody's where nothing sits in its subnet", SIX, 'vacant', () => {}],
    ["is nobody's where it lies in no subnet any more", 'fd00:240:0:9::9', 'vacant', () => {}],
    ["is nobody's where an unused interface has it", SIX, 'vacant', (world) => leaveOver(world, SIX)],
    [
      "is a stranger's where something sits in its subnet that was not read",
      SIX,
      'stranger',
      (world) => putElsewhere(world, ['10.240.0.98', 'fd00:240::98']),
    ],
    ["is a stranger's where it is of no network's ranges", 'fd99::9', 'stranger', () => {}],
  ])('%s', (_, nextHopIpAddress, kind, prepare) =>
    withLook(async (look, world) => {
      await prepare(world);
      world.putTable([{ name: V6, addressPrefix: 'fd00:200::/64', nextHopIpAddress }]);
      world.sandbox.clearCalls();
      expect(targetsOf(await look())).toEqual({ 'fd00:200::/64': kind });
      expect(world.sandbox.countCalls()[AVAILABILITY]).toBeUndefined();
    }),
  );

  it("is a stranger's where the subnet shows nothing, though interfaces in it were read", () =>
    withAzure({}, async ({ launch, putTable, arm, cloud }) => {
      launch(20);
      putTable([{ name: V6, addressPrefix: 'fd00:200::/64', nextHopIpAddress: SIX }]);
      const get: ArmClient['get'] = async (service, id, ...rest) =>
        JSON.parse(
          JSON.stringify(await arm.get(service, id, ...rest), (key, value) =>
            key === 'ipConfigurations' && id.endsWith('vnet') ? undefined : value,
          ),
        );
      const silent = cloud({}, { ...arm, get });
      const observation = await silent.observe({ kind: 'all', ids: [] }, AbortSignal.timeout(20_000));
      expect(targetsOf(observation)).toEqual({ 'fd00:200::/64': 'stranger' });
    }));
});

describe('An address that no interface of the groups has', () => {
  const stale = route(0, ADDRESS);

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
      expect(kinds).toEqual(['kubernetes-routes: vacant', 'twin-routes: stranger']);
    }));

  it('is not asked about for a route outside of the cluster CIDRs', () =>
    withLook(async (look, { putTable, sandbox }) => {
      const addressPrefix = '10.99.0.0/24';
      putTable([{ name: 'kubernetes-route-10-99-0-0-24', addressPrefix, nextHopIpAddress: '10.240.0.99' }]);
      await look();
      expect(sandbox.countCalls()[AVAILABILITY]).toBeUndefined();
    }));

  it('is not asked about where every route leads to a known one', () =>
    withLook(async (look, { launch, run, sandbox }) => {
      launch(20);
      await run();
      sandbox.clearCalls();
      await look();
      expect(sandbox.countCalls()[AVAILABILITY]).toBeUndefined();
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
      expect(targetsOf(await look())).toEqual({ '10.200.0.0/24': 'vacant' });
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

describe('A route to an address that nobody has', () => {
  it('waits where it goes by itself, and goes at once by force', () =>
    withLook(async (_look, { run, putTable, routes }) => {
      putTable(Array.from({ length: 6 }, (_, i) => route(i, `10.240.1.${i + 10}`)));
      const { results } = await run();
      expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['waiting']));
      expect(routes()).toHaveLength(6);
      await run({}, { force: true });
      expect(routes()).toEqual([]);
    }));

  it('goes at once in a run for events, one for each machine that Azure says is gone', () =>
    withLook(async (_look, { launch, run, putTable, routes, sandbox }) => {
      const gone = launch(99, null, { name: 'gone' });
      deleteMachine(sandbox.arm, gone);
      putTable([0, 1, 2].map((i) => route(i, `10.240.1.${i + 10}`)));
      await run({ kind: 'all', ids: [gone] }, { ledger: 'events' });
      expect(routes()).toHaveLength(2);
    }));
});
