import { type Cidr, containsCidr, overlaps, parseCidr } from '../cidr.ts';
import { type CidrIndex, indexByCidr } from '../cidr-index.ts';
import {
  claimCoversCluster,
  claimOutsideCluster,
  claimOverlapsNetwork,
  conflictingClaim,
  labelNode,
  malformedClaim,
  missingClaim,
} from '../findings.ts';
import type { ClaimDefect, Finding, FindingCode, Node, Observation, RouteTable } from '../model.ts';
import { settleConflicts } from './conflicts.ts';

/** The settings that decide which claims count. */
export interface ClaimSettings {
  readonly clusterCidrs: readonly Cidr[];
  readonly stoppedNodes: 'keep' | 'remove';
  /** Whether a selected node without a claim is worth a finding. */
  readonly expectClaims: boolean;
  readonly podCidrTag: string;
}

/** A claim that is entitled to a route in every table of the node's network. */
export interface AcceptedClaim {
  readonly node: Node;
  readonly cidr: Cidr;
}

/** Which claims hold, and what is wrong with the others. */
export interface ClaimVerdict {
  readonly accepted: readonly AcceptedClaim[];
  readonly findings: readonly Finding[];
  /** Every destination that a live node claims, rightly or wrongly: no route to it may be deleted (R2). */
  readonly claimed: ReadonlySet<string>;
  /** Ids of nodes that claim something they do not get: what they have is left to them meanwhile (R6). */
  readonly unmet: ReadonlySet<string>;
  /** Why a scoped observation is too narrow to judge, if it is. */
  readonly widen: string | null;
}

/** Whether what the node claims still counts. A gone node claims nothing; a stopped one by setting. */
export function isClaiming(node: Node, stoppedNodes: 'keep' | 'remove'): boolean {
  return node.state !== 'gone' && !(node.state === 'stopped' && stoppedNodes === 'remove');
}

/** Applies the bounds on claims (R7), then settles which of the overlapping ones hold (R5). */
export function judgeClaims(observation: Observation, settings: ClaimSettings): ClaimVerdict {
  const claiming = observation.nodes.filter((node) => isClaiming(node, settings.stoppedNodes));
  const bounds = boundsOf(observation, settings, claiming);
  const meant = indexMeant(claiming);
  const findings: Finding[] = [];
  const candidates: AcceptedClaim[] = [];
  const unmet = new Set<string>();
  const claimed = new Set<string>();
  let widen: string | null = null;
  for (const node of claiming) {
    for (const defect of node.defects) {
      findings.push(malformedClaim(node, defect, objectTo(node, defect, meant, bounds)));
    }
    if (node.defects.length > 0 || !node.claimsKnown) unmet.add(node.id);
    if (settings.expectClaims && isSilent(node)) findings.push(missingClaim(node, settings.podCidrTag));
    for (const { cidr } of node.claims) {
      claimed.add(cidr.text);
      const refusal = refuse(node, cidr, bounds);
      if (refusal === null) candidates.push({ node, cidr });
      else {
        findings.push(refusal);
        unmet.add(node.id);
      }
      // That a node is alone in its cluster cannot be seen from a part of the cluster.
      if (observation.scope.kind === 'nodes' && isClusterCidr(cidr, settings)) {
        widen = `${labelNode(node)} claims a whole cluster CIDR`;
      }
    }
  }
  const unsure = claiming.filter((node) => unmet.has(node.id));
  const held = findHeld(unsure, observation.tables).filter(({ node, cidr }) => !refuse(node, cidr, bounds));
  const settled = settleConflicts(
    [...candidates, ...held],
    findIncumbents(observation.tables),
    new Set(held),
  );
  for (const loser of settled.losers) unmet.add(loser.node.id);
  findings.push(...settled.losers.map(({ node, cidr, winner }) => conflictingClaim(node, cidr, winner)));
  return { accepted: settled.accepted, findings, claimed, unmet, widen };
}

/**
 * By node id, the tag's value as its owner must have meant it, for claims with host bits. Not for nodes where something
 * else is wrong with it, or another claim or a bound stands against it: a person has to decide then.
 */
export function findCorrections(
  observation: Observation,
  settings: Pick<ClaimSettings, 'clusterCidrs' | 'stoppedNodes'>,
): ReadonlyMap<string, string> {
  const claiming = observation.nodes.filter((each) => isClaiming(each, settings.stoppedNodes));
  const bounds = boundsOf(observation, settings, claiming);
  const meant = indexMeant(claiming);
  return new Map(
    claiming.flatMap((node): [string, string][] => {
      const value = node.defects[0]?.correctedList ?? null;
      const isSure = node.defects.every(
        (defect) => defect.source === 'tag' && objectTo(node, defect, meant, bounds) === null,
      );
      return isSure && value !== null ? [[node.id, value]] : [];
    }),
  );
}

/** As clauses about a CIDR. */
const OBJECTIONS: Readonly<Partial<Record<FindingCode, string>>> = {
  'claim-outside-cluster': 'lies outside the cluster CIDRs',
  'claim-covers-cluster': 'is the whole cluster CIDR',
  'claim-overlaps-network': 'overlaps addresses of the network itself',
};

/** Why what a defect seems to mean would get no route either; null where nothing is known against it. */
function objectTo(
  node: Node,
  { corrected }: ClaimDefect,
  meant: CidrIndex<Meant>,
  bounds: Bounds,
): string | null {
  const [cidr] = corrected === null ? [] : readCidrs(corrected);
  if (cidr === undefined) return null;
  const refusal = refuse(node, cidr, bounds);
  if (refusal !== null) return OBJECTIONS[refusal.code] ?? 'is refused, too';
  const rival = meant.overlapping(cidr).find((each) => each.node.id !== node.id);
  if (rival === undefined) return null;
  const who = `${labelNode(rival.node)} ${rival.how}`;
  return rival.cidr.text === cidr.text ? who : `overlaps ${rival.cidr.text}, which ${who}`;
}

/** What a node claims, or would but for host bits. */
interface Meant {
  readonly node: Node;
  readonly cidr: Cidr;
  readonly how: 'claims' | 'seems to mean, too';
}

/** For corrections alone: where nothing is to be corrected there is nothing in it. */
function indexMeant(claiming: readonly Node[]): CidrIndex<Meant> {
  if (claiming.every(({ defects }) => defects.length === 0)) return indexByCidr([]);
  return indexByCidr(
    claiming.flatMap((node): Meant[] => [
      ...node.claims.map(({ cidr }) => ({ node, cidr, how: 'claims' as const })),
      ...node.defects
        .flatMap(({ corrected }) => readCidrs(corrected ?? ''))
        .map((cidr) => ({ node, cidr, how: 'seems to mean, too' as const })),
    ]),
  );
}

function readCidrs(text: string): Cidr[] {
  const result = parseCidr(text);
  return result.ok ? [result.cidr] : [];
}

function isSilent(node: Node): boolean {
  return node.claimsKnown && node.claims.length === 0 && node.defects.length === 0;
}

interface Bounds {
  readonly settings: Pick<ClaimSettings, 'clusterCidrs'>;
  readonly tables: readonly RouteTable[];
  readonly alone: boolean;
}

function boundsOf(
  { tables, failures }: Observation,
  settings: Bounds['settings'],
  claiming: readonly Node[],
): Bounds {
  // That a node is alone cannot be said when others may not have been read.
  const alone = claiming.length === 1 && failures.every(({ what }) => what !== 'nodes');
  return { settings, tables, alone };
}

function isClusterCidr(cidr: Cidr, settings: Bounds['settings']): boolean {
  return settings.clusterCidrs.some((cluster) => cluster.text === cidr.text);
}

/** The first bound of R7 that the claim breaks, or null. */
function refuse(node: Node, cidr: Cidr, { settings, tables, alone }: Bounds): Finding | null {
  const { clusterCidrs } = settings;
  if (!clusterCidrs.some((cluster) => containsCidr(cluster, cidr))) {
    return claimOutsideCluster(node, cidr, clusterCidrs);
  }
  if (isClusterCidr(cidr, settings) && !alone) return claimCoversCluster(node, cidr);
  const own = findNetworkOverlap(node, cidr, tables);
  return own === null ? null : claimOverlapsNetwork(node, cidr, own);
}

function findNetworkOverlap(node: Node, cidr: Cidr, tables: readonly RouteTable[]): Cidr | null {
  for (const table of tables) {
    if (!sharesNetwork(node, table)) continue;
    const own = table.networkCidrs.find((range) => overlaps(range, cidr));
    if (own !== undefined) return own;
  }
  return null;
}

/** Whether the node's pods can be reached through this table at all. */
export function sharesNetwork(node: Node, table: RouteTable): boolean {
  return node.network === null || table.network === null || node.network === table.network;
}

/**
 * What nodes have that claim something else in vain, or whose claims cannot be read: no other node's claim may
 * take it from them meanwhile (R5, R6).
 */
function findHeld(nodes: readonly Node[], tables: readonly RouteTable[]): AcceptedClaim[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const held = new Map<string, AcceptedClaim>();
  for (const { state, target, ourKind, destination: cidr } of tables.flatMap(({ routes }) => routes)) {
    if (state !== 'active' || target.kind !== 'node' || !ourKind) continue;
    const node = byId.get(target.id);
    if (node === undefined || node.claims.some((claim) => claim.cidr.text === cidr.text)) continue;
    held.set(`${cidr.text} ${node.id}`, { node, cidr });
  }
  return [...held.values()];
}

/** Claims, as `cidr node-id`, that have an active route in some table already. */
function findIncumbents(tables: readonly RouteTable[]): Set<string> {
  const incumbents = new Set<string>();
  for (const table of tables) {
    for (const { state, target, destination } of table.routes) {
      if (state === 'active' && target.kind === 'node') incumbents.add(`${destination.text} ${target.id}`);
    }
  }
  return incumbents;
}
