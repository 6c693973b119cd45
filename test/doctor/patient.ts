import type { Cloud } from '../../shared/core/cloud.ts';
import { type Config, readConfig } from '../../shared/core/config/config.ts';
import type { Node, Observation, Route, RouteTable } from '../../shared/core/model.ts';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import { diagnose } from '../../shared/doctor/diagnose.ts';
import type { Facts } from '../../shared/doctor/facts.ts';
import type { Firewall } from '../../shared/doctor/firewall.ts';
import type { FixCommands, LookCommands, NetworkReading } from '../../shared/doctor/model.ts';
import { judgePassages, type Passage } from '../../shared/doctor/passage.ts';
import { memoryLedger } from '../core/memory-ledger.ts';
import { cidr, firewall, rule } from './rules.ts';

/** Says which command was asked for, and about what. */
const COMMANDS: FixCommands = {
  enableForwarding: (_node, networkInterface) => [`forward ${networkInterface}`],
  open: ({ firewall: { id }, direction, cidr: { text }, before }) => [
    `open ${id} ${direction} ${text} ${before}`,
  ],
  associate: (subnet, table) => [`associate ${subnet} ${table}`],
  manageTable: (table) => [`manage ${table}`],
  setClaim: ({ id }, text) => [`claim ${id} ${text}`],
  deleteDeadRoute: ({ id }, { text }) => [`delete ${id} ${text}`],
  start: ({ id }) => [`start ${id}`],
};

const LOOKS: LookCommands = {
  route: ({ id }, { text }) => [`look at ${id} ${text}`],
  members: ({ id }) => [`members of ${id}`],
};

/** A running node with its route, in one subnet with the others. */
export function node(i: number, fields: Partial<Node> = {}): Node {
  const nextHop = { id: `eni-${i}`, shown: `i-${i}` };
  return {
    id: `i-${i}`,
    name: `worker-${i}`,
    state: 'running',
    launchedAt: i,
    addresses: [`10.240.0.2${i}`],
    claims: [{ cidr: cidr(`10.200.${i}.0/24`), source: 'tag' }],
    defects: [],
    claimsKnown: true,
    nextHops: { 4: nextHop, 6: nextHop },
    forwarding: 'on',
    network: 'vpc-1',
    domain: 'vpc-1',
    incarnation: null,
    subnet: 'subnet-1',
    ...fields,
  };
}

/** The route to a node as it should be. */
export function routeTo(i: number, fields: Partial<Route> = {}): Route {
  return {
    destination: cidr(`10.200.${i}.0/24`),
    nextHop: { id: `eni-${i}`, shown: `i-${i}` },
    state: 'active',
    ourKind: true,
    target: { kind: 'node', id: `i-${i}` },
    ...fields,
  };
}

/** What differs from a cluster of three nodes without a fault. */
export interface World {
  readonly nodes?: readonly Node[];
  readonly routes?: readonly Route[];
  readonly table?: Partial<RouteTable>;
  readonly network?: Partial<NetworkReading>;
  readonly failures?: Observation['failures'];
  /** Names of the nodes that are asked about. */
  readonly asked?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What a firewall does with what comes in from one pod network to another. */
export function judgeBetween(firewall: Firewall, remote: string, local: string): Passage {
  const [passage] = judgePassages(firewall, {
    direction: 'ingress',
    remotes: [{ node: node(1), cidr: cidr(remote) }],
    locals: [{ node: node(0), cidr: cidr(local) }],
    meet: () => true,
  });
  if (passage === undefined) throw new Error('nothing was judged');
  return passage;
}

/** The three nodes. */
export const NODES = [0, 1, 2].map((i) => node(i));
const ROUTES = [0, 1, 2].map((i) => routeTo(i));

/** Both halves have a claim within, and one node has none. */
export const NO_BLOCK_LEFT: World = {
  nodes: [
    node(0),
    node(1, { claims: [{ cidr: cidr('10.200.200.0/24'), source: 'tag' }] }),
    node(3, { claims: [] }),
  ],
  routes: [routeTo(0), { ...routeTo(1), destination: cidr('10.200.200.0/24') }],
  env: { PODROUTES_ALLOCATE: '/17', PODROUTES_LEDGER: 'file:unused' },
};
const GOOD: NetworkReading = {
  guards: [
    {
      firewall: firewall([rule(), rule({ direction: 'egress' })]),
      nodes: ['i-0', 'i-1', 'i-2'],
      guardsWithinSubnet: true,
    },
  ],
  subnets: new Map([['subnet-1', { table: { id: 'rtb-1', name: 'nodes' }, isAssociated: true }]]),
  interfaces: new Map([['i-1', 'eni-1']]),
  gaps: [],
};

/** The facts as the command gathers them: the core's own dry run, and a reading of the network. */
export async function factsOf(world: World): Promise<Facts> {
  const table: RouteTable = {
    id: 'rtb-1',
    name: 'nodes',
    network: 'vpc-1',
    domain: 'vpc-1',
    networkCidrs: [cidr('10.240.0.0/16')],
    routes: world.routes ?? ROUTES,
    quotas: [{ families: [4], used: 3, limit: 500 }],
    subnets: ['subnet-1'],
    ...world.table,
  };
  const nodes = world.nodes ?? NODES;
  const config = configOf(world.env);
  const scope = { kind: 'all', ids: [] } as const;
  const cloud: Cloud = {
    name: 'aws',
    isAtomic: false,
    observe: async () => ({ scope, nodes, tables: [table], missing: [], failures: world.failures ?? [] }),
    apply: async () => [],
    enableForwarding: async () => [],
    tagNodes: async () => [],
  };
  const settings = { ...config, force: false, expectClaims: true };
  const { signal } = new AbortController();
  const ledger = memoryLedger(0);
  const request = { scope, settings, signal, ledger: config.ledger === null ? null : async () => ledger };
  // The first full run enters what there is, and hands out what is free.
  if (config.ledger !== null) await reconcile(cloud, { ...request, dryRun: false });
  const run = await reconcile(cloud, { ...request, dryRun: true });
  const asked = nodes.filter(({ name }) => world.asked?.includes(name));
  return {
    run,
    config,
    network: { ...GOOD, ...world.network },
    commands: COMMANDS,
    looks: LOOKS,
    asked,
    options: [],
  };
}

function configOf(env: World['env'] = {}): Config {
  const result = readConfig(
    { PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16', ...env },
    'aws',
  );
  if (!result.ok) throw new Error(result.problems.join('; '));
  return result.config;
}

/** What doctor finds: how sure and which code, whose pods, and the commands. */
export async function find(world: World): Promise<string[][]> {
  const { problems } = diagnose(await factsOf(world));
  return problems.map(({ certainty, code, nodes, commands }) => [
    `${certainty} ${code}`,
    nodes.join(' '),
    ...commands,
  ]);
}
