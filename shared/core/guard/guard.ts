import { type Cidr, containsCidr } from '../cidr.ts';
import { type CloudFailure, isRetryable } from '../errors.ts';
import { readIncomplete } from '../findings.ts';
import type { TableMemory } from '../ledger/table-memory.ts';
import { NO_MEMORY } from '../ledger/table-memory.ts';
import type {
  Change,
  ChangeResult,
  Finding,
  Observation,
  ReadFailure,
  Route,
  RouteTable,
  WaitReason,
} from '../model.ts';
import type { Plan } from '../plan/plan.ts';
import { type FittingChanges, guardCapacity } from './capacity.ts';
import { decideUnproven, type Past, type SecondLookSettings } from './second-look.ts';

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
  | (Omit<Past, 'memory'> & { readonly kind: 'read'; readonly tables: ReadonlyMap<string, TableMemory> })
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
  /** What is allowed although it is not proven. */
  readonly allowed: readonly Change[];
  /** What of that has waited, and so goes only once the ledger took the entry of its table. */
  readonly due: readonly Change[];
  /** What is to be remembered of tables, by id; nothing where the run knows too little. */
  readonly memories: ReadonlyMap<string, TableMemory>;
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
  const names = new Map(observation.nodes.map(({ id, name }) => [id, name]));
  const byTable = Map.groupBy(plan.changes, ({ table }) => table);
  const guarded = observation.tables.map((table) => {
    const changes = byTable.get(table.id) ?? [];
    const unproven = changes.filter(isUnproven);
    const decision = decide(table, unproven, plan, { observation, settings, memory });
    const proven = changes.filter(({ evidence }) => evidence === 'proven');
    const writes = [
      ...changes.filter(({ evidence }) => evidence === null),
      ...decision.allowed.filter(isReplace),
    ];
    const deletes = [...proven, ...decision.allowed.filter((change) => !isReplace(change))];
    const room = guardCapacity(table, writes, deletes, names);
    return {
      steps: { table, makeRoom: room.makeRoom, writes: room.writes, deletes: room.deletes },
      vetoed: [...decision.left, ...room.vetoed],
      findings: [...decision.findings, ...room.findings],
      allowed: decision.allowed,
      due: decision.due,
      memory: decision.memory === null ? [] : [[table.id, decision.memory] as const],
    };
  });
  return {
    steps: guarded.map(({ steps }) => steps),
    vetoed: guarded.flatMap(({ vetoed }) => vetoed),
    findings: [
      ...groupFailures(observation).map(readIncomplete),
      ...guarded.flatMap(({ findings }) => findings),
    ],
    allowed: guarded.flatMap(({ allowed }) => allowed),
    due: guarded.flatMap(({ due }) => due),
    memories: new Map(guarded.flatMap((table) => table.memory)),
  };
}

/** Lets what waited wait on in tables whose entry in the ledger could not be written. */
export function withhold(guarded: GuardedPlan, tables: ReadonlySet<string>): GuardedPlan {
  if (tables.size === 0) return guarded;
  const refused = new Set(guarded.due.filter(({ table }) => tables.has(table)));
  const stays = (change: Change): boolean => refused.has(change);
  const goes = (change: Change): boolean => !stays(change);
  return {
    ...guarded,
    steps: guarded.steps.map((steps) => ({
      ...steps,
      makeRoom: steps.makeRoom.filter(goes),
      writes: steps.writes.filter(goes),
      deletes: steps.deletes.filter(goes),
    })),
    vetoed: [...guarded.vetoed, ...[...refused].map((change) => waitFor(change, 'ledger-not-written'))],
    allowed: guarded.allowed.filter(goes),
    due: guarded.due.filter(goes),
  };
}

function isUnproven({ evidence }: Change): boolean {
  return evidence !== null && evidence !== 'proven';
}

function isReplace({ action }: Change): boolean {
  return action === 'replace';
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

const NOTHING: Decided = { allowed: [], due: [], left: [], findings: [], memory: null };

function decide(
  table: RouteTable,
  unproven: readonly Change[],
  plan: Plan,
  { observation, settings, memory }: { observation: Observation; settings: GuardSettings; memory: Memory },
): Decided {
  if (!knowsEveryClaim(observation)) {
    const failure = explainIgnorance(observation);
    const left = unproven.map((change): ChangeResult => ({ change, outcome: 'skipped', failure }));
    return { ...NOTHING, left };
  }
  const forced = findForced(table, unproven, settings);
  const rest = unproven.filter((change) => !forced.includes(change));
  const decided = decideRest(table, rest, plan, { observation, settings, memory });
  return { ...decided, allowed: [...forced, ...decided.allowed] };
}

function findForced(
  { routes }: RouteTable,
  unproven: readonly Change[],
  { force, named }: GuardSettings,
): readonly Change[] {
  if (!force) return [];
  if (named === null) return unproven;
  const holders = new Map(
    routes.map(({ destination, target }) => [destination.text, target.kind === 'node' ? target.id : '']),
  );
  return unproven.filter(
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
      return allowDeaths(unproven, memory.gone);
    case 'none':
      return waitAll(unproven, memory.reason);
    case 'read': {
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
  const vacant = unproven.filter(
    ({ evidence, destination }) => evidence === 'vacant' && destination.family === 4,
  );
  const allowed = vacant.slice(0, gone);
  const rest = unproven.filter((change) => !allowed.includes(change));
  return { ...waitAll(rest, 'left-to-schedule'), allowed };
}

/** One decision for one run: a later look may find less to delete, never more. */
function repeat(table: RouteTable, unproven: readonly Change[], before: GuardedPlan): Decided {
  const allowed = new Set(before.allowed.map(keyOf));
  const left = new Map(before.vetoed.map((result) => [keyOf(result.change), result]));
  const rest = unproven.filter((change) => !allowed.has(keyOf(change)));
  return {
    ...NOTHING,
    allowed: unproven.filter((change) => allowed.has(keyOf(change))),
    left: rest.map((change) => left.get(keyOf(change)) ?? waitFor(change, 'left-to-schedule')),
    findings: before.findings.filter(({ code, table: id }) => code === 'deletion-breaker' && id === table.id),
  };
}

function keyOf({ table, destination, action, previousNextHop }: Change): string {
  return `${table} ${destination.text} ${action} ${previousNextHop?.id ?? ''}`;
}

/** Many nodes that failed for one reason are one thing to look at. */
function groupFailures({ failures }: Pick<Observation, 'failures'>): ReadFailure[] {
  const groups = Map.groupBy(failures, ({ what, id, failure }) =>
    what === 'claims' ? failure.code : `${what} ${id} ${failure.code}`,
  );
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return first ?? [];
    return first.id === null ? first : { ...first, id: `${first.id} and ${others.length} more` };
  });
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
  const message = `Nothing that is not proven is deleted before every claim was read; not read: ${unread || 'nodes outside the scope'}.`;
  return { kind: temporary ? 'transient' : 'permanent', code: 'read-incomplete', message };
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
