// @ts-nocheck
import { containsCidr, overlaps } from '../../shared/core/cidr.ts';
import type { Report } from '../../shared/core/run/report.ts';
import type { Chronicle } from './chronicle.ts';
import { fail } from './rules.ts';
import {
  claimsExactly,
  claimsOf,
  coversMost,
  holderOf,
  isAnchored,
  isClaimed,
  isDead,
  isForeign,
  isNarrow,
  isOurs,
  routesIn,
  type TrueNode,
  type TrueRoute,
  type Truth,
  validClaims,
} from './truth.ts';

/** What the end of a story is held against. */
export interface Ending {
  readonly truth: Truth;
  /** Of the last run. */
  readonly report: Report;
  readonly managed: readonly string[];
  /** Routes that one table takes. */
  readonly limit: number;
  readonly now: number;
  readonly chronicle: Chronicle;
  /** Whether a person gave up by force what waits for that. */
  readonly isForced: boolean;
}

/** After days of undisturbed runs: what is due is there, and of what is not due only what waits for a person. */
export function checkConverged(ending: Ending): void {
  for (const table of ending.managed) {
    checkServed(table, ending);
    checkLeft(table, ending);
  }
}

/** A running node has a route for what it claims, unless another has it, or the table has no room. */
export function checkServed(table: string, { truth, report, limit }: Ending): void {
  const claims = validClaims(truth);
  const routes = routesIn(table, truth);
  for (const { node, network } of claims) {
    const isContested = claims.some((other) => other.node !== node && overlaps(other.network, network));
    if (node.state !== 'running' || isContested || coversMost(node, network, truth)) continue;
    if (routes.length >= limit || isHeld(network, node, truth)) continue;
    const obstacles = routes.filter(
      (route) =>
        isForeign(route, truth) && isNarrow(route.destination) && containsCidr(route.destination, network),
    );
    const isBlocked = obstacles.some(({ destination }) =>
      report.findings.some(({ code, cidr: at }) => code === 'foreign-route' && at === destination.text),
    );
    const isServed = routes.some(
      ({ destination, owner, isBlackhole }) =>
        destination.text === network.text && owner === node.id && !isBlackhole,
    );
    if (!isBlocked && !isServed) fail('no route for', node, network.text, routes, report.findings);
  }
}

/** R5: what another living node has stays its own as long as it has nothing instead. */
function isHeld(network: TrueRoute['destination'], node: TrueNode, truth: Truth): boolean {
  return [...truth.routes.values()].filter(isOurs).some((route) => {
    const holder = holderOf(route, truth);
    if (holder === undefined || holder.id === node.id || !overlaps(route.destination, network)) return false;
    return !coversMost(holder, route.destination, truth);
  });
}

/** Of routes that nobody claims, only those stay that R4 leaves to a person, and those of nodes that get nothing. */
function checkLeft(table: string, ending: Ending): void {
  const { truth, chronicle, isForced, now } = ending;
  const left = routesIn(table, truth).filter(
    (route) => isOurs(route) && !isForeign(route, truth) && !isClaimed(route.destination, truth),
  );
  const waiting = left.filter((route) => {
    if (isDead(route, truth)) fail('R4: a dead route is left', route);
    const holder = holderOf(route, truth);
    return holder !== undefined && !claimsInVain(holder, table, ending);
  });
  const isMissed = (route: TrueRoute): boolean => isForced || !mayWait(route, ending);
  const missed = waiting.filter(isMissed);
  if (missed.length === 0) return;
  const isOver = chronicle.isBeyondBudget(table, findLosers(table, ending), truth, now);
  const isExplained = ending.report.findings.some(
    ({ code, table: at }) => code === 'deletion-breaker' && at === table,
  );
  if (isForced || !isOver || !isExplained) fail('R4: a route is left', missed, ending.report.changes);
}

/** Who would be left without a route, be it that others claim what they no longer do. */
function findLosers(table: string, ending: Ending): Set<string> {
  const { truth } = ending;
  const losers = routesIn(table, truth).flatMap((route) => {
    const holder = isOurs(route) ? holderOf(route, truth) : undefined;
    if (holder === undefined || isAnchored(holder, table, truth)) return [];
    const keeps = claimsExactly(holder, route.destination) || claimsInVain(holder, table, ending);
    return keeps ? [] : holder.incarnation;
  });
  return new Set(losers);
}

/** Whether a route waits for a person alone: nobody was ever recorded as its claimant. */
function mayWait(route: TrueRoute, { truth, chronicle, report }: Ending): boolean {
  const holder = holderOf(route, truth);
  if (holder === undefined || isAnchored(holder, route.table, truth)) return false;
  const isReported = report.changes.some(
    ({ table, destination, waitsFor }) =>
      table === route.table && destination === route.destination.text && waitsFor === 'never-recorded',
  );
  return isReported && !chronicle.isSurelyRecorded(route, holder);
}

/** R6: who claims something in vain keeps what it has, in a full table even beside what it gets. */
function claimsInVain(node: TrueNode, table: string, { truth, limit }: Ending): boolean {
  if (node.claim === null) return false;
  const claims = claimsOf(node);
  const routes = routesIn(table, truth);
  const isMet = (claim: TrueRoute['destination']): boolean =>
    routes.some((route) => route.owner === node.id && route.destination.text === claim.text);
  const isVain = claims.length === 0 || !claims.every(isMet);
  return isVain && (routes.length >= limit || !isAnchored(node, table, truth));
}
