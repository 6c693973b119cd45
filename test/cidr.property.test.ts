import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Address4, Address6 } from 'ip-address';
import {
  type Cidr,
  cidrOf,
  compareCidrs,
  containsCidr,
  type Family,
  overlaps,
  parseCidr,
} from '../shared/core/cidr.ts';
import { anyCharacter } from './any-character.ts';

const BITS = { 4: 32, 6: 128 } as const;

const families = fc.constantFrom<Family>(4, 6);

/** Addresses with runs of zero groups, which uniform numbers hardly ever have. */
const addresses6 = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.reduce((address, group) => (address << 16n) | BigInt(group), 0n));
const addresses4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });

const networks = families.chain((family) =>
  fc
    .tuple(family === 4 ? addresses4 : addresses6, fc.integer({ min: 0, max: BITS[family] }))
    .map(([address, prefix]) => cidrOf(family, address, prefix)),
);

/** Networks of a small space, which often meet. */
const neighbours = fc
  .tuple(families, fc.bigInt({ min: 0n, max: 255n }), fc.integer({ min: 0, max: 8 }))
  .map(([family, low, prefix]) => cidrOf(family, low, BITS[family] - 8 + prefix));

function oracle({ family, text }: Cidr): Address4 | Address6 {
  return family === 4 ? new Address4(text) : new Address6(text);
}

function accepts(text: string): boolean {
  return text.includes(':') ? Address6.isValid(text) : Address4.isValid(text);
}

describe('networks, by the oracle ip-address', () => {
  it('have its canonical text, first and last address', () => {
    fc.assert(
      fc.property(networks, (cidr) => {
        const other = oracle(cidr);
        expect(cidr.text).toBe(`${other.correctForm()}/${other.subnetMask}`);
        expect(other.startAddress().bigInt()).toBe(cidr.first);
        expect(other.endAddress().bigInt()).toBe(cidr.last);
      }),
      { numRuns: 2000 },
    );
  });

  it('come back the same from their text, in whatever way it is written', () => {
    fc.assert(
      fc.property(networks, (cidr) => {
        const spellings = [cidr.text, cidr.text.toUpperCase()];
        const other = oracle(cidr);
        if (other instanceof Address6) {
          spellings.push(`${other.canonicalForm()}/${cidr.prefix}`, `${other.to4in6()}/${cidr.prefix}`);
        }
        for (const text of spellings) expect(parseCidr(text)).toEqual({ ok: true, cidr });
      }),
      { numRuns: 2000 },
    );
  });

  it('have the same text exactly where they are the same network', () => {
    fc.assert(
      fc.property(neighbours, neighbours, (a, b) => {
        const isSame = a.family === b.family && a.first === b.first && a.prefix === b.prefix;
        expect(a.text === b.text).toBe(isSame);
      }),
    );
  });

  it('contain one another as it says', () => {
    fc.assert(
      fc.property(neighbours, neighbours, (a, b) => {
        const [outer, inner] = [oracle(a), oracle(b)];
        const isInside =
          (outer instanceof Address4 && inner instanceof Address4 && inner.isInSubnet(outer)) ||
          (outer instanceof Address6 && inner instanceof Address6 && inner.isInSubnet(outer));
        expect(containsCidr(a, b)).toBe(isInside);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('networks', () => {
  it('overlap exactly where one contains the other', () => {
    fc.assert(
      fc.property(neighbours, neighbours, (a, b) => {
        expect(overlaps(a, b)).toBe(containsCidr(a, b) || containsCidr(b, a));
        expect(overlaps(a, b)).toBe(overlaps(b, a));
      }),
      { numRuns: 2000 },
    );
  });

  it('are in one order, in which only the same network is equal', () => {
    fc.assert(
      fc.property(neighbours, neighbours, neighbours, (a, b, c) => {
        expect(Math.sign(compareCidrs(a, b)) + Math.sign(compareCidrs(b, a))).toBe(0);
        expect(compareCidrs(a, b) === 0).toBe(a.text === b.text);
        if (compareCidrs(a, b) < 0 && compareCidrs(b, c) < 0) expect(compareCidrs(a, c)).toBeLessThan(0);
        if (containsCidr(a, b)) expect(compareCidrs(a, b)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('are offered in canonical form where only host bits are set', () => {
    fc.assert(
      fc.property(addresses4, fc.integer({ min: 0, max: 31 }), (address, prefix) => {
        const { first, text } = cidrOf(4, address, prefix);
        const [written] = cidrOf(4, address, 32).text.split('/');
        const expected =
          first === address ? { ok: true } : { ok: false, problem: 'has host bits set', corrected: text };
        expect(parseCidr(`${written}/${prefix}`)).toMatchObject(expected);
      }),
    );
  });
});

describe('parseCidr, given text that is nearly a network', () => {
  const nearly = fc
    .tuple(
      networks,
      fc.nat(),
      fc.constantFrom('', '0', '1', '.', ':', '/', 'f', 'g', ' ', '%', '-', '\n'),
      fc.nat(1),
    )
    .map(([{ text }, at, inserted, removed]) => {
      const index = at % (text.length + 1);
      return text.slice(0, index) + inserted + text.slice(index + removed);
    });

  it('accepts nothing that the oracle refuses, and sees the same network', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        const result = parseCidr(text);
        if (!result.ok) return;
        expect(accepts(text)).toBe(true);
        const other = text.includes(':') ? new Address6(text) : new Address4(text);
        expect(result.cidr.text).toBe(`${other.correctForm()}/${other.subnetMask}`);
      }),
      { numRuns: 5000 },
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        expect(typeof parseCidr(text).ok).toBe('boolean');
      }),
    );
  });
});
