// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Cidr, cidrOf, overlaps } from '../../shared/core/cidr.ts';
import { indexByCidr } from '../../shared/core/cidr-index.ts';

/** Few addresses and every length, so that networks nest and coincide often. */
const cidrs: fc.Arbitrary<Cidr> = fc
  .tuple(
    fc.constantFrom(4 as const, 6 as const),
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 0, max: 8 }),
  )
  .map(([family, byte, length]) =>
    family === 4
      ? cidrOf(4, (10n << 24n) | BigInt(byte), 24 + length)
      : cidrOf(6, (0xfd00n << 112n) | BigInt(byte), 120 + length),
  );

describe('the index of networks', () => {
  it('finds exactly what a comparison with every item finds', () => {
    fc.assert(
      fc.property(fc.array(cidrs, { maxLength: 40 }), cidrs, (all, wanted) => {
        const items = all.map((cidr, position) => ({ cidr, position }));
        const found = indexByCidr(items).overlapping(wanted);
        const positions = found.map(({ position }) => position).sort((a, b) => a - b);
        const expected = items.filter(({ cidr }) => overlaps(cidr, wanted)).map(({ position }) => position);
        expect(positions).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('finds nothing in an empty index', () => {
    expect(indexByCidr([]).overlapping(cidrOf(4, 0n, 0))).toEqual([]);
  });

  it('keeps the two families apart', () => {
    const index = indexByCidr([{ cidr: cidrOf(6, 0n, 0) }]);
    expect(index.overlapping(cidrOf(4, 0n, 0))).toEqual([]);
  });

  it('finds every enclosing network of a deep nest', () => {
    const nest = Array.from({ length: 33 }, (_, prefix) => ({ cidr: cidrOf(4, 10n << 24n, prefix) }));
    expect(indexByCidr(nest).overlapping(cidrOf(4, 10n << 24n, 32))).toHaveLength(33);
    expect(
      indexByCidr(nest)
        .overlapping(cidrOf(4, 192n << 24n, 32))
        .map(({ cidr }) => cidr.text),
    ).toEqual(['0.0.0.0/0']);
  });
});
