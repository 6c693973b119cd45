import { mock } from 'node:test';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FreeBlocks } from '../../shared/core/claims/free-blocks.ts';
import {
  AllocationWorld,
  type LedgerFault,
  lifeOf,
  RANGE,
  type RunPlan,
  TABLES,
} from './allocation-world.ts';

const PLACES = 6;
const place = fc.nat(PLACES - 1);
const faults = fc.array(fc.constantFrom<LedgerFault>('none', 'none', 'throttled', 'answer-lost', 'late'), {
  maxLength: 4,
});
/** Blocks that others have, parts of them, and wide ones. */
const claimed = fc.constantFrom(
  ...Array.from({ length: 16 }, (_, i) => `10.200.${i}.0/24`),
  '10.200.3.128/25',
  '10.200.8.0/22',
  '10.200.0.0/20',
);

type Deed =
  | { readonly what: 'launch'; readonly at: number; readonly given: string | null }
  | { readonly what: 'terminate'; readonly at: number }
  | { readonly what: 'retag'; readonly at: number; readonly text: string | null }
  | { readonly what: 'state'; readonly at: number; readonly state: 'running' | 'stopped' }
  | { readonly what: 'lag'; readonly looks: number }
  | { readonly what: 'arrive' };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ what: fc.constant('launch' as const), at: place, given: fc.constant(null) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('launch' as const), at: place, given: claimed }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('terminate' as const), at: place }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('retag' as const), at: place, text: fc.option(claimed) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('state' as const),
      at: place,
      state: fc.constantFrom('running' as const, 'stopped' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('lag' as const), looks: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('arrive' as const) }) },
);

const run: fc.Arbitrary<RunPlan> = fc.record({
  nodes: fc.option(fc.uniqueArray(place, { minLength: 1, maxLength: PLACES }), { freq: 3 }),
  killedAfter: fc.option(fc.nat(9), { freq: 2 }),
  faults,
  size: fc.constantFrom(24, 24, 25),
});

/** What happens while runs are under way, in an order of its own; then time passes. */
interface Scene {
  readonly deeds: readonly Deed[];
  readonly runs: readonly RunPlan[];
  readonly minutes: number;
}

const scenes: fc.Arbitrary<Scene[]> = fc.array(
  fc.record({
    deeds: fc.array(deed, { maxLength: 6 }),
    runs: fc.array(run, { maxLength: 4 }),
    minutes: fc.constantFrom(0, 5, 10, 41),
  }),
  { minLength: 3, maxLength: 12 },
);

async function act(world: AllocationWorld, deed: Deed): Promise<void> {
  switch (deed.what) {
    case 'launch':
      return world.launch(deed.at, deed.given);
    case 'terminate':
      return world.terminate(deed.at);
    case 'retag':
      return world.retag(deed.at, deed.text);
    case 'state':
      return world.setState(deed.at, deed.state);
    case 'lag':
      return world.cloud.lag(deed.looks);
    case 'arrive':
      return world.arrive();
  }
}

const FULL: RunPlan = { nodes: null, killedAfter: null, faults: [], size: 24 };
const AT_ONCE = async (): Promise<void> => {};

/** All that remains to be done is done, and whoever has gone has been so for long enough. */
async function comeToRest(world: AllocationWorld): Promise<void> {
  for (let place = 0; place < PLACES; place += 1) world.setState(place, 'running');
  for (let i = 0; i < 6; i += 1) {
    world.passTime(41);
    await world.run(FULL, AT_ONCE);
  }
}

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
  const honest = [...world.cloud.nodes.values()].filter(({ id }) => !world.tampered.has(id));
  const wrong = honest.flatMap((node) => {
    const own = blocks.filter(
      ({ kind, holder }) => kind === 'allocated' && lifeOf(holder) === lifeOf({ ...node, node: node.id }),
    );
    const [block] = own;
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
      for (const { deeds, runs, minutes } of story) {
        const under = [
          ...runs.map((plan) => world.run(plan, gate)),
          ...deeds.map(async (each) => {
            await gate(each.what);
            await act(world, each);
          }),
        ];
        await scheduler.waitFor(Promise.all(under));
        expect(world.breaches).toEqual([]);
        world.passTime(minutes);
      }
      await comeToRest(world);
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
