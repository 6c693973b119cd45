import { overlaps } from '../../shared/core/cidr.ts';
import { fail, isDead, isLive, networkOf, ownerOf, routesTo, type TrueRoute, type Truth } from './truth.ts';

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

function hasWaited(key: string, route: TrueRoute, { chronicle, now }: Episode): boolean {
  return now - (chronicle.unclaimed.get(noteKey(key, route)) ?? now) >= GRACE;
}

/** R4: only what is proven goes at once; where deaths do not show, each that was told of lets one route go. */
export function checkWaiting(deleted: readonly [string, TrueRoute][], before: Truth, episode: Episode): void {
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
export function checkBudget(
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
export function checkIncumbent(
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
