import type { Cidr } from '../cidr.ts';
import { CLOUD_TRAITS } from '../clouds.ts';
import type { CloudFailure } from '../errors.ts';
import type { CloudName, Finding, Node } from '../model.ts';
import { labelNode, ofNode } from './finding.ts';

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
