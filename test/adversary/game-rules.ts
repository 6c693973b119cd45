import { type Cidr, containsCidr, type Family, overlaps } from '../../shared/core/cidr.ts';
import { cidr } from '../core/builders.ts';
import { fail } from '../property/rules.ts';
import { CLUSTER_CIDRS, MAX_CLAIMS, RESERVED } from './moves.ts';
import { claimsOf, familyOf, GRACE, isLiving, type Machine, type Play, TABLES } from './play.ts';

const DAY = 24 * 60 * 60_000;

/** What a table holds: next hop ids by destination. */
type Routes = ReadonlyMap<string, string>;

/** All tables as they really are. */
export type Board = ReadonlyMap<string, Routes>;

export function readBoard({ cloud }: Play): Board {
  return new Map(
    [...cloud.tables].map(([id, routes]) => [
      id,
      new Map([...routes].map(([destination, { nextHop }]) => [destination, nextHop.id])),
    ]),
  );
}

/** A living node that was left without a route, as the budget counts it. */
interface Loss {
  readonly table: string;
  readonly family: Family;
  readonly incarnation: string;
  readonly at: number;
}

/** What is known of a game's past, to hold its next run against. */
export interface Record {
  /** Routes that honest machines had after an undisturbed run, as `table block incarnation`. */
  readonly held: Set<string>;
  /** Those of them that a full run has seen, as the ledger has noted it. */
  readonly recorded: Set<string>;
  readonly losses: Loss[];
}

/** Holds one undisturbed run against R4 to R7. */
export function checkRun(play: Play, record: Record, before: Board, after: Board, isFull: boolean): void {
  for (const [table, domain] of TABLES) {
    const machines = play.machines.filter((machine) => isLiving(machine) && machine.domain === domain);
    const [was, is] = [before.get(table) ?? NONE, after.get(table) ?? NONE];
    for (const machine of machines) {
      for (const block of machine.blocks) checkKept(play, record, { table, was, is, machine, block, isFull });
    }
    checkBudget(play, record, { table, was, is, machines });
    checkTaking(play, { table, was, is, machines });
    checkBound(play, table, is, machines);
  }
}

export const NONE: Routes = new Map();

interface Place {
  readonly table: string;
  readonly was: Routes;
  readonly is: Routes;
  readonly machine: Machine;
  readonly block: string;
  readonly isFull: boolean;
}

export function isIn(routes: Routes, { hops }: Machine, block: string): boolean {
  return routes.get(block) === hops[familyOf(block)]?.id;
}

/** An honest machine keeps its route, but for what its operator really took away, and only after R4's wait. */
function checkKept(
  play: Play,
  { held, recorded }: Record,
  { table, was, is, machine, block, isFull }: Place,
): void {
  const key = `${table} ${block} ${machine.incarnation}`;
  const isClaimed = claimsOf(play, machine).includes(block);
  if (isIn(is, machine, block)) {
    held.add(key);
    if (!isFull || !isClaimed || play.ledger.readFailure !== null || play.ledger.writeFailure !== null)
      return;
    recorded.add(key);
    play.away.delete(`${machine.incarnation} ${block}`);
    return;
  }
  // What a disturbed run undid is made again by the next full one, if nobody else came to have it.
  const isOwn = isClaimed || held.has(key) || !isInherited(play, machine, block);
  const had =
    (isIn(was, machine, block) && isOwn) ||
    (isFull && held.has(key) && !isHeldByOther(play, table, was, place(machine, block)));
  if (!had) return;
  held.delete(key);
  const since = play.away.get(`${machine.incarnation} ${block}`);
  const isLong = since !== undefined && play.ledger.now - since >= GRACE;
  const isLeft = !isClaimed && isLong && (machine.claims !== null || play.isMisspelt);
  if (isLeft || isTakenOver(play, machine, block) || isGivenUp(play, is, machine, block)) return;
  if (!isIn(was, machine, block) && (machine.state !== 'running' || !isClaimed)) return;
  // Nor where its room has gone to others meanwhile (R10).
  if (!isIn(was, machine, block) && is.size >= play.game.limit) return;
  fail('R4 to R6: an honest node lost its route', table, block, machine, since);
}

/** Whether a dead machine had the same block and address: until it is claimed, the route is that one's. */
function isInherited({ machines }: Play, { hops }: Machine, block: string): boolean {
  return machines.some(
    (other) =>
      !isLiving(other) &&
      other.blocks.includes(block) &&
      other.hops[familyOf(block)]?.id === hops[familyOf(block)]?.id,
  );
}

export function place(machine: Machine, block: string): { machine: Machine; network: Cidr } {
  return { machine, network: cidr(block) };
}

/** R5: a running node that claims the very same takes over from a stopped one; a setting may give it up besides. */
function isTakenOver(play: Play, machine: Machine, block: string): boolean {
  if (machine.state !== 'stopped') return false;
  if (play.options.stoppedNodes === 'remove') return true;
  return play.machines.some(
    (other) => other !== machine && other.state === 'running' && claimsOf(play, other).includes(block),
  );
}

/** Whether another living machine has a route that overlaps, or could not do without. */
export function isHeldByOther(
  play: Play,
  table: string,
  routes: Routes,
  { machine, network }: { machine: Machine; network: Cidr },
): boolean {
  return [...routes].some(([destination, hop]) => {
    const owner = ownerOf(play.machines, TABLES.get(table), hop);
    return owner !== undefined && owner !== machine && overlaps(cidr(destination), network);
  });
}

function ownerOf(machines: readonly Machine[], domain: string | undefined, hop: string): Machine | undefined {
  return machines.find(
    (machine) =>
      isLiving(machine) &&
      machine.domain === domain &&
      Object.values(machine.hops).some((own) => own?.id === hop),
  );
}

interface Change {
  readonly table: string;
  readonly was: Routes;
  readonly is: Routes;
  readonly machines: readonly Machine[];
}

function isServed(routes: Routes, { hops }: Machine, family: Family): boolean {
  return [...routes].some(([block, hop]) => familyOf(block) === family && hop === hops[family]?.id);
}

/** R4: never more living nodes than the budget of 24 hours are left without a route, and never all. */
function checkBudget(play: Play, record: Record, { table, was, is, machines }: Change): void {
  const { now } = play.ledger;
  for (const family of [4, 6] as const) {
    const served = machines.filter((machine) => isServed(was, machine, family));
    const lost = served.filter(
      (machine) =>
        !isServed(is, machine, family) &&
        isRecorded(record, table, was, machine) &&
        ![...was].some(
          ([block, hop]) => hop === machine.hops[family]?.id && isTakenOver(play, machine, block),
        ),
    );
    if (lost.length === 0) continue;
    record.losses.push(...lost.map(({ incarnation }) => ({ table, family, incarnation, at: now })));
    const living = new Set(machines.map(({ incarnation }) => incarnation));
    const paid = record.losses.filter(
      (loss) =>
        loss.table === table && loss.family === family && now - loss.at < DAY && living.has(loss.incarnation),
    );
    const payers = new Set(paid.map(({ incarnation }) => incarnation));
    const base = new Set([...payers, ...served.map(({ incarnation }) => incarnation)]).size;
    if (payers.size > allowedOf(base, play)) fail('R4: beyond the budget', table, family, base, paid);
  }
}

/** Where it was not, the route may be taken for that of a dead one that had the same address, and needs no budget. */
function isRecorded({ recorded }: Record, table: string, was: Routes, { incarnation }: Machine): boolean {
  return [...was.keys()].some((block) => recorded.has(`${table} ${block} ${incarnation}`));
}

function allowedOf(base: number, { options: { maxDeletes = { percent: 30 } } }: Play): number {
  const wanted =
    'count' in maxDeletes
      ? maxDeletes.count
      : maxDeletes.percent === 0
        ? 0
        : Math.max(1, Math.floor((base * maxDeletes.percent) / 100));
  return Math.min(wanted, base - 1);
}

/** R5: no new route takes traffic from a living node that has it, wholly or in part. */
function checkTaking(play: Play, { table, was, is, machines }: Change): void {
  const made = [...is].filter(([destination, hop]) => was.get(destination) !== hop);
  for (const [destination, hop] of made) {
    const taker = ownerOf(machines, TABLES.get(table), hop);
    for (const [other, held] of is) {
      const owner = ownerOf(machines, TABLES.get(table), held);
      if (taker === undefined || owner === undefined || owner === taker || other === destination) continue;
      // What the owner had around it went by R4, and what it keeps inside is as before.
      const wasAround = was.get(destination) === held && containsCidr(cidr(destination), cidr(other));
      const isFree = wasAround || isGivenUp(play, is, owner, other) || coversMost(play, owner, cidr(other));
      if (overlaps(cidr(other), cidr(destination)) && !isFree)
        fail('R5: two living nodes with overlapping routes', table, destination, taker, other, owner);
    }
  }
}

/** Whether what it claims counts: by a setting a stopped one claims nothing. */
export function isClaiming({ options }: Play, machine: Machine): boolean {
  return isLiving(machine) && !(machine.state === 'stopped' && options.stoppedNodes === 'remove');
}

/** R5: a range of most others is no claim of one node, and holds nothing against them. */
export function coversMost(play: Play, claimant: Machine, wide: Cidr): boolean {
  const claiming = play.machines.filter((machine) => isClaiming(play, machine));
  if (CLUSTER_CIDRS.includes(wide.text) && claiming.length > 1) return true;
  const others = play.machines.filter(
    (other) => other !== claimant && isClaiming(play, other) && other.domain === claimant.domain,
  );
  const inFamily = others.filter((other) =>
    countingClaims(play, other).some((claim) => cidr(claim).family === wide.family),
  );
  const covers = (isPart: (claim: string) => boolean): number =>
    inFamily.filter((other) =>
      countingClaims(play, other).some((claim) => isPart(claim) && containsCidr(wide, cidr(claim))),
    ).length;
  return covers((claim) => claim !== wide.text) >= 2 && covers(() => true) * 2 > inFamily.length;
}

/** R7: what is reserved, outside of the cluster, or too much counts for nothing. */
function countingClaims(play: Play, machine: Machine): string[] {
  return claimsOf(play, machine)
    .slice(0, MAX_CLAIMS)
    .filter((claim) => !overlaps(cidr(claim), cidr(RESERVED)))
    .filter((claim) => CLUSTER_CIDRS.some((range) => containsCidr(cidr(range), cidr(claim))));
}

/** What a node claims no more is free for others once another claim of its family is in force. */
function isGivenUp(play: Play, is: Routes, owner: Machine, destination: string): boolean {
  const claims = claimsOf(play, owner);
  const family = familyOf(destination);
  return (
    !claims.includes(destination) &&
    claims.some((claim) => familyOf(claim) === family && isIn(is, owner, claim))
  );
}

/** R7: as many as claims count, claimed and left behind each, however often a node changes its mind; nothing reserved. */
function checkBound({ game }: Play, table: string, is: Routes, machines: readonly Machine[]): void {
  // An address may come with what its last holder had.
  const most = 2 * MAX_CLAIMS + (game.hops === 'ids' ? 0 : 2);
  for (const machine of machines) {
    const own = [...is].filter(([block, hop]) => hop === machine.hops[familyOf(block)]?.id);
    if (own.length > most) fail('R7: one node has too many routes', table, machine.id, own);
  }
  for (const destination of is.keys()) {
    if (overlaps(cidr(destination), cidr(RESERVED))) fail('R7: a reserved range', table, destination);
    if (!CLUSTER_CIDRS.some((range) => containsCidr(cidr(range), cidr(destination))))
      fail('R7: outside the cluster', table, destination);
  }
}

/**
 * At the end: of machines that are gone nothing is left, but what another claims that has yet to start, and where no
 * machine lives that could tell of the network.
 */
export function checkCleared(play: Play, board: Board): void {
  const domains = new Set(play.machines.filter(isLiving).map(({ domain }) => domain));
  for (const [table, routes] of board) {
    if (!domains.has(TABLES.get(table) ?? '')) continue;
    for (const [destination, hop] of routes) {
      const isAwaited = play.machines.some(
        (machine) =>
          isLiving(machine) &&
          machine.domain === TABLES.get(table) &&
          claimsOf(play, machine).includes(destination),
      );
      if (!isAwaited && ownerOf(play.machines, TABLES.get(table), hop) === undefined)
        fail('R4: a route of a dead node stayed', table, destination, hop);
    }
  }
}
