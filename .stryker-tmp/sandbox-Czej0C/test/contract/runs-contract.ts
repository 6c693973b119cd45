// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import {
  changesOf,
  launchAll,
  type WithWorld,
  WORKER_ROUTES,
  WORKERS,
  withGiven,
  writesFor,
} from './cases.ts';

/** What a run does about what it finds. */
export function describeRuns(withWorld: WithWorld): void {
  describe('A run', () => {
    it(
      'makes as few writes as the cloud lets it',
      withWorld({ tables: 2 }, async (world) => {
        await launchAll(
          world,
          WORKERS.map((worker) => ({ ...worker, forwarding: 'on' as const })),
        );
        const { run, writes } = await world.reconcile();
        expect(run.results.length).toBe(6);
        expect(writes.length).toBe(2 * writesFor(world, 3));
      }),
    );

    it(
      'writes nothing where all is as claimed',
      withWorld({ tables: 2 }, async (world) => {
        await launchAll(world, [...WORKERS, { name: 'wide', podCidr: '10.200.9.0/24', interfaces: 2 }]);
        expect((await world.reconcile()).writes).not.toEqual([]);
        const { run, writes } = await world.reconcile();
        expect(writes).toEqual([]);
        expect(run.unchanged).toBe(8);
      }),
    );

    it(
      'switches forwarding on only where it is off',
      withWorld({}, async (world) => {
        await world.launch({ name: 'shut', podCidr: '10.200.0.0/24', forwarding: 'off' });
        await world.launch({ name: 'open', podCidr: '10.200.1.0/24', forwarding: 'on' });
        await world.launch({ name: 'other', podCidr: null, isNode: false });
        const { run } = await world.reconcile();
        expect(run.forwarding.map(({ node, failure }) => [node.name, failure])).toEqual([['shut', null]]);
        expect(await Promise.all(['shut', 'open', 'other'].map(world.forwards))).toEqual([
          [true],
          [true],
          [false],
        ]);
      }),
    );

    it(
      'looks at more nodes than one question may name',
      withWorld({}, async (world) => {
        await world.launchMany('many', 205);
        await world.retag('many-204', '10.200.204.0/24');
        const nodes = Array.from({ length: 205 }, (_, i) => `many-${i}`);
        const { run } = await world.reconcile({ nodes });
        expect(run.observation.nodes.length).toBe(205);
        expect(run.observation.missing).toEqual([]);
        expect(await world.routes()).toEqual(withGiven(world, ['10.200.204.0/24 many-204 active']));
      }),
    );

    it(
      'looks at more tables than one page holds',
      withWorld({ tables: 101 }, async (world) => {
        await launchAll(world, WORKERS.slice(0, 1));
        const { run } = await world.reconcile();
        expect(new Set(run.observation.tables.map(({ id }) => id))).toEqual(new Set(world.tables));
        for (const table of [world.tables.at(0), world.tables.at(-1)]) {
          expect(await world.routes(table)).toEqual(withGiven(world, WORKER_ROUTES.slice(0, 1)));
        }
      }),
    );
  });

  describe('A route that is not as claimed', () => {
    it(
      'is replaced in place where it leads to another node',
      withWorld({}, async (world) => {
        await launchAll(world, WORKERS);
        await world.reconcile();
        await world.removeRoute('10.200.0.0/24');
        await world.addRoute('10.200.0.0/24', { machine: 'worker-2' });
        const { run, writes } = await world.reconcile();
        expect(changesOf(run)).toEqual(['replace 10.200.0.0/24 applied']);
        expect(writes.length).toBe(1);
        expect(await world.routes()).toEqual(withGiven(world, WORKER_ROUTES));
      }),
    );

    it(
      'is replaced in place where its node is gone and another claims it',
      withWorld({}, async (world) => {
        await launchAll(world, WORKERS);
        await world.reconcile();
        await world.terminate('worker-1');
        await world.launch({ name: 'heir', podCidr: '10.200.1.0/24', forwarding: 'on' });
        const { run, writes } = await world.reconcile();
        expect(changesOf(run)).toEqual(['replace 10.200.1.0/24 applied']);
        expect(writes.length).toBe(1);
        const isBlackhole = world.traits.terminatedTarget === 'blackhole';
        expect(run.results.map(({ change }) => change.reason)).toEqual([
          isBlackhole ? 'blackhole' : 'wrong-next-hop',
        ]);
        expect(await world.routes()).toEqual(
          withGiven(
            world,
            WORKER_ROUTES.map((line) => line.replace('worker-1', 'heir')),
          ),
        );
      }),
    );

    it(
      'is made again where somebody removed it',
      withWorld({}, async (world) => {
        await launchAll(world, WORKERS);
        await world.reconcile();
        await world.removeRoute('10.200.2.0/24');
        expect(changesOf((await world.reconcile()).run)).toEqual(['create 10.200.2.0/24 applied']);
        expect(await world.routes()).toEqual(withGiven(world, WORKER_ROUTES));
      }),
    );
  });
}
