import { describe, expect, it } from '@jest/globals';
import type { Node, RouteTable } from '../../shared/core/model.ts';
import { createGroup } from '../../shared/sandbox/arm/groups.ts';
import { createInterface } from '../../shared/sandbox/arm/interfaces.ts';
import { createMachine } from '../../shared/sandbox/arm/machines.ts';
import type { PeeringState } from '../../shared/sandbox/arm/model.ts';
import { createNetwork, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { putPeering } from '../../shared/sandbox/arm/peerings.ts';
import { putRouteTable } from '../../shared/sandbox/arm/route-tables.ts';
import { type AzureWorld, CLUSTER_TAG, GROUP } from './azure-world.ts';
import { route, targetsOf, withLook } from './look.ts';

const BOTH = { PODROUTES_ROUTE_TABLES: `${GROUP}/kubernetes-routes,${GROUP}/b-routes` };

interface NetworkOptions {
  readonly group?: string;
  /** The second octet of its range. */
  readonly range?: number;
  /** Gives it a table of its own, under its name and `-routes`. */
  readonly hasTable?: boolean;
}

/** A network beside that of the world, with one subnet. */
function addNetwork({ sandbox: { arm } }: AzureWorld, name: string, options: NetworkOptions = {}) {
  const { group = GROUP, range = 250, hasTable = false } = options;
  const { id } = createNetwork(arm, { group, name, addressPrefixes: [`10.${range}.0.0/16`] });
  const place = { group: GROUP, name: `${name}-routes`, location: arm.location, tags: CLUSTER_TAG };
  const table = hasTable ? { routeTable: putRouteTable(arm, place).id } : {};
  const prefixes = { addressPrefixes: [`10.${range}.0.0/24`] };
  const { id: subnet } = putSubnet(arm, { network: id, name: 'nodes', ...prefixes, ...table });
  return { id, subnet };
}

function peer({ sandbox: { arm } }: AzureWorld, a: string, b: string, states: readonly PeeringState[] = []) {
  const [one, two] = states;
  const nameFor = (id: string): string => `to-${id.split('/').at(-1)}`;
  const side = (network: string, remote: string, state?: PeeringState) =>
    putPeering(arm, { network, remote, name: nameFor(remote), ...(state !== undefined && { state }) });
  side(a, b.toUpperCase(), one);
  side(b, a, two);
}

function launchIn(
  { sandbox: { arm } }: AzureWorld,
  subnet: string,
  name: string,
  index: number,
  octet: number,
) {
  return createMachine(arm, {
    group: GROUP,
    name,
    subnet,
    addresses: [`10.${octet}.0.20`],
    enableIPForwarding: true,
    tags: { ...CLUSTER_TAG, 'pod-cidr': `10.200.${index}.0/24` },
  }).id.toLowerCase();
}

function homeOf({ subnet }: AzureWorld): string {
  return subnet.replace(/\/subnets\/.*/, '');
}

/** What the domains are, by the names of nodes and tables. */
function domainsOf({ nodes, tables }: { nodes: readonly Node[]; tables: readonly RouteTable[] }) {
  return Object.fromEntries(
    [...nodes, ...tables].map(({ name, domain }) => [name, domain?.split('/').at(-1) ?? null]),
  );
}

describe('Two networks', () => {
  it.each<[string, string, readonly PeeringState[] | null]>([
    ['that are peered are one routing domain', 'b', []],
    ['that are not peered are two', 'apart', null],
    ['of which one side is not connected are two', 'apart', ['Connected', 'Initiated']],
    ['of which the other side is not connected are two', 'apart', ['Disconnected', 'Connected']],
  ])('%s', (_, expected, states) =>
    withLook(async (look, world) => {
      const b = addNetwork(world, 'b', { hasTable: true });
      if (states !== null) peer(world, homeOf(world), b.id, states);
      world.launch(20);
      launchIn(world, b.subnet, 'other', 1, 250);
      const observation = await look({}, BOTH);
      const mine = expected === 'b' ? 'b' : 'kubernetes-vnet';
      expect(observation.failures).toEqual([]);
      expect(domainsOf(observation)).toEqual({
        'worker-0': mine,
        other: 'b',
        'kubernetes-routes': mine,
        'b-routes': 'b',
      });
      const cidrs = observation.tables.map(({ networkCidrs }) => networkCidrs.map(({ text }) => text));
      const [home, there] = [['10.240.0.0/16', 'fd00:240::/48'], ['10.250.0.0/16']];
      expect(cidrs).toEqual(
        expected === 'b'
          ? [
              [...home, ...there],
              [...there, ...home],
            ]
          : [home, there],
      );
    }),
  );

  it('that are peered, with a table each, both get the routes to all nodes', () =>
    withLook(async (_look, world) => {
      const b = addNetwork(world, 'b', { hasTable: true });
      peer(world, homeOf(world), b.id);
      world.launch(20);
      launchIn(world, b.subnet, 'other', 1, 250);
      const { results, findings } = await world.run({}, { env: BOTH });
      expect(findings).toEqual([]);
      expect(
        results
          .map(
            ({ change, outcome }) =>
              `${change.table.split('/').at(-1)} ${change.node?.split('/').at(-1)} ${outcome}`,
          )
          .sort(),
      ).toEqual([
        'b-routes other applied',
        'b-routes worker-0 applied',
        'kubernetes-routes other applied',
        'kubernetes-routes worker-0 applied',
      ]);
      expect((await world.run({}, { env: BOTH })).results).toEqual([]);
    }));

  it('that are peered need one table to reach all nodes, of whatever network', () =>
    withLook(async (_look, world) => {
      const b = addNetwork(world, 'b');
      peer(world, homeOf(world), b.id);
      const id = launchIn(world, b.subnet, 'other', 1, 250);
      for (const kind of ['nodes', 'all'] as const) {
        await world.run({ kind, ids: [id] });
        expect(world.routes()).toEqual(['kubernetes-route-10-200-1-0-24 10.200.1.0/24 10.250.0.20']);
      }
    }));

  it('that are peered are looked into where nodes are known by their claims alone', () =>
    withLook(async (look, world) => {
      const b = addNetwork(world, 'b');
      const c = addNetwork(world, 'c', { range: 251 });
      peer(world, homeOf(world), b.id);
      launchIn(world, b.subnet, 'peered', 1, 250);
      launchIn(world, c.subnet, 'apart', 2, 251);
      const { nodes } = await look({}, { PODROUTES_CLUSTER: '', ...TABLE_ALONE });
      expect(nodes.map(({ name }) => name)).toEqual(['peered']);
    }));

  it('are one domain with a third that is peered with both', () =>
    withLook(async (look, world) => {
      const b = addNetwork(world, 'b', { range: 250 });
      const c = addNetwork(world, 'c', { range: 251 });
      peer(world, homeOf(world), c.id);
      peer(world, c.id, b.id);
      world.launch(20);
      launchIn(world, b.subnet, 'far', 1, 250);
      launchIn(world, c.subnet, 'middle', 2, 251);
      const names = Object.values(domainsOf(await look()));
      expect(new Set(names)).toEqual(new Set(['b']));
    }));
});

const TABLE_ALONE = { PODROUTES_ROUTE_TABLES: `${GROUP}/kubernetes-routes` };

describe('Reading networks', () => {
  const readsOf = ({ sandbox }: AzureWorld) =>
    sandbox.calls
      .filter(({ operation }) => operation === 'VirtualNetworks_Get')
      .map(({ params }) => params['network']?.toLowerCase())
      .sort();

  it.each<[string, (world: AzureWorld) => void, string[]]>([
    ['alone is one call', () => {}, []],
    [
      'leaves out a peer without nodes and tables',
      (world) => peer(world, homeOf(world), addNetwork(world, 'b').id),
      [],
    ],
    [
      'leaves out a network with nodes that is no peer',
      (world) => void launchIn(world, addNetwork(world, 'b').subnet, 'other', 1, 250),
      [],
    ],
    [
      'takes in a peer with nodes',
      (world) => {
        const b = addNetwork(world, 'b');
        peer(world, homeOf(world), b.id);
        launchIn(world, b.subnet, 'other', 1, 250);
      },
      ['b'],
    ],
  ])('%s', (_, prepare, more) =>
    withLook(async (look, world) => {
      world.launch(20);
      prepare(world);
      world.sandbox.clearCalls();
      await look();
      expect(readsOf(world)).toEqual([...more, 'kubernetes-vnet']);
    }),
  );

  it('that fails of a peer with nodes leaves the tables of the domain alone (R7), and no others', () =>
    withLook(async (look, world) => {
      const b = addNetwork(world, 'b');
      addNetwork(world, 'c', { range: 251, hasTable: true });
      peer(world, homeOf(world), b.id);
      world.launch(20);
      launchIn(world, b.subnet, 'other', 1, 250);
      const where = (params: ReadonlyMap<string, string>): boolean => params.get('network') === 'b';
      world.sandbox.failNext('VirtualNetworks_Get', { code: 'AuthorizationFailed', where });
      const tables = `${GROUP}/kubernetes-routes,${GROUP}/c-routes`;
      const observation = await look({}, { PODROUTES_ROUTE_TABLES: tables });
      expect(observation.tables.map(({ name }) => name)).toEqual(['c-routes']);
      expect(observation.failures).toEqual([
        expect.objectContaining({ what: 'table', id: world.table.toLowerCase() }),
      ]);
    }));
});

describe('A next hop in a peered network', () => {
  it.each<[string, string, (world: AzureWorld, subnet: string) => unknown]>([
    ["is the node's that has it", 'node', (world, subnet) => launchIn(world, subnet, 'other', 1, 250)],
    ["is nobody's where that network calls it free", 'vacant', (world, subnet) => keepNode(world, subnet)],
    [
      "is a stranger's where that network calls it taken",
      'stranger',
      (world, subnet) => {
        keepNode(world, subnet);
        createGroup(world.sandbox.arm, 'elsewhere');
        const place = { group: 'elsewhere', name: 'nva', subnet };
        createInterface(world.sandbox.arm, { ...place, addresses: ['10.250.0.20'] });
      },
    ],
  ])('%s', (_, kind, prepare) =>
    withLook(async (look, world) => {
      const b = addNetwork(world, 'b');
      peer(world, homeOf(world), b.id);
      prepare(world, b.subnet);
      world.putTable([route(0, '10.250.0.20')]);
      expect(targetsOf(await look())).toEqual({ '10.200.0.0/24': kind });
    }),
  );

  it('is disputed where a peer of a peer has it, and the own network calls it free', () =>
    withLook(async (look, world) => {
      const hub = addNetwork(world, 'hub', { range: 251 });
      const twin = addNetwork(world, 'twin', { range: 240 });
      peer(world, homeOf(world), hub.id);
      peer(world, hub.id, twin.id);
      launchIn(world, hub.subnet, 'in-hub', 1, 251);
      keepNode(world, twin.subnet, 240);
      createGroup(world.sandbox.arm, 'elsewhere');
      const place = { group: 'elsewhere', name: 'nva', subnet: twin.subnet };
      createInterface(world.sandbox.arm, { ...place, addresses: ['10.240.0.99'] });
      world.putTable([route(0, '10.240.0.99')]);
      expect(targetsOf(await look())).toEqual({ '10.200.0.0/24': 'disputed' });
    }));

  /** A node at another address of the network, so that the network is one of those that are looked at. */
  function keepNode({ sandbox: { arm } }: AzureWorld, subnet: string, octet = 250): void {
    const place = { group: GROUP, name: 'keeper', subnet, addresses: [`10.${octet}.0.30`] };
    createMachine(arm, { ...place, tags: CLUSTER_TAG });
  }
});
