import { type Cidr, cidrOf, containsCidr } from '../../../shared/core/cidr.ts';
import { type CidrIndex, indexByCidr } from '../../../shared/core/cidr-index.ts';
import { BLOCK_STATES, type Block, type BlockState } from './blocks.ts';

export type CellState = BlockState | 'free';

/** One square of the map. */
export interface MapCell {
  readonly cidr: Cidr;
  /** The one that most needs attention, where it stands for several blocks. */
  readonly state: CellState;
  readonly blocks: readonly Block[];
}

/** Squares side by side, or a stretch in which there is nothing. */
export type MapRow =
  | { readonly kind: 'cells'; readonly cells: readonly MapCell[] }
  | { readonly kind: 'free'; readonly first: Cidr; readonly last: Cidr; readonly blocks: bigint };

/** A cluster CIDR as a grid in which every block has its place. */
export interface BlockMap {
  readonly range: Cidr;
  /** Prefix length of most of its blocks: what a node gets. */
  readonly blockPrefix: number;
  /** Prefix length of one square: the same, or shorter where there are too many blocks to draw each. */
  readonly cellPrefix: number;
  readonly rows: readonly MapRow[];
  readonly blocks: readonly Block[];
  /** In blocks. */
  readonly total: bigint;
  readonly free: bigint;
}

/** Squares side by side: a power of two, so that every row begins at a round address. */
const ROW_BITS = 5;
/** Up to here all of a range is drawn; in a larger one, rows without anything become one line. */
const WHOLE_ROWS = 32n;
/** With more rows than these, a square stands for several blocks. */
const MOST_ROWS = 64n;
const USUAL_PREFIX = { 4: 24, 6: 64 } as const;

/** Chooses the grid by the size of the blocks and by where they lie. */
export function layOutBlocks(range: Cidr, all: readonly Block[]): BlockMap {
  const inside = all.filter(({ cidr }) => containsCidr(range, cidr));
  // A route to the whole range only takes what no block does.
  const narrower = inside.filter(({ cidr }) => cidr.text !== range.text);
  const blocks = narrower.length > 0 ? narrower : inside;
  const blockPrefix = chooseBlockPrefix(range, blocks);
  let cellPrefix = blockPrefix;
  while (countRows(findStretches(range, cellPrefix, blocks)) > MOST_ROWS) cellPrefix -= 1;
  const total = 1n << BigInt(blockPrefix - range.prefix);
  return {
    range,
    blockPrefix,
    cellPrefix,
    rows: drawRows(range, { cellPrefix, blockPrefix }, blocks),
    blocks,
    total,
    free: total - countTaken(range, blockPrefix, blocks),
  };
}

function chooseBlockPrefix(range: Cidr, blocks: readonly Block[]): number {
  const ofNodes = blocks.filter(({ state }) => state !== 'reserved');
  const sizes = Map.groupBy(ofNodes, ({ cidr }) => cidr.prefix);
  const [most] = [...sizes].sort(([a, some], [b, others]) => others.length - some.length || b - a);
  return Math.max(range.prefix, most?.[0] ?? USUAL_PREFIX[range.family]);
}

/** Rows from one to another, both counted from the start of the range. */
interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

/** Where there is something, in rows, without overlaps and in order. */
function findStretches(range: Cidr, cellPrefix: number, blocks: readonly Block[]): Stretch[] {
  const { last, rowAt } = rowsOf(range, cellPrefix);
  if (last < WHOLE_ROWS) return [{ from: 0n, to: last }];
  return mergeStretches(blocks.map(({ cidr }) => ({ from: rowAt(cidr.first), to: rowAt(cidr.last) })));
}

function rowsOf(range: Cidr, cellPrefix: number): { last: bigint; rowAt: (address: bigint) => bigint } {
  const bits = BigInt((range.family === 4 ? 32 : 128) - cellPrefix + ROW_BITS);
  const rowAt = (address: bigint): bigint => (address - range.first) >> bits;
  return { last: rowAt(range.last), rowAt };
}

/** @param stretches in the order of their starts */
function mergeStretches(stretches: readonly Stretch[]): Stretch[] {
  const merged: Stretch[] = [];
  for (const { from, to } of stretches) {
    const before = merged.at(-1);
    if (before === undefined || from > before.to) merged.push({ from, to });
    else if (to > before.to) merged[merged.length - 1] = { from: before.from, to };
  }
  return merged;
}

function countRows(stretches: readonly Stretch[]): bigint {
  return stretches.reduce((sum, { from, to }) => sum + to - from + 1n, 0n);
}

interface Sizes {
  readonly cellPrefix: number;
  readonly blockPrefix: number;
}

function drawRows(range: Cidr, { cellPrefix, blockPrefix }: Sizes, blocks: readonly Block[]): MapRow[] {
  const { family, first } = range;
  const index = indexByCidr(blocks);
  const rowPrefix = Math.max(range.prefix, cellPrefix - ROW_BITS);
  const size = 1n << BigInt((family === 4 ? 32 : 128) - rowPrefix);
  const rowAt = (row: bigint): Cidr => cidrOf(family, first + row * size, rowPrefix);
  const { last } = rowsOf(range, cellPrefix);
  const perRow = 1n << BigInt(blockPrefix - rowPrefix);
  const rows: MapRow[] = [];
  let next = 0n;
  const skipTo = (row: bigint): void => {
    if (row > next) {
      rows.push({ kind: 'free', first: rowAt(next), last: rowAt(row - 1n), blocks: (row - next) * perRow });
    }
  };
  for (const { from, to } of findStretches(range, cellPrefix, blocks)) {
    skipTo(from);
    for (next = from; next <= to; next += 1n) {
      rows.push({ kind: 'cells', cells: drawCells(rowAt(next), cellPrefix, index) });
    }
  }
  skipTo(last + 1n);
  return rows;
}

function drawCells(row: Cidr, cellPrefix: number, index: CidrIndex<Block>): MapCell[] {
  const size = (row.last - row.first + 1n) >> BigInt(cellPrefix - row.prefix);
  return Array.from({ length: 2 ** (cellPrefix - row.prefix) }, (_, i) => {
    const cidr = cidrOf(row.family, row.first + BigInt(i) * size, cellPrefix);
    const blocks = findCellBlocks(cidr, index.overlapping(cidr));
    return { cidr, state: worstState(blocks), blocks };
  });
}

/** Those inside the square or, without any, the narrowest around it: the longest prefix takes the packets. */
function findCellBlocks(cell: Cidr, crossing: readonly Block[]): Block[] {
  const inside = crossing.filter(({ cidr }) => containsCidr(cell, cidr));
  if (inside.length > 0) return inside;
  const [narrowest] = [...crossing].sort((a, b) => b.cidr.prefix - a.cidr.prefix);
  return narrowest === undefined ? [] : [narrowest];
}

function worstState(blocks: readonly Block[]): CellState {
  return BLOCK_STATES.find((state) => blocks.some((block) => block.state === state)) ?? 'free';
}

/** How many places of the size of a block are taken, wholly or in part. */
function countTaken(range: Cidr, blockPrefix: number, blocks: readonly Block[]): bigint {
  const bits = BigInt((range.family === 4 ? 32 : 128) - blockPrefix);
  const place = (address: bigint): bigint => (address - range.first) >> bits;
  return countRows(
    mergeStretches(blocks.map(({ cidr }) => ({ from: place(cidr.first), to: place(cidr.last) }))),
  );
}
