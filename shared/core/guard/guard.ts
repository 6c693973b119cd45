import { type Cidr, containsCidr } from '../cidr.ts';
import type { MaxDeletes } from '../config/values.ts';
import { type CloudFailure, isRetryable } from '../errors.ts';
import { deletionBreaker, readIncomplete } from '../findings.ts';
import type {
  Change,
  ChangeResult,
  Finding,
  Node,
  Observation,
  ReadFailure,
  Route,
  RouteTable,
} from '../model.ts';
import type { Plan } from '../plan/plan.ts';
import { type FittingChanges, guardCapacity } from './capacity.ts';

export interface GuardSettings {
  readonly clusterCidrs: readonly Cidr[];
  readonly maxDeletes: MaxDeletes;
  /** Lifts the deletion breaker, and nothing else. */
  readonly force: boolean;
  /**
   * Whether runs like this one follow each other closely, as events do. A bound for each would then be no
   * bound, so living nodes that are without a claim already count against it.
   * @default false
   */
  readonly inBursts?: boolean;
  /**
   * Ids of the only nodes that the run was asked to look at: it withdraws no other's route.
   * @default null, for all
   */
  readonly named?: ReadonlySet<string> | null;
}

/** What may be done to one table, in this order. */
export interface TableSteps extends Pick<FittingChanges, 'makeRoom' | 'writes' | 'deletes'> {
  readonly table: RouteTable;
}

export interface GuardedPlan {
  readonly steps: readonly TableSteps[];
  readonly vetoed: readonly ChangeResult[];
  readonly findings: readonly Finding[];
}

/** A percentage never lowers the bound below this, or small clusters could not lose a node's claim. */
const FEWEST_DELETES = 5;

/** Why a deletion is not made by this run, which was asked for something else. */
export const LEFT_TO_SCHEDULE = {
  kind: 'permanent',
  code: 'left-to-schedule',
  message: 'It has time until the scheduled run, which sees all withdrawn claims at once.',
} as const satisfies CloudFailure;

const VETO = {
  breaker: { kind: 'permanent', code: 'deletion-breaker', message: 'Too many deletions without evidence.' },
  later: LEFT_TO_SCHEDULE,
} as const satisfies Record<string, CloudFailure>;

/**
 * Holds a plan against what must never happen: deletion without knowledge (R3), mass deletion without
 * evidence (R4), more routes than a table takes (R10).
 *
 * @param alreadyDeleted per table id, destinations that earlier rounds of this run deleted without evidence
 */
export function guardPlan(
  plan: Plan,
  observation: Observation,
  settings: GuardSettings,
  alreadyDeleted: ReadonlyMap<string, readonly string[]> = new Map(),
): GuardedPlan {
  const names = new Map(observation.nodes.map((node: Node) => [node.id, node.name]));
  const guarded = observation.tables.map((table) => {
    const changes = plan.changes.filter((change) => change.table === table.id);
    const deletes = guardDeletes(table, changes, observation, settings, alreadyDeleted.get(table.id) ?? []);
    const room = guardCapacity(table, changes, deletes.approved, names);
    return {
      steps: { table, makeRoom: room.makeRoom, writes: room.writes, deletes: room.deletes },
      vetoed: [...deletes.vetoed, ...room.vetoed],
      findings: [...deletes.findings, ...room.findings],
    };
  });
  return {
    steps: guarded.map(({ steps }) => steps),
    vetoed: guarded.flatMap(({ vetoed }) => vetoed),
    findings: [
      ...groupFailures(observation).map(readIncomplete),
      ...guarded.flatMap(({ findings }) => findings),
    ],
  };
}

/** Many nodes that failed for one reason are one thing to look at. */
function groupFailures({ failures }: Pick<Observation, 'failures'>): ReadFailure[] {
  const groups = Map.groupBy(failures, ({ what, id, failure }) =>
    what === 'claims' ? failure.code : `${what} ${id} ${failure.code}`,
  );
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return first ?? [];
    return { ...first, id: `${first.id} and ${others.length} more` };
  });
}

interface GuardedDeletes {
  readonly approved: readonly Change[];
  readonly vetoed: readonly ChangeResult[];
  readonly findings: readonly Finding[];
}

function guardDeletes(
  table: RouteTable,
  changes: readonly Change[],
  observation: Observation,
  settings: GuardSettings,
  alreadyDeleted: readonly string[],
): GuardedDeletes {
  const deletes = changes.filter((change) => change.action === 'delete');
  if (!knowsEveryClaim(observation)) {
    const failure = explainIgnorance(observation);
    return { approved: [], vetoed: deletes.map((change) => veto(change, failure)), findings: [] };
  }
  const { named = null } = settings;
  const isOthers = ({ evidence, node }: Change): boolean =>
    evidence !== 'proven' && named !== null && (node === null || !named.has(node));
  const others = deletes.filter(isOthers).map((change) => veto(change, VETO.later));
  const guarded = guardUnproven(
    table,
    deletes.filter((change) => !isOthers(change)),
    {
      observation,
      settings,
      alreadyDeleted,
    },
  );
  return { ...guarded, vetoed: [...guarded.vetoed, ...others] };
}

/** R4 for the deletions that the run is entitled to think of. */
function guardUnproven(
  table: RouteTable,
  deletes: readonly Change[],
  {
    observation,
    settings,
    alreadyDeleted,
  }: { observation: Observation; settings: GuardSettings; alreadyDeleted: readonly string[] },
): GuardedDeletes {
  const unproven = deletes.filter((change) => change.evidence !== 'proven');
  const bound = deletionBound(table, settings) + indistinctDeaths(table, observation);
  // A read that lags behind may show once more what an earlier round deleted.
  const destinations = new Set([...alreadyDeleted, ...unproven.map(({ destination }) => destination.text)]);
  if (settings.force || destinations.size <= bound) {
    if (settings.force || !settings.inBursts || unproven.length === 0)
      return { approved: deletes, vetoed: [], findings: [] };
    const silent = countSilent(observation, unproven);
    if (destinations.size + silent <= bound) return { approved: deletes, vetoed: [], findings: [] };
    return {
      approved: deletes.filter((change) => change.evidence === 'proven'),
      vetoed: unproven.map((change) => veto(change, VETO.later)),
      findings: [],
    };
  }
  return {
    approved: deletes.filter((change) => change.evidence === 'proven'),
    vetoed: unproven.map((change) => veto(change, VETO.breaker)),
    findings: [
      deletionBreaker(
        table,
        unproven.map(({ destination }) => destination.text),
        bound,
      ),
    ],
  };
}

/** Living nodes that claim nothing, beside those whose routes are in question. */
function countSilent({ nodes }: Observation, unproven: readonly Change[]): number {
  const counted = new Set(unproven.map(({ node }) => node));
  return nodes.filter(
    ({ id, state, claims, defects }) =>
      state !== 'gone' && claims.length === 0 && defects.length === 0 && !counted.has(id),
  ).length;
}

/** R3: that nobody claims a destination can be said only when every claim was read. */
function knowsEveryClaim({ scope, failures, nodes }: Observation): boolean {
  if (scope.kind !== 'all') return false;
  // A table that could not be read gets no changes, and says nothing about claims.
  if (!failures.every(({ what, id }) => what === 'table' && id !== null)) return false;
  return nodes.every(({ claimsKnown, state }) => claimsKnown || state === 'gone');
}

/** It is worth another try unless everything that failed will fail again. */
function explainIgnorance({ failures }: Observation): CloudFailure {
  const temporary = failures.length === 0 || failures.some(({ failure }) => isRetryable(failure));
  const unread = groupFailures({ failures })
    .map(({ id, what, failure }) => `${id ?? what} (${failure.code})`)
    .join(', ');
  const message = `Nothing is deleted before every claim was read; not read: ${unread || 'nodes outside the scope'}.`;
  return { kind: temporary ? 'transient' : 'permanent', code: 'read-incomplete', message };
}

/** R4: how many deletions without positive evidence one run may make in this table. */
export function deletionBound(table: RouteTable, { maxDeletes, clusterCidrs }: GuardSettings): number {
  if ('count' in maxDeletes) return maxDeletes.count;
  if (maxDeletes.percent === 0) return 0;
  const managed = countManaged(table, clusterCidrs);
  return Math.max(FEWEST_DELETES, Math.floor((managed * maxDeletes.percent) / 100));
}

/**
 * R4: where a route names an address alone, that of a node read as gone cannot be told from the others, since
 * nobody may have the address any more, or already somebody else. Each such death allows one more deletion.
 */
function indistinctDeaths(table: RouteTable, { nodes, missing }: Observation): number {
  return nodes.filter(({ state }) => state === 'gone').length + missing.length;
}

/** How many routes podroutes may change. */
export function countManaged(table: RouteTable, clusterCidrs: readonly Cidr[]): number {
  return table.routes.filter((route) => isManaged(route, clusterCidrs)).length;
}

/** Whether podroutes may change this route (R2). */
export function isManaged({ ourKind, target, destination }: Route, clusterCidrs: readonly Cidr[]): boolean {
  return (
    ourKind && target.kind !== 'stranger' && clusterCidrs.some((range) => containsCidr(range, destination))
  );
}

function veto(change: Change, failure: CloudFailure): ChangeResult {
  return { change, outcome: 'skipped', failure };
}
