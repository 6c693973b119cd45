// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import {
  changesOf,
  findingsOf,
  launchAll,
  type WithWorld,
  WORKER_ROUTES,
  WORKERS,
  withGiven,
} from './cases.ts';

/** What no run does. */
export function describeBounds(withWorld: WithWorld): void {
  describe('What is not ours', () => {
    it(
      'is left as it is: gateways, other networks, propagated routes, routes to machines of others',
      withWorld({}, async (world) => {
        await launchAll(world, WORKERS);
        await world.launch({ name: 'vpn', podCidr: null, isNode: false });
        await world.addRoute('192.168.0.0/16', { machine: 'vpn' });
        await world.addRoute('10.200.250.0/24', { machine: 'vpn' });
        await world.addRoute('172.30.0.0/16', { gateway: 'peering' });
        await world.addRoute('10.200.251.0/24', { gateway: 'internet' });
        const hasPropagated = await world.propagateRoute('10.200.252.0/24');
        expect(hasPropagated).toBe(world.traits.propagatedRoutes === 'modelled');
        const before = await world.routes();
        await world.reconcile();
        expect(await world.routes()).toEqual([...before, ...WORKER_ROUTES].sort());
        await world.terminate('worker-0');
        await world.reconcile({ force: true });
        expect(await world.routes()).toEqual([...before, ...WORKER_ROUTES.slice(1)].sort());
      }),
    );

    it.each([
      { what: 'a gateway', target: { gateway: 'internet' } },
      { what: 'a machine of others', target: { machine: 'vpn' } },
    ] as const)('stands against a claim with a finding: a route to $what', ({ target }) =>
      withWorld({}, async (world) => {
        await launchAll(world, WORKERS);
        await world.launch({ name: 'vpn', podCidr: null, isNode: false });
        await world.addRoute('10.200.0.0/24', target);
        const before = await world.routes();
        const { run } = await world.reconcile();
        expect(findingsOf(run)).toEqual(['foreign-route worker-0 10.200.0.0/24']);
        expect(await world.routes()).toEqual([...before, ...WORKER_ROUTES.slice(1)].sort());
      })(),
    );
  });

  describe('What cannot be done', () => {
    it(
      'is the second of two claims to one block, whose holder keeps it',
      withWorld({}, async (world) => {
        await launchAll(world, WORKERS);
        await world.reconcile();
        await world.launch({ name: 'late', podCidr: '10.200.0.0/24' });
        const { run, writes } = await world.reconcile();
        expect(writes).toEqual([]);
        expect(findingsOf(run)).toEqual(['conflicting-claim late 10.200.0.0/24']);
        expect(await world.routes()).toEqual(withGiven(world, WORKER_ROUTES));
      }),
    );

    it.each([
      { podCidr: '10.200.9.7/24', code: 'malformed-claim', cidr: '10.200.9.0/24' },
      { podCidr: '10.200.09.0/24', code: 'malformed-claim', cidr: 'null' },
      { podCidr: '10.99.0.0/24', code: 'claim-outside-cluster', cidr: '10.99.0.0/24' },
      { podCidr: '10.200.0.0/16', code: 'claim-covers-cluster', cidr: '10.200.0.0/16' },
      { podCidr: '10.200.2.0/25', code: 'conflicting-claim', cidr: '10.200.2.0/25' },
    ])('is the claim $podCidr: $code, and the other nodes proceed', ({ podCidr, code, cidr }) =>
      withWorld({}, async (world) => {
        await launchAll(world, WORKERS);
        await world.reconcile();
        await world.launch({ name: 'wrong', podCidr });
        await world.launch({ name: 'right', podCidr: '10.200.50.0/24' });
        const { run } = await world.reconcile();
        expect(findingsOf(run)).toEqual([`${code} wrong ${cidr}`]);
        expect(await world.routes()).toEqual(
          withGiven(world, [...WORKER_ROUTES, '10.200.50.0/24 right active']),
        );
      })(),
    );

    it(
      'is named where a table does not exist, and the other tables proceed',
      withWorld({ namedTables: 'with an unknown one' }, async (world) => {
        await launchAll(world, WORKERS);
        const { run } = await world.reconcile();
        expect(run.findings.map(({ code, table }) => [code, table])).toEqual([
          ['read-incomplete', world.unknownTable],
        ]);
        expect(await world.routes()).toEqual(withGiven(world, WORKER_ROUTES));
      }),
    );

    it(
      'is not tried where the table is known to be full',
      withWorld({ routeLimit: 4 }, async (world) => {
        await launchAll(world, WORKERS);
        const { run } = await world.reconcile();
        expect(changesOf(run).map((line) => line.split(' ').at(-1))).toEqual([
          'applied',
          'applied',
          'skipped',
        ]);
        expect(run.findings.map(({ code }) => code)).toContain('route-table-full');
        expect((await world.routes()).length).toBe(4);
      }),
    );

    it(
      'is reported where the cloud takes fewer routes than it is configured to',
      withWorld({ cloudRouteLimit: 4 }, async (world) => {
        await launchAll(world, WORKERS);
        const { run } = await world.reconcile();
        const { fullTable, tableWrites } = world.traits;
        const refused = fullTable === 'accepted' ? 0 : { 'one by one': 1, 'at once': 3 }[tableWrites];
        expect(run.results.filter(({ outcome }) => outcome === 'failed').length).toBe(refused);
        expect(run.findings.map(({ code }) => code)).toEqual(refused === 0 ? [] : ['route-table-full']);
        expect((await world.routes()).length).toBe(5 - refused);
      }),
    );
  });
}
