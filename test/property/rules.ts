import { type Cidr, overlaps } from '../../shared/core/cidr.ts';
import type { Report } from '../../shared/core/run/report.ts';
import { cidr } from '../core/builders.ts';
import {
  CLUSTER,
  coversOthers,
  fail,
  isClaimed,
  isDead,
  isInBounds,
  isLive,
  isOurs,
  networkOf,
  ownerOf,
  routesTo,
  type TrueNode,
  type TrueRoute,
  type Truth,
} from './truth.ts';
import {
  checkBudget,
  checkIncumbent,
  checkWaiting,
  type Episode,
  noteClaims,
  type Weather,
} from './waiting-rules.ts';

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

/** R2: outside the cluster, of another kind, or leading to somebody who lives and is no node. */
function isForeign(route: TrueRoute, truth: Truth, { stale }: Weather): boolean {
  if (!isOurs(route)) return true;
  const owner = ownerOf(route, truth);
  return owner !== undefined && owner.state !== 'gone' && !owner.isNode && !stale;
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
