import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type BlockMap, layOutBlocks } from '../../../functions/cli/html/block-map.ts';
import { BLOCK_STATES, type Block, type BlockState } from '../../../functions/cli/html/blocks.ts';
import { cidrOf, compareCidrs } from '../../../shared/core/cidr.ts';
import { cidr } from '../../core/builders.ts';

function block(text: string, state: BlockState = 'routed'): Block {
  return { cidr: cidr(text), state, names: [], entry: null };
}

/** Each row in short: how many squares, or how many free blocks. */
function shapeOf(map: BlockMap): string[] {
  return map.rows.map((row) => (row.kind === 'cells' ? `${row.cells.length}` : `${row.blocks} free`));
}

/** Squares that are not free. */
function drawn(map: BlockMap): string[] {
  return map.rows
    .flatMap((row) => (row.kind === 'cells' ? row.cells : []))
    .filter(({ state }) => state !== 'free')
    .map(({ cidr: { text }, state }) => `${text} ${state}`);
}

describe('the map of a cluster CIDR', () => {
  it.each([
    { range: '10.200.0.0/16', blocks: ['10.200.3.0/24'], rows: Array(8).fill('32') },
    { range: '10.200.0.0/16', blocks: [], rows: Array(8).fill('32') },
    { range: '10.200.0.0/26', blocks: [], rows: ['1'] },
    { range: '10.200.0.0/21', blocks: ['10.200.3.0/24'], rows: ['8'] },
    { range: '10.200.0.0/16', blocks: ['10.200.0.0/16'], rows: ['1'] },
    { range: 'fd00::/48', blocks: ['fd00:0:0:41::/64'], rows: ['64 free', '32', '65440 free'] },
    { range: 'fd00::/32', blocks: ['fd00::/64'], rows: ['32', '4294967264 free'] },
  ])('of $range with $blocks has the rows $rows', ({ range, blocks, rows }) => {
    expect(
      shapeOf(
        layOutBlocks(
          cidr(range),
          blocks.map((text) => block(text)),
        ),
      ),
    ).toEqual(rows);
  });

  it('draws a square for each block of the usual size', () => {
    const map = layOutBlocks(cidr('10.200.0.0/16'), [
      block('10.200.0.0/24'),
      block('10.200.1.0/24', 'unrouted'),
      block('10.200.4.0/23', 'stopped'),
      block('10.200.9.128/25', 'foreign'),
    ]);
    expect(map.blockPrefix).toBe(24);
    expect(drawn(map)).toEqual([
      '10.200.0.0/24 routed',
      '10.200.1.0/24 unrouted',
      '10.200.4.0/24 stopped',
      '10.200.5.0/24 stopped',
      '10.200.9.0/24 foreign',
    ]);
    expect([map.total, map.free]).toEqual([256n, 251n]);
  });

  it('lets several blocks share a square where there are too many, and shows the worst', () => {
    const blocks = Array.from({ length: 4096 }, (_, i) =>
      block(
        cidrOf(6, (0xfd00n << 112n) + (BigInt(i * 16) << 64n), 64).text,
        i === 5 ? 'conflicting' : 'routed',
      ),
    );
    const map = layOutBlocks(cidr('fd00::/48'), blocks);
    expect(map).toMatchObject({ blockPrefix: 64, cellPrefix: 59, total: 65_536n, free: 61_440n });
    expect(drawn(map).filter((text) => text.endsWith('conflicting'))).toEqual([
      'fd00:0:0:40::/59 conflicting',
    ]);
  });

  it('shows the narrower of two blocks, and leaves out those outside', () => {
    const map = layOutBlocks(cidr('10.200.0.0/22'), [
      block('0.0.0.0/0', 'foreign'),
      block('10.200.0.0/22', 'foreign'),
      block('10.200.0.0/23', 'foreign'),
      block('10.200.1.0/24'),
      block('10.200.3.0/24'),
      block('10.201.0.0/24'),
    ]);
    expect(drawn(map)).toEqual(['10.200.0.0/24 foreign', '10.200.1.0/24 routed', '10.200.3.0/24 routed']);
  });

  it('shows the narrowest of several blocks around a square', () => {
    const blocks = [block('10.200.0.0/20', 'foreign'), block('10.200.0.0/22', 'stopped')];
    const small = ['10.200.12.0/24', '10.200.13.0/24', '10.200.14.0/24'].map((text) => block(text));
    const states = drawn(layOutBlocks(cidr('10.200.0.0/19'), [...blocks, ...small]));
    expect(states.slice(3, 5)).toEqual(['10.200.3.0/24 stopped', '10.200.4.0/24 foreign']);
  });

  it('leaves what is reserved out of the free ones, and takes its size for no block', () => {
    const map = layOutBlocks(cidr('10.200.0.0/21'), [
      block('10.200.2.0/24'),
      block('10.200.3.0/24', 'leaving'),
      block('10.200.4.0/23', 'reserved'),
      block('10.200.6.0/23', 'reserved'),
    ]);
    expect(map).toMatchObject({ blockPrefix: 24, total: 8n, free: 2n });
    expect(drawn(map)).toEqual([
      '10.200.2.0/24 routed',
      '10.200.3.0/24 leaving',
      ...[4, 5, 6, 7].map((i) => `10.200.${i}.0/24 reserved`),
    ]);
  });

  it('has a place for every block, no more than 64 rows of squares, and nothing twice', () => {
    const blocks = fc.array(
      fc.record({
        at: fc.bigInt({ min: 0n, max: (1n << 80n) - 1n }),
        prefix: fc.integer({ min: 49, max: 72 }),
        state: fc.constantFrom(...BLOCK_STATES),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(blocks, (some) => {
        const range = cidr('fd00::/48');
        const all = some
          .map(({ at, prefix, state }) => ({
            cidr: cidrOf(6, range.first + at, prefix),
            state,
            names: [],
            entry: null,
          }))
          .sort((a, b) => compareCidrs(a.cidr, b.cidr));
        const map = layOutBlocks(range, all);
        const spans = map.rows.flatMap((row) =>
          row.kind === 'cells'
            ? row.cells.map((cell) => cell.cidr)
            : [{ first: row.first.first, last: row.last.last }],
        );
        expect(spans[0]?.first).toBe(range.first);
        expect(spans.at(-1)?.last).toBe(range.last);
        for (const [i, span] of spans.slice(1).entries())
          expect(span.first).toBe((spans[i]?.last ?? 0n) + 1n);
        expect(map.rows.filter(({ kind }) => kind === 'cells').length).toBeLessThanOrEqual(64);
        const cells = map.rows.flatMap((row) => (row.kind === 'cells' ? row.cells : []));
        for (const one of all) {
          const around = cells.filter(
            ({ cidr: cell }) => cell.first <= one.cidr.last && one.cidr.first <= cell.last,
          );
          expect(around.length).toBeGreaterThan(0);
          expect(around.every(({ state }) => state !== 'free')).toBe(true);
        }
      }),
    );
  });
});
