import { mock } from 'node:test';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FreeBlocks } from '../../shared/core/claims/free-blocks.ts';
import { AT_ONCE, FULL, perform, scenes, settle } from './allocation-commands.ts';
import { BLOCK_PLAYS } from './allocation-steps.ts';
import { AllocationWorld, lifeOf, RANGE, TABLES } from './allocation-world.ts';

/** What is not as it has to be once all is done. */
async function findLeaks(world: AllocationWorld): Promise<string[]> {
  const { kept } = await world.blocks();
  const blocks = [...kept.values()].map(({ block }) => block);
  const free = new FreeBlocks([RANGE], 24, [...blocks.map(({ cidr }) => cidr)]).free;
  const lives = new Map(
    [...world.cloud.nodes.values()].map((node) => [lifeOf({ ...node, node: node.id }), node]),
  );
  const leaked = blocks.filter(
    ({ kind, holder, cidr }) => kind === 'allocated' && !lives.has(lifeOf(holder)) && !world.hasRoute(cidr),
  );
  // After it what was handed out since the backup is what tags and routes say, and so no stronger than what people say.
  const isRestored = world.played.has('restore');
  const honest = [...world.cloud.nodes.values()].filter(({ id }) =>
    isRestored ? world.tampered.size === 0 : !world.tampered.has(id),
  );
  const wrong = honest.flatMap((node) => {
    const block = blocks.find(
      ({ kind, holder }) =>
        (kind === 'allocated' || isRestored) && lifeOf(holder) === lifeOf({ ...node, node: node.id }),
    );
    // What only a route says is kept from others; to whom it leads, a person decides.
    if (isRestored && node.claims.length === 0 && block?.kind !== 'allocated' && world.isRouted(node))
      return [];
    // One is reserved.
    if (block === undefined) return free > 1n ? [`${node.id} has no block`] : [];
    const tag = node.claims.map(({ cidr }) => cidr.text).join();
    const route = `${block.cidr.text} ${node.nextHops[4]?.shown}`;
    const unrouted = TABLES.filter((table) => !world.cloud.routes(table).includes(route));
    return [
      ...(tag === block.cidr.text ? [] : [`${node.id} has ${block.cidr.text} and the tag ${tag}`]),
      ...unrouted.map((table) => `${node.id} has ${block.cidr.text} and no route in ${table}`),
    ];
  });
  return [...leaked.map(({ cidr, holder }) => `${cidr.text} of ${lifeOf(holder)} has leaked`), ...wrong];
}

beforeAll(() => {
  // What runs wait for is decided by the scheduler, not by the clock.
  mock.method(globalThis, 'setTimeout', (work: () => void) => setImmediate(work));
});

afterAll(() => {
  mock.restoreAll();
});

it('R13 holds whatever runs, machines, their owners and the ledger do, and nothing leaks', async () => {
  await fc.assert(
    fc.asyncProperty(scenes, fc.scheduler(), async (story, scheduler) => {
      const world = new AllocationWorld();
      const gate = (what: string): Promise<void> => scheduler.schedule(Promise.resolve(), what);
      for (const scene of story) {
        await scheduler.waitFor(perform(world, scene, gate));
        expect(world.breaches).toEqual([]);
        for (const deed of scene.after) await deed.act(world, deed);
      }
      await settle(world);
      expect(world.breaches).toEqual([]);
      expect(await findLeaks(world)).toEqual([]);
      world.cloud.log.length = 0;
      world.ledger.log.length = 0;
      await world.run(FULL, AT_ONCE);
      expect(world.cloud.log.filter((line) => line !== 'observe')).toEqual([]);
      expect(world.ledger.log.filter((line) => line.startsWith('write'))).toEqual([]);
    }),
    { numRuns: Number(process.env['ALLOCATION_STORIES'] ?? 150) },
  );
}, 300_000);

it('each step of the model of R13 comes to pass in a story', async () => {
  const world = new AllocationWorld();
  const run = (nodes: readonly number[] | null = null, killedAfter: number | null = null): Promise<void> =>
    world.run({ ...FULL, nodes, killedAfter }, AT_ONCE);
  await run();
  world.keepBackup();
  world.launch(0, '10.200.3.0/24');
  await run();
  // The run that hands out sees the machine, and the full one after it does not.
  world.cloud.lag([false, ...Array.from({ length: 9 }, () => true)]);
  world.launch(1, null);
  await run([1]);
  await run();
  world.catchUp();
  await run();
  world.terminate(1);
  await run([1], 1);
  await run([1]);
  await run();
  world.passQuarter();
  await run();
  world.restore();
  await settle(world);
  expect(world.breaches).toEqual([]);
  expect([...world.played].sort()).toEqual(Object.keys(BLOCK_PLAYS).sort());
});
