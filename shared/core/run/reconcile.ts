import type { Cloud, ForwardingResult } from '../cloud.ts';
import { forwardingFailed } from '../findings/network.ts';
import { tableFull } from '../findings/tables.ts';
import { findPressing, type GuardedPlan, withhold } from '../guard/guard.ts';
import type { Change, ChangeResult, Finding, Node, Observation } from '../model.ts';
import { announceBlocks, findUnannounced } from './announce.ts';
import { updateConditions } from './node-directory.ts';
import { observeAgain, observeFirst, type Pass, type ReconcileRequest } from './pass.ts';
import { pause } from './pause.ts';
import { type Batch, Progress } from './progress.ts';
import { findClaimedAgain, forgetClaimedAgain, rememberFirst } from './recall.ts';
import type { Announcement, Run } from './run.ts';

export type { ReconcileRequest } from './pass.ts';

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
  const first = await observeFirst(cloud, request);
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
  const announcements: Announcement[] = [];
  for (let round = 1; ; round += 1) {
    const batches = current.guarded.steps.map((steps) => progress.next(steps));
    const [, enabled, tags] = await Promise.all([
      Promise.all(batches.map((batch) => applyBatch(cloud, batch, request.signal, progress))),
      round === 1 ? cloud.enableForwarding(asSeen(current.plan.forwarding, first), request.signal) : [],
      round === 1 ? announceBlocks(cloud, request, first) : [],
    ]);
    forwarding.push(...enabled);
    announcements.push(...tags);
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
    ...findUnannounced(announcements),
  ];
  const ofBlocks = announcements.length === 0 ? {} : { announcements };
  return { dryRun, unchanged, ...ofBlocks, ...summarize(current, findings, results, forwarding) };
}

/** Nodes as the cloud showed them, without what the ledger says: an adapter knows its own by that. */
function asSeen(nodes: readonly Node[], { seen }: Pass): Node[] {
  const shown = new Map(seen.nodes.map((node) => [node.id, node]));
  return nodes.map((node) => shown.get(node.id) ?? node);
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
  { scope, widened, blocks, observation, plan, guarded }: Pass,
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
  const unmet = new Set([...plan.unmet, ...blocks.lacking]);
  const { isAdopted, entered: kept, short } = blocks;
  return {
    ...{ scope, widened, observation, results, forwarding, findings, unmet, short },
    ...(isAdopted !== null && { blocks: { isAdopted, kept } }),
  };
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
