import { blockNotWritten } from '../block-findings.ts';
import { findUnassigned, findUntagged, withBlocks } from '../claims/holders.ts';
import type { Cloud, ForwardingResult, TagResult } from '../cloud.ts';
import type { CloudFailure } from '../errors.ts';
import { forwardingFailed, ledgerUnavailable, tableFull } from '../findings.ts';
import { type BlockSettings, isSwitchedOn } from '../guard/block-plan.ts';
import {
  findPressing,
  type GuardedPlan,
  type GuardSettings,
  guardPlan,
  type Memory,
  withhold,
} from '../guard/guard.ts';
import type { LedgerResult, OpenLedger } from '../ledger/ledger.ts';
import type { Change, ChangeResult, Finding, Node, Observation, ReadFailure, Scope } from '../model.ts';
import { type Plan, type PlanSettings, planRoutes } from '../plan/plan.ts';
import { type Blocks, openBlocks, settleBlocks } from './blocks.ts';
import { type OpenDirectory, readRegistry, tellKubernetes } from './node-directory.ts';
import { pause } from './pause.ts';
import { type Batch, Progress } from './progress.ts';
import {
  findRevived,
  forgetRevived,
  type Recalled,
  recall,
  rememberFirst,
  toMemory,
  withoutLedger,
} from './recall.ts';
import type { Run, ToldNode } from './run.ts';

export interface ReconcileRequest {
  readonly scope: Scope;
  readonly dryRun: boolean;
  readonly settings: PlanSettings & BlockSettings & Omit<GuardSettings, 'named'>;
  /**
   * What the run may remember by: `events` for runs that follow events, which leave what waits to the schedule; a way
   * to open the ledger; null where there is none.
   */
  readonly ledger: OpenLedger | 'events' | null;
  /**
   * Opens the ledger for blocks, where a run for events needs it: only where nodes of its own have none.
   * @default ledger
   */
  readonly blocks?: OpenLedger | null;
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
  return tellKubernetes(run, directory, { forwarding: settings.forwarding, signal });
}

async function bringInStep(cloud: Cloud, request: ReconcileRequest): Promise<Run> {
  const progress = new Progress(cloud.isAtomic);
  const first = await lookFirst(cloud, request, guardSettings(request));
  const { unchanged } = first.plan;
  const { dryRun } = request;
  request.onPlan?.(first.plan.changes.length + first.plan.forwarding.length);
  if (dryRun) {
    const unshut = first.plan.forwarding.map((node) => ({ node, failure: null }));
    return { dryRun, unchanged, ...summarize(first, first.findings, planned(first.guarded), unshut) };
  }
  const remembered = rememberFirst(first, request.signal);
  // Nothing that has waited goes before the ledger has answered, and nothing else waits for that.
  let looked: Look = {
    ...first,
    guarded: withhold(first.guarded, findPressing(first.guarded), first.observation),
  };
  const forwarding: ForwardingResult[] = [];
  const told: ToldNode[] = [];
  for (let round = 1; ; round += 1) {
    const batches = looked.guarded.steps.map((steps) => progress.next(steps));
    const [, shut, tags] = await Promise.all([
      Promise.all(batches.map((batch) => applyBatch(cloud, batch, request.signal, progress))),
      round === 1 ? cloud.enableForwarding(looked.plan.forwarding, request.signal) : [],
      round === 1 ? tellHolders(cloud, request, first) : [],
    ]);
    forwarding.push(...shut);
    told.push(...tags);
    if (round === 1) looked = { ...looked, guarded: await remembered.then(({ guarded }) => guarded) };
    const deletedFrom = findDeletedFrom(batches);
    const moved = progress.hasMoved();
    const waiting = looked.guarded.steps.some((steps) => !isEmpty(progress.next(steps)));
    if (round === MAX_ROUNDS || request.signal.aborted || !(moved || waiting || deletedFrom.size > 0)) break;
    if (moved) await pause(FIRST_PAUSE_MS * 2 ** (round - 1), request.signal);
    progress.forgetOutdated(deletedFrom);
    looked = await lookAgain(cloud, request, looked, deletedFrom.size > 0);
    progress.forgetRefuted(looked.guarded);
  }
  const results = progress.results(looked.guarded);
  const { settled } = await remembered;
  // Only another look can have seen more than the first.
  const revived =
    looked.observation === first.observation ? [] : findRevived(first.guarded, looked.guarded, results);
  const findings = [
    ...first.findings,
    ...(await settled),
    ...(await forgetRevived(first.recalled, revived, request.signal)),
    ...told.flatMap(({ node, cidrs, place, failure }) =>
      failure === null || failure.kind === 'unfinished' ? [] : [blockNotWritten(node, cidrs, place, failure)],
    ),
  ];
  const ofBlocks = told.length === 0 ? {} : { told };
  return { dryRun, unchanged, ...ofBlocks, ...summarize(looked, findings, results, forwarding) };
}

/** R13: tags and Node objects follow the ledger. */
async function tellHolders(
  cloud: Cloud,
  { directory, settings, signal }: ReconcileRequest,
  { seen, blocks: { blocks }, scope }: Look,
): Promise<ToldNode[]> {
  const registry = (await scope.registry) ?? null;
  const tags = settings.podCidrSources.includes('tag') ? findUntagged(seen, blocks) : [];
  const unassigned = findUnassigned(seen, blocks, registry);
  const assign = async (): Promise<TagResult[]> => {
    if (!directory || registry === null || unassigned.length === 0) return [];
    return (await directory()).assign(unassigned, registry, signal);
  };
  const [tagged, assigned] = await Promise.all([
    tags.length === 0 ? [] : cloud.tagNodes(tags, signal),
    assign(),
  ]);
  return [
    ...tagged.map((result): ToldNode => ({ ...result, place: 'tag' })),
    ...assigned.map((result): ToldNode => ({ ...result, place: 'node-object' })),
  ];
}

interface Look {
  readonly scope: Scope;
  readonly widened: string | null;
  /** As the cloud showed it. */
  readonly seen: Observation;
  readonly blocks: Blocks;
  /** With the ledger's blocks as claims. */
  readonly observation: Observation;
  readonly plan: Plan;
  readonly guarded: GuardedPlan;
}

interface FirstLook extends Look {
  readonly recalled: Recalled | null;
  readonly findings: readonly Finding[];
}

/** Looks at the scope, or at everything where that turns out to be too narrow to decide, and decides. */
async function lookFirst(
  cloud: Cloud,
  request: ReconcileRequest,
  settings: PlanSettings & BlockSettings & GuardSettings,
): Promise<FirstLook> {
  const signal = readingSignal(request);
  // Only what all nodes claim shows that a route may go.
  const asked: Scope = settings.named === null ? request.scope : { ...request.scope, kind: 'all' };
  const registry = request.directory ? readRegistry(request.directory, signal) : null;
  let scope: Scope = registry === null ? asked : { ...asked, registry };
  for (let widened: string | null = null; ; scope = { ...scope, kind: 'all' }) {
    const opened = scope.kind === 'all' && typeof request.ledger === 'function' ? request.ledger : null;
    const [seen, recalled, ofBlocks] = await Promise.all([
      cloud.observe(scope, signal),
      opened === null ? null : recall(opened, signal),
      opened === null ? null : openBlocks(opened, signal),
    ]);
    const blocks = await settleBlocks(cloud, seen, {
      ...{ opened: ofBlocks, open: blocksOpener(request), registry: (await registry) ?? null },
      ...{ settings, dryRun: request.dryRun, signal },
    });
    const observation = withLedger(seen, blocks);
    const plan = planRoutes(observation, settings);
    if (plan.widen === null) {
      const past = recalled?.ok ? recalled.value : null;
      const memory =
        past === null
          ? withoutLedger(request.ledger, request.scope, observation)
          : await toMemory(cloud, past, { changes: plan.changes, observation, signal });
      const guarded = guardPlan(plan, observation, settings, memory);
      const unusable = recalled === null ? [] : findUnusable(recalled, observation).map(ledgerUnavailable);
      // Where no block is handed out, that the ledger as a whole is silent is told once.
      const isTold = unusable.length > 0 && past === null && !isSwitchedOn(settings);
      const findings = [...unusable, ...(isTold ? [] : blocks.findings)];
      return { scope, widened, seen, blocks, observation, plan, guarded, recalled: past, findings };
    }
    widened = plan.widen;
  }
}

function blocksOpener({ blocks, ledger }: ReconcileRequest): OpenLedger | null {
  if (blocks !== undefined) return blocks;
  return typeof ledger === 'function' ? ledger : null;
}

/** R3: where the blocks could not be read, it is not known what their holders claim. */
function withLedger(seen: Observation, { blocks, waiting, unread }: Blocks): Observation {
  const observation = withBlocks(seen, blocks, waiting);
  if (unread === null) return observation;
  const failures: ReadFailure[] = [...seen.failures, { what: 'claims', id: null, failure: unread }];
  return { ...observation, failures };
}

/** Why what is remembered cannot be used, of all tables or of some. */
function findUnusable(recalled: LedgerResult<Recalled>, { tables }: Observation): CloudFailure[] {
  if (!recalled.ok) return [recalled.failure];
  const { unreadable } = recalled.value;
  return tables.flatMap(({ id }) => unreadable.get(id) ?? []);
}

/** By force, a person who names nodes means their routes alone. */
function guardSettings({ settings, scope }: ReconcileRequest): PlanSettings & BlockSettings & GuardSettings {
  const isNamed = settings.force && scope.kind === 'nodes';
  return { ...settings, named: isNamed ? new Set(scope.ids) : null };
}

function readingSignal({ signal, readSignal }: ReconcileRequest): AbortSignal {
  return readSignal === undefined ? signal : AbortSignal.any([signal, readSignal]);
}

/**
 * Looks again within the run. After deletions everything is looked at: one can hit the route that somebody has just
 * come to need.
 */
async function lookAgain(
  cloud: Cloud,
  request: ReconcileRequest,
  before: Look,
  hasDeleted: boolean,
): Promise<Look> {
  const known = new Map<string, Node>(before.seen.nodes.map((node) => [node.id, node]));
  const wide = hasDeleted && before.scope.kind === 'nodes';
  const scope: Scope = { ...before.scope, known, ...(wide ? { kind: 'all' } : {}) };
  const seen = await cloud.observe(scope, readingSignal(request));
  const { blocks } = before;
  const observation = withLedger(seen, blocks);
  const plan = planRoutes(observation, request.settings);
  const widened = before.widened ?? (wide ? 'somebody may have come to need a route that it deleted' : null);
  if (plan.widen !== null) {
    const wider: Look = { ...before, scope: { ...scope, kind: 'all' }, widened: plan.widen };
    return lookAgain(cloud, request, wider, false);
  }
  const memory: Memory = { kind: 'decided', guarded: before.guarded };
  const guarded = guardPlan(plan, observation, guardSettings(request), memory);
  return { scope, widened, seen, blocks, observation, plan, guarded };
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
  const label = ({ node, destination }: Change): string => names.get(node ?? '') ?? node ?? destination.text;
  const refused = results.filter(({ outcome, failure }) => outcome === 'failed' && failure?.kind === 'full');
  return tables.flatMap((table) => {
    const left = refused.filter(({ change }) => change.table === table.id).map(({ change }) => label(change));
    return left.length === 0 ? [] : [tableFull(table, left)];
  });
}
