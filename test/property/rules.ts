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

/** What is known of a story's past, by the ledger's clock in milliseconds. */
export interface Chronicle {
  /** Since when nobody has claimed a route that is the same as ever, by its key. */
  readonly unclaimed: Map<string, number>;
  /** Living nodes that were left without a route. */
  readonly losses: { readonly table: string; readonly node: string; readonly at: number }[];
}

export function newChronicle(): Chronicle {
  return { unclaimed: new Map(), losses: [] };
}

/** What happened between two readings of the truth. */
export interface Episode {
  readonly chronicle: Chronicle;
  /** The ledger's clock, in milliseconds. */
  readonly now: number;
  readonly weather: Weather;
  /** Ids of the tables that podroutes is to keep. */
  readonly managed: readonly string[];
  /** Deaths that the runs were told of, where a dead route does not show as such; null where it does. */
  readonly deathsTold: number | null;
  /** Keys of routes that somebody else wrote meanwhile. */
  readonly others: ReadonlySet<string>;
}

const GRACE = 15 * 60_000;
const DAY = 24 * 60 * 60_000;

/** Notes since when each route has not been claimed by whom it leads to. For whenever the truth may have changed. */
export function noteClaims(
  { chronicle: { unclaimed }, now }: Pick<Episode, 'chronicle' | 'now'>,
  truth: Truth,
): void {
  const left = new Set(
    [...truth.routes].flatMap(([key, route]) => (isOwnersClaim(route, truth) ? [] : noteKey(key, route))),
  );
  for (const note of unclaimed.keys()) if (!left.has(note)) unclaimed.delete(note);
  for (const note of left) if (!unclaimed.has(note)) unclaimed.set(note, now);
}

function isOwnersClaim(route: TrueRoute, truth: Truth): boolean {
  const owner = ownerOf(route, truth);
  return owner !== undefined && isLive(owner) && networkOf(owner)?.text === route.destination.text;
}

function noteKey(key: string, { target }: TrueRoute): string {
  return `${key}|${target}`;
}

/** Holds what was done to the tables against R2, R4, R5, R6 and R7; throws what it broke. */
export function checkStep(before: Truth, after: Truth, episode: Episode): void {
  const { weather, managed, others } = episode;
  noteClaims(episode, before);
  const deleted: [string, TrueRoute][] = [];
  for (const [key, was] of before.routes) {
    const is = after.routes.get(key);
    if (is?.target === was.target || others.has(key)) continue;
    if (!managed.includes(was.table) || isForeign(was, before, weather))
      fail('R2: touched a foreign route', was, is);
    if (weather.stale) continue;
    if (is !== undefined) checkIncumbent([key, was], is, { before, after, episode });
    else if (isClaimed(was.destination, before)) fail('R2: deleted a route that a live node claims', was);
    else deleted.push([key, was]);
  }
  for (const [key, is] of after.routes) {
    if (before.routes.get(key)?.target !== is.target && !others.has(key)) checkWritten(is, after, weather);
  }
  checkWaiting(deleted, before, episode);
  checkBudget(deleted, { before, after, episode });
  if (!weather.stale && !weather.small) checkNoGap(before, after, managed);
  noteClaims(episode, after);
}

interface Lasting {
  /** Whether it has lasted for so long that what waits for a second look has had it. */
  readonly hasLasted?: boolean;
}

/** After one reconcile with nothing in its way: what is due is there, and what is dead is not. */
export function checkConverged(
  truth: Truth,
  report: Report,
  { weather: { small }, managed, hasLasted = true }: Pick<Episode, 'weather' | 'managed'> & Lasting,
): void {
  const claims = validClaims(truth);
  // Where no node lives, nobody can tell of a network for a day.
  const isCleared = hasLasted && [...truth.nodes.values()].some(isLive);
  for (const table of managed) {
    const routes = [...truth.routes.values()].filter((route) => route.table === table);
    for (const { node, network } of claims) {
      const contested = claims.some((other) => other.node !== node && overlaps(other.network, network));
      const isOpen = contested || isHeld(network, node, truth) || coversOthers(node, network, truth);
      if (node.state !== 'running' || small || isOpen) continue;
      const foreign = report.findings.some(
        ({ code, cidr: at }) => code === 'foreign-route' && at !== null && overlaps(cidr(at), network),
      );
      const served = routes.some(
        ({ destination, owner, isBlackhole }) =>
          destination.text === network.text && owner === node.id && !isBlackhole,
      );
      if (!foreign && !served) fail('no route for', node, routes);
    }
    for (const route of routes.filter((each) => isCleared && isOurs(each))) {
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

/** By a live node, and not as a range that covers what most others claim (R5). */
function isClaimed(destination: Cidr, truth: Truth): boolean {
  return [...truth.nodes.values()].some(
    (node) =>
      isLive(node) && networkOf(node)?.text === destination.text && !coversOthers(node, destination, truth),
  );
}

/** Whether two others at least claim parts of it: where they are most, it is no block of one node. */
function coversOthers(node: TrueNode, wide: Cidr, { nodes }: Truth): boolean {
  const parts = [...nodes.values()].filter((other) => {
    const network = other === node || !isLive(other) ? null : networkOf(other);
    return network !== null && network.text !== wide.text && containsCidr(wide, network);
  });
  return parts.length >= 2;
}

function hasWaited(key: string, route: TrueRoute, { chronicle, now }: Episode): boolean {
  return now - (chronicle.unclaimed.get(noteKey(key, route)) ?? now) >= GRACE;
}

/** R4: only what is proven goes at once; where deaths do not show, each that was told of lets one route go. */
function checkWaiting(deleted: readonly [string, TrueRoute][], before: Truth, episode: Episode): void {
  const { managed, deathsTold } = episode;
  for (const table of managed) {
    const early = deleted.filter(([key, route]) => route.table === table && !hasWaited(key, route, episode));
    const unproven = early.filter(([, route]) => deathsTold !== null || !isDead(route, before));
    const living = unproven.filter(([, route]) => !isDead(route, before));
    if (living.length > 0) fail('R4: took a living route on one look', table, living);
    if (unproven.length > (deathsTold ?? 0)) fail('R4: deleted too many on one look', table, unproven);
  }
}

interface Step {
  readonly before: Truth;
  readonly after: Truth;
  readonly episode: Episode;
}

/** R4: within 24 hours no more living nodes are left without a route than the budget allows, and never all. */
function checkBudget(
  deleted: readonly [string, TrueRoute][],
  { before, after, episode: { managed, chronicle, now } }: Step,
): void {
  for (const table of managed) {
    const owners = new Set(
      deleted.flatMap(([, route]) => (route.table === table ? (route.owner ?? []) : [])),
    );
    const living = new Map([...before.nodes].filter(([, node]) => isLive(node)));
    const served = (truth: Truth): Set<string> =>
      new Set(
        [...truth.routes.values()].flatMap(({ table: at, owner, isOurKind }) =>
          at === table && isOurKind && owner !== null && living.has(owner) ? owner : [],
        ),
      );
    const [had, has] = [served(before), served(after)];
    const lost = [...owners].filter((id) => living.has(id) && !has.has(id));
    if (lost.length === 0) continue;
    chronicle.losses.push(...lost.map((node) => ({ table, node, at: now })));
    const paid = chronicle.losses.filter(
      (loss) => loss.table === table && now - loss.at < DAY && living.has(loss.node),
    );
    const payers = new Set(paid.map(({ node }) => node));
    const base = new Set([...had, ...payers]).size;
    const allowed = Math.min(base - 1, Math.max(1, Math.floor(base * 0.3)));
    if (payers.size > allowed) fail('R4: beyond the budget', table, base, paid);
  }
}

/** R5: a living node keeps a route in force, until it has long given it up, or has what it claims instead. */
function checkIncumbent(
  [key, was]: [string, TrueRoute],
  is: TrueRoute,
  { before, after, episode }: Step,
): void {
  const owner = ownerOf(was, before);
  if (owner === undefined || !isLive(owner) || was.isBlackhole) return;
  const network = networkOf(owner);
  if (network?.text === was.destination.text) {
    const rivals = [...before.routes.values()].some(
      (route) =>
        route.owner !== owner.id && !route.isBlackhole && overlaps(route.destination, was.destination),
    );
    const isOfOther = owner.state !== 'running' && ownerOf(is, after)?.state === 'running';
    if (!rivals && !isOfOther) fail('R5: the incumbent lost its route', was, is);
    return;
  }
  const hasOther = routesTo(owner, was.table, after).some(
    ({ destination }) => destination.text === network?.text,
  );
  const hasLeft = hasWaited(key, was, episode);
  if (owner.state === 'running' && !hasOther && !hasLeft)
    fail('R5: took what a node had not given up', was, is, owner);
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
    const network = networkOf(node);
    const claimed = network?.text;
    if (network !== null && coversOthers(node, network, before)) continue;
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

/** R5: a living node's route is its own until it has what it claims instead, so that others wait for that. */
function isHeld(network: Cidr, node: TrueNode, truth: Truth): boolean {
  const routes = [...truth.routes.values()].filter(isOurs);
  const isServed = (owner: TrueNode, table: string): boolean =>
    routes.some(
      (route) =>
        route.table === table &&
        route.owner === owner.id &&
        route.destination.text === networkOf(owner)?.text,
    );
  return routes.some((route) => {
    const owner = ownerOf(route, truth);
    const isOther = owner !== undefined && owner !== node && isLive(owner);
    return isOther && overlaps(route.destination, network) && !isServed(owner, route.table);
  });
}

/** Throws what was broken, with the evidence as JSON. */
export function fail(what: string, ...evidence: unknown[]): never {
  const replacer = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? String(value) : value;
  throw new Error(`${what}: ${evidence.map((item) => JSON.stringify(item, replacer)).join(' ')}`);
}
