import { type Cidr, containsCidr, overlaps } from '../cidr.ts';
import {
  claimCoversCluster,
  claimOutsideCluster,
  claimOverlapsNetwork,
  claimReserved,
} from '../findings/claims.ts';
import type { Finding, Node, Observation, Route, RouteTable } from '../model.ts';

/** The settings that bound every claim alike. */
export interface BoundSettings {
  readonly clusterCidrs: readonly Cidr[];
  readonly reservedCidrs: readonly Cidr[];
}

/** The settings that decide which claims count. */
export interface ClaimSettings extends BoundSettings {
  readonly stoppedNodes: 'keep' | 'remove';
  /** Claims of one node that count. */
  readonly maxClaims: number;
  /** Whether a selected node without a claim is worth a finding. */
  readonly expectClaims: boolean;
  readonly podCidrTag: string;
}

/** What a claim is held against (R7). */
export interface Bounds {
  readonly settings: BoundSettings;
  readonly tables: readonly RouteTable[];
  /** Whether the only claiming node is looked at: it may then claim a whole cluster CIDR. */
  readonly alone: boolean;
}

/** Whether what the node claims still counts. A gone node claims nothing; a stopped one by setting. */
export function isClaiming(node: Node, stoppedNodes: 'keep' | 'remove'): boolean {
  return node.state !== 'gone' && !(node.state === 'stopped' && stoppedNodes === 'remove');
}

/** Whether the node's pods can be reached through this table at all. */
export function sharesDomain(node: Node, table: RouteTable): boolean {
  return node.domain === null || table.domain === null || node.domain === table.domain;
}

export function boundsOf(
  { tables, failures }: Observation,
  settings: BoundSettings,
  claiming: readonly Node[],
): Bounds {
  // That a node is alone cannot be said when others may not have been read, or when a route like theirs leads elsewhere.
  const alone =
    claiming.length === 1 &&
    failures.every(({ what }) => what !== 'nodes') &&
    !tables.some(({ routes }) => routes.some((route) => leadsToAnother(route, settings)));
  return { settings, tables, alone };
}

/** A list may be short: what a route of our kind leads to, and is alive and none of the list, may be a node. */
function leadsToAnother({ ourKind, target, destination }: Route, { clusterCidrs }: BoundSettings): boolean {
  return (
    ourKind && target.kind === 'stranger' && clusterCidrs.some((range) => containsCidr(range, destination))
  );
}

export function isClusterCidr(cidr: Cidr, { clusterCidrs }: Pick<BoundSettings, 'clusterCidrs'>): boolean {
  return clusterCidrs.some((cluster) => cluster.text === cidr.text);
}

/** The first bound of R7 that the claim breaks, or null. */
export function refuseClaim(node: Node, cidr: Cidr, { settings, tables, alone }: Bounds): Finding | null {
  const { clusterCidrs, reservedCidrs } = settings;
  if (!clusterCidrs.some((cluster) => containsCidr(cluster, cidr))) {
    return claimOutsideCluster(node, cidr, clusterCidrs);
  }
  if (isClusterCidr(cidr, settings) && !alone) return claimCoversCluster(node, cidr);
  const reserved = reservedCidrs.find((range) => overlaps(range, cidr));
  if (reserved !== undefined) return claimReserved(node, cidr, reserved);
  const own = findNetworkOverlap(node, cidr, tables);
  return own === null ? null : claimOverlapsNetwork(node, cidr, own);
}

function findNetworkOverlap(node: Node, cidr: Cidr, tables: readonly RouteTable[]): Cidr | null {
  for (const table of tables) {
    if (!sharesDomain(node, table)) continue;
    const own = table.networkCidrs.find((range) => overlaps(range, cidr));
    if (own !== undefined) return own;
  }
  return null;
}
