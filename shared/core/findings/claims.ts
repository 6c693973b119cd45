import type { Cidr } from '../cidr.ts';
import type { ClaimDefect, Finding, Node, RouteTable } from '../model.ts';
import { countOf, labelNode, ofNode, ofRun } from './finding.ts';

interface DefectContext {
  /** Why the corrected form would not do either, as a clause about it; null where it would. */
  readonly objection: string | null;
  /** Whether the node has routes, which it keeps meanwhile. */
  readonly hasRoutes: boolean;
}

/** What people call a source. */
export const PLACES: Readonly<Record<ClaimDefect['source'], string>> = {
  tag: 'tag',
  'user-data': 'user-data',
  kubernetes: 'Node object',
  metadata: 'metadata',
  annotation: 'annotation',
  'machines.txt': 'machines.txt',
  ledger: 'ledger',
};

export function malformedClaim(node: Node, defect: ClaimDefect, context: DefectContext): Finding {
  const { source, text, problem, corrected } = defect;
  const found = text === null ? 'a pod CIDR' : `"${text}"`;
  return ofNode('malformed-claim', 'error', node, corrected, {
    message: `${labelNode(node)} has ${found} in its ${PLACES[source]}, which ${problem}; ${effectOf(node, defect, context)}.`,
    remedy: correctionOf(node, defect, context.objection),
  });
}

/** What the node gets all the same is said, too: the same run may write it. */
function effectOf({ claims }: Node, { corrected }: ClaimDefect, { hasRoutes }: DefectContext): string {
  if (claims.some(({ cidr }) => cidr.text === corrected)) return `what counts is its claim of ${corrected}`;
  if (claims.length > 0) return 'it gets no route for it, and its other claims are checked separately';
  return hasRoutes
    ? 'it gets no route for it, and keeps those that it has until its claim can be read'
    : 'it gets no route for it';
}

function correctionOf(node: Node, defect: ClaimDefect, objection: string | null): string {
  const { text, corrected, correctedList } = defect;
  if (corrected === null) {
    return 'Set it to one CIDR in canonical form, or a comma list with one for each address family.';
  }
  if (objection !== null) {
    return `It probably means ${corrected}, which ${objection}: give ${node.name} a free pod CIDR.`;
  }
  return corrected === correctedList
    ? `Set it to ${corrected}.`
    : `Write ${corrected} in place of ${text}, and keep the rest of the list.`;
}

export function missingClaim(node: Node, podCidrTag: string): Finding {
  if (node.awaitsBlock !== undefined) return awaitedBlock(node, node.awaitsBlock);
  const doubt = describeDoubt(node, podCidrTag);
  const remedy =
    node.claimAdvice ??
    (node.otherSpelling === undefined
      ? `If it runs pods, set its ${podCidrTag} tag; if not, nothing needs to be done.`
      : `If it runs pods, set its ${podCidrTag} tag in place of ${node.otherSpelling}.`);
  if (doubt === null && node.awaits !== undefined) return awaitedClaim(node, node.awaits);
  // Where a claim may be that was not seen, somebody has to look.
  return doubt === null
    ? ofNode('missing-claim', 'info', node, null, {
        message: `${labelNode(node)} is selected as a node but claims no pod CIDR; it gets no route.`,
        remedy,
      })
    : ofNode('missing-claim', 'warning', node, null, {
        message: `${labelNode(node)} is selected as a node, but no pod CIDR claim was found: ${doubt}; it gets no route.`,
        remedy,
      });
}

function awaitedClaim(node: Node, awaits: string): Finding {
  return ofNode('missing-claim', 'info', node, null, {
    message: `${labelNode(node)} is selected as a node but claims no pod CIDR: ${awaits}; it gets no route.`,
    remedy:
      'If it runs pods, check that its kubelet has registered it with a providerID, and that the controller manager allocates blocks (--allocate-node-cidrs); if not, nothing needs to be done.',
  });
}

function awaitedBlock(node: Node, why: string): Finding {
  return ofNode('missing-claim', 'info', node, null, {
    message: `${labelNode(node)} is selected as a node and waits for a block: ${why}; it gets no route yet.`,
    remedy: 'Nothing, if that passes: its event comes again, and every scheduled run tries it again.',
  });
}

/** Why a node may claim something all the same, as a clause; null where nothing speaks for it. */
export function describeDoubt({ otherSpelling, unsearched }: Node, podCidrTag: string): string | null {
  if (otherSpelling !== undefined) return `its tag ${otherSpelling} is not read, only ${podCidrTag} is`;
  return unsearched === undefined ? null : `its user data ${unsearched}`;
}

export function claimOutsideCluster(node: Node, cidr: Cidr, clusterCidrs: readonly Cidr[]): Finding {
  const ranges = clusterCidrs.map(({ text }) => text).join(', ');
  return ofNode('claim-outside-cluster', 'error', node, cidr.text, {
    message: `${labelNode(node)} claims ${cidr.text}, which lies outside the cluster CIDRs ${ranges}; it gets no route.`,
    remedy: `Give the node a pod CIDR inside ${ranges}, or add its range to PODROUTES_CLUSTER_CIDRS.`,
  });
}

export function claimCoversCluster(node: Node, cidr: Cidr): Finding {
  return ofNode('claim-covers-cluster', 'error', node, cidr.text, {
    message: `${labelNode(node)} claims ${cidr.text}, which is the whole cluster CIDR, and the cluster has more than one node; it gets no route.`,
    remedy: `Give the node a block inside ${cidr.text} that no other node claims.`,
  });
}

export function claimOverlapsNetwork(node: Node, cidr: Cidr, own: Cidr): Finding {
  return ofNode('claim-overlaps-network', 'error', node, cidr.text, {
    message: `${labelNode(node)} claims ${cidr.text}, which overlaps ${own.text}, an address range of the network itself; it gets no route.`,
    remedy: 'Give the node a pod CIDR that the network does not use for its own addresses.',
  });
}

export function claimReserved(node: Node, cidr: Cidr, reserved: Cidr): Finding {
  return ofNode('claim-reserved', 'error', node, cidr.text, {
    message: `${labelNode(node)} claims ${cidr.text}, which overlaps ${reserved.text} of PODROUTES_RESERVED_CIDRS; it gets no route.`,
    remedy: `Give the node a pod CIDR outside ${reserved.text}, or remove the range from PODROUTES_RESERVED_CIDRS.`,
  });
}

/** A range that a configuration file names for the whole cluster, read as if it were the block of one node. */
export function claimCoversNodes(node: Node, cidr: Cidr): Finding {
  return ofNode('claim-covers-nodes', 'error', node, cidr.text, {
    message: `${labelNode(node)} claims ${cidr.text}, which covers the pod CIDRs of most other nodes, so it is treated as a range of the whole cluster; it gets no route.`,
    remedy: `Set the tag of ${node.name} to a pod CIDR of its own. If it runs no pods, do not select it as a node.`,
  });
}

export function tooManyClaims(node: Node, count: number, most: number): Finding {
  return ofNode('too-many-claims', 'error', node, null, {
    message: `${labelNode(node)} claims ${countOf(count, 'pod CIDR')}, and ${most} per node count; the others get no route.`,
    remedy: `Give the node at most ${most} pod CIDRs, or raise PODROUTES_MAX_CLAIMS.`,
  });
}

/** Claims that were changed again and again left routes behind, which wait for their time. */
export function tooManyLeftovers(node: Node, table: RouteTable, count: number, most: number): Finding {
  return {
    ...ofNode('too-many-claims', 'error', node, null, {
      message: `${countOf(count, 'route')} in ${table.name} that ${labelNode(node)} no longer claims still ${count === 1 ? 'leads' : 'lead'} to it, and at most ${most} may; its other claims get no route there.`,
      remedy: `Leave the pod CIDRs of ${node.name} as they are until its old routes are deleted, or restore one that it had.`,
    }),
    table: table.id,
  };
}

/** Every claim is gone at once: a setting is more likely wrong than every node. */
export function noClaims(nodes: number, routes: number, podCidrTag: string): Finding {
  return ofRun('no-claims', 'error', {
    message: `None of ${countOf(nodes, 'node')} claims a pod CIDR any more, though ${countOf(routes, 'route')} lead to them. No route of a living node is removed at once.`,
    remedy: `Check PODROUTES_POD_CIDR_TAG (${podCidrTag}) and PODROUTES_POD_CIDR_SOURCES, and whether the tags were removed.`,
  });
}

export function conflictingClaim(node: Node, cidr: Cidr, holder: { node: Node; cidr: Cidr }): Finding {
  const what = cidr.text === holder.cidr.text ? 'the same CIDR' : `the overlapping ${holder.cidr.text}`;
  return ofNode('conflicting-claim', 'error', node, cidr.text, {
    message: `${labelNode(node)} claims ${cidr.text}, but ${labelNode(holder.node)} holds ${what} and keeps it.`,
    remedy: `Give ${node.name} a free pod CIDR, or remove the claim from ${holder.node.name}.`,
  });
}
