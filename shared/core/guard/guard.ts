import { compareCidrs } from '../cidr.ts';
import type { TableMemory } from '../ledger/table-memory.ts';
import { NO_MEMORY } from '../ledger/table-memory.ts';
import type { Change, ChangeResult, Finding, Observation, RouteTable, WaitReason } from '../model.ts';
import type { Plan } from '../plan/plan.ts';
import { type FittingChanges, guardCapacity } from './capacity.ts';
import { explainIgnorance, knowsEveryClaim, reportUnread } from './knowledge.ts';
import {
  decideUnproven,
  findHolders,
  forgetRefuted,
  type Past,
  type SecondLookSettings,
} from './second-look.ts';

export interface GuardSettings extends SecondLookSettings {
  /** Lifts waiting and the budget, and nothing else. */
  readonly force: boolean;
  /** Ids of the only nodes that force is for; null for all. */
  readonly named: ReadonlySet<string> | null;
}

/** What a run may rest deletions on that are not proven (R4). */
export type Memory =
  /** A run for events: each id that it read as gone allows one vacant IPv4 route of each table. */
  | { readonly kind: 'events'; readonly gone: number }
  | { readonly kind: 'none'; readonly reason: Extract<WaitReason, 'no-ledger' | 'ledger-not-read'> }
  | (Omit<Past, 'memory'> & {
      readonly kind: 'read';
      readonly tables: ReadonlyMap<string, TableMemory>;
      /** Ids of tables whose memory cannot be read. */
      readonly unreadable: Pick<ReadonlyMap<string, unknown>, 'has'>;
    })
  /** A later look of a run that has decided already. */
  | { readonly kind: 'decided'; readonly guarded: GuardedPlan };

/** What may be done to one table, in this order. */
export interface TableSteps extends Pick<FittingChanges, 'makeRoom' | 'writes' | 'deletes'> {
  readonly table: RouteTable;
}

export interface GuardedPlan {
  readonly steps: readonly TableSteps[];
  /** What is not done: waiting, over the budget, without knowledge or room. */
  readonly vetoed: readonly ChangeResult[];
  readonly findings: readonly Finding[];
  /** What was decided of each table, before it was fitted into the room there is. */
  readonly decisions: readonly TableDecision[];
  /** What is to be remembered of tables, by id; nothing where the run knows too little. */
  readonly memories: ReadonlyMap<string, TableMemory>;
}

/** One table's changes, and what becomes of those that are not proven. */
interface TableDecision extends Decided {
  readonly table: RouteTable;
  readonly changes: readonly Change[];
}

/**
 * Holds a plan against what must never happen: deletion without knowledge (R3), on one look, or of many (R4), and more
 * routes than a table takes (R10).
 */
export function guardPlan(
  plan: Plan,
  observation: Observation,
  settings: GuardSettings,
  memory: Memory,
): GuardedPlan {
  const byTable = Map.groupBy(plan.changes, ({ table }) => table);
  const decisions = observation.tables.map((table): TableDecision => {
    const changes = byTable.get(table.id) ?? [];
    const unproven = changes.filter(isUnproven);
    return { table, changes, ...decide(table, unproven, plan, { observation, settings, memory }) };
  });
  const fitted = fitAll(decisions, observation);
  return { ...fitted, findings: [...reportUnread(observation), ...fitted.findings] };
}

/** Puts what was decided into the room that each table has (R10). */
function fitAll(decisions: readonly TableDecision[], { nodes }: Pick<Observation, 'nodes'>): GuardedPlan {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const fitted = decisions.map(({ table, changes, allowed, left, findings }) => {
    const sure = changes.filter((change) => !isUnproven(change));
    const room = guardCapacity(table, [...sure, ...allowed], names);
    return {
      steps: { table, makeRoom: room.makeRoom, writes: room.writes, deletes: room.deletes },
      vetoed: [...left, ...room.vetoed],
      findings: [...findings, ...room.findings],
    };
  });
  return {
    steps: fitted.map(({ steps }) => steps),
    vetoed: fitted.flatMap(({ vetoed }) => vetoed),
    findings: fitted.flatMap(({ findings }) => findings),
    decisions,
    memories: new Map(
      decisions.flatMap(({ table, memory }) => (memory === null ? [] : [[table.id, memory] as const])),
    ),
  };
}

/** Lets what has waited wait on in these tables, whose entries in the ledger are not written. */
export function withhold(
  guarded: GuardedPlan,
  tables: ReadonlySet<string>,
  observation: Observation,
): GuardedPlan {
  const isRefused = ({ table, due }: TableDecision): boolean => due.length > 0 && tables.has(table.id);
  if (!guarded.decisions.some(isRefused)) return guarded;
  const decisions = guarded.decisions.map((decision): TableDecision => {
    if (!isRefused(decision)) return decision;
    const { due } = decision;
    return {
      ...decision,
      allowed: without(decision.allowed, due),
      due: [],
      left: [...decision.left, ...due.map((change) => waitFor(change, 'ledger-not-written'))],
    };
  });
  const failures = guarded.findings.filter(({ code }) => code === 'read-incomplete');
  const fitted = fitAll(decisions, observation);
  return { ...fitted, findings: [...failures, ...fitted.findings] };
}

/** Tables in which something goes only once the ledger has taken their entries. */
export function findPressing({ decisions }: GuardedPlan): Set<string> {
  return new Set(decisions.flatMap(({ table, due }) => (due.length > 0 ? [table.id] : [])));
}

function isUnproven({ evidence }: Change): boolean {
  return evidence !== null && evidence !== 'proven';
}

function without(changes: readonly Change[], others: readonly Change[]): Change[] {
  const excluded = new Set(others);
  return changes.filter((change) => !excluded.has(change));
}

/** What becomes of a table's deletions that are not proven. */
interface Decided {
  readonly allowed: readonly Change[];
  /** What of that has waited. */
  readonly due: readonly Change[];
  readonly left: readonly ChangeResult[];
  readonly findings: readonly Finding[];
  readonly memory: TableMemory | null;
}

const NOTHING: Omit<Decided, 'left'> = { allowed: [], due: [], findings: [], memory: null };

function decide(
  table: RouteTable,
  unproven: readonly Change[],
  plan: Plan,
  { observation, settings, memory }: { observation: Observation; settings: GuardSettings; memory: Memory },
): Decided {
  if (!knowsEveryClaim(observation)) {
    const failure = explainIgnorance(observation);
    const left = unproven
      .filter(isNotKept)
      .map((change): ChangeResult => ({ change, outcome: 'skipped', failure }));
    return { ...NOTHING, left, memory: refuted(table, plan, observation, memory) };
  }
  // What a later look finds besides, nobody who forces can have meant.
  const forced = memory.kind === 'decided' ? [] : findForced(table, unproven, settings);
  const rest = without(unproven, forced);
  const decided = decideRest(table, rest, plan, { observation, settings, memory });
  return { ...decided, allowed: [...forced, ...decided.allowed] };
}

/** R6: what a node holds, nobody's force takes. Only that whoever it was made for is gone lets it go. */
function isNotKept({ evidence }: Change): boolean {
  return evidence !== 'kept';
}

function refuted(table: RouteTable, plan: Plan, { scope }: Observation, memory: Memory): TableMemory | null {
  const before = memory.kind === 'read' && scope.kind === 'all' ? memory.tables.get(table.id) : undefined;
  return before === undefined ? null : forgetRefuted(table, plan.inForce.get(table.id) ?? [], before);
}

function findForced(
  table: RouteTable,
  unproven: readonly Change[],
  { force, named }: GuardSettings,
): readonly Change[] {
  if (!force) return [];
  const takeable = unproven.filter(isNotKept);
  if (named === null) return takeable;
  const holders = findHolders(table);
  return takeable.filter(
    ({ node, destination }) => named.has(node ?? '') || named.has(holders.get(destination.text) ?? ''),
  );
}

function decideRest(
  table: RouteTable,
  unproven: readonly Change[],
  plan: Plan,
  { observation, settings, memory }: { observation: Observation; settings: GuardSettings; memory: Memory },
): Decided {
  switch (memory.kind) {
    case 'decided':
      return repeat(table, unproven, memory.guarded);
    case 'events':
      return allowDeaths(unproven.filter(isNotKept), memory.gone);
    case 'none':
      return waitAll(unproven.filter(isNotKept), memory.reason);
    case 'read': {
      if (memory.unreadable.has(table.id)) return waitAll(unproven.filter(isNotKept), 'ledger-not-read');
      const past = { ...memory, memory: memory.tables.get(table.id) ?? NO_MEMORY };
      const inForce = plan.inForce.get(table.id) ?? [];
      const decision = decideUnproven(table, unproven, inForce, { observation, settings, past });
      return { ...decision, allowed: decision.due };
    }
  }
}

function waitAll(changes: readonly Change[], reason: WaitReason): Decided {
  return { ...NOTHING, left: changes.map((change) => waitFor(change, reason)) };
}

function waitFor(change: Change, reason: WaitReason): ChangeResult {
  return { change, outcome: 'waiting', failure: null, wait: { since: null, notBefore: null, reason } };
}

/** R4: runs for events withdraw nothing. What else waits, the scheduled run sees again. */
function allowDeaths(unproven: readonly Change[], gone: number): Decided {
  const vacant = unproven
    .filter(({ evidence, destination }) => evidence === 'vacant' && destination.family === 4)
    // What goes first must not depend on the order of reading, and be the same in all tables.
    .sort((a, b) => compareCidrs(a.destination, b.destination));
  const allowed = vacant.slice(0, gone);
  const rest = without(unproven, allowed);
  return { ...waitAll(rest, 'left-to-schedule'), allowed };
}

/** One decision for one run: a later look may find less to delete, on the same grounds, and never more. */
function repeat(table: RouteTable, unproven: readonly Change[], before: GuardedPlan): Decided {
  const decision = before.decisions.find((each) => each.table.id === table.id);
  const allowed = new Map((decision?.allowed ?? []).map((change) => [keyOf(change), change]));
  const left = new Map((decision?.left ?? []).map((result) => [keyOf(result.change), result]));
  const decided = unproven.map((change) => {
    const earlier = allowed.get(keyOf(change));
    // Whoever it was made for stays gone, whatever the node that it leads to claims by now.
    const stands =
      earlier !== undefined && (earlier.reason === 'claimant-gone' || earlier.evidence === change.evidence);
    return { change: stands ? onGroundsOf(earlier, change) : change, stands };
  });
  return {
    ...NOTHING,
    allowed: decided.flatMap(({ change, stands }) => (stands ? change : [])),
    left: decided
      .filter(({ change, stands }) => !stands && isNotKept(change))
      .map(({ change }) => left.get(keyOf(change)) ?? waitFor(change, 'left-to-schedule')),
    findings: decision?.findings ?? [],
  };
}

/** Why it goes was decided before; who gets it is as the later look says. */
function onGroundsOf({ node, reason, evidence }: Change, later: Change): Change {
  return { ...later, reason, evidence, node: later.action === 'delete' ? node : later.node };
}

function keyOf({ destination, action, previousNextHop }: Change): string {
  return `${destination.text} ${action} ${previousNextHop?.id ?? ''}`;
}
