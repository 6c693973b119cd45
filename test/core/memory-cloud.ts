import type { Cidr } from '../../shared/core/cidr.ts';
import type { BlockTag, Cloud, ForwardingResult, TagResult } from '../../shared/core/cloud.ts';
import type { CloudFailure, FailureKind } from '../../shared/core/errors.ts';
import type {
  Change,
  ChangeResult,
  NextHop,
  Node,
  Observation,
  ReadFailure,
  Route,
  RouteTarget,
  Scope,
} from '../../shared/core/model.ts';
import { show as showChange, table } from './builders.ts';

/** A route as the cloud itself knows it: who is behind it is found out on reading. */
interface StoredRoute {
  readonly destination: Cidr;
  readonly nextHop: NextHop;
  readonly ourKind: boolean;
}

export function failure(kind: FailureKind, code: string = kind): CloudFailure {
  return { kind, code, message: `${code}.` };
}

/** A cloud in memory: tables as maps, next hops that die with their node, and what can go wrong. */
export interface MemoryCloud extends Cloud {
  isAtomic: boolean;
  /**
   * What routes lead to: things with ids of their own, which never come back; or addresses, which another node may
   * have next, and whose routes do not show that nobody has them.
   */
  hops: 'ids' | 'addresses';
  /** Routing domains of tables; `vpc-1` of those that are not in it. */
  readonly domains: Map<string, string>;
  readonly nodes: Map<string, Node>;
  readonly tables: Map<string, Map<string, StoredRoute>>;
  /** Every write that was tried, and `observe`, in order; writes name their table. */
  readonly log: string[];
  /** Scopes that were asked for. */
  readonly looks: Scope[];
  /** The signal of each look. */
  readonly readSignals: AbortSignal[];
  /** Failures of the next writes of a table and destination, taken one by one. */
  readonly failing: Map<string, CloudFailure[]>;
  readonly unforwardable: Map<string, CloudFailure>;
  /** Why tags of nodes cannot be written, by id. */
  readonly untaggable: Map<string, CloudFailure>;
  /** Failures of every read from now on. */
  readonly unread: ReadFailure[];
  limit: number;
  /** Called before each look, with its number from 1: other writers, or a node that changes its mind. */
  beforeLook: (look: number) => void;
  /** Called after each write. */
  afterWrite: (change: Change) => void;
  /** Which of the further looks show the state as it was when this was set: as many, or those that are true. */
  lag(looks: number | readonly boolean[]): void;
  /** The routes of a table, as `destination next-hop`, in order. */
  routes(table?: string): string[];
  /** Puts a route there by hand. */
  put(table: string, destination: Cidr, nextHop: NextHop, ourKind?: boolean): void;
}

export function memoryCloud(nodes: readonly Node[], tables: readonly string[] = ['rtb-1']): MemoryCloud {
  let lagging: { left: boolean[]; view: View } | null = null;
  const cloud: MemoryCloud = {
    name: 'aws',
    isAtomic: false,
    hops: 'ids',
    domains: new Map(),
    nodes: new Map(nodes.map((node) => [node.id, node])),
    tables: new Map(tables.map((id) => [id, new Map()])),
    log: [],
    looks: [],
    readSignals: [],
    failing: new Map(),
    unforwardable: new Map(),
    untaggable: new Map(),
    unread: [],
    limit: 500,
    beforeLook: () => {},
    afterWrite: () => {},
    lag: (looks) => {
      const left = typeof looks === 'number' ? Array.from({ length: looks }, () => true) : [...looks];
      lagging = { left, view: viewOf(cloud) };
    },
    routes: (id = 'rtb-1') =>
      [...(cloud.tables.get(id) ?? new Map<string, StoredRoute>()).values()]
        .map(({ destination, nextHop }) => `${destination.text} ${nextHop.shown}`)
        .sort(),
    put: (id, destination, nextHop, ourKind = true) => {
      cloud.tables.get(id)?.set(destination.text, { destination, nextHop, ourKind });
    },
    observe: async (scope, signal) => {
      cloud.looks.push(scope);
      cloud.readSignals.push(signal);
      cloud.beforeLook(cloud.looks.length);
      cloud.log.push('observe');
      return observe(cloud, lagging?.left.shift() ? lagging.view : cloud, scope);
    },
    apply: async (_table, changes, signal) => changes.map((change) => write(cloud, change, signal)),
    enableForwarding: async (shut, signal) => shut.map((node) => enable(cloud, node, signal)),
    tagNodes: async (tags, signal) => tags.map((tag) => writeTag(cloud, tag, signal)),
  };
  return cloud;
}

const DEADLINE = failure('unfinished', 'deadline');

function enable(cloud: MemoryCloud, node: Node, signal: AbortSignal): ForwardingResult {
  if (signal.aborted) return { node, failure: DEADLINE };
  const refused = cloud.unforwardable.get(node.id) ?? null;
  cloud.log.push(`forward ${node.id}`);
  if (refused === null) cloud.nodes.set(node.id, { ...node, forwarding: 'on' });
  return { node, failure: refused };
}

function writeTag(cloud: MemoryCloud, tag: BlockTag, signal: AbortSignal): TagResult {
  if (signal.aborted) return { ...tag, failure: DEADLINE };
  const { node, cidrs } = tag;
  cloud.log.push(`tag ${node.id} ${cidrs.map(({ text }) => text).join(',')}`);
  const refused = cloud.untaggable.get(node.id) ?? null;
  const current = cloud.nodes.get(node.id);
  if (refused !== null || current === undefined) return { ...tag, failure: refused ?? failure('stale') };
  cloud.nodes.set(node.id, { ...current, claims: cidrs.map((each) => ({ cidr: each, source: 'tag' })) });
  return { ...tag, failure: null };
}

function write(cloud: MemoryCloud, change: Change, signal: AbortSignal): ChangeResult {
  if (signal.aborted) return { change, outcome: 'skipped', failure: DEADLINE };
  cloud.log.push(`${change.table} ${showChange(change)}`);
  const refused =
    cloud.failing.get(`${change.table} ${change.destination.text}`)?.shift() ?? tryWrite(cloud, change);
  cloud.afterWrite(change);
  return { change, outcome: refused === null ? 'applied' : 'failed', failure: refused };
}

function tryWrite(
  cloud: MemoryCloud,
  { table: id, action, destination, nextHop }: Change,
): CloudFailure | null {
  const routes = cloud.tables.get(id);
  if (routes === undefined) return failure('permanent', 'no-such-table');
  const exists = routes.has(destination.text);
  if (action === 'delete') {
    routes.delete(destination.text);
    return null;
  }
  if (exists !== (action === 'replace')) return failure('contradicted', exists ? 'exists' : 'not-there');
  if (!exists && routes.size >= cloud.limit) return failure('full');
  if (nextHop === null) return failure('permanent', 'no-next-hop');
  routes.set(destination.text, { destination, nextHop, ourKind: true });
  return null;
}

/** What reads show of the state. */
type View = Pick<MemoryCloud, 'nodes' | 'tables'>;

function viewOf({ nodes, tables }: View): View {
  return { nodes: new Map(nodes), tables: new Map([...tables].map(([id, routes]) => [id, new Map(routes)])) };
}

function observe(cloud: MemoryCloud, view: View, scope: Scope): Observation {
  const all = [...view.nodes.values()];
  const seen = all.filter(({ id }) => scope.kind === 'all' || scope.ids.includes(id));
  const owners = new Map(
    all.flatMap((node) => Object.values(node.nextHops).map((hop) => [hop?.id ?? '', node] as const)),
  );
  const looked = { seen: new Set(seen), isWhole: scope.kind === 'all' };
  return {
    scope,
    nodes: cloud.unread.some(({ what, id }) => what === 'nodes' && id === null) ? [] : seen,
    tables: [...view.tables]
      .filter(([id]) => !cloud.unread.some((read) => read.what === 'table' && read.id === id))
      .map(([id, routes]) => {
        const domain = cloud.domains.get(id) ?? 'vpc-1';
        return table(
          [...routes.values()].map((route) => show(cloud, route, owners.get(route.nextHop.id), looked)),
          {
            id,
            name: id,
            network: domain,
            domain,
            quotas: [{ families: [4, 6], used: routes.size, limit: cloud.limit }],
          },
        );
      }),
    missing: scope.ids.filter((id) => !view.nodes.has(id)),
    failures: [...cloud.unread],
  };
}

/** Next hops whose id begins so belong to something that is none of our nodes. */
export function strangerHop(name: string): NextHop {
  return { id: `stranger-${name}`, shown: name };
}

function isStranger({ id }: NextHop): boolean {
  return id.startsWith('stranger-');
}

interface Looked {
  readonly seen: ReadonlySet<Node>;
  readonly isWhole: boolean;
}

/** A route as a read shows it. */
function show(
  { hops }: MemoryCloud,
  route: StoredRoute,
  owner: Node | undefined,
  { seen, isWhole }: Looked,
): Route {
  const isLost = owner === undefined && !isStranger(route.nextHop);
  const isDead = hops === 'ids' && (isLost || (owner !== undefined && owner.state !== 'running'));
  const target = (): RouteTarget => {
    if (owner !== undefined) return seen.has(owner) ? { kind: 'node', id: owner.id } : { kind: 'unread' };
    if (!isLost) return { kind: 'stranger' };
    if (hops === 'ids') return { kind: 'gone' };
    return isWhole ? { kind: 'vacant', agreed: true } : { kind: 'unread' };
  };
  return { ...route, state: isDead ? 'blackhole' : 'active', target: target() };
}
