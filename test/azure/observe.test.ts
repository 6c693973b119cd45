import { describe, expect, it } from '@jest/globals';
import type { ArmClient } from '../../shared/azure/arm-client.ts';
import type { Observation, Scope } from '../../shared/model.ts';
import { createGroup } from '../../shared/sandbox/arm/groups.ts';
import { clearAddresses, createInterface, removeInterface } from '../../shared/sandbox/arm/interfaces.ts';
import { createMachine, deleteMachine, setPower } from '../../shared/sandbox/arm/machines.ts';
import { createNetwork, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { putRouteTable } from '../../shared/sandbox/arm/route-tables.ts';
import { createScaleSet } from '../../shared/sandbox/arm/scale-sets.ts';
import { tagResource } from '../../shared/sandbox/arm/tags.ts';
import type { ArmSandboxOptions } from '../../shared/sandbox/arm-server.ts';
import { type AzureWorld, CLUSTER_TAG, GROUP, withAzure } from './azure-world.ts';

type Environment = Readonly<Record<string, string>>;
type Look = (scope?: Partial<Scope>, env?: Environment) => Promise<Observation>;

function withLook(
  use: (look: Look, world: AzureWorld) => Promise<void>,
  options: ArmSandboxOptions = {},
): Promise<void> {
  return withAzure({ retryAfterSeconds: 0, ...options }, (world) =>
    use(
      ({ kind = 'all', ids = [] } = {}, env = {}) =>
        world.cloud(env).observe({ kind, ids }, AbortSignal.timeout(20_000)),
      world,
    ),
  );
}

function namesOf({ nodes }: Observation): string[] {
  return nodes.map(({ name }) => name).sort();
}

function targetsOf({ tables }: Observation): Record<string, string> {
  const routes = tables[0]?.routes ?? [];
  return Object.fromEntries(routes.map(({ destination, target }) => [destination.text, target.kind]));
}

function route(index: number, nextHopIpAddress: string, name = `kubernetes-route-10-200-${index}-0-24`) {
  return { name, addressPrefix: `10.200.${index}.0/24`, nextHopIpAddress };
}

describe('What is read of nodes', () => {
  it.each(['all', 'nodes'] as const)('is the same for a look at %s', (kind) =>
    withLook(async (look, { launch, subnet }) => {
      const id = launch(20);
      const { nodes, failures, missing } = await look({ kind, ids: [id] });
      expect({ failures, missing }).toEqual({ failures: [], missing: [] });
      expect(nodes).toEqual([
        {
          id,
          name: 'worker-0',
          state: 'running',
          launchedAt: expect.any(Number),
          addresses: ['10.240.0.20'],
          claims: [{ cidr: expect.objectContaining({ text: '10.200.0.0/24' }), source: 'tag' }],
          defects: [],
          claimsKnown: true,
          nextHops: { 4: { id: '10.240.0.20', shown: '10.240.0.20' }, 6: null },
          forwarding: 'on',
          network: subnet.toLowerCase().replace(/\/subnets\/.*/, ''),
          subnet: subnet.toLowerCase(),
        },
      ]);
    }),
  );

  it.each([
    ['powerOff', 'stopped'],
    ['deallocate', 'stopped'],
  ] as const)('after %s it is %s', (action, state) =>
    withLook(async (look, { launch, sandbox }) => {
      const id = launch(20);
      setPower(sandbox.arm, id, action);
      for (const kind of ['all', 'nodes'] as const) {
        expect((await look({ kind, ids: [id] })).nodes).toEqual([expect.objectContaining({ state })]);
      }
    }),
  );

  it('has the user data of those alone that have no tag', () =>
    withLook(async (look, { launch, sandbox }) => {
      launch(20, '10.200.0.0/24', { userData: 'pod-cidr=10.200.9.0/24' });
      launch(21, null, { userData: 'name=worker-1|pod-cidr=10.200.1.0/24' });
      sandbox.clearCalls();
      const { nodes } = await look();
      const claims = nodes.flatMap((node) =>
        node.claims.map(({ cidr, source }) => `${node.name} ${cidr.text} ${source}`),
      );
      expect(claims).toEqual(['worker-0 10.200.0.0/24 tag', 'worker-1 10.200.1.0/24 user-data']);
      expect(sandbox.countCalls()).toMatchObject({ VirtualMachines_Get: 1 });
    }));

  it('is not looked for in user data where the tag is meant as a claim but is none', () =>
    withLook(async (look, { launch }) => {
      launch(20, '10.200.0.5/24', { userData: 'pod-cidr=10.200.9.0/24' });
      const { nodes } = await look();
      expect(nodes).toEqual([
        expect.objectContaining({
          claims: [],
          defects: [expect.objectContaining({ corrected: '10.200.0.0/24' })],
        }),
      ]);
    }));

  it('is that of the named ones alone where many are named', () =>
    withLook(async (look, { launch }) => {
      const ids = Array.from({ length: 30 }, (_, i) => launch(20 + i));
      expect((await look({ kind: 'nodes', ids: ids.slice(5) })).nodes.map(({ id }) => id)).toEqual(
        ids.slice(5),
      );
    }));

  it('is read once, in whatever case a group or a table is named twice', () =>
    withLook(async (look, { launch, table }) => {
      launch(20);
      const { nodes, tables } = await look(undefined, {
        PODROUTES_AZURE_RESOURCE_GROUPS: 'kubernetes,KUBERNETES',
        PODROUTES_ROUTE_TABLES: `Kubernetes/kubernetes-routes,${table}`,
      });
      expect([nodes.length, tables.length]).toEqual([1, 1]);
    }));

  it('stops at the configured groups, also for one that is asked for by its id', () =>
    withLook(async (look, { launch }) => {
      const id = launch(20);
      const elsewhere = { PODROUTES_AZURE_RESOURCE_GROUPS: 'other' };
      const { nodes, missing } = await look({ kind: 'nodes', ids: [id] }, elsewhere);
      expect({ nodes, missing }).toEqual({ nodes: [], missing: [] });
    }));

  it('selects by the tag of the cluster, in any case of its name', () =>
    withLook(async (look, { launch }) => {
      launch(20);
      launch(21, undefined, { tags: { 'kubernetes.io_cluster_kthw': 'other' } });
      launch(22, undefined, {
        tags: { 'kubernetes.io_cluster_kthw': '', 'KUBERNETES.io_cluster_kthw': 'shared' },
      });
      expect(namesOf(await look())).toEqual(['worker-0', 'worker-2']);
    }));

  it('selects by another tag where the configuration names one', () =>
    withLook(async (look, { launch }) => {
      launch(20, undefined, { tags: { Role: 'worker' } });
      launch(21, undefined, { tags: { Role: 'master' } });
      expect(namesOf(await look({}, { PODROUTES_NODE_TAG: 'role=worker' }))).toEqual(['worker-0']);
    }));

  it('is that of both kinds of scale set', () =>
    withLook(async (look, { subnet, sandbox }) => {
      const place = { group: GROUP, subnet, tags: CLUSTER_TAG, enableIPForwarding: true };
      createScaleSet(sandbox.arm, { ...place, name: 'uniform', mode: 'Uniform', instances: 2 });
      createScaleSet(sandbox.arm, { ...place, name: 'flexible', mode: 'Flexible', instances: 1 });
      const wide = await look();
      expect(wide.failures).toEqual([]);
      expect(wide.nodes).toHaveLength(3);
      expect(wide.nodes.every(({ nextHops, state }) => nextHops[4] !== null && state === 'running')).toBe(
        true,
      );
      const instances = wide.nodes.filter(({ id }) => id.includes('/virtualmachinescalesets/'));
      expect(instances.map(({ id }) => id.replace(/.*compute/, ''))).toEqual([
        '/virtualmachinescalesets/uniform/virtualmachines/0',
        '/virtualmachinescalesets/uniform/virtualmachines/1',
      ]);
      const ids = wide.nodes.map(({ id }) => id);
      const byId = await look({ kind: 'nodes', ids });
      const addresses = ({ nodes }: Observation) => nodes.map(({ nextHops }) => nextHops[4]?.shown).sort();
      expect(addresses(byId)).toEqual(addresses(wide));
    }));

  it.each([
    ['is gone', (world: AzureWorld, nic: string) => removeInterface(world.sandbox.arm, nic)],
    ['has no address', (world: AzureWorld, nic: string) => clearAddresses(world.sandbox.arm, nic)],
  ])('without a next hop, because its interface %s, is a finding', (_, spoil) =>
    withLook(async (_look, world) => {
      const id = world.launch(20);
      spoil(
        world,
        id.replace(
          'microsoft.compute/virtualmachines/worker-0',
          'microsoft.network/networkinterfaces/worker-0-nic',
        ),
      );
      for (const kind of ['all', 'nodes'] as const) {
        const { findings, results } = await world.run({ kind, ids: [id] });
        expect({ results, codes: findings.map(({ code }) => code) }).toEqual({
          results: [],
          codes: ['node-unreachable'],
        });
      }
    }),
  );

  it('that is not there is missing, as is what is no id of a machine', () =>
    withLook(async (look, { launch, sandbox, table }) => {
      const id = launch(20);
      deleteMachine(sandbox.arm, id);
      const ids = [id, table.toLowerCase(), '../../tenants'];
      sandbox.clearCalls();
      expect(await look({ kind: 'nodes', ids })).toMatchObject({ nodes: [], missing: ids, failures: [] });
      expect(sandbox.countCalls()).toMatchObject({ VirtualMachines_Get: 1 });
    }));

  it('comes in pages, and with groups in upper case', () =>
    withLook(
      async (look, { launch }) => {
        for (let i = 0; i < 7; i += 1) launch(20 + i);
        const { nodes, failures } = await look();
        expect(failures).toEqual([]);
        expect(nodes.map(({ nextHops }) => nextHops[4]?.shown).sort()).toEqual(
          Array.from({ length: 7 }, (_, i) => `10.240.0.2${i}`),
        );
        expect(nodes.every(({ id, state }) => id === id.toLowerCase() && state === 'running')).toBe(true);
      },
      { pageSize: 2, upperCaseGroups: true },
    ));
});

describe('What is read of route tables', () => {
  it('is found by the tag of the cluster where the configuration names none', () =>
    withLook(async (look, { table }) => {
      const { tables, failures } = await look({}, { PODROUTES_ROUTE_TABLES: '' });
      expect({ ids: tables.map(({ id }) => id), failures }).toEqual({
        ids: [table.toLowerCase()],
        failures: [],
      });
      const none = await look({}, { PODROUTES_ROUTE_TABLES: '', PODROUTES_CLUSTER: 'other' });
      expect(none.failures).toEqual([
        expect.objectContaining({
          what: 'table',
          id: null,
          failure: expect.objectContaining({ code: 'no-route-table' }),
        }),
      ]);
    }));

  it('has network, address ranges, subnets and one quota', () =>
    withLook(async (look, { subnet, putTable }) => {
      putTable([route(0, '10.240.0.20'), { name: 'tag', addressPrefix: 'Storage', nextHopType: 'Internet' }]);
      const { tables } = await look({}, { PODROUTES_ROUTE_LIMIT: '7' });
      expect(tables).toEqual([
        expect.objectContaining({
          network: subnet.toLowerCase().replace(/\/subnets\/.*/, ''),
          networkCidrs: ['10.240.0.0/16', 'fd00:240::/48'].map((text) => expect.objectContaining({ text })),
          subnets: [subnet.toLowerCase()],
          quotas: [{ families: [4, 6], used: 2, limit: 7 }],
          routes: [expect.objectContaining({ ourKind: true })],
        }),
      ]);
    }));

  it('is of no one network where its subnets are of several', () =>
    withLook(async (look, { sandbox, table }) => {
      const place = { group: GROUP, name: 'second', addressPrefixes: ['10.250.0.0/16'] };
      const { id } = createNetwork(sandbox.arm, place);
      const subnet = { network: id, name: 'a', addressPrefixes: ['10.250.0.0/24'], routeTable: table };
      putSubnet(sandbox.arm, subnet);
      const { tables } = await look();
      expect(tables.map(({ network }) => network)).toEqual([null]);
      expect(tables[0]?.networkCidrs.map(({ text }) => text)).toContain('10.250.0.0/16');
    }));

  it.each([
    ['of another name', { ...route(0, '10.240.0.20'), name: 'theirs' }, false],
    ['of our name for another destination', route(0, '10.240.0.20', 'kubernetes-route-10-200-1-0-24'), false],
    ['that begins as ours do', route(0, '10.240.0.20', 'kubernetes-route-10-200-0-0-24-b'), false],
    [
      'to the internet under our name',
      { name: route(0, '').name, addressPrefix: '10.200.0.0/24', nextHopType: 'Internet' },
      false,
    ],
    ['of our name in capitals', route(0, '10.240.0.20', 'KUBERNETES-ROUTE-10-200-0-0-24'), true],
  ])('a route %s is of our kind: %#', (_, spec, ourKind) =>
    withLook(async (look, { putTable }) => {
      putTable([spec]);
      const { tables } = await look();
      expect(tables[0]?.routes.map((each) => each.ourKind)).toEqual([ourKind]);
    }),
  );

  it('tells nodes, strangers and nobody apart by their addresses', () =>
    withLook(async (look, { launch, putTable, sandbox, subnet }) => {
      const id = launch(20);
      launch(21, undefined, { tags: { 'kubernetes.io_cluster_kthw': '' } });
      createInterface(sandbox.arm, { group: GROUP, name: 'left-over', subnet, addresses: ['10.240.0.22'] });
      putTable([20, 21, 22, 23].map((octet) => route(octet - 20, `10.240.0.${octet}`)));
      expect(targetsOf(await look())).toEqual({
        '10.200.0.0/24': 'node',
        '10.200.1.0/24': 'stranger',
        '10.200.2.0/24': 'absent',
        '10.200.3.0/24': 'absent',
      });
      expect(targetsOf(await look({ kind: 'nodes', ids: [id] }))).toEqual({
        '10.200.0.0/24': 'node',
        '10.200.1.0/24': 'unread',
        '10.200.2.0/24': 'unread',
        '10.200.3.0/24': 'unread',
      });
    }));
});

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

describe('A read that fails', () => {
  it.each(['VirtualMachines_List', 'NetworkInterfaces_List', 'VirtualMachineScaleSets_List'])(
    'of %s stops every deletion',
    (operation) =>
      withLook(async (_look, { run, putTable, routes, sandbox }) => {
        putTable([route(0, '10.240.0.20')]);
        sandbox.failNext(operation, { code: 'AuthorizationFailed', times: 10 });
        const { findings } = await run();
        expect(findings.map(({ code }) => code)).toContain('read-incomplete');
        expect(routes()).toHaveLength(1);
      }),
  );

  it('of whether an address is taken stops every deletion', () =>
    withLook(async (_look, { run, putTable, routes, sandbox }) => {
      putTable([route(0, '10.240.0.20')]);
      sandbox.failNext('VirtualNetworks_CheckIPAddressAvailability', { code: 'AuthorizationFailed' });
      const { findings } = await run();
      expect(findings.map(({ code }) => code)).toEqual(['read-incomplete']);
      expect(routes()).toHaveLength(1);
    }));

  it('of the states in the subscription is made up for, where a role covers the groups alone', () =>
    withLook(async (_look, { launch, run, routes, sandbox }) => {
      launch(20);
      sandbox.failNext('VirtualMachines_ListAll', { code: 'AuthorizationFailed' });
      expect((await run()).findings).toEqual([]);
      expect(routes()).toHaveLength(1);
    }));

  it('of the states in the subscription costs a read of each node that is looked at, and of nothing else', () =>
    withLook(async (look, { launch, sandbox }) => {
      const ids = Array.from({ length: 30 }, (_, i) => launch(20 + i, `10.200.${i}.0/24`));
      launch(60, null, { tags: { 'kubernetes.io_cluster_kthw': 'other' } });
      const readsOf = async (scope: Partial<Scope>) => {
        sandbox.clearCalls();
        sandbox.failNext('VirtualMachines_ListAll', { code: 'AuthorizationFailed' });
        const { nodes, failures } = await look(scope);
        expect(failures).toEqual([]);
        expect(new Set(nodes.map(({ state }) => state))).toEqual(new Set(['running']));
        return sandbox.countCalls()['VirtualMachines_Get'];
      };
      expect(await readsOf({ kind: 'all' })).toBe(30);
      expect(await readsOf({ kind: 'nodes', ids: ids.slice(5) })).toBe(25);
    }));

  it('of the states in the subscription leaves a stopped node stopped', () =>
    withLook(async (look, { launch, sandbox }) => {
      setPower(sandbox.arm, launch(20), 'deallocate');
      sandbox.failNext('VirtualMachines_ListAll', { code: 'AuthorizationFailed' });
      expect((await look()).nodes).toEqual([expect.objectContaining({ state: 'stopped' })]);
    }));

  it('of the states in the subscription is made up for, where it says nothing of a machine', () =>
    withLook(
      async (_look, { launch, run, routes }) => {
        launch(20);
        expect((await run()).findings).toEqual([]);
        expect(routes()).toHaveLength(1);
      },
      { listsStates: false },
    ));

  it('of the address ranges of the network leaves the table alone', () =>
    withLook(async (_look, { launch, run, routes, sandbox }) => {
      launch(20);
      sandbox.failNext('VirtualNetworks_Get', { code: 'AuthorizationFailed' });
      const { findings } = await run();
      expect(findings.map(({ code }) => code)).toEqual(['read-incomplete']);
      expect(routes()).toEqual([]);
    }));

  it('of one table leaves the others to be written', () =>
    withLook(async (_look, { launch, run, routes }) => {
      launch(20);
      const tables = 'kubernetes/kubernetes-routes,kubernetes/not-there';
      const { findings } = await run({}, { env: { PODROUTES_ROUTE_TABLES: tables } });
      expect(findings).toEqual([
        expect.objectContaining({
          code: 'read-incomplete',
          message: expect.stringContaining('ResourceNotFound'),
        }),
      ]);
      expect(routes()).toHaveLength(1);
    }));
});

describe('A part that cannot be read', () => {
  it('of the groups does not hide the nodes of the others (R9), and stops every deletion (R3)', () =>
    withLook(async (_look, { launch, run, putTable, routes }) => {
      launch(20);
      putTable([route(9, '10.240.0.99')]);
      const groups = { PODROUTES_AZURE_RESOURCE_GROUPS: `${GROUP},not-there` };
      const { findings } = await run({}, { env: groups });
      expect(findings.map(({ code }) => code)).toContain('read-incomplete');
      expect(routes()).toEqual([
        'kubernetes-route-10-200-9-0-24 10.200.9.0/24 10.240.0.99',
        'kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.20',
      ]);
    }));

  it('because one machine is not of the documented form does not hide the others', () =>
    withLook(async (_look, { launch, run, routes, arm, cloud }) => {
      launch(20);
      const list: ArmClient['list'] = async (...args) => {
        const items = await arm.list(...args);
        return args[1].endsWith('/virtualMachines') ? [{ id: '/odd', name: 7 }, ...items] : items;
      };
      const { findings } = await run({}, { cloud: cloud({}, { ...arm, list }) });
      expect(findings.map(({ code }) => code)).toEqual(['read-incomplete']);
      expect(routes()).toHaveLength(1);
    }));
});

describe('A machine whose power Azure does not know', () => {
  it('gets its route: it may well run', () =>
    withLook(async (_look, { launch, run, routes, arm, cloud }) => {
      launch(20);
      const unknown = { statuses: [{ code: 'PowerState/unknown' }] };
      const change = (item: unknown) => {
        const { properties } = Object(item);
        return properties?.instanceView === undefined
          ? item
          : { ...Object(item), properties: { ...properties, instanceView: unknown } };
      };
      const client: ArmClient = {
        ...arm,
        list: async (...args) => (await arm.list(...args)).map(change),
        get: async (...args) => change(await arm.get(...args)),
      };
      await run({}, { cloud: cloud({}, client) });
      expect(routes()).toHaveLength(1);
    }));
});

describe('A list of all interfaces that fails', () => {
  it('is not made up for one by one, and takes no route from anybody', () =>
    withLook(async (_look, { launch, run, putTable, routes, sandbox }) => {
      launch(20);
      launch(21, null, { tags: { 'kubernetes.io_cluster_kthw': '' } });
      putTable([route(0, '10.240.0.21')]);
      sandbox.failNext('NetworkInterfaces_List', { code: 'AuthorizationFailed' });
      sandbox.clearCalls();
      await run();
      expect(routes()).toEqual(['kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.21']);
      expect(sandbox.countCalls()['NetworkInterfaces_Get']).toBeUndefined();
    }));
});

describe('A list of interfaces that fails', () => {
  it('leaves routes to addresses that it may have had', () =>
    withLook(async (_look, { launch, run, putTable, routes, sandbox, subnet }) => {
      createScaleSet(sandbox.arm, { group: GROUP, name: 'others', mode: 'Uniform', subnet, instances: 1 });
      launch(20);
      putTable([route(0, '10.240.0.4')]);
      sandbox.failNext('NetworkInterfaces_ListVirtualMachineScaleSetNetworkInterfaces', {
        code: 'AuthorizationFailed',
      });
      await run();
      expect(routes()).toEqual(['kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.4']);
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
