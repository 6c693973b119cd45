import { type Cidr, containsCidr } from '../cidr.ts';
import { type CidrIndex, indexByCidr } from '../cidr-index.ts';
import { type ClaimSettings, sharesDomain } from '../claims/bounds.ts';
import { resolveInTable } from '../claims/conflicts.ts';
import type { ClaimVerdict } from '../claims/judge.ts';
import { conflictingClaim, tooManyLeftovers } from '../findings/claims.ts';
import { nodeUnreachable } from '../findings/network.ts';
import { foreignRoute } from '../findings/tables.ts';
import type { AcceptedClaim, Change, Finding, NextHop, Node, Route, RouteTable } from '../model.ts';

/** What all tables are compared with. */
export interface TableContext {
  readonly verdict: ClaimVerdict;
  /** Accepted claims, as `cidr node-id`. */
  readonly entitled: ReadonlyMap<string, AcceptedClaim>;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly settings: ClaimSettings;
}

/** A route to make or to turn to another next hop for a claim. */
export interface Write {
  readonly claim: AcceptedClaim;
  readonly change: Change;
}

/** What one table lacks. Filled while its claims and routes are gone through. */
export interface TableSketch {
  readonly table: RouteTable;
  /** Routes inside a cluster CIDR. */
  readonly inside: readonly Route[];
  /** Claims whose route is as it should be. */
  readonly inForce: AcceptedClaim[];
  readonly writes: Write[];
  /** Writes that only a person lets through: it is unknown whether the next hop is somebody's. */
  readonly disputed: Change[];
  readonly findings: Finding[];
  readonly unmet: Set<string>;
  /** A route in the way of a claim, whose target this run has not read. */
  unread: Route | null;
}

/** Compares the claims of a table's domain with its routes. */
export function sketchTable(table: RouteTable, context: TableContext): TableSketch {
  const inside = table.routes.filter((route) => isInside(route.destination, context.settings.clusterCidrs));
  const sketch: TableSketch = {
    table,
    inside,
    inForce: [],
    writes: [],
    disputed: [],
    findings: [],
    unmet: new Set(context.verdict.unmet),
    unread: null,
  };
  // A propagated route can stand beside a static one of the same destination, which then takes the traffic.
  const routes = new Map(
    table.routes.filter(({ propagated }) => !propagated).map((route) => [route.destination.text, route]),
  );
  const candidates = context.verdict.accepted.filter(({ node }) => sharesDomain(node, table));
  const { accepted: wanted, losers } = resolveInTable(candidates, table);
  for (const { node, cidr, winner } of losers) refuse(sketch, node, conflictingClaim(node, cidr, winner));
  const blocked = findObstacles(sketch, routes, indexByCidr(wanted), context);
  for (const claim of wanted) {
    if (blocked.has(claim)) {
      sketch.unmet.add(claim.node.id);
      continue;
    }
    const route = routes.get(claim.cidr.text);
    if (route === undefined) planCreate(sketch, claim);
    else planExisting(sketch, claim, route);
  }
  boundLeftovers(sketch, context);
  return sketch;
}

function isInside(destination: Cidr, clusterCidrs: readonly Cidr[]): boolean {
  return clusterCidrs.some((cluster) => containsCidr(cluster, destination));
}

function planCreate(sketch: TableSketch, claim: AcceptedClaim): void {
  const { node, cidr } = claim;
  if (node.state !== 'running') {
    sketch.unmet.add(node.id);
    return;
  }
  const nextHop = node.nextHops[cidr.family];
  if (nextHop === null) refuse(sketch, node, nodeUnreachable(node, cidr));
  else sketch.writes.push({ claim, change: changeOf(sketch, claim, nextHop, null) });
}

function changeOf(
  { table }: TableSketch,
  claim: AcceptedClaim,
  nextHop: NextHop,
  route: Route | null,
): Change {
  return {
    table: table.id,
    action: route === null ? 'create' : 'replace',
    destination: claim.cidr,
    nextHop,
    previousNextHop: route?.nextHop ?? null,
    node: claim.node.id,
    reason: route === null ? 'claimed' : whyReplace(route, nextHop),
    evidence: null,
  };
}

function whyReplace(route: Route, nextHop: NextHop): 'blackhole' | 'write-failed' | 'wrong-next-hop' {
  if (route.state === 'blackhole') return 'blackhole';
  return route.nextHop?.id === nextHop.id ? 'write-failed' : 'wrong-next-hop';
}

function refuse(sketch: TableSketch, node: Node, finding: Finding): void {
  sketch.findings.push(finding);
  sketch.unmet.add(node.id);
}

/** A route to exactly the claimed destination: right, wrong, foreign, or not to be judged yet. */
function planExisting(sketch: TableSketch, claim: AcceptedClaim, route: Route): void {
  const { node, cidr } = claim;
  const nextHop = node.nextHops[cidr.family];
  const leadsThere = nextHop !== null && route.nextHop?.id === nextHop.id;
  const isInForce = route.state === 'active' && !route.writeFailed;
  if (leadsThere && (isInForce || node.state !== 'running')) {
    sketch.inForce.push(claim);
    return;
  }
  if (!route.ourKind || route.target.kind === 'stranger') {
    refuse(sketch, node, foreignRoute(sketch.table, route, node, 'error'));
    return;
  }
  if (route.target.kind === 'unread') {
    sketch.unread = route;
    sketch.unmet.add(node.id);
    return;
  }
  // A node that is not running yet, or stopped, takes its route over when it runs.
  if (node.state !== 'running') sketch.unmet.add(node.id);
  else if (nextHop === null) refuse(sketch, node, nodeUnreachable(node, cidr));
  else if (route.target.kind === 'vacant' && !route.target.agreed) {
    refuse(sketch, node, foreignRoute(sketch.table, route, node, 'error'));
    sketch.disputed.push({ ...changeOf(sketch, claim, nextHop, route), evidence: 'disputed' });
  } else sketch.writes.push({ claim, change: changeOf(sketch, claim, nextHop, route) });
}

/**
 * R7: routes that overlap a claim and are not podroutes' to change. Gives the claims that get no route here: those
 * inside a range of somebody else's, whose traffic theirs would take, and those beside a route that this run has not
 * read, since by the longest prefix one could take the traffic of the other for good (R5).
 */
function findObstacles(
  sketch: TableSketch,
  routes: ReadonlyMap<string, Route>,
  claims: CidrIndex<AcceptedClaim>,
  { verdict, settings: { clusterCidrs } }: TableContext,
): Set<AcceptedClaim> {
  const blocked = new Set<AcceptedClaim>();
  const hasOwnRoute = ({ node, cidr }: AcceptedClaim): boolean => {
    const route = routes.get(cidr.text);
    return route?.state === 'active' && route.target.kind === 'node' && route.target.id === node.id;
  };
  for (const route of sketch.inside) {
    if (route.target.kind !== 'stranger' && route.target.kind !== 'unread') continue;
    const isWide = clusterCidrs.some(({ text }) => text === route.destination.text);
    for (const claim of claims.overlapping(route.destination)) {
      if (claim.cidr.text === route.destination.text) continue;
      if (route.target.kind === 'unread' && route.ourKind) {
        sketch.unread = route;
        blocked.add(claim);
      } else if (
        !isWide &&
        containsCidr(route.destination, claim.cidr) &&
        !hasOwnRoute(claim) &&
        // A node that gave its place up may have left it: it must not shut out all others.
        !(route.ourKind && verdict.isRange(claim.node, route.destination))
      ) {
        refuse(sketch, claim.node, foreignRoute(sketch.table, route, claim.node, 'error'));
        blocked.add(claim);
      } else if (!isWide) {
        sketch.findings.push(foreignRoute(sketch.table, route, claim.node, 'warning'));
      }
    }
  }
  return blocked;
}

/**
 * R7: claims that come and go leave routes behind for a while. As many as claims count may be left over, so that a node
 * can move all of them at once; a node that has more gets no further one.
 */
function boundLeftovers(sketch: TableSketch, { entitled, settings }: TableContext): void {
  if (sketch.writes.length === 0) return;
  const leftovers = new Map<string, number>();
  for (const { target, destination, ourKind } of sketch.inside) {
    if (!ourKind || target.kind !== 'node' || entitled.has(`${destination.text} ${target.id}`)) continue;
    leftovers.set(target.id, (leftovers.get(target.id) ?? 0) + 1);
  }
  const fitting = sketch.writes.filter(({ claim: { node } }) => {
    const count = leftovers.get(node.id) ?? 0;
    if (count <= settings.maxClaims) return true;
    refuse(sketch, node, tooManyLeftovers(node, sketch.table, count, settings.maxClaims));
    return false;
  });
  if (fitting.length < sketch.writes.length) sketch.writes.splice(0, sketch.writes.length, ...fitting);
}
