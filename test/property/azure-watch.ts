import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { completeOperations } from '../../shared/sandbox/arm/async-operations.ts';
import { ArmError } from '../../shared/sandbox/arm/errors.ts';
import { deleteRoute, putRoute } from '../../shared/sandbox/arm/route-tables.ts';
import type { Params } from '../../shared/sandbox/query.ts';
import { checkCalls, checkForeign, checkNothingDeleted } from './azure-rules.ts';
import { type ForeignWrite, PUT_TABLE, type Step } from './azure-story.ts';
import { addressOf, keyOf, readForeign, readTruth } from './azure-truth.ts';
import { NOBODY, type World } from './azure-world.ts';
import { checkServed } from './converged-rules.ts';
import { type Play as Common, watch } from './play.ts';
import type { Episode } from './rules.ts';
import { shuffle } from './story.ts';

/** One story under way: the world, and what waits in the queue. */
export interface Play extends Common {
  readonly world: World;
  queue: readonly string[];
}

/** What Azure refuses in the state that things are in simply does not happen. */
export function refusable(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
  }
}

/** R3: nothing goes in a run that cannot see who is there. */
export async function runBlind(play: Play, list: string): Promise<void> {
  const { sandbox, reconcile } = play.world;
  sandbox.clearFaults();
  sandbox.failNext(list, { code: 'AuthorizationFailed', times: 100 });
  play.isDisturbed = true;
  const before = readTruth(sandbox.arm);
  await watched(play, { kind: 'full' }, [() => reconcile()]);
  checkNothingDeleted(before, readTruth(sandbox.arm));
}

/** R9: one table that cannot be written does not keep the other from coming right. */
export async function runSplit(play: Play, pick: number): Promise<void> {
  const { sandbox, managed, reconcile } = play.world;
  const broken = managed[pick % managed.length] ?? '';
  // What follows the run must not be held against what the run could see.
  for (const change of play.later.splice(0)) change();
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
export async function deliver(play: Play, step: Extract<Step, { op: 'deliver' }>): Promise<void> {
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
  const completed = new Set(batches.filter((_, i) => done[i]).flat());
  play.queue = [first, ...rest].filter((message) => !completed.has(message));
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
export async function watched<T>(
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
    completeOperations(sandbox.arm);
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
