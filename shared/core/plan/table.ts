import { type Cidr, containsCidr } from '../cidr.ts';
import { type CidrIndex, indexByCidr } from '../cidr-index.ts';
import {
  type AcceptedClaim,
  type ClaimSettings,
  type ClaimVerdict,
  isClaiming,
  sharesNetwork,
} from '../claims/judge.ts';
import { conflictingClaim, foreignRoute, nodeUnreachable } from '../findings.ts';
import type { Change, Finding, NextHop, Node, Route, RouteTable } from '../model.ts';

/** What all tables are compared with. */
interface TableContext {
  readonly verdict: ClaimVerdict;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly settings: ClaimSettings;
}

/** A replacement that takes an active route from another living node. */
interface Takeover {
  readonly claim: AcceptedClaim;
  readonly holder: Node;
  readonly change: Change;
}

/** What one table lacks. Filled while its claims and routes are gone through. */
export interface TableSketch {
  readonly changes: Change[];
  readonly takeovers: Takeover[];
  readonly findings: Finding[];
  readonly unmet: Set<string>;
  unchanged: number;
  /** A route in the way of a claim, whose target this run has not read. */
  unread: Route | null;
}

/** Compares the claims of a table's network with its routes. */
export function planTable(table: RouteTable, context: TableContext): TableSketch {
  const sketch: TableSketch = {
    changes: [],
    takeovers: [],
    findings: [],
    unmet: new Set(context.verdict.unmet),
    unchanged: 0,
    unread: null,
  };
  // A propagated route can stand beside a static one of the same destination, which then takes the traffic.
  const routes = new Map(
    [...table.routes.filter(({ ourKind }) => !ourKind), ...table.routes.filter(({ ourKind }) => ourKind)].map(
      (route) => [route.destination.text, route],
    ),
  );
  const wanted = context.verdict.accepted.filter(({ node }) => sharesNetwork(node, table));
  const inside = table.routes.filter((route) => isInside(route.destination, context.settings.clusterCidrs));
  const blocked = planObstacles(sketch, table, inside, indexByCidr(wanted));
  for (const claim of wanted) {
    if (blocked.has(claim)) {
      sketch.unmet.add(claim.node.id);
      continue;
    }
    const route = routes.get(claim.cidr.text);
    if (route === undefined) planCreate(sketch, table, claim);
    else planExisting(sketch, table, claim, route, context);
  }
  settleTakeovers(sketch);
  for (const route of inside) {
    const change = planDelete(table, route, sketch.unmet, context);
    if (change !== null) sketch.changes.push(change);
  }
  return sketch;
}

function isInside(destination: Cidr, clusterCidrs: readonly Cidr[]): boolean {
  return clusterCidrs.some((cluster) => containsCidr(cluster, destination));
}

function planCreate(sketch: TableSketch, table: RouteTable, { node, cidr }: AcceptedClaim): void {
  if (node.state !== 'running') {
    sketch.unmet.add(node.id);
    return;
  }
  const nextHop = node.nextHops[cidr.family];
  if (nextHop === null) addUnmet(sketch, node, nodeUnreachable(node, cidr));
  else {
    sketch.changes.push({
      table: table.id,
      action: 'create',
      destination: cidr,
      nextHop,
      previousNextHop: null,
      node: node.id,
      reason: 'claimed',
      evidence: null,
    });
  }
}

function addUnmet(sketch: TableSketch, node: Node, finding: Finding): void {
  sketch.findings.push(finding);
  sketch.unmet.add(node.id);
}

/** A route to exactly the claimed destination: right, wrong, foreign, or not to be judged yet. */
function planExisting(
  sketch: TableSketch,
  table: RouteTable,
  claim: AcceptedClaim,
  route: Route,
  context: TableContext,
): void {
  const { node, cidr } = claim;
  const nextHop = node.nextHops[cidr.family];
  const leadsThere = nextHop !== null && route.nextHop?.id === nextHop.id;
  const isInForce = route.state === 'active' && !route.writeFailed;
  if (leadsThere && (isInForce || node.state !== 'running')) {
    sketch.unchanged += 1;
    return;
  }
  if (!route.ourKind || route.target.kind === 'stranger') {
    addUnmet(sketch, node, foreignRoute(table, route, node, 'error'));
    return;
  }
  if (route.target.kind === 'unread') {
    sketch.unread = route;
    sketch.unmet.add(node.id);
    return;
  }
  // A node that is not running yet, or stopped, takes its route over when it runs.
  if (node.state !== 'running') {
    sketch.unmet.add(node.id);
    return;
  }
  if (nextHop === null) addUnmet(sketch, node, nodeUnreachable(node, cidr));
  else planReplace(sketch, claim, { table, route, nextHop, context });
}

function planReplace(
  sketch: TableSketch,
  claim: AcceptedClaim,
  { table, route, nextHop, context }: ReplaceParts,
): void {
  const change: Change = {
    table: table.id,
    action: 'replace',
    destination: claim.cidr,
    nextHop,
    previousNextHop: route.nextHop,
    node: claim.node.id,
    reason: whyReplace(route, nextHop),
    evidence: null,
  };
  const holder = route.target.kind === 'node' ? context.nodes.get(route.target.id) : undefined;
  const takes = route.state === 'active' && holder !== undefined && holder !== claim.node;
  if (takes && isClaiming(holder, context.settings.stoppedNodes)) {
    sketch.takeovers.push({ claim, holder, change });
  } else sketch.changes.push(change);
}

function whyReplace(route: Route, nextHop: NextHop): 'blackhole' | 'write-failed' | 'wrong-next-hop' {
  if (route.state === 'blackhole') return 'blackhole';
  return route.nextHop?.id === nextHop.id ? 'write-failed' : 'wrong-next-hop';
}

interface ReplaceParts {
  readonly table: RouteTable;
  readonly route: Route;
  readonly nextHop: NextHop;
  readonly context: TableContext;
}

/**
 * R6: a node that does not get what it claims now keeps what it has. Whoever was to take it is left without
 * too, and so keeps its own in turn.
 */
function settleTakeovers(sketch: TableSketch): void {
  const byHolder = Map.groupBy(sketch.takeovers, ({ holder }) => holder.id);
  const waiting = [...sketch.unmet];
  const held = new Set<Takeover>();
  for (const id of waiting) {
    for (const takeover of byHolder.get(id) ?? []) {
      const { claim, holder } = takeover;
      held.add(takeover);
      if (!sketch.unmet.has(claim.node.id)) waiting.push(claim.node.id);
      addUnmet(
        sketch,
        claim.node,
        conflictingClaim(claim.node, claim.cidr, { node: holder, cidr: claim.cidr }),
      );
    }
  }
  for (const takeover of sketch.takeovers) if (!held.has(takeover)) sketch.changes.push(takeover.change);
}

/**
 * Routes that overlap a claim without being the same network. Gives the claims that wait until it is known
 * whose such a route is: by the longest prefix, one could take the traffic of the other for good (R5).
 */
function planObstacles(
  sketch: TableSketch,
  table: RouteTable,
  inside: readonly Route[],
  claims: CidrIndex<AcceptedClaim>,
): Set<AcceptedClaim> {
  const blocked = new Set<AcceptedClaim>();
  for (const route of inside) {
    if (route.target.kind !== 'stranger' && route.target.kind !== 'unread') continue;
    const crossing = claims
      .overlapping(route.destination)
      .filter(({ cidr }) => cidr.text !== route.destination.text);
    const [first] = crossing;
    if (first === undefined) continue;
    if (route.ourKind && route.target.kind === 'unread') {
      sketch.unread = route;
      for (const claim of crossing) blocked.add(claim);
    }
    // A wider foreign route loses to the claim's own by longest prefix; only a narrower one takes traffic.
    else if (containsCidr(first.cidr, route.destination)) {
      sketch.findings.push(foreignRoute(table, route, first.node, 'warning'));
    }
  }
  return blocked;
}

/** R2: what may be deleted at all. How many of them go is for the guard to say. */
function planDelete(
  table: RouteTable,
  route: Route,
  unmet: ReadonlySet<string>,
  context: TableContext,
): Change | null {
  const { verdict, nodes, settings } = context;
  if (!route.ourKind || verdict.claimed.has(route.destination.text)) return null;
  const base = {
    table: table.id,
    action: 'delete',
    destination: route.destination,
    nextHop: null,
    previousNextHop: route.nextHop,
  } as const;
  const { target } = route;
  switch (target.kind) {
    case 'stranger':
    case 'unread':
      return null;
    case 'gone':
      return { ...base, node: null, reason: 'node-gone', evidence: 'proven' };
    case 'vacant':
      return { ...base, node: null, reason: 'next-hop-unknown', evidence: target.agreed ? 'vacant' : 'disputed' };
    case 'node': {
      const node = nodes.get(target.id);
      if (node === undefined || unmet.has(node.id)) return null;
      if (node.state === 'gone') return { ...base, node: node.id, reason: 'node-gone', evidence: 'proven' };
      const stopped = !isClaiming(node, settings.stoppedNodes) && claims(node, route.destination);
      return stopped
        ? { ...base, node: node.id, reason: 'node-stopped', evidence: 'proven' }
        : { ...base, node: node.id, reason: 'claim-withdrawn', evidence: 'withdrawn' };
    }
  }
}

function claims(node: Node, destination: Cidr): boolean {
  return node.claims.some(({ cidr }) => cidr.text === destination.text);
}
