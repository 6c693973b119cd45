import { beforeAll, describe, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { changeInstances, settleInstances } from '../../shared/sandbox/ec2/instances.ts';
import { createRoute, deleteRoute, replaceRoute } from '../../shared/sandbox/ec2/routes.ts';
import { removeTags, setTags } from '../../shared/sandbox/ec2/tags.ts';
import { ApiError } from '../../shared/sandbox/query.ts';
import { cidr } from '../core/builders.ts';
import { CLUSTER_TAG, createWorld, readTruth, type World } from './aws-world.ts';
import { createChaosLedger } from './ledger.ts';
import { type Play as Common, conclude, force, pass, startPlay, watch } from './play.ts';
import { fail } from './rules.ts';
import { COMMON_STEPS, delivery, interval, settlerBlock, shuffle } from './story.ts';
import { isInBounds } from './truth.ts';

const WRITES = ['CreateRoute', 'ReplaceRoute', 'DeleteRoute', 'ModifyNetworkInterfaceAttribute'];
const READS = [
  'DescribeInstances',
  'DescribeRouteTables',
  'DescribeInstanceAttribute',
  'DescribeNetworkInterfaces',
];
const RUNS = Number(process.env['CHAOS_RUNS'] ?? 30);

const step = fc.oneof(
  { weight: 6, arbitrary: COMMON_STEPS.launch },
  { weight: 5, arbitrary: COMMON_STEPS.power },
  { weight: 3, arbitrary: COMMON_STEPS.retag },
  { weight: 1, arbitrary: COMMON_STEPS.swap },
  { weight: 2, arbitrary: COMMON_STEPS.untag },
  { weight: 1, arbitrary: COMMON_STEPS.select },
  { weight: 1, arbitrary: COMMON_STEPS.meddle },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('settle') }) },
  { weight: 8, arbitrary: fc.record({ op: fc.constant('deliver'), ...delivery }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('reconcile') }) },
  { weight: 4, arbitrary: COMMON_STEPS.pass },
  { weight: 1, arbitrary: COMMON_STEPS.force },
  { weight: 1, arbitrary: COMMON_STEPS.ledger },
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
  /** The first is what a table has from the start. */
  room: fc.constantFrom(500, 500, 3, 6),
  terminatedVisibleMs: fc.constantFrom(3_600_000, 0),
  interval,
  settlers: fc.constantFrom(0, 2, 3, 5, 11),
  steps: fc.array(step, { minLength: 5, maxLength: 30, size: 'large' }),
});

/** One story under way: the world, and what waits in the queue. */
interface Play extends Common {
  readonly world: World;
  queue: string[];
}

/** Routes that every table has from the start: local ones, and those of others. */
const GIVEN = 6;

describe('random clouds, events and faults', () => {
  // The metrics middleware warns of invocations without metrics; these have none by design.
  beforeAll(() => {
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });

  it(`break no rule after any step, and days of the schedule bring the tables in step (${RUNS} stories)`, async () => {
    const reasons = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(story, async ({ settlers, steps, ...options }) => {
        const play = await begin(options);
        try {
          await settle(play, settlers);
          for (const next of steps) await perform(play, next);
          settleInstances(play.world.sandbox.ec2);
          await conclude(play);
          await checkInStep(play);
          for (const [why, count] of Object.entries(play.chronicle.counts))
            reasons.set(why, (reasons.get(why) ?? 0) + count);
        } finally {
          await play.world.sandbox.close();
        }
      }),
      { numRuns: RUNS, endOnFailure: false },
    );
    process.stdout.write(`why routes went: ${JSON.stringify(Object.fromEntries(reasons))}\n`);
  }, 3_600_000);
});

type Options = Omit<typeof story extends fc.Arbitrary<infer T> ? T : never, 'settlers' | 'steps'>;

async function begin({ room, interval: minutes, ...options }: Options): Promise<Play> {
  const ledger = createChaosLedger();
  const routeLimit = GIVEN + room;
  const world = await createWorld({ ...options, routeLimit }, ledger, minutes);
  const { sandbox } = world;
  const stage = {
    managed: world.managed,
    limit: routeLimit,
    readTruth: () => readTruth(world),
    reconcile: world.reconcile,
    clearFaults: sandbox.clearFaults,
    catchUp: () => sandbox.staleReads(null),
  };
  return { ...startPlay(stage, ledger, minutes), world, queue: [] };
}

/** Lets a story begin with nodes that have their routes, and whose claims were noted. */
async function settle(play: Play, settlers: number): Promise<void> {
  const { world, ids } = play;
  for (let i = 0; i < settlers; i += 1)
    ids.push(world.launch({ claim: settlerBlock(i), via: 'tag', isNode: true }));
  settleInstances(world.sandbox.ec2);
  await pass(play, { runs: 2, paused: 0 });
  world.sandbox.takeEvents();
}

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
      if (chosen !== undefined) retagClaim(play, chosen, step);
      break;
    case 'swap':
      swap(play, chosen, ids[step.other % Math.max(1, ids.length)]);
      break;
    case 'untag':
      for (const id of ids.slice(step.pick % 4).slice(0, step.count))
        refusable(() => retag(world, id, 'pod-cidr', null));
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
    case 'crash':
    case 'stale':
    case 'ledger':
      disturb(play, step);
      break;
    case 'deliver':
      await deliver(play, step);
      break;
    case 'reconcile':
      await watched(play, () => watch(play, { kind: 'full' }, () => world.reconcile()));
      break;
    case 'pass':
      await watched(play, () => pass(play, step));
      break;
    case 'force':
      await watched(play, () => force(play, step.isNamed && chosen !== undefined ? [chosen] : []));
      break;
  }
  if (play.past.length > 0) play.past = [readTruth(world), ...play.past].slice(0, MOST_VIEWS);
  play.queue.push(...world.sandbox.takeEvents().map((event) => JSON.stringify(event)));
}

/** Reads lag behind by four writes at most, and most steps write something. */
const MOST_VIEWS = 12;

type Disturbance = Extract<Step, { op: 'fault' | 'crash' | 'stale' | 'ledger' }>;

/** What goes wrong in the next run. */
function disturb(play: Play, step: Disturbance): void {
  const { sandbox } = play.world;
  switch (step.op) {
    case 'fault':
      sandbox.failNext(step.action, { ...step, where: () => true });
      play.isDisturbed = true;
      break;
    case 'crash': {
      // The function dies between two writes: from then on none of its calls has an answer.
      let calls = 0;
      const where = (): boolean => {
        calls += 1;
        return calls > step.after;
      };
      for (const action of WRITES) {
        sandbox.failNext(action, { answer: 'reset', when: 'before', times: 50, where });
      }
      play.isDisturbed = true;
      break;
    }
    case 'stale':
      play.past = [readTruth(play.world)];
      sandbox.staleReads({ writes: step.writes });
      break;
    case 'ledger':
      play.ledger.fault = step.fault;
      break;
  }
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

function retagClaim({ world, later }: Play, id: string, step: Extract<Step, { op: 'retag' }>): void {
  const write = (): void => refusable(() => retag(world, id, 'pod-cidr', step.claim));
  if (step.inTwo) {
    refusable(() => retag(world, id, 'pod-cidr', null));
    later.push(write);
  } else write();
}

/** Two nodes exchange what they claim. */
function swap({ world }: Play, a: string | undefined, b: string | undefined): void {
  if (a === undefined || b === undefined) return;
  const { nodes } = readTruth(world);
  const [ofA, ofB] = [nodes.get(a)?.claim ?? null, nodes.get(b)?.claim ?? null];
  refusable(() => retag(world, a, 'pod-cidr', ofB));
  refusable(() => retag(world, b, 'pod-cidr', ofA));
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
  const { nodes } = readTruth(play.world);
  const deathsTold = [...nodes.values()].filter(
    ({ id, state }) => state === 'gone' && batch.some((body) => body.includes(id)),
  ).length;
  await watched(play, () =>
    watch(play, { kind: 'events', deathsTold }, async () => {
      const failed = await play.world.handle(bodies);
      const done = new Set(batch.filter((_, i) => !failed.has(i)));
      play.queue = play.queue.filter((body) => !done.has(body));
    }),
  );
}

/** R7 holds for what is tried, not only for what EC2 lets through. */
async function watched<T>({ world: { sandbox } }: Play, runs: () => Promise<T>): Promise<void> {
  sandbox.clearCalls();
  await runs();
  for (const { action, params } of sandbox.calls) {
    if (action !== 'CreateRoute' && action !== 'ReplaceRoute') continue;
    const destination = cidr(params['DestinationCidrBlock'] ?? '');
    if (!isInBounds(destination)) fail('R7: tried', action, destination);
  }
}

async function checkInStep({ world: { sandbox, reconcile } }: Play): Promise<void> {
  sandbox.clearCalls();
  await reconcile();
  const writes = sandbox.calls.filter(({ mutating }) => mutating).map(({ action }) => action);
  if (writes.length > 0) throw new Error(`R8: a run in step made ${writes.join(', ')}`);
}
