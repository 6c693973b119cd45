import type { Cidr } from '../../shared/core/cidr.ts';
import { isManaged } from '../../shared/core/guard/managed.ts';
import type { Node, Route, RouteTable } from '../../shared/core/model.ts';

/** How the route that a claim asks for stands in one table. */
export type RouteState = 'active' | 'missing' | 'blackhole' | 'elsewhere' | 'foreign';

/** The state of the route to a claimed block, and the route itself where there is one. */
export interface ClaimedRoute {
  readonly state: RouteState;
  readonly route: Route | null;
}

/** Finds the route that a node's claim asks for. A propagated one is none: ours stands beside it, and takes the traffic. */
export function findClaimedRoute(node: Node, cidr: Cidr, table: RouteTable): ClaimedRoute {
  const route =
    table.routes.find(({ destination, propagated }) => destination.text === cidr.text && !propagated) ?? null;
  if (route === null) return { state: 'missing', route };
  const leadsThere = route.nextHop !== null && route.nextHop.id === node.nextHops[cidr.family]?.id;
  if (route.state === 'blackhole') return { state: 'blackhole', route };
  if (leadsThere) return { state: 'active', route };
  return { state: route.ourKind && route.target.kind !== 'stranger' ? 'elsewhere' : 'foreign', route };
}

/** Why podroutes leaves a route alone (R2); null for one that it may change. */
export function explainForeign(route: Route, clusterCidrs: readonly Cidr[]): string | null {
  if (isManaged(route, clusterCidrs)) return null;
  const { ourKind, target } = route;
  if (!isManaged({ ...route, ourKind: true, target: { kind: 'gone' } }, clusterCidrs)) {
    return 'outside the cluster CIDRs';
  }
  if (!ourKind) return 'not of the kind that podroutes creates';
  return target.kind === 'stranger' ? 'its target exists and is not a node' : null;
}
