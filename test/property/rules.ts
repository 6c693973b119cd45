import { containsCidr, overlaps } from '../../shared/core/cidr.ts';
import type { Chronicle } from './chronicle.ts';
import type { LedgerFault } from './ledger.ts';
import {
  claimsExactly,
  claimsOf,
  coversMost,
  hasSeveral,
  holderOf,
  isAnchored,
  isClaimed,
  isDead,
  isForeign,
  isInBounds,
  isLive,
  isNarrow,
  isOurs,
  isWholeCluster,
  liveNodes,
  ownerOf,
  routesIn,
  routesTo,
  type TrueNode,
  type TrueRoute,
  type Truth,
} from './truth.ts';

/** What happened between two readings of the truth. */
export interface Episode {
  /** Runs that followed events, or full ones. */
  readonly kind: 'events' | 'full';
  /** How many runs there were, at once. */
  readonly runs: number;
  /** Whose routes a person gave up by force. */
  readonly forced: 'all' | ReadonlySet<string> | null;
  /** Whether calls to the cloud failed. */
  readonly isDisturbed: boolean;
  readonly ledgerFault: LedgerFault | null;
  /** Machines that the events name and that are gone. */
  readonly deathsTold: number;
  /** What reads may show: the present first and, where they lag behind, what was before. */
  readonly views: readonly Truth[];
  /** Ids of the tables that podroutes is to keep. */
  readonly managed: readonly string[];
  /** Keys of routes that somebody else wrote meanwhile. */
  readonly others: ReadonlySet<string>;
  /** Milliseconds since the epoch, by the ledger's clock. */
  readonly now: number;
}

/** Holds what was done to the tables against R1 to R7; throws what it broke. */
export function checkStep(before: Truth, after: Truth, episode: Episode, chronicle: Chronicle): void {
  const { managed, views, others } = episode;
  const withdrawn = new Set<string>();
  const told = new Map<string, number>();
  for (const [key, was] of before.routes) {
    const is = after.routes.get(key);
    if (is?.target === was.target || others.has(key)) continue;
    if (!managed.includes(was.table) || views.every((view) => isForeign(was, view)))
      fail('R2: touched a foreign route', was, is);
    if (is === undefined && views.every((view) => isClaimed(was.destination, view)))
      fail('R2: deleted a route that a live node claims', was);
    if (is !== undefined && yields(was, before, after, episode)) continue;
    const why = chronicle.explain(was, before, after, episode);
    if (why === 'withdrawn') withdrawn.add(key);
    if (why === 'told') told.set(was.table, (told.get(was.table) ?? 0) + 1);
  }
  for (const [table, count] of told) {
    if (count > episode.deathsTold) fail('R4: events let more go than they told of', table, count);
  }
  for (const [key, is] of after.routes) {
    if (before.routes.get(key)?.target !== is.target && !others.has(key))
      checkWritten(is, before, after, episode);
  }
  for (const table of managed) checkLosses(table, before, after, { episode, chronicle, withdrawn });
  chronicle.note(before, after, episode);
}

/** R5: whether the route to whoever had it may be led to another at once. */
function yields(was: TrueRoute, before: Truth, after: Truth, { views, isDisturbed }: Episode): boolean {
  if (views.some((view) => isDead(was, view))) return true;
  const holder = holderOf(was, before);
  // A stranger's was found foreign before, but for one that was a node in some view.
  if (holder === undefined) return views.length > 1;
  // A node that does not run yields to a running one that claims the very same, as whatever is written must.
  if (views.some((view) => view.nodes.get(holder.id)?.state !== 'running')) return true;
  if (views.some((view) => coversMost(holder, was.destination, view))) return true;
  // Of two that swap, one has nothing for a while where the other's write fails.
  if (isDisturbed && !claimsExactly(holder, was.destination) && claimsOf(holder).length > 0) return true;
  if (!isAnchored(holder, was.table, after, views)) return false;
  return (
    views.some((view) => !claimsIn(view, holder, was)) ||
    hasRivalElsewhere(was, before) ||
    views.some((view) => hasRivalElsewhere(was, view))
  );
}

function claimsIn({ nodes }: Truth, { id }: TrueNode, { destination }: TrueRoute): boolean {
  const node = nodes.get(id);
  return node !== undefined && isLive(node) && claimsExactly(node, destination);
}

/** Whether another has a route in force there that overlaps: then both have what R5 asks for. */
function hasRivalElsewhere(was: TrueRoute, truth: Truth): boolean {
  return [...truth.routes.values()].some(
    (route) =>
      route.owner !== was.owner && !route.isBlackhole && overlaps(route.destination, was.destination),
  );
}

/** R7: whatever was written leads to a running node that claims exactly this, within bounds. */
function checkWritten(is: TrueRoute, before: Truth, after: Truth, { views }: Episode): void {
  const { destination } = is;
  if (!isInBounds(destination)) fail('R7: out of bounds', is);
  if (isWholeCluster(destination) && views.every(hasSeveral))
    fail('R7: the whole cluster CIDR for one of several nodes', is);
  const isEntitled = views.some((view) => {
    const owner = ownerOf(is, view);
    return owner?.state === 'running' && owner.isNode && claimsExactly(owner, destination);
  });
  if (!isEntitled) fail('R7: its node does not run, or does not claim it', is);
  for (const other of routesIn(is.table, before)) {
    if (other.destination.text === destination.text || !overlaps(other.destination, destination)) continue;
    if (![...views, after].every((view) => isStanding(other, view))) continue;
    if (isNarrow(other.destination) && containsCidr(other.destination, destination)) {
      const isObstacle = views.every((view) => isForeign(other, view));
      if (isObstacle) fail('R7: inside a foreign route', is, other);
    }
    checkTaking(is, other, after, views);
  }
}

function isStanding({ table, destination, target }: TrueRoute, truth: Truth): boolean {
  return routesIn(table, truth).some(
    (route) => route.destination.text === destination.text && route.target === target,
  );
}

/** R5: a new route takes no part of the traffic of a living node that has a route. */
function checkTaking(is: TrueRoute, other: TrueRoute, after: Truth, views: readonly Truth[]): void {
  if (!isOurs(other) || other.owner === is.owner) return;
  const holders = views.map((view) => holderOf(other, view));
  if (holders.some((holder) => holder === undefined)) return;
  const isFree = views.some((view) => {
    const holder = holderOf(other, view);
    if (holder === undefined || coversMost(holder, other.destination, view)) return true;
    const isKept = claimsExactly(holder, other.destination) && !hasRivalElsewhere(other, view);
    return !isKept && isAnchored(holder, other.table, after, views);
  });
  if (!isFree) fail('R5: takes a part of what a living node has', is, other, holders[0]);
}

interface Judging {
  readonly episode: Episode;
  readonly chronicle: Chronicle;
  /** Keys of the routes that went as withdrawn. */
  readonly withdrawn: ReadonlySet<string>;
}

/** R6 and R4: who still claims something is left with a route, and of the others not too many lose theirs. */
function checkLosses(
  table: string,
  before: Truth,
  after: Truth,
  { episode, chronicle, withdrawn }: Judging,
): void {
  const { views, forced } = episode;
  const losers = liveNodes(before).filter((node) => {
    const had = routesTo(node, table, before).filter(
      (route) => !chronicle.isOrphan(route, before) && views.every((view) => isStanding(route, view)),
    );
    return had.length > 0 && routesTo(node, table, after).length === 0;
  });
  for (const loser of losers) {
    const had = routesTo(loser, table, before);
    const isClaiming = views.every(({ nodes }) => {
      const node = nodes.get(loser.id);
      return node?.isNode && node.state === 'running' && node.claim !== null;
    });
    if (isClaiming && !isExcused(loser, had, after, episode)) fail('R6: a gap', table, loser, had);
  }
  if (forced !== null) return;
  const keys = new Map([...before.routes].map(([key, route]) => [route, key]));
  const paying = losers.filter((node) =>
    routesTo(node, table, before).some((route) => withdrawn.has(keys.get(route) ?? '')),
  );
  chronicle.charge(table, paying, episode);
}

function isExcused(
  loser: TrueNode,
  had: readonly TrueRoute[],
  after: Truth,
  { views, isDisturbed }: Episode,
): boolean {
  // What somebody else made may do what the claim needs.
  const isServed = [...after.routes.values()].some(
    (route) =>
      had.some(({ table }) => table === route.table) &&
      route.owner === loser.id &&
      claimsExactly(loser, route.destination),
  );
  // Two that swap are each other's gap where one of the two writes fails.
  const isSwapped = isDisturbed && had.every(({ destination }) => !claimsExactly(loser, destination));
  const isWide = views.some((view) => had.some(({ destination }) => coversMost(loser, destination, view)));
  return isServed || isSwapped || isWide;
}

/** Throws what was broken, with the evidence as JSON. */
export function fail(what: string, ...evidence: unknown[]): never {
  const replacer = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? String(value) : value;
  throw new Error(`${what}: ${evidence.map((item) => JSON.stringify(item, replacer)).join(' ')}`);
}
