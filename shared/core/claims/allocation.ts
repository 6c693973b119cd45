import { createHash } from 'node:crypto';
import type { Cidr, Family } from '../cidr.ts';
import type { BlockSizes } from '../config/values.ts';
import type { Usage } from '../findings/blocks.ts';
import type { Node } from '../model.ts';
import { FreeBlocks } from './free-blocks.ts';

/** A block that a node is to have. */
export interface NewBlock {
  readonly node: Node;
  readonly cidr: Cidr;
}

export interface Allocation {
  readonly blocks: readonly NewBlock[];
  readonly usage: readonly Usage[];
}

export interface AllocationRequest {
  readonly sizes: BlockSizes;
  readonly clusterCidrs: readonly Cidr[];
  /** Who waits for a block, by family. */
  readonly waiting: Readonly<Record<Family, readonly Node[]>>;
  /** What no node can have: reserved ranges, and the addresses of the networks. */
  readonly unusable: readonly Cidr[];
  /** What somebody has: claims, routes and the blocks of the ledger, overlapping or not. */
  readonly taken: readonly Cidr[];
}

/**
 * One free block for each node and family that waits. Pure: the same request gives the same blocks, in whatever order
 * the nodes were read; where there are not enough, the older nodes have them.
 */
export function allocateBlocks(request: AllocationRequest): Allocation {
  const parts = ([4, 6] satisfies Family[]).map((family) => allocateFamily(family, request));
  return { blocks: parts.flatMap(({ blocks }) => blocks), usage: parts.flatMap(({ usage }) => usage) };
}

function allocateFamily(
  family: Family,
  { sizes, clusterCidrs, waiting, unusable, taken }: AllocationRequest,
): Allocation {
  const size = sizes[family];
  if (size === null) return { blocks: [], usage: [] };
  const ranges = clusterCidrs.filter((range) => range.family === family);
  const free = new FreeBlocks(ranges, size, [...unusable, ...taken]);
  const inOrder = [...waiting[family]].sort(compareAge);
  const blocks = inOrder.flatMap((node): NewBlock[] => {
    const cidr = free.take(placeOf(node));
    return cidr === null ? [] : [{ node, cidr }];
  });
  const capacity = new FreeBlocks(ranges, size, unusable).free;
  const served = new Set(blocks.map(({ node }) => node.id));
  const short = inOrder.map(({ id }) => id).filter((id) => !served.has(id));
  return { blocks, usage: [{ family, size, capacity, used: capacity - free.free, short }] };
}

function compareAge(a: Node, b: Node): number {
  if (a.launchedAt !== b.launchedAt) return a.launchedAt - b.launchedAt;
  return a.id < b.id ? -1 : 1;
}

/**
 * Where the search for a node's block begins: elsewhere for each node, so that a block that was just freed, and that
 * caches and connections of its last holder still know, is not the next one that is given out.
 */
function placeOf({ id }: Node): bigint {
  return createHash('sha256').update(id).digest().readBigUInt64BE();
}
