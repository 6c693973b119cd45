import { type Cidr, containsCidr, overlaps, parseCidr } from '../../shared/core/cidr.ts';
import { cidr } from '../core/builders.ts';

export const CLUSTER_CIDR = '10.200.0.0/16';

/** The second lies in the cluster CIDR: claims inside it must be refused. */
export const NETWORK_CIDRS = ['10.0.0.0/16', '10.200.224.0/20'];

export const CLUSTER = cidr(CLUSTER_CIDR);

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

/** Whether a destination may be tried at all (R7). */
export function isInBounds(destination: Cidr): boolean {
  return containsCidr(CLUSTER, destination) && !NETWORK.some((own) => overlaps(own, destination));
}

export function isOurs({ destination, isOurKind }: TrueRoute): boolean {
  return isOurKind && containsCidr(CLUSTER, destination);
}

export function ownerOf({ owner }: TrueRoute, { nodes }: Truth): TrueNode | undefined {
  return owner === null ? undefined : nodes.get(owner);
}

export function isDead(route: TrueRoute, truth: Truth): boolean {
  const owner = ownerOf(route, truth);
  return owner === undefined || owner.state === 'gone';
}

export function networkOf(node: TrueNode): Cidr | null {
  const result = parseCidr(node.claim ?? '');
  return result.ok ? result.cidr : null;
}

export function isLive({ isNode, state }: TrueNode): boolean {
  return isNode && state !== 'gone';
}

/** By a live node, and not as a range that covers what most others claim (R5). */
export function isClaimed(destination: Cidr, truth: Truth): boolean {
  return [...truth.nodes.values()].some(
    (node) =>
      isLive(node) && networkOf(node)?.text === destination.text && !coversOthers(node, destination, truth),
  );
}

/** Whether two others at least claim parts of it: where they are most, it is no block of one node. */
export function coversOthers(node: TrueNode, wide: Cidr, { nodes }: Truth): boolean {
  const parts = [...nodes.values()].filter((other) => {
    const network = other === node || !isLive(other) ? null : networkOf(other);
    return network !== null && network.text !== wide.text && containsCidr(wide, network);
  });
  return parts.length >= 2;
}

export function routesTo(node: TrueNode, table: string, { routes }: Truth): TrueRoute[] {
  return [...routes.values()].filter(
    (route) => route.table === table && route.owner === node.id && !route.isBlackhole,
  );
}

/** Throws what was broken, with the evidence as JSON. */
export function fail(what: string, ...evidence: unknown[]): never {
  const replacer = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? String(value) : value;
  throw new Error(`${what}: ${evidence.map((item) => JSON.stringify(item, replacer)).join(' ')}`);
}
