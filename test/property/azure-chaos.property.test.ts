import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { perform } from './azure-steps.ts';
import { story } from './azure-story.ts';
import { readTruth } from './azure-truth.ts';
import type { Play } from './azure-watch.ts';
import { createWorld } from './azure-world.ts';
import { createChaosLedger } from './ledger.ts';
import { conclude, pass, startPlay } from './play.ts';
import { fail } from './rules.ts';
import { assertSideBySide } from './side-by-side.ts';
import { initialBlock } from './story.ts';

const RUNS = Number(process.env['CHAOS_RUNS'] ?? 40);

/** Routes of others that every table has from the start. */
const GIVEN = 7;

describe('random clouds, events and faults on Azure', () => {
  it(`break no rule after any step, and days of the schedule bring the tables in step (${RUNS} stories)`, async () => {
    const reached = new Set<string>();
    await assertSideBySide(
      fc.asyncProperty(story, async ({ initialNodes, steps, ...options }) => {
        const play = await begin(options);
        try {
          await settle(play, initialNodes);
          for (const next of steps) await perform(play, next);
          await conclude(play);
          await checkInStep(play);
          for (const why of play.chronicle.reasons) reached.add(why);
        } finally {
          await play.world.sandbox.close();
        }
      }),
      RUNS,
    );
    // Each is reached by several of so many stories.
    if (RUNS >= 300)
      expect([...reached]).toEqual(
        expect.arrayContaining(['forced', 'moved', 'orphaned', 'told', 'vacant', 'withdrawn']),
      );
  }, 3_600_000);
});

type Options = Omit<typeof story extends fc.Arbitrary<infer T> ? T : never, 'initialNodes' | 'steps'>;

async function begin({ room, interval: minutes, options }: Options): Promise<Play> {
  const ledger = createChaosLedger();
  const routeLimit = GIVEN + room;
  const world = await createWorld({ ...options, routeLimit }, ledger, minutes);
  const { sandbox, managed, reconcile } = world;
  const stage = {
    managed,
    // The route to a service tag has no destination to compare, and takes room all the same.
    limit: routeLimit - 1,
    readTruth: () => readTruth(sandbox.arm),
    reconcile,
    clearFaults: sandbox.clearFaults,
    catchUp: () => undefined,
  };
  return { ...startPlay(stage, ledger, minutes), world, queue: [] };
}

/** Lets a story begin with nodes that have their routes, and whose claims were noted. */
async function settle(play: Play, initialNodes: number): Promise<void> {
  const { world, ids } = play;
  for (let i = 0; i < initialNodes; i += 1)
    ids.push(world.launch({ claim: initialBlock(i), via: 'tag', isNode: true }));
  await pass(play, { runs: 2, paused: 0, broken: null });
  world.sandbox.takeEvents();
}

async function checkInStep({ world: { sandbox, reconcile } }: Play): Promise<void> {
  sandbox.clearCalls();
  await reconcile();
  const writes = sandbox.calls.filter(({ mutating }) => mutating).map(({ operation }) => operation);
  if (writes.length > 0) fail('R8: a run in step made writes', writes);
}
