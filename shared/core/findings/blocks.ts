import type { Cidr, Family } from '../cidr.ts';
import type { CloudFailure } from '../errors.ts';
import type { Finding, Node } from '../model.ts';
import { countOf, labelNode, ofRun } from './finding.ts';

/** How far the blocks of a family are used up, and by how many nodes they fall short. */
export interface Usage {
  readonly family: Family;
  readonly size: number;
  /** Blocks that nodes can have at all. */
  readonly capacity: bigint;
  readonly used: bigint;
  /** Ids of the nodes that get none, because none is free. */
  readonly short: readonly string[];
}

const MORE_BLOCKS =
  'Add a range to PODROUTES_CLUSTER_CIDRS, free what PODROUTES_RESERVED_CIDRS keeps, or remove nodes: their blocks are free after two scheduled runs at least 40 minutes apart.';

/** R13: nodes wait, and every block is somebody's. */
export function noFreeCidr(usage: Usage, clusterCidrs: readonly Cidr[]): Finding {
  const { capacity, short } = usage;
  const waiting = `${countOf(short.length, 'node')} ${short.length === 1 ? 'waits' : 'wait'}`;
  return ofRun('no-free-cidr', 'error', {
    message: `No block is free: ${describeSpace(usage, clusterCidrs)} ${capacity === 1n ? 'is' : 'are all'} taken, and ${waiting} for one.`,
    remedy: MORE_BLOCKS,
  });
}

export function blocksFilling(usage: Usage, clusterCidrs: readonly Cidr[]): Finding {
  const { capacity, used } = usage;
  return ofRun('blocks-filling', 'warning', {
    message: `Of ${describeSpace(usage, clusterCidrs)}, ${used} ${used === 1n ? 'is' : 'are'} taken; ${describeRest(capacity - used)} left for new nodes.`,
    remedy: MORE_BLOCKS,
  });
}

function describeRest(count: bigint): string {
  if (count === 0n) return 'none is';
  return count === 1n ? '1 is' : `${count} are`;
}

/** @example 'the 256 blocks of /24 in 10.200.0.0/16' */
function describeSpace({ family, size, capacity }: Usage, clusterCidrs: readonly Cidr[]): string {
  const ranges = clusterCidrs.filter((range) => range.family === family && range.prefix < size);
  const blocks = capacity === 1n ? 'block' : 'blocks';
  return `the ${capacity} ${blocks} of /${size} in ${ranges.map(({ text }) => text).join(', ')}`;
}

/** Where a node learns its block. */
export const PLACES_OF_BLOCKS = { tag: 'tag', 'node-object': 'Node object' } as const;

/** The node has its block and its routes, and what runs on it cannot know. */
export function blockNotWritten(
  node: Node,
  cidrs: readonly Cidr[],
  place: keyof typeof PLACES_OF_BLOCKS,
  { code, message }: CloudFailure,
): Finding {
  const block = cidrs.map(({ text }) => text).join(', ');
  return {
    code: 'block-not-written',
    severity: 'error',
    node: node.name,
    nodeId: node.id,
    table: null,
    cidr: cidrs[0]?.text ?? null,
    message: `${labelNode(node)} has been given ${block}, but that could not be written to its ${PLACES_OF_BLOCKS[place]}: ${code}: ${message}`,
    remedy: 'Fix what the message names; the next run tries again.',
  };
}

/** Routes are made without a ledger; blocks are not. */
export function blocksUnavailable({ kind, code, message }: CloudFailure): Finding {
  return ofRun('ledger-unavailable', 'error', {
    message: `The ledger could not be used, so no block is handed out or freed, and nodes without one wait: ${code}: ${message}`,
    remedy:
      kind === 'permanent'
        ? 'Check PODROUTES_LEDGER and the permissions on what it names.'
        : 'Nothing, if the failure is temporary: the next run catches up.',
  });
}
