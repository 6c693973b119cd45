// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import type { Observation } from '../../shared/core/model.ts';
import { clearAddresses, createInterface, removeInterface } from '../../shared/sandbox/arm/interfaces.ts';
import { deleteMachine, setPower } from '../../shared/sandbox/arm/machines.ts';
import { createNetwork, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { findResource } from '../../shared/sandbox/arm/resources.ts';
import { createScaleSet } from '../../shared/sandbox/arm/scale-sets.ts';
import { type AzureWorld, CLUSTER_TAG, GROUP } from './azure-world.ts';
import { namesOf, route, targetsOf, withLook } from './look.ts';

describe('What is read of nodes', () => {
  it.each(['all', 'nodes'] as const)('is the same for a look at %s', (kind) =>
    withLook(async (look, { launch, subnet, sandbox }) => {
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
          domain: subnet.toLowerCase().replace(/\/subnets\/.*/, ''),
          incarnation: findResource(sandbox.arm, 'Microsoft.Compute/virtualMachines', id)?.uuid,
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

  it('says where a claim may be in user data that was not seen', () =>
    withLook(async (look, { launch }) => {
      launch(20, null, { userData: '#include\nhttps://example.org/user-data\n' });
      const { nodes } = await look();
      expect(nodes).toEqual([
        expect.objectContaining({ claims: [], defects: [], unsearched: expect.stringMatching(/^names/) }),
      ]);
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

  it('without a claim is told to be tagged, but for an instance of a uniform set, which keeps no tag', () =>
    withLook(async (_look, { launch, run, sandbox, subnet }) => {
      launch(20, null);
      const place = { group: GROUP, subnet, tags: CLUSTER_TAG, enableIPForwarding: true };
      createScaleSet(sandbox.arm, { ...place, name: 'uniform', mode: 'Uniform', instances: 1 });
      const { findings } = await run();
      expect(findings.map(({ code, node, remedy }) => [code, node, remedy])).toEqual([
        ['missing-claim', 'worker-0', expect.stringContaining('set its pod-cidr tag')],
        ['missing-claim', 'uniform_0', expect.stringContaining('use a flexible scale set')],
      ]);
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

  it('that is not there is missing; what is no id of a machine is a failed read, and no call', () =>
    withLook(async (look, { launch, sandbox, table }) => {
      const id = launch(20);
      deleteMachine(sandbox.arm, id);
      const others = [table.toLowerCase(), '../../tenants'];
      sandbox.clearCalls();
      const { nodes, missing, failures } = await look({ kind: 'nodes', ids: [id, ...others] });
      expect({ nodes, missing }).toEqual({ nodes: [], missing: [id] });
      expect(failures.map((failure) => [failure.id, failure.failure.code])).toEqual(
        others.map((other) => [other, 'no-machine-id']),
      );
      expect(sandbox.countCalls()).toMatchObject({ VirtualMachines_Get: 1 });
    }));

  it.each([
    ['says that it knows the subscription as little', { code: 'SubscriptionNotFound', status: 404 }],
    ['is some other server', { code: 'PageMissing', status: 404 }],
  ])('is not missing because of a 404 of what %s', (_, fault) =>
    withLook(async (look, { launch, sandbox }) => {
      const id = launch(20);
      sandbox.failNext('VirtualMachines_Get', fault);
      const { missing, failures } = await look({ kind: 'nodes', ids: [id] });
      expect({ missing, ids: failures.map((failure) => failure.id) }).toEqual({ missing: [], ids: [id] });
    }),
  );

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
        '10.200.2.0/24': 'vacant',
        '10.200.3.0/24': 'vacant',
      });
      expect(targetsOf(await look({ kind: 'nodes', ids: [id] }))).toEqual({
        '10.200.0.0/24': 'node',
        '10.200.1.0/24': 'unread',
        '10.200.2.0/24': 'unread',
        '10.200.3.0/24': 'unread',
      });
    }));
});
