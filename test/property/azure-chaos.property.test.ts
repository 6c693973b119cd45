import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import type { Report } from '../../shared/core/run/report.ts';
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
import { checkConverged, checkStep } from './rules.ts';
import { assertSideBySide } from './side-by-side.ts';
import { shuffle } from './story.ts';
import { fail } from './truth.ts';
import { type Chronicle, type Episode, newChronicle, noteClaims } from './waiting-rules.ts';

const TICK = 10 * 60_000;
const RUNS = Number(process.env['CHAOS_RUNS'] ?? 80);

/** One story under way: the world, the machines that were launched, and what waits in the queue. */
interface Play {
  readonly world: World;
  readonly ids: string[];
  readonly chronicle: Chronicle;
  queue: readonly string[];
}

describe('random clouds, events and faults on Azure', () => {
  it(`break no rule after any step, and forty minutes bring the tables in step (${RUNS} stories)`, async () => {
    await assertSideBySide(
      fc.asyncProperty(story, async ({ options, settlers, steps }) => {
        const world = await createWorld(options);
        const play: Play = { world, ids: [], chronicle: newChronicle(), queue: [] };
        try {
          await settle(play, settlers);
          for (const next of steps) await perform(play, next);
          await conclude(play);
        } finally {
          await world.sandbox.close();
        }
      }),
      RUNS,
    );
  }, 600_000);
});

/** Lets a story begin with nodes that have their routes. */
async function settle({ world, ids }: Play, settlers: number): Promise<void> {
  for (let i = 0; i < settlers; i += 1) {
    ids.push(world.launch({ claim: `10.200.${100 + i}.0/24`, via: 'tag', isNode: true }));
  }
  await world.reconcile();
  world.sandbox.takeEvents();
}

async function perform(play: Play, step: Step): Promise<void> {
  const { world, ids } = play;
  const { sandbox } = world;
  switch (step.op) {
    case 'launch':
      ids.push(world.launch(step));
      break;
    case 'fault':
      sandbox.failNext(step.operation, step);
      break;
    case 'late-fault':
      sandbox.failOperation(step.operation, step);
      break;
    case 'crash':
      crash(play, step.after);
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
      await watched(play, { others: step.others }, [() => world.reconcile()]);
      break;
    case 'ticks':
      for (let i = 0; i < step.count; i += 1) await tick(play);
      break;
    default: {
      const chosen = ids[step.pick % Math.max(1, ids.length)];
      if (chosen !== undefined) refusable(() => change(play, step, chosen));
    }
  }
  noteClaims(episodeOf(play), readTruth(sandbox.arm));
  play.queue = [...play.queue, ...sandbox.takeEvents().map((event) => JSON.stringify(event))];
}

/** Ten minutes pass, and the schedule runs. */
async function tick(play: Play): Promise<Report | undefined> {
  noteClaims(episodeOf(play), readTruth(play.world.sandbox.arm));
  play.world.ledger.now += TICK;
  const [report] = await watched(play, {}, [() => play.world.reconcile()]);
  return report;
}

/** What Azure refuses in the state that things are in simply does not happen. */
function refusable(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
  }
}

type Change = Exclude<Extract<Step, { pick: number }>, { op: 'split' }>;

/** Somebody changes a machine, or a route of podroutes. */
function change({ world: { sandbox, managed, stranger } }: Play, step: Change, id: string): void {
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
      setTag(arm, id, 'pod-cidr', step.claim);
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

/** The function dies between two writes: from then on none of them has an answer. */
function crash({ world: { sandbox } }: Play, after: number): void {
  let calls = 0;
  const where = (): boolean => {
    calls += 1;
    return calls > after;
  };
  for (const operation of WRITES) {
    sandbox.failNext(operation, { answer: 'reset', when: 'before', times: 50, where });
  }
}

/** R3: nothing goes in a run that cannot see who is there. */
async function runBlind(play: Play, list: string): Promise<void> {
  const { sandbox, reconcile } = play.world;
  sandbox.clearFaults();
  sandbox.failNext(list, { code: 'AuthorizationFailed', times: 100 });
  const before = readTruth(sandbox.arm);
  await watched(play, {}, [reconcile]);
  checkNothingDeleted(before, readTruth(sandbox.arm));
}

/** R9: one table that cannot be written does not keep the other from coming right. */
async function runSplit(play: Play, pick: number): Promise<void> {
  const { sandbox, managed, reconcile } = play.world;
  const broken = managed[pick % managed.length] ?? '';
  sandbox.clearFaults();
  const where = (params: Params): boolean => broken.endsWith(`/${params.get('table')}`);
  sandbox.failNext(PUT_TABLE, { code: 'AuthorizationFailed', times: 100, where });
  const [report] = await watched(play, {}, [() => reconcile()]);
  const rest = { ...episodeOf(play), managed: managed.filter((table) => table !== broken) };
  if (report !== undefined) checkConverged(readTruth(sandbox.arm), report, { ...rest, hasLasted: false });
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
    { others: step.others, deathsTold },
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
  readonly others?: readonly ForeignWrite[];
  readonly deathsTold?: number;
}

/** Lets instances work at once, and others besides, and holds what came of it against the rules. */
async function watched<T>(
  play: Play,
  { others = [], deathsTold = 0 }: Surroundings,
  instances: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const { sandbox } = play.world;
  const before = readTruth(sandbox.arm);
  sandbox.clearCalls();
  const foreign = new Map(readForeign(sandbox.arm));
  const touched = new Set<string>();
  const [results] = await Promise.all([
    Promise.all(instances.map((invoke) => invoke())),
    ...others.map((write) => writeAsOther(play, write, { foreign, touched })),
  ]);
  // Operations of writes whose answers were lost may still be under way.
  await pause(2 * sandbox.arm.settings.operationMs);
  settleOperations(sandbox.arm);
  checkCalls(sandbox);
  checkForeign(foreign, readForeign(sandbox.arm));
  const episode = { ...episodeOf(play), deathsTold, others: touched };
  checkStep(before, readTruth(sandbox.arm), episode);
  sandbox.clearFaults();
  return results;
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

function episodeOf({ world: { managed, sandbox, ledger }, chronicle }: Play): Episode {
  const weather = { stale: false, small: sandbox.arm.settings.routeLimit < 100 };
  return { chronicle, now: ledger.now, weather, managed, deathsTold: 0, others: new Set() };
}

async function conclude(play: Play): Promise<void> {
  const { sandbox, reconcile } = play.world;
  sandbox.clearFaults();
  for (let i = 0; i < 3; i += 1) await tick(play);
  const report = await tick(play);
  if (report === undefined) return;
  checkConverged(readTruth(sandbox.arm), report, episodeOf(play));
  sandbox.clearCalls();
  await reconcile();
  const writes = sandbox.calls.filter(({ mutating }) => mutating).map(({ operation }) => operation);
  if (writes.length > 0) fail('R8: a run in step made writes', writes);
}
