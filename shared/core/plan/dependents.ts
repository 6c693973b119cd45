import type { Change } from '../model.ts';

/**
 * The changes that would take a route from a node that lives and does not get its new one (R6): deletions of
 * what it had, and replacements that give that to another node. Whoever was to get it goes without too, and
 * so keeps its own in turn.
 *
 * @param notApplied creations and replacements in one table that were not made
 * @param changes of the same table
 */
export function findDependents(notApplied: readonly Change[], changes: readonly Change[]): Set<Change> {
  const takeovers = Map.groupBy(changes.filter(takesOver), ({ previousNextHop }) => previousNextHop?.id);
  const deletes = Map.groupBy(
    changes.filter(({ action, evidence }) => action === 'delete' && evidence !== 'proven'),
    ({ node }) => node,
  );
  const found = new Set<Change>();
  const without = [...notApplied];
  for (const { nextHop, node } of without) {
    for (const change of deletes.get(node) ?? []) found.add(change);
    for (const change of takeovers.get(nextHop?.id) ?? []) {
      if (!found.has(change)) without.push(change);
      found.add(change);
    }
  }
  return found;
}

/** A blackhole is of use to nobody, and a node takes nothing from itself. */
function takesOver({ action, reason, nextHop, previousNextHop }: Change): boolean {
  return action === 'replace' && reason !== 'blackhole' && nextHop?.id !== previousNextHop?.id;
}
