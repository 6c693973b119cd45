// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { deleteMachine } from '../../shared/sandbox/arm/machines.ts';
import { putRoute } from '../../shared/sandbox/arm/route-tables.ts';
import { withAzure } from './azure-world.ts';

const PUT = 'RouteTables_CreateOrUpdate';

describe('What the in-cluster controller gets wrong', () => {
  it.each([
    ['refused', 'failNext', { code: 'RequestDisallowedByPolicy' }],
    ['accepted, and its operation fails', 'failOperation', { code: 'SomeFailure', message: 'It broke.' }],
  ] as const)('a PUT that is %s is reported as failed', (_, how, fault) =>
    withAzure({ operationMs: 5, retryAfterSeconds: 0 }, async ({ launch, run, sandbox }) => {
      const id = launch(20);
      sandbox[how](PUT, fault);
      const { results } = await run({ kind: 'nodes', ids: [id] });
      expect(results).toEqual([
        expect.objectContaining({
          outcome: 'failed',
          failure: expect.objectContaining({ kind: 'permanent', code: fault.code }),
        }),
      ]);
    }),
  );

  it('removing node-1 leaves the route of node-10 alone', () =>
    withAzure({}, async ({ launch, run, routes, sandbox }) => {
      const first = launch(21, '10.200.1.0/24', { name: 'node-1' });
      launch(30, '10.200.10.0/24', { name: 'node-10' });
      await run();
      deleteMachine(sandbox.arm, first);
      await run({ kind: 'all', ids: [first] }, { ledger: 'events' });
      expect(routes()).toEqual(['kubernetes-route-10-200-10-0-24 10.200.10.0/24 10.240.0.30']);
    }));

  it.each([
    ['at the same address', 20],
    ['at another address', 40],
  ])('a node recreated with another CIDR %s leaves a route that waits, and goes', (_, octet) =>
    withAzure({}, async ({ launch, run, routes, sandbox }) => {
      const id = launch(20, '10.200.0.0/24');
      await run();
      deleteMachine(sandbox.arm, id);
      launch(octet, '10.200.9.0/24', { name: 'worker-0' });
      await run({ kind: 'nodes', ids: [id] });
      const { results } = await run();
      expect(results.map(({ outcome }) => outcome)).toEqual(['waiting']);
      await run({}, { force: true });
      expect(routes()).toEqual([`kubernetes-route-10-200-9-0-24 10.200.9.0/24 10.240.0.${octet}`]);
    }),
  );

  it('after a 412 the next attempt reads fresh state', () =>
    withAzure({}, async ({ launch, run, routes, sandbox, cloud, table }) => {
      const id = launch(20);
      const patient = cloud();
      let isFirst = true;
      const results = await run(
        { kind: 'nodes', ids: [id] },
        {
          cloud: {
            ...patient,
            apply: (target, changes, signal) => {
              const route = {
                name: 'theirs',
                addressPrefix: '172.16.0.0/12',
                nextHopIpAddress: '10.240.0.4',
              };
              if (isFirst) putRoute(sandbox.arm, table, route);
              isFirst = false;
              return patient.apply(target, changes, signal);
            },
          },
        },
      );
      expect(results.results).toEqual([expect.objectContaining({ outcome: 'applied' })]);
      expect(routes()).toEqual([
        'theirs 172.16.0.0/12 10.240.0.4',
        'kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.20',
      ]);
      expect(sandbox.countCalls()).toMatchObject({ RouteTables_Get: 2, [PUT]: 2 });
    }));

  it.each([
    'RetryableErrorDueToAnotherOperation',
    'AnotherOperationInProgress',
    'SubscriptionRequestsThrottled',
  ])('%s is waited out, not surfaced', (code) =>
    withAzure({ retryAfterSeconds: 0 }, async ({ launch, run, routes, sandbox }) => {
      const id = launch(20);
      sandbox.failNext(PUT, { code, times: 2 });
      sandbox.failNext('RouteTables_Get', { code: 'SubscriptionRequestsThrottled', times: 2 });
      const { results } = await run({ kind: 'nodes', ids: [id] });
      expect(results).toEqual([expect.objectContaining({ outcome: 'applied', failure: null })]);
      expect(routes()).toHaveLength(1);
      expect(sandbox.countCalls()).toMatchObject({ RouteTables_Get: 3, [PUT]: 3 });
    }),
  );

  it('a burst of 100 new machines costs one read and one PUT of the table', () =>
    withAzure({}, async ({ launch, run, routes, sandbox }) => {
      const ids = Array.from({ length: 100 }, (_, i) =>
        launch(20 + i, `10.200.${i}.0/24`, { name: `worker-${i}` }),
      );
      sandbox.clearCalls();
      await run({ kind: 'nodes', ids });
      expect(routes()).toHaveLength(100);
      expect(sandbox.countCalls()).toEqual({
        RouteTables_Get: 1,
        [PUT]: 1,
        VirtualMachines_List: 1,
        VirtualMachines_ListAll: 1,
        NetworkInterfaces_List: 1,
        VirtualNetworks_Get: 1,
      });
    }));

  it('a node with addresses of both families gets a route of each, with a lossless name', () =>
    withAzure({}, async ({ launch, run, routes }) => {
      launch(20, '10.200.0.0/24,fd00:200:0:1::/64', { addresses: ['10.240.0.20', 'FD00:240::0:20'] });
      await run();
      expect(routes()).toEqual([
        'kubernetes-route-10-200-0-0-24 10.200.0.0/24 10.240.0.20',
        'kubernetes-route-fd00-0200-0000-0001-0000-0000-0000-0000-64 fd00:200:0:1::/64 fd00:240::20',
      ]);
      const again = await run();
      expect(again).toMatchObject({ results: [], unchanged: 2 });
    }));
});
