import type { Cidr, Family } from './cidr.ts';
import { CLOUD_TRAITS } from './clouds.ts';
import type { CloudFailure } from './errors.ts';
import type {
  ClaimDefect,
  CloudName,
  Finding,
  FindingCode,
  Node,
  ReadFailure,
  Route,
  RouteTable,
} from './model.ts';

/** How people know a node: its name, and its id where that is something else. */
export function labelNode(node: Node): string {
  return node.name === node.id ? node.id : `${node.name} (${node.id})`;
}

/** @example countOf(1, 'route') //=> '1 route' */
export function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

interface DefectContext {
  /** Why the corrected form would not do either, as a clause about it; null where it would. */
  readonly objection: string | null;
  /** Whether the node has routes, which it keeps meanwhile. */
  readonly hasRoutes: boolean;
}

/** What a source is called where a person is told of it. */
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
  return {
    code: 'no-claims',
    severity: 'error',
    node: null,
    nodeId: null,
    table: null,
    cidr: null,
    message: `None of ${countOf(nodes, 'node')} claims a pod CIDR any more, though ${countOf(routes, 'route')} lead to them. No route of a living node is removed at once.`,
    remedy: `Check PODROUTES_POD_CIDR_TAG (${podCidrTag}) and PODROUTES_POD_CIDR_SOURCES, and whether the tags were removed.`,
  };
}

export function conflictingClaim(node: Node, cidr: Cidr, holder: { node: Node; cidr: Cidr }): Finding {
  const what = cidr.text === holder.cidr.text ? 'the same CIDR' : `the overlapping ${holder.cidr.text}`;
  return ofNode('conflicting-claim', 'error', node, cidr.text, {
    message: `${labelNode(node)} claims ${cidr.text}, but ${labelNode(holder.node)} holds ${what} and keeps it.`,
    remedy: `Give ${node.name} a free pod CIDR, or remove the claim from ${holder.node.name}.`,
  });
}

/** A route that is not ours stands against a claim: to all of it (`error`), or to a part (`warning`). */
export function foreignRoute(
  table: RouteTable,
  route: Route,
  node: Node,
  severity: 'error' | 'warning',
): Finding {
  const effect =
    severity === 'error'
      ? `the claim of ${labelNode(node)} gets no route there`
      : `part of what ${labelNode(node)} claims goes elsewhere`;
  return {
    ...ofNode('foreign-route', severity, node, route.destination.text, {
      message: `The route to ${route.destination.text} in ${table.name} leads to ${describeHop(route)}, and podroutes does not manage it: ${effect}.`,
      remedy: `${route.propagated ? 'Stop its propagation into the table' : 'Remove that route'}, or give the node another pod CIDR.`,
    }),
    table: table.id,
  };
}

/** A cloud need not show where a route leads that it has learnt itself. */
function describeHop({ nextHop, state }: Route): string {
  if (nextHop !== null) return nextHop.shown;
  return state === 'blackhole' ? 'a next hop that is gone' : 'a next hop that the cloud does not show';
}

/** R2: a route of somebody else that leads nowhere, against no claim so far. */
export function deadForeignRoute(table: RouteTable, route: Route): Finding {
  const { destination, nextHop } = route;
  return {
    ...ofTable('foreign-route', 'warning', table.id, {
      message: `The route to ${destination.text} in ${table.name} leads nowhere (a blackhole to ${nextHop?.shown ?? 'nothing'}), and podroutes does not manage it.`,
      remedy:
        'Remove that route if nobody needs it: a node that claims pod CIDRs there may get no route, or lose traffic to it.',
    }),
    cidr: destination.text,
  };
}

export function nodeUnreachable(node: Node, cidr: Cidr): Finding {
  return ofNode('node-unreachable', 'error', node, cidr.text, {
    message: `${labelNode(node)} claims ${cidr.text} but has no next hop for IPv${cidr.family}.`,
    remedy: `Give its primary network interface an IPv${cidr.family} address, or remove the claim.`,
  });
}

/** Where switching it on was not asked for. */
export function forwardingDisabled(node: Node, cloud: CloudName): Finding {
  return ofNode('forwarding-disabled', 'error', node, null, {
    message: describeDropped(node),
    remedy: `${CLOUD_TRAITS[cloud].forwarding.remedy}, or set PODROUTES_FORWARDING=ensure.`,
  });
}

/** Where it could not be switched on. */
export function forwardingFailed(node: Node, { code, message }: CloudFailure): Finding {
  return ofNode('forwarding-disabled', 'error', node, null, {
    message: `${describeDropped(node)} Switching it on failed: ${code}: ${message}`,
    remedy: 'Fix what the message names; the next run tries again.',
  });
}

/** What it comes to that the network lets a node send and receive nothing but its own packets. */
export function describeDropped(node: Node): string {
  return `The network drops packets to and from the pods of ${labelNode(node)}: forwarding is off on its primary interface.`;
}

export function subnetNotRouted(node: Node, subnet: string): Finding {
  return ofNode('subnet-not-routed', 'warning', node, null, {
    message: `${labelNode(node)} is in ${subnet}, which no managed route table serves: pods on it cannot reach pods on other nodes.`,
    remedy: `Associate ${subnet} with a managed route table, or manage the table that it uses.`,
  });
}

export function networkNotRouted(node: Node): Finding {
  const network = node.network ?? 'its network';
  return ofNode('subnet-not-routed', 'error', node, null, {
    message: `${labelNode(node)} is in ${network}, where no route table is managed; it gets no route.`,
    remedy: `Manage a route table of ${network}, or do not select the instance as a node.`,
  });
}

/** A person asked for a node that the cloud does not know. */
export function nodeNotFound(id: string, cloud: CloudName): Finding {
  return {
    code: 'node-not-found',
    severity: 'warning',
    node: id,
    nodeId: id,
    table: null,
    cidr: null,
    message: `There is no ${id} where this function looks.`,
    remedy: `Check the id, and ${CLOUD_TRAITS[cloud].place} of the function.`,
  };
}

export function tableFull(table: NamedTable, left: readonly string[]): Finding {
  return ofTable('route-table-full', 'error', table.id, {
    message: `${table.name} has no room for more routes; nodes without a route: ${left.join(', ')}.`,
    remedy: MORE_ROOM,
  });
}

export function tableFilling(table: NamedTable, used: number, limit: number): Finding {
  return ofTable('route-table-filling', 'warning', table.id, {
    message: `${table.name} holds ${used} of the ${limit} routes that it can hold.`,
    remedy: MORE_ROOM,
  });
}

/** R4: living nodes that the budget does not cover. Times are milliseconds since the epoch. */
export interface OverBudget {
  readonly family: Family;
  /** Names of the nodes that would be left without a route. */
  readonly nodes: readonly string[];
  /** How many nodes the budget has, and how many of them are spent. */
  readonly allowed: number;
  readonly spent: number;
  /** When the oldest spending falls out of the 24 hours; null where nothing is spent. */
  readonly until: number | null;
}

export function deletionBreaker(table: RouteTable, over: OverBudget): Finding {
  const { family, nodes, allowed, spent, until } = over;
  const rest = Math.max(0, allowed - spent);
  const next = until === null ? '' : ` The next is free from ${new Date(until).toISOString()}.`;
  return ofTable('deletion-breaker', 'error', table.id, {
    message: `In ${table.name} ${countOf(nodes.length, 'living node')} would lose ${nodes.length === 1 ? 'its' : 'their'} last claimed IPv${family} route, and ${rest} of ${allowed} may within 24 hours: ${nodes.join(', ')}. None of these routes is deleted.${next}`,
    remedy:
      'Look for a wrong filter, tags removed by a script, or a changed setting. If the nodes really gave up their pod CIDRs, run once with force.',
  });
}

/** Only claims that nothing else tells of wait for Kubernetes. */
export function kubernetesUnavailable({ kind, code, message }: CloudFailure): Finding {
  return {
    code: 'kubernetes-unavailable',
    severity: 'error',
    node: null,
    nodeId: null,
    table: null,
    cidr: null,
    message: `The Kubernetes API could not be read or updated, so routes for blocks that only Kubernetes knows, and Node conditions, wait: ${code}: ${message}`,
    remedy:
      kind === 'permanent'
        ? 'Check PODROUTES_KUBERNETES, its certificates and token, and the rights of the account that the token is for.'
        : 'Nothing, if the failure is temporary: the next run catches up.',
  };
}

/** Routes are made without a ledger, and proven deletions go; what waits stays. */
export function ledgerUnavailable({ kind, code, message }: CloudFailure): Finding {
  return {
    code: 'ledger-unavailable',
    severity: 'error',
    node: null,
    nodeId: null,
    table: null,
    cidr: null,
    message: `The ledger could not be used, so no route that waits for a second look is deleted: ${code}: ${message}`,
    remedy:
      kind === 'permanent'
        ? 'Check PODROUTES_LEDGER and the permissions on what it names.'
        : 'Nothing, if the failure is temporary: the next run catches up.',
  };
}

/** @param node what it is about, where that was read as a node */
export function readIncomplete({ what, id, failure }: ReadFailure, node: Node | undefined): Finding {
  const subject = { nodes: 'The nodes', table: 'Route tables', claims: 'The claims of a node' }[what];
  const label = node === undefined ? id : labelNode(node);
  const which = label === null ? '' : ` (${label})`;
  const effect = what === 'table' && id !== null ? 'it gets no changes' : 'only proven deletions were made';
  return {
    code: 'read-incomplete',
    severity: 'error',
    node: what === 'table' ? null : (node?.name ?? id),
    nodeId: node?.id ?? null,
    table: what === 'table' ? id : null,
    cidr: null,
    message: `${subject}${which} could not be read, so ${effect}: ${failure.code}: ${failure.message}`,
    remedy:
      failure.kind === 'permanent'
        ? 'Fix what the message names; the next run then catches up.'
        : 'Nothing, if the failure is temporary: the next run catches up.',
  };
}

const MORE_ROOM =
  'Raise the quota of routes per table and PODROUTES_ROUTE_LIMIT, or give nodes wider blocks and use fewer nodes.';

type NamedTable = Pick<RouteTable, 'id' | 'name'>;

interface FindingText {
  readonly message: string;
  readonly remedy: string;
}

function ofNode(
  code: FindingCode,
  severity: Finding['severity'],
  node: Node,
  cidr: string | null,
  text: FindingText,
): Finding {
  return { code, severity, node: node.name, nodeId: node.id, table: null, cidr, ...text };
}

function ofTable(
  code: FindingCode,
  severity: Finding['severity'],
  table: string,
  text: FindingText,
): Finding {
  return { code, severity, node: null, nodeId: null, table, cidr: null, ...text };
}
