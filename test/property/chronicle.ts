import { overlaps } from '../../shared/core/cidr.ts';
import { type Episode, fail } from './rules.ts';
import {
  claimsExactly,
  claimsOf,
  coversMost,
  holderOf,
  isAnchored,
  isClaimed,
  isDead,
  isInBounds,
  isLive,
  isOurs,
  isWholeCluster,
  liveNodes,
  routesIn,
  routesTo,
  type TrueNode,
  type TrueRoute,
  type Truth,
} from './truth.ts';

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
const GRACE = 15 * MINUTE;
/** A sighting that was not renewed within so many intervals of the schedule is void. */
const RENEWED_WITHIN = 1.5;
/** Of the living nodes of a table, what may be left without a route within a day. */
const BUDGET = 0.3;

/** What lets a route go; `told` by events about its machine, `orphaned` where its address has come to another. */
type Reason = 'proven' | 'told' | 'forced' | 'vacant' | 'orphaned' | 'moved' | 'withdrawn';
type Grounds = 'vacant' | 'withdrawn';

interface Sighting {
  readonly since: number;
  readonly seen: number;
}

/** Whom a full run may have noted as the claimant of a route. */
interface Recorded {
  readonly possibly: ReadonlyMap<string, TrueNode>;
  /** Set where nothing could keep it from that. */
  readonly surely: TrueNode | null;
}

interface Loss {
  readonly table: string;
  readonly incarnation: string;
  readonly at: number;
}

/** What the rules allow next, told from the truth of all full runs so far and from nothing that podroutes says. */
export class Chronicle {
  readonly #interval: number;
  readonly #sightings = new Map<string, Sighting>();
  readonly #recorded = new Map<string, Recorded>();
  readonly #losses: Loss[] = [];
  /** What a run may have paid for, and then could not carry out: nobody pays twice. */
  readonly #paid: Loss[] = [];
  /** What routes went for so far. */
  readonly reasons = new Set<Reason>();

  /** @param interval milliseconds between two runs of the schedule */
  constructor(interval: number) {
    this.#interval = interval;
  }

  /** R4: why a route could go, or be led elsewhere; throws where nothing allows it. */
  explain(was: TrueRoute, before: Truth, after: Truth, episode: Episode): Reason {
    const why = this.#findReason(was, before, after, episode);
    if (why === null) fail('R4: a route went too early', was, this.#describe(was), episode.kind, episode.now);
    this.reasons.add(why);
    return why;
  }

  #findReason(
    was: TrueRoute,
    before: Truth,
    after: Truth,
    { kind, views, forced, ledgerFault, now }: Episode,
  ): Reason | null {
    const dead = views.some((view) => isDead(was, view));
    if (dead && was.isProvable) return 'proven';
    // A person who names a machine that is gone tells of its death as an event does.
    if (dead && (kind === 'events' || namesTheDead(forced, views))) return 'told';
    if (forced === 'all' || forced?.has(was.owner ?? '') || forced?.has(takerOf(was, after) ?? ''))
      return 'forced';
    // Runs for events withdraw nothing, and nothing that waits goes without the ledger's consent.
    if (kind === 'events' || ledgerFault !== null) return null;
    const hasLife = views.some((view) => liveNodes(view).length > 0);
    if (dead) return this.#hasWaited(was, 'vacant', hasLife ? GRACE : DAY, now) ? 'vacant' : null;
    const holder = holderOf(was, before);
    if (holder === undefined) return null;
    if (this.isOrphan(was, before) && this.#hasWaited(was, 'vacant', GRACE, now)) return 'orphaned';
    if (isAnchored(holder, was.table, after, views) && this.#hasWaited(was, 'withdrawn', DAY, now))
      return 'moved';
    const isRecorded = (this.#recorded.get(placeOf(was))?.possibly.size ?? 0) > 0;
    return isRecorded && this.#hasWaited(was, 'withdrawn', GRACE, now) ? 'withdrawn' : null;
  }

  #hasWaited(route: TrueRoute, grounds: Grounds, wait: number, now: number): boolean {
    const sighting = this.#sightings.get(sightingOf(route, grounds));
    if (sighting === undefined || now - sighting.seen > RENEWED_WITHIN * this.#interval) return false;
    return now - sighting.since >= wait;
  }

  #describe(route: TrueRoute): unknown {
    const sightings = (['vacant', 'withdrawn'] as const).map((each) =>
      this.#sightings.get(sightingOf(route, each)),
    );
    return { sightings, recorded: [...(this.#recorded.get(placeOf(route))?.possibly.keys() ?? [])] };
  }

  /** Whether a route may be known for one of a machine that has ended, whoever has its address by now. */
  isOrphan(route: TrueRoute, { nodes }: Truth): boolean {
    const possibly = [...(this.#recorded.get(placeOf(route))?.possibly.values() ?? [])];
    return possibly.some(({ id, incarnation }) => {
      const now = nodes.get(id);
      return now === undefined || now.state === 'gone' || now.incarnation !== incarnation;
    });
  }

  /** Whether full runs cannot but have noted this living node as the route's claimant. */
  isSurelyRecorded(route: TrueRoute, { incarnation }: TrueNode): boolean {
    return this.#recorded.get(placeOf(route))?.surely?.incarnation === incarnation;
  }

  /** R4: what living nodes lost by withdrawal is within the budget of a sliding day, and never all. */
  charge(table: string, losers: readonly TrueNode[], { views, now }: Episode): void {
    const isPaid = ({ incarnation }: TrueNode): boolean =>
      this.#paid.some(
        (loss) => loss.table === table && loss.incarnation === incarnation && now - loss.at < DAY,
      );
    const isFresh = losers.some((loser) => !isPaid(loser));
    for (const { incarnation } of losers) this.#losses.push({ table, incarnation, at: now });
    if (!isFresh) return;
    const allowances = views.map((view) => this.#allowanceIn(table, view, now));
    const isWithin = allowances.some(({ paid, allowed }) => paid <= allowed);
    if (!isWithin) fail('R4: beyond the budget of a day', table, losers, allowances);
  }

  /** Whether as many more as want to lose their routes now are too many. */
  isBeyondBudget(table: string, losers: ReadonlySet<string>, truth: Truth, now: number): boolean {
    const { paid, allowed } = this.#allowanceIn(table, truth, now, losers);
    return paid > allowed;
  }

  #allowanceIn(
    table: string,
    truth: Truth,
    now: number,
    more: ReadonlySet<string> = new Set(),
  ): { paid: number; allowed: number } {
    const live = liveNodes(truth);
    const paid = this.#losses
      .filter((loss) => loss.table === table && now - loss.at < DAY)
      .map(({ incarnation }) => incarnation)
      .filter((each) => live.some(({ incarnation }) => incarnation === each));
    const served = live.filter((node) => routesTo(node, table, truth).length > 0);
    const base = new Set([...paid, ...served.map(({ incarnation }) => incarnation)]).size;
    return {
      paid: new Set([...paid, ...more]).size,
      allowed: Math.min(Math.max(1, Math.floor(base * BUDGET)), base - 1),
    };
  }

  /** Notes what a full run may have seen and remembered. */
  note(before: Truth, after: Truth, episode: Episode): void {
    if (episode.kind === 'events') return;
    const isClean = !episode.isDisturbed && episode.ledgerFault === null && episode.views.length === 1;
    const seen = episode.runs > 1 ? [...episode.views, after] : episode.views;
    for (const table of episode.managed) {
      const routes = routesIn(table, before).filter(isOurs);
      if (isClean) this.#forgetOthers(table, routes);
      for (const route of routes) {
        if (mayFail(episode)) this.#pay(route, before, episode.now);
        this.#see(route, seen, isClean, episode.now);
        this.#record(route, seen, isClean);
      }
    }
  }

  #pay(route: TrueRoute, before: Truth, now: number): void {
    const holder = holderOf(route, before);
    if (holder === undefined || !this.#hasWaited(route, 'withdrawn', GRACE, now)) return;
    this.#paid.push({ table: route.table, incarnation: holder.incarnation, at: now });
  }

  #see(route: TrueRoute, views: readonly Truth[], isClean: boolean, now: number): void {
    const isOpen: Readonly<Record<Grounds, (view: Truth) => boolean>> = {
      vacant: (view) =>
        !isClaimed(route.destination, view) && (isDead(route, view) || this.isOrphan(route, view)),
      withdrawn: (view) => {
        const holder = holderOf(route, view);
        return holder !== undefined && !holds(holder, route, view);
      },
    };
    for (const grounds of ['vacant', 'withdrawn'] as const) {
      const key = sightingOf(route, grounds);
      const before = this.#sightings.get(key);
      if (views.some(isOpen[grounds])) {
        const goesOn = before !== undefined && now - before.seen <= RENEWED_WITHIN * this.#interval;
        this.#sightings.set(key, { since: goesOn ? before.since : now, seen: now });
      } else if (isClean) this.#sightings.delete(key);
    }
  }

  #record(route: TrueRoute, views: readonly Truth[], isClean: boolean): void {
    const noted = views.flatMap((view) => {
      const node = holderOf(route, view);
      return node !== undefined && claimsExactly(node, route.destination) ? [node] : [];
    });
    if (noted.length === 0) return;
    const key = placeOf(route);
    const before = this.#recorded.get(key);
    const [view] = views;
    const surely = noted.find((node) => view !== undefined && isUncontested(node, route, view)) ?? null;
    const isSure = isClean && surely !== null;
    const possibly = new Map(isSure ? [] : before?.possibly);
    for (const node of noted) possibly.set(node.incarnation, node);
    this.#recorded.set(key, { possibly, surely: isSure ? surely : null });
  }

  #forgetOthers(table: string, routes: readonly TrueRoute[]): void {
    const present = new Set(routes.map(placeOf));
    for (const key of this.#recorded.keys()) {
      if (key.startsWith(`${table} `) && !present.has(key)) this.#recorded.delete(key);
    }
  }
}

/** Whoever a route leads to now: a person who names that one gives it what waits for it. */
function takerOf(was: TrueRoute, after: Truth): string | null {
  return routesIn(was.table, after).find((is) => placeOf(is) === placeOf(was))?.owner ?? null;
}

/** Whether a person has named a machine that is gone. */
function namesTheDead(forced: Episode['forced'], views: readonly Truth[]): boolean {
  if (forced === null || forced === 'all') return false;
  return [...forced].some((id) => views.some(({ nodes }) => (nodes.get(id)?.state ?? 'gone') === 'gone'));
}

/** Whether what was paid for may not have come to pass. */
function mayFail({ isDisturbed, ledgerFault, runs, others }: Episode): boolean {
  return isDisturbed || ledgerFault !== null || runs > 1 || others.size > 0;
}

function placeOf({ table, destination }: TrueRoute): string {
  return `${table} ${destination.text}`;
}

function sightingOf(route: TrueRoute, grounds: Grounds): string {
  return `${placeOf(route)} ${route.target} ${grounds}`;
}

function holds(node: TrueNode, { destination }: TrueRoute, view: Truth): boolean {
  return claimsExactly(node, destination) && !coversMost(node, destination, view);
}

/** A running node's own claim that no bound and no other node stands against. */
function isUncontested(node: TrueNode, { destination, isBlackhole }: TrueRoute, view: Truth): boolean {
  if (node.state !== 'running' || isBlackhole || !isInBounds(destination)) return false;
  if (!isLive(node) || isWholeCluster(destination) || coversMost(node, destination, view)) return false;
  return liveNodes(view).every(
    (other) => other.id === node.id || claimsOf(other).every((claim) => !overlaps(claim, destination)),
  );
}
