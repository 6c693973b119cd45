import { beforeAll, describe, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { changeInstances, settleInstances } from '../../shared/sandbox/ec2/instances.ts';
import { createRoute, deleteRoute, replaceRoute } from '../../shared/sandbox/ec2/routes.ts';
import { removeTags, setTags } from '../../shared/sandbox/ec2/tags.ts';
import { ApiError } from '../../shared/sandbox/query.ts';
import { cidr } from '../core/builders.ts';
import { CLUSTER_TAG, createWorld, readTruth, type World } from './aws-world.ts';
import { checkConverged, checkStep } from './rules.ts';
import { COMMON_STEPS, delivery, shuffle } from './story.ts';
import { fail, isInBounds } from './truth.ts';
import { type Chronicle, type Episode, newChronicle, noteClaims, type Weather } from './waiting-rules.ts';

const WRITES = ['CreateRoute', 'ReplaceRoute', 'DeleteRoute', 'ModifyNetworkInterfaceAttribute'];
const READS = [
  'DescribeInstances',
  'DescribeRouteTables',
  'DescribeInstanceAttribute',
  'DescribeNetworkInterfaces',
];
const TICK = 10 * 60_000;
const RUNS = Number(process.env['CHAOS_RUNS'] ?? 60);

const step = fc.oneof(
  { weight: 6, arbitrary: COMMON_STEPS.launch },
  { weight: 2, arbitrary: COMMON_STEPS.power },
  { weight: 2, arbitrary: COMMON_STEPS.retag },
  { weight: 1, arbitrary: COMMON_STEPS.select },
  { weight: 1, arbitrary: COMMON_STEPS.meddle },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('settle') }) },
  { weight: 8, arbitrary: fc.record({ op: fc.constant('deliver'), ...delivery }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('reconcile') }) },
  { weight: 3, arbitrary: COMMON_STEPS.ticks },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('fault'),
      action: fc.constantFrom(...WRITES, ...READS),
      code: fc.constantFrom('RequestLimitExceeded', 'InternalError', 'UnauthorizedOperation'),
      when: fc.constantFrom('before' as const, 'after' as const),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('crash'), after: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('stale'), writes: fc.integer({ min: 1, max: 4 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const story = fc.record({
  blackholeShows: fc.constantFrom('instance' as const, 'interface' as const, 'nothing' as const),
  routeLimit: fc.constantFrom(500, 500, 9),
  steps: fc.array(step, { minLength: 5, maxLength: 30 }),
});

/** One story under way: the world, what waits in the queue, and what of the weather is bad. */
interface Play {
  readonly world: World;
  readonly ids: string[];
  readonly chronicle: Chronicle;
  queue: string[];
  weather: Weather;
}

describe('random clouds, events and faults', () => {
  // The metrics middleware warns of invocations without metrics; these have none by design.
  beforeAll(() => {
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });

  it(`break no rule after any step, and half an hour brings the tables in step (${RUNS} stories)`, async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ blackholeShows, routeLimit, steps }) => {
        const world = await createWorld({ blackholeShows, routeLimit });
        const weather = { stale: false, small: routeLimit < 100 };
        const play: Play = { world, ids: [], chronicle: newChronicle(), queue: [], weather };
        try {
          for (const next of steps) await perform(play, next);
          await conclude(play);
        } finally {
          await world.sandbox.close();
        }
      }),
      { numRuns: RUNS, endOnFailure: false },
    );
  }, 600_000);
});

async function perform(play: Play, step: Step): Promise<void> {
  const { world, ids } = play;
  const { ec2 } = world.sandbox;
  const chosen = 'pick' in step ? ids[step.pick % Math.max(1, ids.length)] : undefined;
  switch (step.op) {
    case 'launch':
      ids.push(world.launch(step));
      break;
    case 'settle':
      settleInstances(ec2);
      break;
    case 'stop':
    case 'start':
    case 'terminate':
      if (chosen !== undefined) refusable(() => changeInstances(ec2, step.op, [chosen]));
      break;
    case 'retag':
      if (chosen !== undefined) refusable(() => retag(world, chosen, 'pod-cidr', step.claim));
      break;
    case 'select':
      if (chosen !== undefined) refusable(() => retag(world, chosen, CLUSTER_TAG, step.on ? 'owned' : null));
      break;
    case 'remove':
    case 'misroute':
    case 'intrude':
      refusable(() => meddle(play, step, chosen));
      break;
    case 'fault':
      world.sandbox.failNext(step.action, { ...step, where: () => true });
      break;
    case 'crash': {
      // The function dies between two writes: from then on none of its calls has an answer.
      let calls = 0;
      const where = (): boolean => {
        calls += 1;
        return calls > step.after;
      };
      for (const action of WRITES) {
        world.sandbox.failNext(action, { answer: 'reset', when: 'before', times: 50, where });
      }
      break;
    }
    case 'stale':
      world.sandbox.staleReads({ writes: step.writes });
      play.weather = { ...play.weather, stale: true };
      break;
    case 'deliver':
      await deliver(play, step);
      break;
    case 'reconcile':
      await watched(play, async () => {
        await world.reconcile();
      });
      break;
    case 'ticks':
      for (let i = 0; i < step.count; i += 1) await tick(play);
      break;
  }
  noteClaims(episodeOf(play), readTruth(world));
  play.queue.push(...world.sandbox.takeEvents().map((event) => JSON.stringify(event)));
}

/** Ten minutes pass, and the schedule runs. */
async function tick(play: Play): Promise<void> {
  noteClaims(episodeOf(play), readTruth(play.world));
  play.world.ledger.now += TICK;
  await watched(play, async () => {
    await play.world.reconcile();
  });
}

/** What EC2 refuses in the state that things are in simply does not happen. */
function refusable(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

function retag({ sandbox: { ec2 } }: World, id: string, key: string, value: string | null): void {
  if (value === null) removeTags(ec2, [id], new Map([[key, null]]));
  else setTags(ec2, [id], new Map([[key, value]]));
}

/** Somebody else changes routes by hand. */
function meddle(
  { world: { sandbox, managed, stranger } }: Play,
  step: { readonly op: 'remove' | 'misroute' | 'intrude'; readonly pick: number; readonly claim: string },
  node: string | undefined,
): void {
  const table = managed[step.pick % managed.length] ?? '';
  const destination = cidr(step.claim);
  if (step.op === 'remove') deleteRoute(sandbox.ec2, table, destination);
  if (step.op === 'intrude') createRoute(sandbox.ec2, table, destination, { kind: 'instance', id: stranger });
  if (step.op === 'misroute' && node !== undefined) {
    replaceRoute(sandbox.ec2, table, destination, { kind: 'instance', id: node });
  }
}

/** Delivers some of what waits, in another order, one of them twice, one of them never. */
async function deliver(play: Play, step: Parameters<typeof shuffle>[1]): Promise<void> {
  play.queue = shuffle(play.queue, step);
  const batch = play.queue.slice(0, 8);
  if (batch.length === 0) return;
  const bodies = [...batch, ...batch.slice(0, 1)];
  await watched(play, async () => {
    const failed = await play.world.handle(bodies);
    const done = new Set(batch.filter((_, i) => !failed.has(i)));
    play.queue = play.queue.filter((body) => !done.has(body));
  });
}

/** Runs one invocation and holds what it did against the rules. */
async function watched(play: Play, invoke: () => Promise<void>): Promise<void> {
  const before = readTruth(play.world);
  play.world.sandbox.clearCalls();
  await invoke();
  checkCalls(play.world);
  checkStep(before, readTruth(play.world), episodeOf(play));
  play.world.sandbox.clearFaults();
}

/** R7 holds for what is tried, not only for what EC2 lets through. */
function checkCalls({ sandbox: { calls } }: World): void {
  for (const { action, params } of calls) {
    if (action !== 'CreateRoute' && action !== 'ReplaceRoute') continue;
    const destination = cidr(params['DestinationCidrBlock'] ?? '');
    if (!isInBounds(destination)) fail('R7: tried', action, destination);
  }
}

function episodeOf({ world: { managed, ledger }, weather, chronicle }: Play): Episode {
  return { chronicle, now: ledger.now, weather, managed, deathsTold: null, others: new Set() };
}

async function conclude(play: Play): Promise<void> {
  const { world } = play;
  world.sandbox.clearFaults();
  world.sandbox.staleReads(null);
  play.weather = { ...play.weather, stale: false };
  settleInstances(world.sandbox.ec2);
  for (let i = 0; i < 3; i += 1) await tick(play);
  const before = readTruth(world);
  const report = await world.reconcile();
  checkStep(before, readTruth(world), episodeOf(play));
  checkConverged(readTruth(world), report, episodeOf(play));
  world.sandbox.clearCalls();
  await world.reconcile();
  const writes = world.sandbox.calls.filter(({ mutating }) => mutating).map(({ action }) => action);
  if (writes.length > 0) throw new Error(`R8: a run in step made ${writes.join(', ')}`);
}
