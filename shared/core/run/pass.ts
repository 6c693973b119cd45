import { withBlocks } from '../claims/holders.ts';
import type { Cloud } from '../cloud.ts';
import type { CloudFailure } from '../errors.ts';
import { ledgerUnavailable } from '../findings/failures.ts';
import { type BlockSettings, isSwitchedOn } from '../guard/block-view.ts';
import { type GuardedPlan, type GuardSettings, guardPlan, type Memory } from '../guard/guard.ts';
import type { LedgerResult, OpenLedger } from '../ledger/ledger.ts';
import type { Finding, Node, Observation, ReadFailure, Scope } from '../model.ts';
import { type Plan, type PlanSettings, planRoutes } from '../plan/plan.ts';
import { type Blocks, recallBlocks, resolveBlocks } from './blocks.ts';
import { type OpenDirectory, readRegistry } from './node-directory.ts';
import { type Recalled, recall, toMemory, withoutLedger } from './recall.ts';

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
  /** Called with how much there is to do before any of it begins. */
  readonly onPlan?: (count: number) => void;
}

/** What one look of a run saw, and what it decided. */
export interface Pass {
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

export interface FirstPass extends Pass {
  readonly recalled: Recalled | null;
  readonly findings: readonly Finding[];
}

/** Looks at the scope, or at everything where that turns out to be too narrow to decide, and decides. */
export async function observeFirst(cloud: Cloud, request: ReconcileRequest): Promise<FirstPass> {
  const settings = guardSettings(request);
  const signal = readingSignal(request);
  // Only what all nodes claim shows that a route may go.
  const asked: Scope = settings.named === null ? request.scope : { ...request.scope, kind: 'all' };
  const registry = request.directory ? readRegistry(request.directory, signal) : null;
  let scope: Scope = registry === null ? asked : { ...asked, registry };
  for (let widened: string | null = null; ; scope = { ...scope, kind: 'all' }) {
    const opened = scope.kind === 'all' && typeof request.ledger === 'function' ? request.ledger : null;
    const reading = opened === null ? null : recall(opened, signal);
    const [seen, recalled, ofBlocks] = await Promise.all([
      cloud.observe(scope, signal),
      reading,
      reading?.then((result) => (result.ok ? recallBlocks(result.value, signal) : result)) ?? null,
    ]);
    const blocks = await resolveBlocks(cloud, seen, {
      ...{ opened: ofBlocks, open: blocksOpener(request), registry: (await registry) ?? null },
      ...{ settings, dryRun: request.dryRun, signal, hasAnswered: recalled?.ok === true },
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
      // Where no block is handed out, that the ledger as a whole does not answer is said once.
      const isSaid = recalled?.ok === false && !isSwitchedOn(settings);
      const findings = [...unusable, ...(isSaid ? [] : blocks.findings)];
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
 * Looks again within the run. After deletions everything is read again: one can hit the route that somebody has just
 * come to need.
 */
export async function observeAgain(
  cloud: Cloud,
  request: ReconcileRequest,
  before: Pass,
  hasDeleted: boolean,
): Promise<Pass> {
  const known = new Map<string, Node>(before.seen.nodes.map((node) => [node.id, node]));
  const wide = hasDeleted && before.scope.kind === 'nodes';
  const scope: Scope = { ...before.scope, known, ...(wide ? { kind: 'all' } : {}) };
  const seen = await cloud.observe(scope, readingSignal(request));
  const { blocks } = before;
  const observation = withLedger(seen, blocks);
  const plan = planRoutes(observation, request.settings);
  const widened = before.widened ?? (wide ? 'somebody may have come to need a route that it deleted' : null);
  if (plan.widen !== null) {
    const wider: Pass = { ...before, scope: { ...scope, kind: 'all' }, widened: plan.widen };
    return observeAgain(cloud, request, wider, false);
  }
  const memory: Memory = { kind: 'decided', guarded: before.guarded };
  const guarded = guardPlan(plan, observation, guardSettings(request), memory);
  return { scope, widened, seen, blocks, observation, plan, guarded };
}
