import { type Cidr, containsCidr, overlaps, parseCidr } from '../../shared/cidr.ts';
import type { Report } from '../../shared/report.ts';
import { CLUSTER_CIDR, cidr, NETWORK_CIDRS, type TrueNode, type TrueRoute, type Truth } from './aws-world.ts';

/** What of the surroundings weakens what can be promised. */
export interface Weather {
  /** Reads lag behind: podroutes then acts on what was true a moment ago. */
  readonly stale: boolean;
  /** Tables have room for few routes. */
  readonly small: boolean;
}

const CLUSTER = cidr(CLUSTER_CIDR);
const NETWORK = NETWORK_CIDRS.map(cidr);

/** Holds what one invocation did to the tables against R2, R4, R5, R6 and R7; throws what it broke. */
export function checkStep(before: Truth, after: Truth, weather: Weather, managed: readonly string[]): void {
  const unproven = new Map<string, number>();
  for (const [key, was] of before.routes) {
    const is = after.routes.get(key);
    if (is?.target === was.target) continue;
    if (!managed.includes(was.table) || isForeign(was, before, weather))
      fail('R2: touched a foreign route', was, is);
    if (weather.stale) continue;
    if (is === undefined) checkDeletion(was, before, unproven);
    else checkIncumbent(was, is, before);
  }
  for (const [key, is] of after.routes) {
    if (before.routes.get(key)?.target !== is.target) checkWritten(is, after, weather);
  }
  for (const table of managed) {
    const ours = [...before.routes.values()].filter((route) => route.table === table && isOurKind(route));
    const bound = Math.max(5, Math.floor(ours.length * 0.3));
    if ((unproven.get(table) ?? 0) > bound) fail('R4: deleted too many without evidence', table, bound);
  }
  if (!weather.stale && !weather.small) checkNoGap(before, after, managed);
}

/** After one reconcile with nothing in its way: what is due is there, and what is dead is not. */
export function checkConverged(
  truth: Truth,
  report: Report,
  { small }: Weather,
  managed: readonly string[],
): void {
  const claims = validClaims(truth);
  for (const table of managed) {
    const routes = [...truth.routes.values()].filter((route) => route.table === table);
    for (const { node, network } of claims) {
      const contested = claims.some((other) => other.node !== node && overlaps(other.network, network));
      if (node.state !== 'running' || contested || small) continue;
      const route = routes.find(
        ({ destination, origin }) => destination.text === network.text && origin === 'CreateRoute',
      );
      const foreign = report.findings.some(
        ({ code, cidr: at }) => code === 'foreign-route' && at === network.text,
      );
      if (!foreign && (route?.instance !== node.id || route.isBlackhole)) fail('no route for', node, route);
    }
    for (const route of routes.filter((candidate) => isOurKind(candidate))) {
      const owner = route.instance === null ? undefined : truth.nodes.get(route.instance);
      const dead = owner === undefined || owner.state === 'gone';
      if (dead && !isClaimed(route.destination, truth)) fail('a dead route is left', route);
    }
  }
}

function isInNetwork(destination: Cidr): boolean {
  return NETWORK.some((own) => overlaps(own, destination));
}

/** R7 holds for what is tried, not only for what EC2 lets through. */
export function checkCalls(
  calls: readonly { action: string; params: Readonly<Record<string, string>> }[],
): void {
  for (const { action, params } of calls) {
    if (action !== 'CreateRoute' && action !== 'ReplaceRoute') continue;
    const destination = cidr(params['DestinationCidrBlock'] ?? '');
    if (!containsCidr(CLUSTER, destination) || isInNetwork(destination))
      fail('R7: tried', action, destination);
  }
}

function isOurKind({ destination, origin, target }: TrueRoute): boolean {
  return origin === 'CreateRoute' && target.startsWith('interface:') && containsCidr(CLUSTER, destination);
}

/** R2: outside the cluster, of another kind, or leading to somebody who lives and is no node. */
function isForeign(route: TrueRoute, { nodes }: Truth, { stale }: Weather): boolean {
  if (!isOurKind(route)) return true;
  const owner = route.instance === null ? undefined : nodes.get(route.instance);
  return owner !== undefined && owner.state !== 'gone' && !owner.isNode && !stale;
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

function checkDeletion(was: TrueRoute, before: Truth, unproven: Map<string, number>): void {
  if (isClaimed(was.destination, before)) fail('R2: deleted a route that a live node claims', was);
  const owner = was.instance === null ? undefined : before.nodes.get(was.instance);
  if (owner === undefined || owner.state === 'gone') return;
  unproven.set(was.table, (unproven.get(was.table) ?? 0) + 1);
}

/** R5: a running node with an active route keeps it, unless another table says somebody else does. */
function checkIncumbent(was: TrueRoute, is: TrueRoute, before: Truth): void {
  const owner = was.instance === null ? undefined : before.nodes.get(was.instance);
  if (owner === undefined || !isLive(owner) || was.isBlackhole) return;
  const network = networkOf(owner);
  if (network?.text !== was.destination.text) return;
  const rivals = [...before.routes.values()].some(
    (route) =>
      route.instance !== owner.id && !route.isBlackhole && overlaps(route.destination, was.destination),
  );
  if (!rivals) fail('R5: the incumbent lost its route', was, is);
}

/** R7: whatever was written leads to a running node that claims exactly this, within bounds. */
function checkWritten(is: TrueRoute, after: Truth, { stale }: Weather): void {
  if (!containsCidr(CLUSTER, is.destination) || isInNetwork(is.destination)) fail('R7: out of bounds', is);
  if (stale) return;
  const owner = is.instance === null ? undefined : after.nodes.get(is.instance);
  if (owner === undefined || owner.state !== 'running' || !owner.isNode)
    fail('R7: no running node', is, owner);
  else if (networkOf(owner)?.text !== is.destination.text) fail('R7: not claimed by its node', is, owner);
}

/** R6: a running node that had a route and still claims something has one afterwards. */
function checkNoGap(before: Truth, after: Truth, managed: readonly string[]): void {
  for (const node of before.nodes.values()) {
    if (node.state !== 'running' || !node.isNode || node.claim === null) continue;
    for (const table of managed) {
      const had = routesTo(node, table, before);
      const taken = had.every(
        ({ destination }) => networkOf(node)?.text !== destination.text && isClaimed(destination, before),
      );
      if (had.length > 0 && routesTo(node, table, after).length === 0 && !taken) fail('R6: a gap', node, had);
    }
  }
}

function routesTo(node: TrueNode, table: string, { routes }: Truth): TrueRoute[] {
  return [...routes.values()].filter(
    (route) => route.table === table && route.instance === node.id && !route.isBlackhole && isOurKind(route),
  );
}

/** Claims of live nodes inside all bounds of R7. */
function validClaims(truth: Truth): { node: TrueNode; network: Cidr }[] {
  const live = [...truth.nodes.values()].filter(isLive);
  return live.flatMap((node) => {
    const network = networkOf(node);
    const valid = network !== null && containsCidr(CLUSTER, network) && !isInNetwork(network);
    if (!valid || (network.text === CLUSTER.text && live.length > 1)) return [];
    return [{ node, network }];
  });
}

function fail(what: string, ...evidence: unknown[]): never {
  const replacer = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? String(value) : value;
  throw new Error(`${what}: ${evidence.map((item) => JSON.stringify(item, replacer)).join(' ')}`);
}
