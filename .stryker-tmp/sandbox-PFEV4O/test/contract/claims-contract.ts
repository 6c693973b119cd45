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
import type { World } from './world.ts';

/** Routes of the dead go at once where the table shows what they are, else after a second look. */
async function clearAway(world: World): Promise<void> {
  await world.reconcile();
  if (world.traits.terminatedTarget === 'active') await world.pass(20);
}

/** How claims become routes, and stop being them. */
export function describeClaims(withWorld: WithWorld): void {
  describe('Routes for claims', () => {
    it.each(['tag', 'user-data'] as const)('come to the final list of the manual procedure from %s', (via) =>
      withWorld({}, async (world) => {
        await launchAll(
          world,
          WORKERS.map((worker) => ({ ...worker, via })),
        );
        const { run } = await world.reconcile();
        expect(await world.routes()).toEqual(withGiven(world, WORKER_ROUTES));
        expect(run.findings).toEqual([]);
      })(),
    );

    it(
      'are made in every table',
      withWorld({ tables: 3 }, async (world) => {
        await launchAll(world, WORKERS);
        await world.reconcile();
        for (const table of world.tables) {
          expect(await world.routes(table)).toEqual(withGiven(world, WORKER_ROUTES));
        }
      }),
    );

    it(
      'stay out of every address range of the network',
      withWorld(
        { networkCidrs: ['10.0.0.0/16', '10.1.0.0/16'], clusterCidrs: ['10.200.0.0/16', '10.1.0.0/16'] },
        async (world) => {
          await launchAll(world, [...WORKERS, { name: 'intruder', podCidr: '10.1.5.0/24' }]);
          const { run } = await world.reconcile();
          expect(await world.routes()).toEqual(withGiven(world, WORKER_ROUTES));
          expect(findingsOf(run)).toEqual(['claim-overlaps-network intruder 10.1.5.0/24']);
        },
      ),
    );

    it(
      'are made for IPv4 and IPv6',
      withWorld({ clusterCidrs: ['10.200.0.0/16', 'fd00:200::/48'] }, async (world) => {
        await launchAll(world, [
          { name: 'dual', podCidr: '10.200.0.0/24,fd00:200::/64' },
          { name: 'six', podCidr: 'fd00:200:0:1::/64' },
        ]);
        await world.reconcile();
        const lines = ['10.200.0.0/24 dual', 'fd00:200::/64 dual', 'fd00:200:0:1::/64 six'];
        expect(await world.routes()).toEqual(
          withGiven(
            world,
            lines.map((line) => `${line} active`),
          ),
        );
        await world.terminate('six');
        await clearAway(world);
        expect(await world.routes()).toEqual(
          withGiven(
            world,
            lines.slice(0, 2).map((line) => `${line} active`),
          ),
        );
      }),
    );

    it(
      'lead to the primary interface of a machine with several, which alone passes on packets',
      withWorld({}, async (world) => {
        await world.launch({ name: 'wide', podCidr: '10.200.0.0/24', interfaces: 3 });
        await world.reconcile();
        expect(await world.routes()).toEqual(withGiven(world, ['10.200.0.0/24 wide active']));
        expect(await world.forwards('wide')).toEqual([true, false, false]);
        expect((await world.reconcile()).writes).toEqual([]);
      }),
    );

    it(
      'are made for the named nodes alone in a run for them',
      withWorld({}, async (world) => {
        await launchAll(world, WORKERS);
        await world.reconcile({ nodes: ['worker-1'] });
        expect(await world.routes()).toEqual(withGiven(world, WORKER_ROUTES.slice(1, 2)));
      }),
    );

    it(
      'are only planned in a dry run',
      withWorld({}, async (world) => {
        await launchAll(world, WORKERS);
        const { run, writes } = await world.reconcile({ dryRun: true });
        expect(writes).toEqual([]);
        expect(changesOf(run).sort()).toEqual(WORKERS.map(({ podCidr }) => `create ${podCidr} planned`));
        expect(await world.routes()).toEqual(withGiven(world, []));
      }),
    );
  });

  describe('The end of a claim', () => {
    it(
      'takes the routes of a terminated node, and no others',
      withWorld({ tables: 2 }, async (world) => {
        await launchAll(world, WORKERS);
        await world.reconcile();
        await world.terminate('worker-1');
        await world.reconcile({ nodes: ['worker-1'] });
        await clearAway(world);
        const left = WORKER_ROUTES.filter((line) => !line.includes('worker-1'));
        for (const table of world.tables) {
          expect(await world.routes(table)).toEqual(withGiven(world, left));
        }
      }),
    );

    it(
      'does not come with a stop: the route is kept, and works again after the start',
      withWorld({}, async (world) => {
        await launchAll(world, WORKERS);
        await world.reconcile();
        await world.stop('worker-0');
        expect((await world.reconcile()).writes).toEqual([]);
        expect(await world.routes()).toContain(`10.200.0.0/24 worker-0 ${world.traits.stoppedTarget}`);
        await world.start('worker-0');
        expect((await world.reconcile()).writes).toEqual([]);
        expect(await world.routes()).toEqual(withGiven(world, WORKER_ROUTES));
      }),
    );

    it(
      'by a new claim makes the new route at once, and takes the old one a day later',
      withWorld({}, async (world) => {
        await launchAll(world, WORKERS);
        await world.reconcile();
        await world.retag('worker-1', '10.200.77.0/24');
        const { run, writes } = await world.reconcile();
        expect(changesOf(run)).toEqual(['create 10.200.77.0/24 applied', 'delete 10.200.1.0/24 waiting']);
        expect(writes.length).toBe(1);
        const both = [...WORKER_ROUTES, '10.200.77.0/24 worker-1 active'];
        await world.pass(23 * 60);
        expect(await world.routes()).toEqual(withGiven(world, both));
        await world.pass(60);
        expect(await world.routes()).toEqual(
          withGiven(
            world,
            both.filter((line) => !line.startsWith('10.200.1.0/24')),
          ),
        );
      }),
    );

    it(
      'of a living node takes its route after a second look, and not before',
      withWorld({}, async (world) => {
        await launchAll(world, WORKERS);
        await world.pass(20);
        await world.retag('worker-1', null);
        await world.reconcile({ nodes: ['worker-1'] });
        const { run } = await world.reconcile();
        expect(changesOf(run)).toEqual(['delete 10.200.1.0/24 waiting']);
        await world.pass(10);
        expect(await world.routes()).toEqual(withGiven(world, WORKER_ROUTES));
        await world.pass(10);
        const left = WORKER_ROUTES.filter((line) => !line.includes('worker-1'));
        expect(await world.routes()).toEqual(withGiven(world, left));
      }),
    );

    it(
      'of many living nodes at once takes no route until it is forced',
      withWorld({}, async (world) => {
        const nodes = Array.from({ length: 7 }, (_, i) => ({ name: `n${i}`, podCidr: `10.200.${i}.0/24` }));
        const lines = nodes.map(({ name, podCidr }) => `${podCidr} ${name} active`);
        await launchAll(world, nodes);
        await world.pass(20);
        for (const { name } of nodes.slice(0, 6)) await world.retag(name, null);
        await world.pass(60);
        const { run, writes } = await world.reconcile();
        expect(writes).toEqual([]);
        expect(run.findings.map(({ code }) => code)).toContain('deletion-breaker');
        expect(await world.routes()).toEqual(withGiven(world, lines));
        await world.reconcile({ force: true });
        expect(await world.routes()).toEqual(withGiven(world, lines.slice(6)));
      }),
    );
  });
}
