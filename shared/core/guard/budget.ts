import { type Cidr, containsCidr, type Family } from '../cidr.ts';
import type { MaxDeletes } from '../config/values.ts';
import type { OverBudget } from '../findings/tables.ts';
import type { Spending } from '../ledger/table-memory.ts';
import type { Node, Observation, RouteTable } from '../model.ts';

export const DAY_MS = 24 * 60 * 60_000;

export interface BudgetSettings {
  readonly clusterCidrs: readonly Cidr[];
  readonly maxDeletes: MaxDeletes;
}

/** What is left of the last 24 hours' spending. What is dated in the future counts as spent now. */
export function currentSpending(spending: readonly Spending[], now: number): Spending[] {
  return spending
    .map((each) => ({ ...each, at: Math.min(each.at, now) }))
    .filter(({ at }) => now - at < DAY_MS);
}

/**
 * R4: whether these living nodes may be left without a route of that family in this table, as null, or by how much
 * that would be too many. A node pays once, and never all may pay.
 *
 * @param holders ids of the nodes whose withdrawn routes would go
 * @param spent what is left of the last 24 hours' spending, of all families
 */
export function checkBudget(
  table: RouteTable,
  family: Family,
  holders: readonly string[],
  {
    nodes,
    settings,
    spent,
  }: { nodes: Observation['nodes']; settings: BudgetSettings; spent: readonly Spending[] },
): OverBudget | null {
  const payers = new Set(holders);
  for (const each of spent) if (each.family === family) payers.delete(each.node);
  if (payers.size === 0) return null;
  const living = new Map(nodes.filter(({ state }) => state !== 'gone').map((node) => [node.id, node]));
  const paid = spent.filter((each) => each.family === family && living.has(each.node));
  const base = new Set([...findServed(table, family, living, settings), ...paid.map(({ node }) => node)]);
  const allowed = countAllowed(base.size, settings.maxDeletes);
  const once = new Set(paid.map(({ node }) => node));
  if (once.size + payers.size <= allowed) return null;
  const oldest = paid.length === 0 ? null : Math.min(...paid.map(({ at }) => at));
  return {
    family,
    nodes: nodes.flatMap(({ id, name }) => (payers.has(id) ? name : [])).sort(),
    allowed,
    spent: once.size,
    until: oldest === null ? null : oldest + DAY_MS,
  };
}

/** Ids of living nodes that a route of the table leads to. */
function findServed(
  { routes }: RouteTable,
  family: Family,
  living: ReadonlyMap<string, Node>,
  { clusterCidrs }: BudgetSettings,
): string[] {
  return routes.flatMap(({ ourKind, state, target, destination }) =>
    ourKind &&
    state === 'active' &&
    target.kind === 'node' &&
    living.has(target.id) &&
    destination.family === family &&
    clusterCidrs.some((range) => containsCidr(range, destination))
      ? target.id
      : [],
  );
}

function countAllowed(base: number, maxDeletes: MaxDeletes): number {
  const wanted = 'count' in maxDeletes ? maxDeletes.count : share(base, maxDeletes.percent);
  return Math.max(0, Math.min(wanted, base - 1));
}

/** A percentage never rounds to none, or small clusters could not lose a node's claim; 0 % is none. */
function share(base: number, percent: number): number {
  return percent === 0 ? 0 : Math.max(1, Math.floor((base * percent) / 100));
}
