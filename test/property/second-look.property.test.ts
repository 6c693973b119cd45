import { mock } from 'node:test';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Beside, SECOND_LOOK_PLAYS } from './second-look-steps.ts';
import { type Gate, type LedgerFault, PLACES, type RunPlan, SecondLookWorld } from './second-look-world.ts';

const details = fc.record({
  at: fc.nat(PLACES - 1),
  to: fc.nat(PLACES - 1),
  /** Which looks lag behind what follows. */
  looks: fc.array(fc.boolean(), { maxLength: 3 }),
});
type Details = typeof details extends fc.Arbitrary<infer T> ? T : never;

interface Command {
  readonly weight: number;
  readonly act: (world: SecondLookWorld, details: Details) => void;
}

/** What happens while runs are under way: reads may lag behind a change, as in the model. */
const COMMANDS: Readonly<Record<Beside, Command>> = {
  withdraw: { weight: 4, act: (world, { at, looks }) => world.lagging(looks).withdraw(at) },
  claim: { weight: 3, act: (world, { at, looks }) => world.lagging(looks).claim(at) },
  terminate: { weight: 1, act: (world, { at }) => world.terminate(at) },
  reroute: { weight: 1, act: (world, { at, to }) => world.reroute(at, to) },
  catchUp: { weight: 1, act: (world) => world.catchUp() },
  passTick: { weight: 6, act: (world) => world.passTick() },
};

const command = fc
  .tuple(
    fc.oneof(
      ...Object.entries(COMMANDS).map(([what, { weight, act }]) => ({
        weight,
        arbitrary: fc.constant({ what, act }),
      })),
    ),
    details,
  )
  .map(([chosen, more]) => ({ ...chosen, ...more }));

const run: fc.Arbitrary<RunPlan> = fc.record({
  killedAfter: fc.option(fc.nat(7), { freq: 2 }),
  faults: fc.array(fc.constantFrom<LedgerFault>('none', 'none', 'throttled', 'answer-lost'), {
    maxLength: 3,
  }),
});

const scenes = fc.array(
  fc.record({
    deeds: fc.array(command, { maxLength: 4 }),
    runs: fc.array(run, { maxLength: 3 }),
  }),
  { minLength: 4, maxLength: 14 },
);
type Scene = typeof scenes extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

const WHOLE: RunPlan = { killedAfter: null, faults: [] };
const AT_ONCE: Gate = async () => {};

async function begin(): Promise<SecondLookWorld> {
  const world = new SecondLookWorld();
  // It notes whose the routes are.
  await world.run(WHOLE, AT_ONCE);
  return world;
}

async function perform(world: SecondLookWorld, { deeds, runs }: Scene, gate: Gate): Promise<void> {
  await Promise.all([
    ...runs.map((plan) => world.run(plan, gate)),
    ...deeds.map(async (deed) => {
      await gate(deed.what);
      deed.act(world, deed);
    }),
  ]);
}

/** Undisturbed runs of the schedule; gives what is left that they should have removed. */
async function settle(world: SecondLookWorld): Promise<string[]> {
  world.catchUp();
  let left: string[] = [];
  for (let i = 0; i < 6; i += 1) {
    world.passTick();
    const last = await world.run(WHOLE, AT_ONCE);
    if (last !== null) left = world.findLeft(last);
  }
  world.played.add('settle');
  return left;
}

beforeAll(() => {
  // What runs wait for is decided by the scheduler, not by the clock.
  mock.method(globalThis, 'setTimeout', (work: () => void) => setImmediate(work));
});

afterAll(() => {
  mock.restoreAll();
});

it('R4: a route goes only as looks of runs have found it for as long as grace, whatever runs, nodes and the ledger do', async () => {
  await fc.assert(
    fc.asyncProperty(scenes, fc.scheduler(), async (story, scheduler) => {
      const world = await begin();
      const gate: Gate = (what) => scheduler.schedule(Promise.resolve(), what);
      for (const scene of story) {
        await scheduler.waitFor(perform(world, scene, gate));
        expect(world.breaches).toEqual([]);
      }
      expect(await settle(world)).toEqual([]);
      expect(world.breaches).toEqual([]);
    }),
    { numRuns: Number(process.env['SECOND_LOOK_STORIES'] ?? 60) },
  );
}, 300_000);

it('each step of the model of the second look comes to pass in a story', async () => {
  const world = await begin();
  world.withdraw(0);
  for (let i = 0; i < 3; i += 1) {
    await world.run(WHOLE, AT_ONCE);
    world.passTick();
  }
  world.withdraw(1);
  await world.run(WHOLE, AT_ONCE);
  // One sees the route claimed that another finds unclaimed, and comes second.
  world.claim(1);
  const late = Promise.withResolvers<void>();
  const slow = world.run(WHOLE, (what) => (what === 'write' ? late.promise : Promise.resolve()));
  await new Promise(setImmediate);
  world.withdraw(1);
  world.passTick();
  await world.run(WHOLE, AT_ONCE);
  late.resolve();
  await slow;
  world.terminate(1);
  world.withdraw(2);
  world.reroute(2, 0);
  await world.run({ ...WHOLE, killedAfter: 1 }, AT_ONCE);
  expect(await settle(world)).toEqual([]);
  expect(world.breaches).toEqual([]);
  expect([...world.played].sort()).toEqual(Object.keys(SECOND_LOOK_PLAYS).sort());
});
