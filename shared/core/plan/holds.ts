import type { Cidr } from '../cidr.ts';
import { indexByCidr } from '../cidr-index.ts';
import { isClaiming } from '../claims/bounds.ts';
import { wasHandedOut } from '../claims/conflicts.ts';
import { conflictingClaim } from '../findings/claims.ts';
import type { Change, Node, Route } from '../model.ts';
import { type Anchors, anchorOf } from './anchors.ts';
import type { TableContext, TableSketch, Write } from './table.ts';

/** A route in force to a living node that does not claim it. */
interface Hold {
  readonly sketch: TableSketch;
  readonly node: Node;
  readonly route: Route;
}

interface Pending {
  readonly cidr: Cidr;
  readonly sketch: TableSketch;
  readonly write: Write;
}

/**
 * R5 and R6: the route in force of a living node stays its own, claimed or not, until another claim of that node and
 * family is in force in that table, or made so by this plan. Writes that would take it, wholly or partly, in any
 * table of the domain, are dropped; whoever they were for may so keep what it has, in turn. Gives the replacements
 * that R4 lets through once the route has waited.
 */
export function holdRoutes(
  sketches: readonly TableSketch[],
  anchors: Anchors,
  context: TableContext,
): Change[] {
  const unclaimed = sketches.flatMap((sketch) => findUnclaimed(sketch, context));
  if (unclaimed.length === 0) return [];
  const pending = sketches.flatMap((sketch) =>
    sketch.writes.map((write): Pending => ({ cidr: write.claim.cidr, sketch, write })),
  );
  const index = indexByCidr(pending);
  const dropped = new Set<Write>();
  const byNode = Map.groupBy(unclaimed, ({ sketch, node, route }) =>
    anchorOf(sketch, node, route.destination.family),
  );
  const holds = unclaimed.filter(
    ({ sketch, node, route: { destination } }) =>
      !anchors.has(sketch, node, destination.family) ||
      context.verdict.claimed.get(destination.text)?.has(node),
  );
  const met: { readonly hold: Hold; readonly sketch: TableSketch; readonly write: Write }[] = [];
  for (const hold of holds) {
    for (const { sketch, write } of index.overlapping(hold.route.destination)) {
      if (!stands(hold, sketch, write)) continue;
      met.push({ hold, sketch, write });
      if (dropped.has(write)) continue;
      dropped.add(write);
      const { node, cidr } = write.claim;
      sketch.unmet.add(node.id);
      sketch.findings.push(conflictingClaim(node, cidr, { node: hold.node, cidr: hold.route.destination }));
      if (anchors.drop(sketch, write)) holds.push(...(byNode.get(anchorOf(sketch, node, cidr.family)) ?? []));
    }
  }
  for (const sketch of sketches) {
    const left = sketch.writes.filter((write) => !dropped.has(write));
    sketch.writes.splice(0, sketch.writes.length, ...left);
  }
  // Who claims something in vain is known only now.
  return met.flatMap(({ hold, sketch, write }) => {
    if (!replaces(hold, sketch, write)) return [];
    return { ...write.change, evidence: anchors.lacks(sketch, hold.node) ? 'kept' : 'withdrawn' } as const;
  });
}

/**
 * Whether a route stands against a write. A node that does not run yields to one that claims the very same, and every
 * other to the holder of a block that was handed out (R13).
 */
function stands({ sketch: own, node, route }: Hold, sketch: TableSketch, { claim }: Write): boolean {
  if (claim.node.id === node.id || (node.domain !== claim.node.domain && own !== sketch)) return false;
  if (wasHandedOut(claim)) return false;
  return node.state === 'running' || claim.cidr.text !== route.destination.text;
}

function replaces({ sketch: own, route }: Hold, sketch: TableSketch, { change }: Write): boolean {
  return own === sketch && change.destination.text === route.destination.text;
}

function findUnclaimed(sketch: TableSketch, { nodes, entitled, settings, verdict }: TableContext): Hold[] {
  return sketch.inside.flatMap((route) => {
    if (!route.ourKind || route.target.kind !== 'node') return [];
    if (entitled.has(`${route.destination.text} ${route.target.id}`)) return [];
    const node = nodes.get(route.target.id);
    if (node === undefined || !isClaiming(node, settings.stoppedNodes)) return [];
    if (verdict.isRange(node, route.destination)) return [];
    return route.state === 'active' || node.state !== 'running' ? [{ sketch, node, route }] : [];
  });
}
