import type { Cidr } from '../cidr.ts';
import {
  claimCoversNodes,
  conflictingClaim,
  malformedClaim,
  missingClaim,
  tooManyClaims,
} from '../findings/claims.ts';
import { labelNode } from '../findings/finding.ts';
import type { AcceptedClaim, Finding, Node, Observation } from '../model.ts';
import { boundsOf, type ClaimSettings, isClaiming, isClusterCidr, refuseClaim } from './bounds.ts';
import { findOwnRoutes, type OwnRoutes, resolveConflicts, wasHandedOut } from './conflicts.ts';
import { indexCorrectable, objectTo } from './corrections.ts';
import { type Coverage, measureCoverage } from './coverage.ts';

/** Which claims hold, and what is wrong with the others. */
export interface ClaimVerdict {
  readonly accepted: readonly AcceptedClaim[];
  readonly findings: readonly Finding[];
  /** Who claims a destination, rightly or wrongly: in their domain no route to it may be deleted (R2). */
  readonly claimed: ReadonlyMap<string, ReadonlySet<Node>>;
  /** Ids of nodes that claim something they do not get: what they have is left to them meanwhile (R6). */
  readonly unmet: ReadonlySet<string>;
  /** Whether it is a range of the cluster, and so no block of one node (R5, R7). */
  readonly isRange: Coverage;
  /** Why a scoped observation is too narrow to judge, if it is. */
  readonly widen: string | null;
}

/** What is collected while the nodes are gone through. */
interface Sketch {
  readonly candidates: AcceptedClaim[];
  /** More than count of their nodes, with routes of their own. */
  readonly beyond: AcceptedClaim[];
  readonly findings: Finding[];
  readonly claimed: Map<string, Set<Node>>;
  readonly unmet: Set<string>;
}

/** Applies the bounds on claims (R7), then decides which of the overlapping ones hold (R5). */
export function judgeClaims(observation: Observation, settings: ClaimSettings): ClaimVerdict {
  const claiming = observation.nodes.filter((node) => isClaiming(node, settings.stoppedNodes));
  const own = findOwnRoutes(observation.tables);
  const sketch: Sketch = { candidates: [], beyond: [], findings: [], claimed: new Map(), unmet: new Set() };
  const bounds = boundsOf(observation, settings, claiming);
  const correctable = indexCorrectable(claiming);
  const routed = new Set([...own.keys()].map((key) => key.slice(key.indexOf(' ') + 1)));
  for (const node of claiming) {
    for (const defect of node.defects) {
      const objection = objectTo(node, defect, correctable, bounds);
      sketch.findings.push(malformedClaim(node, defect, { objection, hasRoutes: routed.has(node.id) }));
    }
    if (node.defects.length > 0 || !node.claimsKnown) sketch.unmet.add(node.id);
    if (settings.expectClaims && claimsNothing(node)) {
      sketch.findings.push(missingClaim(node, settings.podCidrTag));
    }
    for (const cidr of countedClaims(sketch, node, settings.maxClaims, own)) {
      const refusal = refuseClaim(node, cidr, bounds);
      noteClaimed(sketch, node, cidr);
      if (refusal === null) sketch.candidates.push({ node, cidr });
      else if (refusal.code === 'claim-covers-cluster') dropRange(sketch, node, cidr, refusal);
      else refuse(sketch, node, refusal);
    }
  }
  const coversNodes = measureCoverage(sketch.candidates);
  const candidates = dropCovering(sketch, coversNodes);
  const resolved = resolveConflicts(candidates, own);
  for (const { node, cidr, winner } of resolved.losers)
    refuse(sketch, node, conflictingClaim(node, cidr, winner));
  const { findings, claimed, unmet } = sketch;
  const widen = whyWiden(observation, claiming, settings);
  const isRange: Coverage = (node, cidr) =>
    (isClusterCidr(cidr, settings) && !bounds.alone) || coversNodes(node, cidr);
  for (const { node, cidr } of sketch.beyond) if (!isRange(node, cidr)) noteClaimed(sketch, node, cidr);
  return { accepted: resolved.accepted, findings, claimed, unmet, isRange, widen };
}

function noteClaimed({ claimed }: Sketch, node: Node, { text }: Cidr): void {
  claimed.set(text, (claimed.get(text) ?? new Set()).add(node));
}

function refuse({ findings, unmet }: Sketch, node: Node, finding: Finding): void {
  findings.push(finding);
  unmet.add(node.id);
}

function claimsNothing(node: Node): boolean {
  return node.claimsKnown && node.claims.length === 0 && node.defects.length === 0;
}

/** R7: so many claims of a node count, those of the ledger and those with a route of their own first. What such a one has, it keeps (R2). */
function countedClaims(sketch: Sketch, node: Node, most: number, own: OwnRoutes): Cidr[] {
  const cidrs = node.claims.map(({ cidr }) => cidr);
  if (cidrs.length <= most) return cidrs;
  refuse(sketch, node, tooManyClaims(node, cidrs.length, most));
  const hasRoute = ({ text }: Cidr): boolean => own.has(`${text} ${node.id}`);
  const rank = (cidr: Cidr): number => (wasHandedOut({ node, cidr }) ? 2 : hasRoute(cidr) ? 1 : 0);
  const ranked = cidrs.sort((a, b) => rank(b) - rank(a));
  sketch.beyond.push(
    ...ranked
      .slice(most)
      .filter(hasRoute)
      .map((cidr) => ({ node, cidr })),
  );
  return ranked.slice(0, most);
}

/**
 * R5: a range that covers the claims of most other nodes is no claim of one node. It says so of the cluster, so it
 * neither stands in the way of theirs nor keeps a route.
 */
function dropCovering(sketch: Sketch, coversNodes: Coverage): AcceptedClaim[] {
  return sketch.candidates.filter(({ node, cidr }) => {
    if (!coversNodes(node, cidr)) return true;
    dropRange(sketch, node, cidr, claimCoversNodes(node, cidr));
    return false;
  });
}

function dropRange(sketch: Sketch, node: Node, { text }: Cidr, finding: Finding): void {
  refuse(sketch, node, finding);
  sketch.claimed.get(text)?.delete(node);
}

/** That a node is alone in its cluster cannot be seen from a part of the cluster. */
function whyWiden({ scope }: Observation, claiming: readonly Node[], settings: ClaimSettings): string | null {
  if (scope.kind === 'all') return null;
  const node = claiming.find(({ claims }) => claims.some(({ cidr }) => isClusterCidr(cidr, settings)));
  return node === undefined ? null : `${labelNode(node)} claims a whole cluster CIDR`;
}
