import { type Cidr, containsCidr, overlaps, parseCidr } from '../../shared/core/cidr.ts';
import { cidr } from '../core/builders.ts';

export const CLUSTER_CIDR = '10.200.0.0/16';
/** The second lies in the cluster CIDR: claims inside it must be refused. */
export const NETWORK_CIDRS = ['10.0.0.0/16', '10.200.224.0/20'];
/** In the cluster CIDR too, and not for nodes. */
export const RESERVED_CIDR = '10.200.240.0/22';

const CLUSTER = cidr(CLUSTER_CIDR);
const REFUSED = [...NETWORK_CIDRS, RESERVED_CIDR].map(cidr);

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
  /** Whether the cloud tells by an id that the target has ended; an address tells nothing. */
  readonly isProvable: boolean;
}

/** One machine as it really is. */
export interface TrueNode {
  readonly id: string;
  /** Tells it from an earlier one of its id. */
  readonly incarnation: string;
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

/** R2: of our kind, and inside the cluster. */
export function isOurs({ destination, isOurKind }: TrueRoute): boolean {
  return isOurKind && containsCidr(CLUSTER, destination);
}

/** Whether a destination may be tried at all (R7). */
export function isInBounds(destination: Cidr): boolean {
  return containsCidr(CLUSTER, destination) && !REFUSED.some((own) => overlaps(own, destination));
}

export function isWholeCluster({ text }: Cidr): boolean {
  return text === CLUSTER.text;
}

/** Strictly narrower than the cluster CIDR. */
export function isNarrow(destination: Cidr): boolean {
  return containsCidr(CLUSTER, destination) && !isWholeCluster(destination);
}

export function ownerOf({ owner }: Pick<TrueRoute, 'owner'>, { nodes }: Truth): TrueNode | undefined {
  return owner === null ? undefined : nodes.get(owner);
}

/** Whether a machine is one of the cluster's nodes and has not ended. */
export function isLive({ isNode, state }: TrueNode): boolean {
  return isNode && state !== 'gone';
}

/** The living node that a route leads to. */
export function holderOf(route: Pick<TrueRoute, 'owner'>, truth: Truth): TrueNode | undefined {
  const owner = ownerOf(route, truth);
  return owner !== undefined && isLive(owner) ? owner : undefined;
}

/** R2: outside the cluster, of another kind, or leading to somebody who lives and is no node. */
export function isForeign(route: TrueRoute, truth: Truth): boolean {
  if (!isOurs(route)) return true;
  const owner = ownerOf(route, truth);
  return owner !== undefined && owner.state !== 'gone' && !owner.isNode;
}

/** Whether nobody is behind a route any more. */
export function isDead(route: TrueRoute, truth: Truth): boolean {
  const owner = ownerOf(route, truth);
  return owner === undefined || owner.state === 'gone';
}

/** What can be read of a claim: all of its list, or nothing. */
export function claimsOf({ claim }: TrueNode): Cidr[] {
  const results = (claim ?? '').split(',').map((text) => parseCidr(text));
  return results.every(({ ok }) => ok) ? results.flatMap((result) => (result.ok ? result.cidr : [])) : [];
}

export function claimsExactly(node: TrueNode, { text }: Cidr): boolean {
  return claimsOf(node).some((claim) => claim.text === text);
}

export function liveNodes({ nodes }: Truth): TrueNode[] {
  return [...nodes.values()].filter(isLive);
}

/** Whether a living node claims a destination, and not as a range of most others. */
export function isClaimed(destination: Cidr, truth: Truth): boolean {
  return liveNodes(truth).some(
    (node) => claimsExactly(node, destination) && !coversMost(node, destination, truth),
  );
}

/** R5: whether a range covers what most other nodes claim, of which two at least claim parts of it. */
export function coversMost(claimant: TrueNode, wide: Cidr, truth: Truth): boolean {
  if (isWholeCluster(wide) && hasSeveral(truth)) return true;
  const others = liveNodes(truth)
    .filter(({ id }) => id !== claimant.id)
    .map((node) => claimsOf(node).filter((claim) => isInBounds(claim) && !isWholeCluster(claim)))
    .filter((claims) => claims.length > 0);
  const inside = others.filter((claims) => claims.some((claim) => containsCidr(wide, claim)));
  const parts = inside.filter((claims) =>
    claims.some((claim) => containsCidr(wide, claim) && claim.text !== wide.text),
  );
  return parts.length >= 2 && inside.length * 2 > others.length;
}

/** Whether there are several nodes, or a route of our kind leads to somebody alive whom a list may lack. */
export function hasSeveral(truth: Truth): boolean {
  const leadsElsewhere = [...truth.routes.values()].some((route) => isOurs(route) && isForeign(route, truth));
  return leadsElsewhere || liveNodes(truth).length > 1;
}

/** Claims of live nodes inside all bounds of R7. */
export function validClaims(truth: Truth): { node: TrueNode; network: Cidr }[] {
  const live = liveNodes(truth);
  return live.flatMap((node) =>
    claimsOf(node)
      .filter((network) => isInBounds(network) && !(isWholeCluster(network) && hasSeveral(truth)))
      .map((network) => ({ node, network })),
  );
}

export function routesIn(table: string, { routes }: Truth): TrueRoute[] {
  return [...routes.values()].filter((route) => route.table === table);
}

/** Routes of our kind through which a table leads to a machine. */
export function routesTo(node: TrueNode, table: string, truth: Truth): TrueRoute[] {
  return routesIn(table, truth).filter(
    (route) => route.owner === node.id && !route.isBlackhole && isOurs(route),
  );
}

/**
 * Whether another claim of the node is in force in a table, by what it claims in any of these views. The route of a
 * stopped node, which shows as a blackhole on AWS, is kept for it.
 */
export function isAnchored(
  { id }: TrueNode,
  table: string,
  truth: Truth,
  views: readonly Truth[] = [truth],
): boolean {
  return views.some((view) => {
    const node = view.nodes.get(id);
    if (node === undefined) return false;
    return routesIn(table, truth).some(
      (route) =>
        route.owner === id &&
        // Somebody else's route that does what the claim needs counts as its own.
        (isOurs(route) || (isInBounds(route.destination) && !route.isBlackhole)) &&
        claimsExactly(node, route.destination) &&
        !coversMost(node, route.destination, view),
    );
  });
}
