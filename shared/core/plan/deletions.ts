import { isClaiming, sharesDomain } from '../claims/bounds.ts';
import type { Change, ChangeReason, Evidence, Node, Route } from '../model.ts';
import type { Anchors } from './anchors.ts';
import type { TableContext, TableSketch } from './table.ts';

/** Why a route may go, and whose it is; null where it may not. */
interface Grounds {
  readonly node: string | null;
  readonly reason: ChangeReason;
  readonly evidence: Evidence;
}

/** R2: what may be deleted at all, and on what grounds. When it goes is for the guard to say (R4). */
export function planDeletions(sketch: TableSketch, anchors: Anchors, context: TableContext): Change[] {
  const deletions = sketch.inside.flatMap((route): Change[] => {
    if (!route.ourKind || isClaimed(sketch, route, context)) return [];
    const grounds = findDeath(route, context) ?? findGrounds(sketch, anchors, route, context);
    if (grounds === null) return [];
    return [
      {
        table: sketch.table.id,
        action: 'delete',
        destination: route.destination,
        nextHop: null,
        previousNextHop: route.nextHop,
        ...grounds,
      },
    ];
  });
  return limitKept(deletions, context.settings.maxClaims);
}

/** Routes that go whatever else comes of the plan, and so make room in it. */
export function findProven(sketch: TableSketch, context: TableContext): Route[] {
  return sketch.inside.filter(
    (route) => route.ourKind && findDeath(route, context) !== null && !isClaimed(sketch, route, context),
  );
}

/** R7: a node that claims something in vain keeps no more than it could claim, or it could never claim anything again. */
function limitKept(deletions: readonly Change[], most: number): Change[] {
  const counts = new Map<string | null, number>();
  return deletions.map((change) => {
    if (change.evidence !== 'kept') return change;
    const count = (counts.get(change.node) ?? 0) + 1;
    counts.set(change.node, count);
    return count <= most ? change : { ...change, evidence: 'moved' };
  });
}

function isClaimed({ table }: TableSketch, { destination }: Route, { verdict }: TableContext): boolean {
  return [...(verdict.claimed.get(destination.text) ?? [])].some((node) => sharesDomain(node, table));
}

/** What is proven by the target of the route alone. */
function findDeath({ target }: Route, { nodes, settings }: TableContext): Grounds | null {
  if (target.kind === 'gone') return { node: null, reason: 'node-gone', evidence: 'proven' };
  const node = target.kind === 'node' ? nodes.get(target.id) : undefined;
  if (node === undefined || isClaiming(node, settings.stoppedNodes)) return null;
  return { node: node.id, reason: node.state === 'gone' ? 'node-gone' : 'node-stopped', evidence: 'proven' };
}

/** Why a route may go whose target is not known to be dead. */
function findGrounds(
  sketch: TableSketch,
  anchors: Anchors,
  { target, destination }: Route,
  { nodes, verdict }: TableContext,
): Grounds | null {
  switch (target.kind) {
    case 'stranger':
    case 'unread':
    case 'gone':
      return null;
    case 'vacant':
      return { node: null, reason: 'next-hop-unknown', evidence: target.agreed ? 'vacant' : 'disputed' };
    case 'node': {
      const node = nodes.get(target.id);
      if (node === undefined) return null;
      const isKept = anchors.lacks(sketch, node) && !verdict.isRange(node, destination);
      return withdraw(node, anchors.has(sketch, node, destination.family), isKept);
    }
  }
}

/**
 * R6: a node that claims something in vain keeps what it has, unless another claim of its family is met. A range of the
 * cluster is nobody's to keep.
 */
function withdraw({ id: node }: Node, isAnchored: boolean, isKept: boolean): Grounds {
  const evidence = isAnchored ? 'moved' : isKept ? 'kept' : 'withdrawn';
  return { node, reason: 'claim-withdrawn', evidence };
}
