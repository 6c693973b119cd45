import { mock } from 'node:test';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Cidr, overlaps } from '../../shared/core/cidr.ts';
import { FreeBlocks, findFreeStretches } from '../../shared/core/claims/free-blocks.ts';
import { cidr } from './builders.ts';

function takeAll(free: FreeBlocks, from: bigint): string[] {
  const taken: string[] = [];
  for (;;) {
    const block = free.take(from);
    if (block === null) return taken;
    taken.push(block.text);
  }
}

describe('Free blocks', () => {
  it('are taken from a place on, in a ring over all ranges', () => {
    const free = new FreeBlocks([cidr('10.0.0.0/30'), cidr('10.9.0.0/31')], 32, []);
    expect(free.total).toBe(6n);
    expect(takeAll(free, 3n)).toEqual([
      '10.0.0.3/32',
      '10.9.0.0/32',
      '10.9.0.1/32',
      '10.0.0.0/32',
      '10.0.0.1/32',
      '10.0.0.2/32',
    ]);
  });

  it.each<[string, string[], string[]]>([
    ['of its size', ['10.0.1.0/24'], ['10.0.0.0/24', '10.0.2.0/24', '10.0.3.0/24']],
    ['wider than it', ['10.0.2.0/23'], ['10.0.0.0/24', '10.0.1.0/24']],
    ['narrower than it', ['10.0.3.128/25', '10.0.0.7/32'], ['10.0.1.0/24', '10.0.2.0/24']],
    [
      'that overlaps something else',
      ['10.0.2.0/23', '10.0.2.0/24', '10.0.3.9/32'],
      ['10.0.0.0/24', '10.0.1.0/24'],
    ],
    ['as wide as the range', ['10.0.0.0/22'], []],
    ['wider than the range', ['10.0.0.0/8'], []],
    ['elsewhere', ['10.1.0.0/24', 'fd00::/64'], ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24']],
  ])('are none that share an address with something %s', (_, taken, free) => {
    const blocks = new FreeBlocks([cidr('10.0.0.0/22')], 24, taken.map(cidr));
    expect(blocks.free).toBe(BigInt(free.length));
    expect(takeAll(blocks, 0n)).toEqual(free);
  });

  it('are none of a range that is no wider than a block', () => {
    expect(new FreeBlocks([cidr('10.0.0.0/24'), cidr('10.1.0.0/25')], 24, []).take(7n)).toBeNull();
  });

  it('are found at once where billions are taken', () => {
    const free = new FreeBlocks([cidr('fd00::/16')], 64, [cidr('fd00::/17')]);
    expect(free.total).toBe(1n << 48n);
    expect(free.take(5n)?.text).toBe('fd00:8000::/64');
    expect(free.take(1n << 49n)?.text).toBe('fd00:8000:0:1::/64');
  });

  it.each<[string, Cidr[]]>([
    ['none is taken', []],
    ['every other one is', Array.from({ length: 128 }, (_, i) => cidr(`10.0.${2 * i}.0/24`))],
  ])('are found in few steps, all sought from one place, where %s', (_, taken) => {
    const free = new FreeBlocks([cidr('10.0.0.0/16')], 24, taken);
    const { mock: steps } = mock.method(Map.prototype, 'get');
    const blocks = takeAll(free, 0n);
    steps.restore();
    expect(blocks).toHaveLength(256 - taken.length);
    expect(steps.callCount()).toBeLessThan(4 * blocks.length);
  });

  it('are each given once, overlap nothing that is taken, and are all given', () => {
    const network = fc.tuple(fc.nat(255), fc.integer({ min: 20, max: 32 })).map(([place, prefix]) => {
      const at = (place << 4) >>> 0;
      const base = (at >> (32 - prefix)) << (32 - prefix);
      return cidr(`10.0.${(base >> 8) & 255}.${base & 255}/${prefix}`);
    });
    fc.assert(
      fc.property(
        fc.array(network, { maxLength: 12 }),
        fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
        (taken, starts) => {
          const free = new FreeBlocks([cidr('10.0.0.0/21'), cidr('10.0.12.0/22')], 26, taken);
          const expected = free.free;
          const blocks = [...starts, ...starts].flatMap((start) => free.take(BigInt(start)) ?? []);
          expect(BigInt(blocks.length)).toBe(expected);
          expect(new Set(blocks.map(({ text }) => text)).size).toBe(blocks.length);
          expect(blocks.filter((block) => taken.some((other) => overlaps(block, other)))).toEqual([]);
          expect(free.free).toBe(0n);
        },
      ),
    );
  });

  it('lie side by side in stretches, which hold each of them once', () => {
    const [range, wide] = [cidr('10.0.0.0/22'), cidr('10.0.0.0/8')];
    const stretches = (taken: string[]): string[] =>
      findFreeStretches(range, 24, taken.map(cidr)).map(
        ({ first, last, count }) => `${first.text} ${last.text} ${count}`,
      );
    expect(stretches([])).toEqual(['10.0.0.0/24 10.0.3.0/24 4']);
    expect(stretches(['10.0.1.7/32'])).toEqual(['10.0.0.0/24 10.0.0.0/24 1', '10.0.2.0/24 10.0.3.0/24 2']);
    expect(stretches(['10.0.0.0/24', '10.0.3.0/24'])).toEqual(['10.0.1.0/24 10.0.2.0/24 2']);
    expect(stretches([wide.text])).toEqual([]);
    expect(findFreeStretches(range, 22, [])).toEqual([]);
  });

  it.each<[string, string[], string[]]>([
    ['in no order', ['10.0.3.0/24', '10.0.0.0/24', '10.0.2.0/24'], ['10.0.1.0/24 10.0.1.0/24 1']],
    [
      'side by side',
      ['10.0.1.0/24', '10.0.2.0/24'],
      ['10.0.0.0/24 10.0.0.0/24 1', '10.0.3.0/24 10.0.3.0/24 1'],
    ],
    ['twice', ['10.0.1.0/24', '10.0.1.0/24'], ['10.0.0.0/24 10.0.0.0/24 1', '10.0.2.0/24 10.0.3.0/24 2']],
    ['first a part, then the whole', ['10.0.0.9/32', '10.0.0.0/23'], ['10.0.2.0/24 10.0.3.0/24 2']],
    ['first the whole, then a part', ['10.0.0.0/23', '10.0.0.9/32'], ['10.0.2.0/24 10.0.3.0/24 2']],
    ['elsewhere', ['10.1.0.0/24', 'fd00::/64'], ['10.0.0.0/24 10.0.3.0/24 4']],
    ['by the last address alone', ['10.0.3.255/32'], ['10.0.0.0/24 10.0.2.0/24 3']],
  ])('lie in stretches beside what is taken %s', (_, taken, expected) => {
    const stretches = findFreeStretches(cidr('10.0.0.0/22'), 24, taken.map(cidr));
    expect(stretches.map(({ first, last, count }) => `${first.text} ${last.text} ${count}`)).toEqual(
      expected,
    );
  });

  it('lie in stretches of IPv6 as well', () => {
    const [stretch] = findFreeStretches(cidr('fd00::/56'), 64, [cidr('fd00::/57')]);
    expect([stretch?.first.text, stretch?.last.text, stretch?.count]).toEqual([
      'fd00:0:0:80::/64',
      'fd00:0:0:ff::/64',
      128n,
    ]);
  });
});
