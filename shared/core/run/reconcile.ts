import type { Cloud, ForwardingResult } from '../cloud.ts';
import { forwardingDisabled, tableFull } from '../findings.ts';
import { type GuardedPlan, type GuardSettings, guardPlan } from '../guard/guard.ts';
import type { Change, ChangeResult, Finding, Observation, Scope } from '../model.ts';
import { type Plan, type PlanSettings, planRoutes } from '../plan/plan.ts';
import { type Batch, Progress } from './progress.ts';

export interface ReconcileRequest {
  readonly scope: Scope;
  readonly dryRun: boolean;
  readonly settings: PlanSettings & Omit<GuardSettings, 'named'>;
  /**
   * Aborted when reading has taken so long that no time would be left to write; what is unread stays unknown.
   * @default signal
   */
  readonly readSignal?: AbortSignal;
  /** Aborted when the invocation's time is nearly over: nothing further is begun. */
  readonly signal: AbortSignal;
}

/** What one run saw, did and found. */
export interface Run {
  readonly scope: Scope;
  /** Why more was looked at than was asked for; null where it was not. */
  readonly widened: string | null;
  readonly dryRun: boolean;
  readonly observation: Observation;
  readonly results: readonly ChangeResult[];
  readonly forwarding: readonly ForwardingResult[];
  readonly findings: readonly Finding[];
  /** Ids of nodes with a claim that gets no route, whatever is tried. */
  readonly unmet: ReadonlySet<string>;
  /** Routes that were as claimed before the run did anything. */
  readonly unchanged: number;
}

/** Writes, deletions after a fresh look, what the look after those shows, and two for what moved meanwhile. */
const MAX_ROUNDS = 5;
/** A read may lag behind a write for a moment; looking again at once would see the same. */
const STALE_PAUSE_MS = 200;

/**
 * The one way through: observe, plan, guard, apply. Creations and replacements go first; deletions wait for
 * a fresh look at the cloud, so that none rests on what was read before this run wrote (R2, R6). State that
 * moved under the run is read and planned again.
 */
export async function reconcile(cloud: Cloud, request: ReconcileRequest): Promise<Run> {
  const progress = new Progress(cloud.isAtomic);
  let looked = await look(cloud, request.scope, request, progress);
  const { unchanged } = looked.plan;
  const { dryRun } = request;
  if (dryRun) {
    const unshut = looked.plan.forwarding.map((node) => ({ node, failure: null }));
    return { dryRun, unchanged, ...summarize(looked, planned(looked.guarded), unshut) };
  }
  const forwarding: ForwardingResult[] = [];
  for (let round = 1; ; round += 1) {
    const batches = looked.guarded.steps.map((steps) => progress.next(steps));
    const [, shut] = await Promise.all([
      Promise.all(batches.map((batch) => applyBatch(cloud, batch, request.signal, progress))),
      round === 1 ? cloud.enableForwarding(looked.plan.forwarding, request.signal) : [],
    ]);
    forwarding.push(...shut);
    const emptied = cloud.isAtomic ? new Set<string>() : emptiedBy(batches);
    const moved = progress.hasStale();
    const waiting = looked.guarded.steps.some((steps) => !isEmpty(progress.next(steps)));
    if (round === MAX_ROUNDS || request.signal.aborted || !(moved || waiting || emptied.size > 0)) break;
    if (moved) await new Promise((resolve) => setTimeout(resolve, STALE_PAUSE_MS * round));
    progress.forgetOutdated(emptied);
    const again = await look(cloud, looked.scope, request, progress);
    looked = { ...again, widened: looked.widened ?? again.widened };
  }
  return { dryRun, unchanged, ...summarize(looked, progress.results(looked.guarded), forwarding) };
}

function readingSignal({ signal, readSignal }: ReconcileRequest): AbortSignal {
  return readSignal === undefined ? signal : AbortSignal.any([signal, readSignal]);
}

interface Look {
  readonly scope: Scope;
  readonly widened: string | null;
  readonly observation: Observation;
  readonly plan: Plan;
  readonly guarded: GuardedPlan;
}

/** Looks at the scope, or at everything where that turns out to be too narrow to decide. */
async function look(
  cloud: Cloud,
  scope: Scope,
  request: ReconcileRequest,
  progress: Progress,
): Promise<Look> {
  const observation = await cloud.observe(scope, readingSignal(request));
  const plan = planRoutes(observation, request.settings);
  if (plan.widen !== null) {
    const wide = await look(cloud, { kind: 'all', ids: scope.ids }, request, progress);
    return { ...wide, widened: plan.widen };
  }
  const named = request.scope.kind === 'nodes' ? new Set(request.scope.ids) : null;
  const settings = { ...request.settings, named };
  const guarded = guardPlan(plan, observation, settings, progress.unprovenDeletes());
  return { scope, widened: null, observation, plan, guarded };
}

/**
 * Tables that were deleted from. They are looked at once more: deletions are not conditional, so one can hit
 * the route that somebody has just made for a node that took the destination over.
 */
function emptiedBy(batches: readonly Batch[]): Set<string> {
  const deletes = (changes: readonly Change[]): boolean => changes.some(({ action }) => action === 'delete');
  return new Set(
    batches
      .filter(({ makeRoom, changes }) => deletes(makeRoom) || deletes(changes))
      .map(({ table }) => table.id),
  );
}

function isEmpty(batch: Batch): boolean {
  return batch.makeRoom.length === 0 && batch.changes.length === 0;
}

/** One table's part of a round. Tables do not wait for one another (R9). */
async function applyBatch(
  cloud: Cloud,
  batch: Batch,
  signal: AbortSignal,
  progress: Progress,
): Promise<void> {
  for (const changes of [batch.makeRoom, batch.changes]) {
    if (changes.length > 0) progress.record(await cloud.apply(batch.table, changes, signal));
  }
}

function planned({ steps, vetoed }: GuardedPlan): ChangeResult[] {
  const changes = steps.flatMap(({ makeRoom, writes, deletes }) => [...makeRoom, ...writes, ...deletes]);
  return [...changes.map((change) => ({ change, outcome: 'planned', failure: null }) as const), ...vetoed];
}

function summarize(
  { scope, widened, observation, plan, guarded }: Look,
  results: readonly ChangeResult[],
  forwarding: readonly ForwardingResult[],
): Omit<Run, 'dryRun' | 'unchanged'> {
  const findings = [
    ...plan.findings,
    ...guarded.findings,
    ...findOverfull(results, observation),
    ...forwarding.flatMap(({ node, failure }) =>
      failure === null ? [] : [forwardingDisabled(node, failure)],
    ),
  ];
  return { scope, widened, observation, results, forwarding, findings, unmet: plan.unmet };
}

/** The cloud's own limit can be lower than the configured one. */
function findOverfull(results: readonly ChangeResult[], { nodes, tables }: Observation): Finding[] {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const label = ({ node, destination }: Change): string => names.get(node ?? '') ?? node ?? destination.text;
  const refused = results.filter(({ outcome, failure }) => outcome === 'failed' && failure?.kind === 'full');
  return tables.flatMap((table) => {
    const left = refused.filter(({ change }) => change.table === table.id).map(({ change }) => label(change));
    return left.length === 0 ? [] : [tableFull(table, left)];
  });
}
