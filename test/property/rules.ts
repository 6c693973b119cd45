import { type Cidr, containsCidr, overlaps, parseCidr } from '../../shared/core/cidr.ts';
import type { Report } from '../../shared/core/run/report.ts';
import { cidr } from '../core/builders.ts';

export const CLUSTER_CIDR = '10.200.0.0/16';
/** The second lies in the cluster CIDR: claims inside it must be refused. */
export const NETWORK_CIDRS = ['10.0.0.0/16', '10.200.224.0/20'];

const CLUSTER = cidr(CLUSTER_CIDR);
const NETWORK = NETWORK_CIDRS.map(cidr);

/** One route as it really is. */
export interface TrueRoute {
  readonly table: string;
  readonly destination: Cidr;
  /** Whether podroutes could have made it, wherever it leads. */
  readonly isOurKind: boolean;
  /** Equal where routes lead to the same thing. */
  readonly target: string;
  /** The machine behind the target, dead or alive; null where there is none. */
  readonly owner: string | null;
  readonly isBlackhole: boolean;
}

/** One machine as it really is. */
export interface TrueNode {
  readonly id: string;
  readonly isNode: boolean;
  readonly state: 'pending' | 'running' | 'stopped' | 'gone';
  /** As written, whether or not it can be read. */
  readonly claim: string | null;
}

/** What really is, whatever stale reads and faults podroutes has to live with. */
export interface Truth {
  /** By what tells the routes of all tables apart. */
  readonly routes: ReadonlyMap<string, TrueRoute>;
  readonly nodes: ReadonlyMap<string, TrueNode>;
}

/** What of the surroundings weakens what can be promised. */
export interface Weather {
  /** Reads lag behind: podroutes then acts on what was true a moment ago. */
  readonly stale: boolean;
  /** Tables have room for few routes. */
  readonly small: boolean;
}

/** What happened between two readings of the truth. */
export interface Episode {
  readonly weather: Weather;
  /** Ids of the tables that podroutes is to keep. */
  readonly managed: readonly string[];
  /** How many runs there were, each with a bound of its own on deletions. */
  readonly runs: number;
  /** Deaths that the runs were told of, where a dead route does not show as such; null where it does. */
  readonly deathsTold: number | null;
  /** Keys of routes that somebody else wrote meanwhile. */
  readonly others: ReadonlySet<string>;
}

/** Holds what was done to the tables against R2, R4, R5, R6 and R7; throws what it broke. */
export function checkStep(before: Truth, after: Truth, episode: Episode): void {
  const { weather, managed, others } = episode;
  const deleted: TrueRoute[] = [];
  for (const [key, was] of before.routes) {
    const is = after.routes.get(key);
    if (is?.target === was.target || others.has(key)) continue;
    if (!managed.includes(was.table) || isForeign(was, before, weather))
      fail('R2: touched a foreign route', was, is);
    if (weather.stale) continue;
    if (is !== undefined) checkIncumbent(was, is, before);
    else if (isClaimed(was.destination, before)) fail('R2: deleted a route that a live node claims', was);
    else deleted.push(was);
  }
  for (const [key, is] of after.routes) {
    if (before.routes.get(key)?.target !== is.target && !others.has(key)) checkWritten(is, after, weather);
  }
  checkBreaker(deleted, before, episode);
  if (!weather.stale && !weather.small) checkNoGap(before, after, managed);
}

/** After one reconcile with nothing in its way: what is due is there, and what is dead is not. */
export function checkConverged(
  truth: Truth,
  report: Report,
  { weather: { small }, managed }: Pick<Episode, 'weather' | 'managed'>,
): void {
  const claims = validClaims(truth);
  for (const table of managed) {
    const routes = [...truth.routes.values()].filter((route) => route.table === table);
    for (const { node, network } of claims) {
      const contested = claims.some((other) => other.node !== node && overlaps(other.network, network));
      if (node.state !== 'running' || contested || small || isHeld(network, node, truth)) continue;
      const foreign = report.findings.some(
        ({ code, cidr: at }) => code === 'foreign-route' && at === network.text,
      );
      const served = routes.some(
        ({ destination, owner, isBlackhole }) =>
          destination.text === network.text && owner === node.id && !isBlackhole,
      );
      if (!foreign && !served) fail('no route for', node, routes);
    }
    for (const route of routes.filter(isOurs)) {
      if (isDead(route, truth) && !isClaimed(route.destination, truth)) fail('a dead route is left', route);
    }
  }
}

/** Whether a destination may be tried at all (R7). */
export function isInBounds(destination: Cidr): boolean {
  return containsCidr(CLUSTER, destination) && !NETWORK.some((own) => overlaps(own, destination));
}

function isOurs({ destination, isOurKind }: TrueRoute): boolean {
  return isOurKind && containsCidr(CLUSTER, destination);
}

/** R2: outside the cluster, of another kind, or leading to somebody who lives and is no node. */
function isForeign(route: TrueRoute, truth: Truth, { stale }: Weather): boolean {
  if (!isOurs(route)) return true;
  const owner = ownerOf(route, truth);
  return owner !== undefined && owner.state !== 'gone' && !owner.isNode && !stale;
}

function ownerOf({ owner }: TrueRoute, { nodes }: Truth): TrueNode | undefined {
  return owner === null ? undefined : nodes.get(owner);
}

function isDead(route: TrueRoute, truth: Truth): boolean {
  const owner = ownerOf(route, truth);
  return owner === undefined || owner.state === 'gone';
}

function networkOf(node: TrueNode): Cidr | null {
  const result = parseCidr(node.claim ?? '');
  return result.ok ? result.cidr : null;
}

function isLive({ isNode, state }: TrueNode): boolean {
  return isNode && state !== 'gone';
}

function isClaimed(destination: Cidr, { nodes }: Truth): boolean {
  return [...nodes.values()].some((node) => isLive(node) && networkOf(node)?.text === destination.text);
}

/** R4: deletions that nothing but absence speaks for are few in each table and run. */
function checkBreaker(
  deleted: readonly TrueRoute[],
  before: Truth,
  { managed, runs, deathsTold }: Episode,
): void {
  for (const table of managed) {
    const ours = [...before.routes.values()].filter((route) => route.table === table && isOurs(route));
    const bound = Math.max(5, Math.floor(ours.length * 0.3)) * runs + (deathsTold ?? 0);
    const unproven = deleted.filter(
      (route) => route.table === table && (deathsTold !== null || !isDead(route, before)),
    );
    if (unproven.length > bound) fail('R4: deleted too many without evidence', table, bound, unproven);
  }
}

/** R5: a running node with an active route keeps it, unless another table says somebody else does. */
function checkIncumbent(was: TrueRoute, is: TrueRoute, before: Truth): void {
  const owner = ownerOf(was, before);
  if (owner === undefined || !isLive(owner) || was.isBlackhole) return;
  const network = networkOf(owner);
  if (network?.text !== was.destination.text) return;
  const rivals = [...before.routes.values()].some(
    (route) => route.owner !== owner.id && !route.isBlackhole && overlaps(route.destination, was.destination),
  );
  if (!rivals) fail('R5: the incumbent lost its route', was, is);
}

/** R7: whatever was written leads to a running node that claims exactly this, within bounds. */
function checkWritten(is: TrueRoute, after: Truth, { stale }: Weather): void {
  if (!isInBounds(is.destination)) fail('R7: out of bounds', is);
  if (stale) return;
  const owner = ownerOf(is, after);
  if (owner === undefined || owner.state !== 'running' || !owner.isNode)
    fail('R7: no running node', is, owner);
  else if (networkOf(owner)?.text !== is.destination.text) fail('R7: not claimed by its node', is, owner);
}

/** R6: a running node that had a route and still claims something has one afterwards. */
function checkNoGap(before: Truth, after: Truth, managed: readonly string[]): void {
  for (const node of before.nodes.values()) {
    if (node.state !== 'running' || !node.isNode || node.claim === null) continue;
    const claimed = networkOf(node)?.text;
    for (const table of managed) {
      const had = routesTo(node, table, before).filter(isOurs);
      const taken = had.every(
        ({ destination }) => claimed !== destination.text && isClaimed(destination, before),
      );
      // What somebody else made may do what the claim needs.
      const has = routesTo(node, table, after).some(
        (route) => isOurs(route) || route.destination.text === claimed,
      );
      if (had.length > 0 && !has && !taken) fail('R6: a gap', node, had);
    }
  }
}

function routesTo(node: TrueNode, table: string, { routes }: Truth): TrueRoute[] {
  return [...routes.values()].filter(
    (route) => route.table === table && route.owner === node.id && !route.isBlackhole,
  );
}

/** Claims of live nodes inside all bounds of R7. */
function validClaims(truth: Truth): { node: TrueNode; network: Cidr }[] {
  const live = [...truth.nodes.values()].filter(isLive);
  return live.flatMap((node) => {
    const network = networkOf(node);
    const valid = network !== null && isInBounds(network);
    if (!valid || (network.text === CLUSTER.text && live.length > 1)) return [];
    return [{ node, network }];
  });
}

/** R6: whoever claims something else in vain keeps what it has in any table, so that others wait for that. */
function isHeld(network: Cidr, node: TrueNode, truth: Truth): boolean {
  const routes = [...truth.routes.values()].filter(isOurs);
  const isServed = (owner: TrueNode): boolean =>
    routes.some((route) => route.owner === owner.id && route.destination.text === networkOf(owner)?.text);
  return routes.some((route) => {
    const owner = ownerOf(route, truth);
    const isOther = owner !== undefined && owner !== node && isLive(owner) && owner.claim !== null;
    return isOther && overlaps(route.destination, network) && !isServed(owner);
  });
}

/** Throws what was broken, with the evidence as JSON. */
export function fail(what: string, ...evidence: unknown[]): never {
  const replacer = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? String(value) : value;
  throw new Error(`${what}: ${evidence.map((item) => JSON.stringify(item, replacer)).join(' ')}`);
}
