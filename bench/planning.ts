import { cidrOf } from '../shared/core/cidr.ts';
import { guardPlan, type Memory } from '../shared/core/guard/guard.ts';
import type { Node, Observation, Route, RouteTable } from '../shared/core/model.ts';
import { planRoutes } from '../shared/core/plan/plan.ts';
import type { Figure } from './run.ts';
import { podCidr } from './world.ts';

const TABLES = 4;
const SETTINGS = {
  clusterCidrs: [cidrOf(4, 10n << 24n, 8)],
  stoppedNodes: 'keep',
  cloud: 'aws',
  forwarding: 'ensure',
  expectClaims: true,
  podCidrTag: 'pod-cidr',
  reservedCidrs: [],
  maxClaims: 8,
  maxDeletes: { percent: 30 },
  grace: 900_000,
  scheduleInterval: 600_000,
  force: false,
  named: null,
} as const;
/** A schedule's run that remembers nothing yet: the guard does all of its work. */
const MEMORY: Memory = {
  kind: 'read',
  tables: new Map(),
  unreadable: new Map(),
  now: Date.UTC(2026, 10, 21),
  isGone: () => false,
};

/** Planning against tables that hold half of the routes, a tenth of them wrong. */
export function measurePlanning(): Figure[] {
  const small = time(observe(5_000));
  const large = time(observe(10_000));
  return [
    {
      what: `planning and guarding 10,000 nodes x ${TABLES} tables, best of 15`,
      value: large,
      unit: 'ms',
      bar: 150,
    },
    { what: 'the same, times planning 5,000 nodes', value: large / small, unit: 'x', bar: 2.5 },
  ];
}

function time(observation: Observation): number {
  const times = Array.from({ length: 15 }, () => {
    const start = performance.now();
    guardPlan(planRoutes(observation, SETTINGS), observation, SETTINGS, MEMORY);
    return performance.now() - start;
  });
  return Math.min(...times);
}

function observe(count: number): Observation {
  const nodes = Array.from({ length: count }, (_, n) => node(n));
  const tables = Array.from({ length: TABLES }, (_, t) => table(`rtb-${t}`, nodes));
  return { scope: { kind: 'all', ids: [] }, nodes, tables, missing: [], failures: [] };
}

function node(n: number): Node {
  const nextHop = { id: `eni-${n}`, shown: `i-${n}` };
  return {
    id: `i-${n}`,
    name: `node-${n}`,
    state: 'running',
    launchedAt: n,
    addresses: [],
    claims: [{ cidr: podCidr(n), source: 'tag' }],
    defects: [],
    claimsKnown: true,
    nextHops: { 4: nextHop, 6: nextHop },
    forwarding: 'on',
    network: 'vpc-1',
    domain: 'vpc-1',
    incarnation: null,
    subnet: null,
  };
}

function table(id: string, nodes: readonly Node[]): RouteTable {
  const routes = nodes
    .filter((_, n) => n % 2 === 0)
    .map((owner, n) => route(owner, nodes[n % 10 === 0 ? 0 : n * 2] ?? owner));
  const quotas = [{ families: [4, 6] as const, used: routes.length, limit: 20_000 }];
  return {
    id,
    name: id,
    network: 'vpc-1',
    domain: 'vpc-1',
    networkCidrs: [cidrOf(4, 172n << 24n, 16)],
    routes,
    quotas,
    subnets: null,
  };
}

function route(owner: Node, target: Node): Route {
  return {
    destination: owner.claims[0]?.cidr ?? podCidr(0),
    nextHop: target.nextHops[4],
    state: 'active',
    ourKind: true,
    target: { kind: 'node', id: target.id },
  };
}
