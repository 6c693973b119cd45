import { type Cidr, parseCidr } from '../../shared/core/cidr.ts';
import type {
  Change,
  Claim,
  NextHop,
  Node,
  Observation,
  Route,
  RouteTable,
} from '../../shared/core/model.ts';
import type { ReconcileRequest } from '../../shared/core/run/reconcile.ts';
import type { Run } from '../../shared/core/run/run.ts';

type Settings = ReconcileRequest['settings'];

/** Reads a CIDR that the test writes; a mistake in it is the test's. */
export function cidr(text: string): Cidr {
  const result = parseCidr(text);
  if (!result.ok) throw new Error(`${text} ${result.problem}`);
  return result.cidr;
}

export function claim(text: string, source: Claim['source'] = 'tag'): Claim {
  return { cidr: cidr(text), source };
}

/** The next hop of a node's primary interface, as `node` builds it. */
export function hopOf(id: string): NextHop {
  return { id: `eni-${id}`, shown: id };
}

/** A running node, reachable in both families, that claims the given CIDRs. */
export function node(id: string, claims: readonly string[] = [], more: Partial<Node> = {}): Node {
  return {
    id,
    name: id,
    state: 'running',
    launchedAt: 0,
    addresses: [],
    claims: claims.map((text) => claim(text)),
    defects: [],
    claimsKnown: true,
    nextHops: { 4: hopOf(id), 6: hopOf(id) },
    forwarding: 'on',
    network: 'vpc-1',
    domain: more.network === undefined ? 'vpc-1' : more.network,
    incarnation: null,
    subnet: null,
    ...more,
  };
}

/** An active route of our kind to the named node. */
export function route(destination: string, to: string, more: Partial<Route> = {}): Route {
  return {
    destination: cidr(destination),
    nextHop: hopOf(to),
    state: 'active',
    ourKind: true,
    target: { kind: 'node', id: to },
    ...more,
  };
}

/** What is left of a route whose target is gone. */
export function deadRoute(destination: string): Route {
  return route(destination, 'dead', { nextHop: null, state: 'blackhole', target: { kind: 'gone' } });
}

export function table(routes: readonly Route[] = [], more: Partial<RouteTable> = {}): RouteTable {
  const used = (family: 4 | 6): number =>
    routes.filter(({ destination }) => destination.family === family).length;
  return {
    id: 'rtb-1',
    name: 'main',
    network: 'vpc-1',
    domain: more.network === undefined ? 'vpc-1' : more.network,
    networkCidrs: [cidr('10.0.0.0/16')],
    routes,
    quotas: ([4, 6] as const).map((family) => ({ families: [family], used: used(family), limit: 500 })),
    subnets: null,
    ...more,
  };
}

/** Both families in one quota, as where a table has a single limit. */
export function tableOf(limit: number, routes: readonly Route[]): RouteTable {
  return table(routes, { quotas: [{ families: [4, 6], used: routes.length, limit }] });
}

/** A whole and complete look. */
export function observation(
  nodes: readonly Node[],
  tables: readonly RouteTable[],
  more: Partial<Observation> = {},
): Observation {
  return { scope: { kind: 'all', ids: [] }, nodes, tables, missing: [], failures: [], ...more };
}

/** A full run that had nothing to do. */
export function runOf(seen: Observation, more: Partial<Run> = {}): Run {
  return {
    scope: seen.scope,
    widened: null,
    dryRun: false,
    observation: seen,
    results: [],
    forwarding: [],
    findings: [],
    unmet: new Set(),
    short: new Set(),
    unchanged: 0,
    ...more,
  };
}

export function settings(more: Partial<Settings> = {}): Settings {
  return {
    clusterCidrs: [cidr('10.200.0.0/16'), cidr('fd00:200::/48')],
    reservedCidrs: [],
    maxClaims: 8,
    grace: 15 * 60_000,
    scheduleInterval: 10 * 60_000,
    stoppedNodes: 'keep',
    expectClaims: false,
    podCidrTag: 'pod-cidr',
    podCidrSources: ['tag', 'user-data'],
    allocate: { 4: null, 6: null },
    cloud: 'aws',
    forwarding: 'ensure',
    maxDeletes: { percent: 30 },
    force: false,
    ...more,
  };
}

/** A change in a few words, such as `create 10.200.0.0/24 a (claimed)`. */
export function show({ action, destination, nextHop, previousNextHop, reason }: Change): string {
  const hop = action === 'delete' ? previousNextHop : nextHop;
  return `${action} ${destination.text} ${hop?.shown ?? '-'} (${reason})`;
}
