import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { settleOperations } from '../../shared/sandbox/arm/async-operations.ts';
import { ArmError } from '../../shared/sandbox/arm/errors.ts';
import { deleteMachine, setPower } from '../../shared/sandbox/arm/machines.ts';
import { deleteRoute, putRoute } from '../../shared/sandbox/arm/route-tables.ts';
import type { Arm } from '../../shared/sandbox/arm/state.ts';
import { tagResource, untagResource } from '../../shared/sandbox/arm/tags.ts';
import type { Params } from '../../shared/sandbox/query.ts';
import { checkCalls, checkForeign, checkNothingDeleted } from './azure-rules.ts';
import { type ForeignWrite, PUT_TABLE, type Step, story, WRITES } from './azure-story.ts';
import { addressOf, CLUSTER_TAG, keyOf, ownName, readForeign, readTruth } from './azure-truth.ts';
import { createWorld, NOBODY, type World } from './azure-world.ts';
import { checkServed } from './converged-rules.ts';
import { createChaosLedger } from './ledger.ts';
import { type Play as Common, conclude, force, pass, startPlay, watch } from './play.ts';
import { type Episode, fail } from './rules.ts';
import { assertSideBySide } from './side-by-side.ts';
import { settlerBlock, shuffle } from './story.ts';

const RUNS = Number(process.env['CHAOS_RUNS'] ?? 40);

/** One story under way: the world, and what waits in the queue. */
interface Play extends Common {
  readonly world: World;
  queue: readonly string[];
}

/** Routes of others that every table has from the start. */
const GIVEN = 7;

describe('random clouds, events and faults on Azure', () => {
  it(`break no rule after any step, and days of the schedule bring the tables in step (${RUNS} stories)`, async () => {
    const reasons = new Map<string, number>();
    await assertSideBySide(
      fc.asyncProperty(story, async ({ settlers, steps, ...options }) => {
        const play = await begin(options);
        try {
          await settle(play, settlers);
          for (const next of steps) await perform(play, next);
          await conclude(play);
          await checkInStep(play);
          for (const [why, count] of Object.entries(play.chronicle.counts))
            reasons.set(why, (reasons.get(why) ?? 0) + count);
        } finally {
          await play.world.sandbox.close();
        }
      }),
      RUNS,
    );
    process.stdout.write(`why routes went: ${JSON.stringify(Object.fromEntries(reasons))}\n`);
  }, 3_600_000);
});

type Options = Omit<typeof story extends fc.Arbitrary<infer T> ? T : never, 'settlers' | 'steps'>;

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
async function settle(play: Play, settlers: number): Promise<void> {
  const { world, ids } = play;
  for (let i = 0; i < settlers; i += 1)
    ids.push(world.launch({ claim: settlerBlock(i), via: 'tag', isNode: true }));
  await pass(play, { runs: 2, paused: 0 });
  world.sandbox.takeEvents();
}

async function perform(play: Play, step: Step): Promise<void> {
  const { world, ids } = play;
  const { sandbox } = world;
  switch (step.op) {
    case 'launch':
      launch(play, step);
      break;
    case 'fault':
    case 'late-fault':
    case 'crash':
    case 'ledger':
      disturb(play, step);
      break;
    case 'blind':
      await runBlind(play, step.list);
      break;
    case 'split':
      await runSplit(play, step.pick);
      break;
    case 'exodus':
      for (const id of ids) refusable(() => leave(play, step.how, id));
      break;
    case 'deliver':
      await deliver(play, step);
      break;
    case 'reconcile':
      await watched(
        play,
        { kind: 'full', others: step.others },
        Array.from({ length: step.instances }, () => () => world.reconcile()),
      );
      break;
    case 'pass':
      await pass(play, step);
      break;
    case 'force':
      await force(play, step.isNamed ? ids.slice(step.pick % 9).slice(0, 1) : []);
      break;
    case 'untag':
      for (const id of ids.slice(step.pick % 4).slice(0, step.count))
        refusable(() => setTag(sandbox.arm, id, 'pod-cidr', null));
      break;
    case 'swap':
      swap(play, ids[step.pick % Math.max(1, ids.length)], ids[step.other % Math.max(1, ids.length)]);
      break;
    default: {
      const chosen = ids[step.pick % Math.max(1, ids.length)];
      if (chosen !== undefined) refusable(() => change(play, step, chosen));
    }
  }
  play.queue = [...play.queue, ...sandbox.takeEvents().map((event) => JSON.stringify(event))];
}

/** An id that comes back is one machine's at a time. */
function launch({ world, ids }: Play, step: Extract<Step, { op: 'launch' }>): void {
  const id = world.launch(step);
  if (!ids.includes(id)) ids.push(id);
}

/** What Azure refuses in the state that things are in simply does not happen. */
function refusable(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
  }
}

type Change = Exclude<Extract<Step, { pick: number }>, { op: 'split' | 'force' | 'untag' | 'swap' }>;

/** Somebody changes a machine, or a route of podroutes. */
function change({ world: { sandbox, managed, stranger }, later }: Play, step: Change, id: string): void {
  const { arm } = sandbox;
  const table = managed[step.pick % managed.length] ?? '';
  const half = step.pick % 2 === 0;
  switch (step.op) {
    case 'stop':
      setPower(arm, id, half ? 'deallocate' : 'powerOff');
      break;
    case 'start':
      setPower(arm, id, 'start');
      break;
    case 'terminate':
      deleteMachine(arm, id, { keepInterfaces: half });
      break;
    case 'retag':
      if (step.inTwo) later.push(() => refusable(() => setTag(arm, id, 'pod-cidr', step.claim)));
      setTag(arm, id, 'pod-cidr', step.inTwo ? null : step.claim);
      break;
    case 'select':
      setTag(arm, id, CLUSTER_TAG, step.on ? 'owned' : null);
      break;
    case 'remove':
      deleteRoute(arm, table, ownName(step.claim));
      break;
    case 'misroute':
    case 'intrude': {
      const nextHopIpAddress = step.op === 'intrude' ? stranger : addressOf(arm, id);
      putRoute(arm, table, { name: ownName(step.claim), addressPrefix: step.claim, nextHopIpAddress });
      break;
    }
  }
}

/** What a wrong filter, a mass untagging or the end of a cluster looks like. */
function leave({ world: { sandbox } }: Play, how: 'untag' | 'delete', id: string): void {
  if (how === 'delete') deleteMachine(sandbox.arm, id);
  else setTag(sandbox.arm, id, 'pod-cidr', null);
}

function setTag(arm: Arm, id: string, key: string, value: string | null): void {
  if (value === null) untagResource(arm, id, [key]);
  else tagResource(arm, id, { [key]: value });
}

/** Two nodes exchange what they claim. */
function swap({ world: { sandbox } }: Play, a: string | undefined, b: string | undefined): void {
  if (a === undefined || b === undefined) return;
  const { nodes } = readTruth(sandbox.arm);
  const [ofA, ofB] = [nodes.get(a)?.claim ?? null, nodes.get(b)?.claim ?? null];
  refusable(() => setTag(sandbox.arm, a, 'pod-cidr', ofB));
  refusable(() => setTag(sandbox.arm, b, 'pod-cidr', ofA));
}

type Disturbance = Extract<Step, { op: 'fault' | 'late-fault' | 'crash' | 'ledger' }>;

/** What goes wrong in the next run. */
function disturb(play: Play, step: Disturbance): void {
  const { sandbox } = play.world;
  switch (step.op) {
    case 'ledger':
      play.ledger.fault = step.fault;
      return;
    case 'fault':
      sandbox.failNext(step.operation, step);
      break;
    case 'late-fault':
      sandbox.failOperation(step.operation, step);
      break;
    case 'crash': {
      // The function dies between two writes: from then on none of them has an answer.
      let calls = 0;
      const where = (): boolean => {
        calls += 1;
        return calls > step.after;
      };
      for (const operation of WRITES)
        sandbox.failNext(operation, { answer: 'reset', when: 'before', times: 50, where });
      break;
    }
  }
  play.isDisturbed = true;
}

/** R3: nothing goes in a run that cannot see who is there. */
async function runBlind(play: Play, list: string): Promise<void> {
  const { sandbox, reconcile } = play.world;
  sandbox.clearFaults();
  sandbox.failNext(list, { code: 'AuthorizationFailed', times: 100 });
  play.isDisturbed = true;
  const before = readTruth(sandbox.arm);
  await watched(play, { kind: 'full' }, [() => reconcile()]);
  checkNothingDeleted(before, readTruth(sandbox.arm));
}

/** R9: one table that cannot be written does not keep the other from coming right. */
async function runSplit(play: Play, pick: number): Promise<void> {
  const { sandbox, managed, reconcile } = play.world;
  const broken = managed[pick % managed.length] ?? '';
  sandbox.clearFaults();
  const where = (params: Params): boolean => broken.endsWith(`/${params.get('table')}`);
  sandbox.failNext(PUT_TABLE, { code: 'AuthorizationFailed', times: 100, where });
  play.isDisturbed = true;
  const { ledger, chronicle, stage } = play;
  const [report] = await watched(play, { kind: 'full' }, [() => reconcile()]);
  if (report === undefined) return;
  const truth = readTruth(sandbox.arm);
  const ending = {
    ...{ truth, report, managed, chronicle },
    limit: stage.limit,
    now: ledger.now,
    isForced: false,
  };
  for (const table of managed.filter((each) => each !== broken)) checkServed(table, ending);
}

/**
 * Delivers some of what waits, in another order, one of them never, one of them to every instance; what an
 * instance does not get done comes again.
 */
async function deliver(play: Play, step: Extract<Step, { op: 'deliver' }>): Promise<void> {
  const { world } = play;
  const [first, ...rest] = shuffle(play.queue, step);
  if (first === undefined) return;
  const batches = Array.from({ length: step.instances }, (_, instance) => [
    first,
    ...rest.filter((_, i) => i % step.instances === instance).slice(0, 8),
    first,
  ]);
  const deathsTold = batches.reduce((sum, batch) => sum + countDead(play, batch), 0);
  const done = await watched(
    play,
    { kind: 'events', others: step.others, deathsTold },
    batches.map((batch) => () => world.handle(batch)),
  );
  const settled = new Set(batches.filter((_, i) => done[i]).flat());
  play.queue = [first, ...rest].filter((message) => !settled.has(message));
}

function countDead({ ids, world: { sandbox } }: Play, messages: readonly string[]): number {
  const { nodes } = readTruth(sandbox.arm);
  const text = messages.join(' ').toLowerCase();
  return ids.filter((id) => !nodes.has(id) && new RegExp(`${id}\\b`).test(text)).length;
}

interface Surroundings {
  readonly kind: Episode['kind'];
  readonly others?: readonly ForeignWrite[];
  readonly deathsTold?: number;
}

/** Lets instances work at once, and others besides, and holds what came of it against the rules. */
async function watched<T>(
  play: Play,
  { kind, others = [], deathsTold = 0 }: Surroundings,
  instances: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const { sandbox } = play.world;
  sandbox.clearCalls();
  const foreign = new Map(readForeign(sandbox.arm));
  const touched = new Set<string>();
  const told = { kind, deathsTold, runs: instances.length, others: touched };
  return watch(play, told, async () => {
    const [results] = await Promise.all([
      Promise.all(instances.map((invoke) => invoke())),
      ...others.map((write) => writeAsOther(play, write, { foreign, touched })),
    ]);
    // Operations of writes whose answers were lost may still be under way.
    await pause(2 * sandbox.arm.settings.operationMs);
    settleOperations(sandbox.arm);
    checkCalls(sandbox);
    checkForeign(foreign, readForeign(sandbox.arm));
    return results;
  });
}

interface Notes {
  /** What others have in the tables. */
  readonly foreign: Map<string, string>;
  readonly touched: Set<string>;
}

/** What is written is noted as it is in the table then. */
async function writeAsOther(
  { world, ids }: Play,
  write: ForeignWrite,
  { foreign, touched }: Notes,
): Promise<void> {
  const { managed, stranger } = world;
  const { arm } = world.sandbox;
  const table = managed[write.pick % managed.length] ?? '';
  const machine = addressOf(arm, ids[write.pick % Math.max(1, ids.length)] ?? '') || stranger;
  const nextHopIpAddress = { stranger, machine, nobody: NOBODY }[write.hop];
  const name = `theirs-${write.route}`;
  for (let turns = 0; turns < write.after; turns += 1) await turn();
  refusable(() => {
    if (write.action === 'delete') deleteRoute(arm, table, name);
    else putRoute(arm, table, { name, addressPrefix: write.prefix, nextHopIpAddress });
    const key = keyOf(table, name);
    const present = readForeign(arm).get(key);
    if (present === undefined) foreign.delete(key);
    else foreign.set(key, present);
    touched.add(key);
  });
}

async function checkInStep({ world: { sandbox, reconcile } }: Play): Promise<void> {
  sandbox.clearCalls();
  await reconcile();
  const writes = sandbox.calls.filter(({ mutating }) => mutating).map(({ operation }) => operation);
  if (writes.length > 0) fail('R8: a run in step made writes', writes);
}
