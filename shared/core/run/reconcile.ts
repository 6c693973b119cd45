import type { Cloud, ForwardingResult } from '../cloud.ts';
import type { CloudFailure } from '../errors.ts';
import { forwardingFailed, ledgerUnavailable, tableFull } from '../findings.ts';
import {
  findPressing,
  type GuardedPlan,
  type GuardSettings,
  guardPlan,
  type Memory,
  withhold,
} from '../guard/guard.ts';
import type { LedgerResult, OpenLedger } from '../ledger/ledger.ts';
import type { Change, ChangeResult, Finding, Node, Observation, Scope } from '../model.ts';
import { type Plan, type PlanSettings, planRoutes } from '../plan/plan.ts';
import { type OpenDirectory, readRegistry, updateConditions } from './node-directory.ts';
import { type Batch, Progress } from './progress.ts';
import {
  findClaimedAgain,
  forgetClaimedAgain,
  type Recalled,
  recall,
  rememberFirst,
  toMemory,
  withoutLedger,
} from './recall.ts';
import type { Run } from './run.ts';

export interface ReconcileRequest {
  readonly scope: Scope;
  readonly dryRun: boolean;
  readonly settings: PlanSettings & Omit<GuardSettings, 'named'>;
  /**
   * What the run may remember by: `events` for runs that follow events, which leave what waits to the schedule; a way
   * to open the ledger; null where there is none.
   */
  readonly ledger: OpenLedger | 'events' | null;
  /** Loads what reads Kubernetes; null where it is not asked. */
  readonly directory?: OpenDirectory | null;
  /**
   * Aborted when reading has taken so long that no time would be left to write; what is unread stays unknown.
   * @default signal
   */
  readonly readSignal?: AbortSignal;
  /** Aborted when the invocation's time is nearly over: nothing further is begun. */
  readonly signal: AbortSignal;
  /** Told how much there is to do before any of it is begun. */
  readonly onPlan?: (count: number) => void;
}

/** Writes, deletions after a fresh look, what the look after those shows, and two for what moved meanwhile. */
const MAX_ROUNDS = 5;
/** A read may lag behind a write for seconds; looking again at once would see the same. Each pause is twice the last. */
const FIRST_PAUSE_MS = 200;

/**
 * The one way through: observe, plan, guard, apply. Creations and replacements go first; deletions wait for a fresh
 * look at the cloud, so that none rests on what was read before this run wrote (R2, R6), and are followed by another,
 * for whoever has just come to need what they took. State that moved under the run is read and planned again.
 */
export async function reconcile(cloud: Cloud, request: ReconcileRequest): Promise<Run> {
  const run = await bringInStep(cloud, request);
  const { directory, settings, signal } = request;
  return updateConditions(run, directory, { forwarding: settings.forwarding, signal });
}

async function bringInStep(cloud: Cloud, request: ReconcileRequest): Promise<Run> {
  const progress = new Progress(cloud.isAtomic);
  const first = await observeFirst(cloud, request, guardSettings(request));
  const { unchanged } = first.plan;
  const { dryRun } = request;
  request.onPlan?.(first.plan.changes.length + first.plan.forwarding.length);
  if (dryRun) {
    const toEnable = first.plan.forwarding.map((node) => ({ node, failure: null }));
    return { dryRun, unchanged, ...summarize(first, first.findings, planned(first.guarded), toEnable) };
  }
  const remembered = rememberFirst(first, request.signal);
  // Nothing that has waited goes before the ledger has answered, and nothing else waits for that.
  let current: Pass = {
    ...first,
    guarded: withhold(first.guarded, findPressing(first.guarded), first.observation),
  };
  const forwarding: ForwardingResult[] = [];
  for (let round = 1; ; round += 1) {
    const batches = current.guarded.steps.map((steps) => progress.next(steps));
    const [, enabled] = await Promise.all([
      Promise.all(batches.map((batch) => applyBatch(cloud, batch, request.signal, progress))),
      round === 1 ? cloud.enableForwarding(current.plan.forwarding, request.signal) : [],
    ]);
    forwarding.push(...enabled);
    if (round === 1) current = { ...current, guarded: await remembered.then(({ guarded }) => guarded) };
    const deletedFrom = findDeletedFrom(batches);
    const moved = progress.hasMoved();
    const waiting = current.guarded.steps.some((steps) => progress.next(steps).changes.length > 0);
    if (round === MAX_ROUNDS || request.signal.aborted || !(moved || waiting || deletedFrom.size > 0)) break;
    if (moved) await pause(FIRST_PAUSE_MS * 2 ** (round - 1), request.signal);
    progress.forgetOutdated(deletedFrom);
    current = await observeAgain(cloud, request, current, deletedFrom.size > 0);
    progress.forgetRefuted(current.guarded);
  }
  const results = progress.results(current.guarded);
  const { ledgerFindings } = await remembered;
  // Only another look can have seen more than the first.
  const claimedAgain =
    current.observation === first.observation
      ? []
      : findClaimedAgain(first.guarded, current.guarded, results);
  const findings = [
    ...first.findings,
    ...(await ledgerFindings),
    ...(await forgetClaimedAgain(first.recalled, claimedAgain, request.signal)),
  ];
  return { dryRun, unchanged, ...summarize(current, findings, results, forwarding) };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}

interface Pass {
  readonly scope: Scope;
  readonly widened: string | null;
  readonly observation: Observation;
  readonly plan: Plan;
  readonly guarded: GuardedPlan;
}

interface FirstPass extends Pass {
  readonly recalled: Recalled | null;
  readonly findings: readonly Finding[];
}

/** Looks at the scope, or at everything where that turns out to be too narrow to decide, and decides. */
async function observeFirst(
  cloud: Cloud,
  request: ReconcileRequest,
  settings: PlanSettings & GuardSettings,
): Promise<FirstPass> {
  const signal = readingSignal(request);
  // Only what all nodes claim shows that a route may go.
  const asked: Scope = settings.named === null ? request.scope : { ...request.scope, kind: 'all' };
  const registry = request.directory ? readRegistry(request.directory, signal) : null;
  let scope: Scope = registry === null ? asked : { ...asked, registry };
  for (let widened: string | null = null; ; scope = { ...scope, kind: 'all' }) {
    const opened = scope.kind === 'all' && typeof request.ledger === 'function' ? request.ledger : null;
    const [observation, recalled] = await Promise.all([
      cloud.observe(scope, signal),
      opened === null ? null : recall(opened, signal),
    ]);
    const plan = planRoutes(observation, settings);
    if (plan.widen === null) {
      const past = recalled?.ok ? recalled.value : null;
      const memory =
        past === null
          ? withoutLedger(request.ledger, request.scope, observation)
          : await toMemory(cloud, past, { changes: plan.changes, observation, signal });
      const guarded = guardPlan(plan, observation, settings, memory);
      const findings = recalled === null ? [] : findUnusable(recalled, observation).map(ledgerUnavailable);
      return { scope, widened, observation, plan, guarded, recalled: past, findings };
    }
    widened = plan.widen;
  }
}

/** Why what is remembered cannot be used, of all tables or of some. */
function findUnusable(recalled: LedgerResult<Recalled>, { tables }: Observation): CloudFailure[] {
  if (!recalled.ok) return [recalled.failure];
  const { unreadable } = recalled.value;
  return tables.flatMap(({ id }) => unreadable.get(id) ?? []);
}

/** By force, a person who names nodes means their routes alone. */
function guardSettings({ settings, scope }: ReconcileRequest): PlanSettings & GuardSettings {
  const isNamed = settings.force && scope.kind === 'nodes';
  return { ...settings, named: isNamed ? new Set(scope.ids) : null };
}

function readingSignal({ signal, readSignal }: ReconcileRequest): AbortSignal {
  return readSignal === undefined ? signal : AbortSignal.any([signal, readSignal]);
}

/**
 * Looks again within the run. After deletions everything is current at: one can hit the route that somebody has just
 * come to need.
 */
async function observeAgain(
  cloud: Cloud,
  request: ReconcileRequest,
  before: Pass,
  hasDeleted: boolean,
): Promise<Pass> {
  const known = new Map<string, Node>(before.observation.nodes.map((node) => [node.id, node]));
  const wide = hasDeleted && before.scope.kind === 'nodes';
  const scope: Scope = { ...before.scope, known, ...(wide ? { kind: 'all' } : {}) };
  const observation = await cloud.observe(scope, readingSignal(request));
  const plan = planRoutes(observation, request.settings);
  const widened = before.widened ?? (wide ? 'somebody may have come to need a route that it deleted' : null);
  if (plan.widen !== null) {
    const wider: Pass = { ...before, scope: { ...scope, kind: 'all' }, widened: plan.widen };
    return observeAgain(cloud, request, wider, false);
  }
  const memory: Memory = { kind: 'decided', guarded: before.guarded };
  const guarded = guardPlan(plan, observation, guardSettings(request), memory);
  return { scope, widened, observation, plan, guarded };
}

/** Tables that were deleted from. */
function findDeletedFrom(batches: readonly Batch[]): Set<string> {
  const deletes = (changes: readonly Change[]): boolean => changes.some(({ action }) => action === 'delete');
  return new Set(
    batches
      .filter(({ makeRoom, changes }) => deletes(makeRoom) || deletes(changes))
      .map(({ table }) => table.id),
  );
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
  { scope, widened, observation, plan, guarded }: Pass,
  more: readonly Finding[],
  results: readonly ChangeResult[],
  forwarding: readonly ForwardingResult[],
): Omit<Run, 'dryRun' | 'unchanged'> {
  const findings = [
    ...plan.findings,
    ...guarded.findings,
    ...more,
    ...findOverfull(results, observation),
    ...forwarding.flatMap(({ node, failure }) =>
      failure === null || failure.kind === 'unfinished' ? [] : [forwardingFailed(node, failure)],
    ),
  ];
  return { scope, widened, observation, results, forwarding, findings, unmet: plan.unmet };
}

/** The cloud's own limit can be lower than the configured one. */
function findOverfull(results: readonly ChangeResult[], { nodes, tables }: Observation): Finding[] {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const label = ({ node, destination }: Change): string => names.get(node ?? '') ?? destination.text;
  const refused = results.filter(({ outcome, failure }) => outcome === 'failed' && failure?.kind === 'full');
  return tables.flatMap((table) => {
    const left = refused.filter(({ change }) => change.table === table.id).map(({ change }) => label(change));
    return left.length === 0 ? [] : [tableFull(table, left)];
  });
}
