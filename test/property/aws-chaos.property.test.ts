import { mock } from 'node:test';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { completeTransitions } from '../../shared/sandbox/ec2/instances.ts';
import { type Play, perform } from './aws-steps.ts';
import { story } from './aws-story.ts';
import { createWorld, readTruth } from './aws-world.ts';
import { createChaosLedger } from './ledger.ts';
import { conclude, pass, startPlay } from './play.ts';
import { assertSideBySide } from './side-by-side.ts';
import { initialBlock } from './story.ts';

const RUNS = Number(process.env['CHAOS_RUNS'] ?? 40);

/** Routes that every table has from the start: local ones, and those of others. */
const GIVEN = 6;

describe('random clouds, events and faults', () => {
  // The metrics middleware warns of invocations without metrics; these have none by design.
  beforeAll(() => {
    mock.method(console, 'warn', () => undefined);
  });

  it(`break no rule after any step, and days of the schedule bring the tables in step (${RUNS} stories)`, async () => {
    const reached = new Set<string>();
    await assertSideBySide(
      fc.asyncProperty(story, async ({ initialNodes, steps, ...options }) => {
        const play = await begin(options);
        try {
          await settle(play, initialNodes);
          for (const next of steps) await perform(play, next);
          completeTransitions(play.world.sandbox.ec2);
          await conclude(play);
          await checkInStep(play);
          for (const why of play.chronicle.reasons) reached.add(why);
        } finally {
          await play.world.sandbox.close();
        }
      }),
      RUNS,
    );
    // Each is reached by several of so many stories; on AWS `told` and `orphaned` by one or none.
    if (RUNS >= 300)
      expect([...reached]).toEqual(
        expect.arrayContaining(['forced', 'moved', 'proven', 'vacant', 'withdrawn']),
      );
  }, 3_600_000);
});

type Options = Omit<typeof story extends fc.Arbitrary<infer T> ? T : never, 'initialNodes' | 'steps'>;

async function begin({ room, interval: minutes, ...options }: Options): Promise<Play> {
  const ledger = createChaosLedger();
  const routeLimit = GIVEN + room;
  const world = await createWorld({ ...options, routeLimit }, ledger, minutes);
  const { sandbox } = world;
  const stage = {
    managed: world.managed,
    // A propagated route takes no room.
    limit: routeLimit + 1,
    readTruth: () => readTruth(world),
    reconcile: world.reconcile,
    clearFaults: sandbox.clearFaults,
    catchUp: () => sandbox.staleReads(null),
  };
  return { ...startPlay(stage, ledger, minutes), world, queue: [] };
}

/** Lets a story begin with nodes that have their routes, and whose claims were noted. */
async function settle(play: Play, initialNodes: number): Promise<void> {
  const { world, ids } = play;
  for (let i = 0; i < initialNodes; i += 1)
    ids.push(world.launch({ claim: initialBlock(i), via: 'tag', isNode: true }));
  completeTransitions(world.sandbox.ec2);
  await pass(play, { runs: 2, paused: 0, broken: null });
  world.sandbox.takeEvents();
}

async function checkInStep({ world: { sandbox, reconcile } }: Play): Promise<void> {
  sandbox.clearCalls();
  await reconcile();
  const writes = sandbox.calls.filter(({ mutating }) => mutating).map(({ action }) => action);
  if (writes.length > 0) throw new Error(`R8: a run in step made ${writes.join(', ')}`);
}
