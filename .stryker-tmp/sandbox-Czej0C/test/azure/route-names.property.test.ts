// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { routeName } from '../../shared/azure/route-names.ts';
import { type Cidr, cidrOf, parseCidr } from '../../shared/core/cidr.ts';

const cidr4 = fc
  .tuple(fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]) => cidrOf(4, address, prefix));
const cidr6 = fc
  .tuple(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.integer({ min: 0, max: 128 }))
  .map(([address, prefix]) => cidrOf(6, address, prefix));
const octet = fc.constantFrom(1n, 10n, 11n, 101n, 110n, 111n);
/** Networks whose digits, without what stands between them, are often the same. */
const alike = fc
  .tuple(octet, octet, octet, octet, fc.constantFrom(1, 11, 31, 32))
  .map(([a, b, c, d, prefix]) => cidrOf(4, (a << 24n) | (b << 16n) | (c << 8n) | d, prefix));
/** The widest that configuration lets through: 37 characters besides the network. */
const template = fc.constantFrom(
  'kubernetes-route-{cidr}',
  '{cidr}',
  `${'a'.repeat(20)}{cidr}${'_'.repeat(17)}`,
  '1{cidr}0',
);

function read(text: string): Cidr {
  const result = parseCidr(text);
  if (!result.ok) throw new Error(`${text} ${result.problem}`);
  return result.cidr;
}

describe('The name of a route', () => {
  it.each([
    ['10.200.0.0/24', 'kubernetes-route-10-200-0-0-24'],
    ['fd00:200::/64', 'kubernetes-route-fd00-0200-0000-0000-0000-0000-0000-0000-64'],
    ['::/0', 'kubernetes-route-0000-0000-0000-0000-0000-0000-0000-0000-0'],
  ])('to %s is %s', (text, name) => {
    expect(routeName('kubernetes-route-{cidr}', read(text))).toBe(name);
  });

  it('is another for each destination, whatever its case', () => {
    fc.assert(
      fc.property(template, fc.oneof(alike, cidr4, cidr6), fc.oneof(alike, cidr4, cidr6), (form, a, b) => {
        const same = routeName(form, a).toLowerCase() === routeName(form, b).toLowerCase();
        expect(same).toBe(a.text === b.text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is one that Azure takes', () => {
    fc.assert(
      fc.property(template, fc.oneof(cidr4, cidr6), (form, cidr) => {
        expect(routeName(form, cidr)).toMatch(/^[a-z\d](?:[\w.-]{0,78}\w)?$/i);
      }),
      { numRuns: 2_000 },
    );
  });
});
