import { describe, expect, it } from '@jest/globals';
import { type Cidr, cidrOf, compareCidrs, containsCidr, overlaps, parseCidr } from '../shared/core/cidr.ts';

function cidr(text: string): Cidr {
  const result = parseCidr(text);
  if (!result.ok) throw new Error(`${text} ${result.problem}`);
  return result.cidr;
}

describe('parseCidr', () => {
  it.each([
    ['10.200.0.0/24', '10.200.0.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['255.255.255.255/32', '255.255.255.255/32'],
    ['::/0', '::/0'],
    ['FD00:200::/48', 'fd00:200::/48'],
    ['fd00:0200:0:0:0:0:0:0/48', 'fd00:200::/48'],
    ['2001:db8:0:0:1:0:0:0/80', '2001:db8:0:0:1::/80'],
    ['2001:db8:0:0:1:0:0:1/128', '2001:db8::1:0:0:1/128'],
    ['2001:0:0:1:0:0:0:1/128', '2001:0:0:1::1/128'],
    ['2001:db8:0:1:1:1:1:1/128', '2001:db8:0:1:1:1:1:1/128'],
    ['1:2:3:4:5:6:7::/112', '1:2:3:4:5:6:7:0/112'],
    ['::1/128', '::1/128'],
    ['::ffff:1.2.3.4/128', '::ffff:102:304/128'],
    ['64:ff9b::192.0.2.0/120', '64:ff9b::c000:200/120'],
  ])('reads %s as %s', (text, canonical) => {
    expect(cidr(text).text).toBe(canonical);
    expect(cidr(canonical).text).toBe(canonical);
  });

  it('gives the first and the last address as numbers', () => {
    expect(cidr('10.200.0.0/24')).toEqual({
      family: 4,
      first: 0x0ac80000n,
      last: 0x0ac800ffn,
      prefix: 24,
      text: '10.200.0.0/24',
    });
    expect(cidr('::/127')).toMatchObject({ family: 6, first: 0n, last: 1n });
  });

  it.each([
    ['10.0.1.5/16', '10.0.0.0/16'],
    ['10.200.0.1/0', '0.0.0.0/0'],
    ['100.68.0.18/18', '100.68.0.0/18'],
    ['FD00::1/64', 'fd00::/64'],
  ])('refuses the host bits of %s and offers %s', (text, corrected) => {
    expect(parseCidr(text)).toEqual({ ok: false, problem: 'has host bits set', corrected });
  });

  it.each([
    ['an octal octet', '010.0.0.0/8'],
    ['a zero with a leading zero', '10.00.0.0/8'],
    ['a hexadecimal octet', '0x0a.0.0.0/8'],
    ['three octets', '10.0.0/16'],
    ['five octets', '10.0.0.0.0/16'],
    ['an octet above 255', '10.0.0.256/32'],
    ['an empty octet', '10..0.0/16'],
    ['a whole number', '167772160/8'],
    ['a space before', ' 10.0.0.0/8'],
    ['a space after', '10.0.0.0/8 '],
    ['a space within', '10.0.0.0 /8'],
    ['a line break after', '10.0.0.0/8\n'],
    ['letters after the prefix', '10.0.0.0/8abc'],
    ['a negative prefix', '10.0.0.0/-1'],
    ['a signed prefix', '10.0.0.0/+8'],
    ['a prefix with an exponent', '10.0.0.0/1e1'],
    ['a prefix with a leading zero', '10.0.0.0/08'],
    ['a prefix beyond the family', '10.0.0.0/33'],
    ['an IPv6 prefix beyond the family', 'fd00::/129'],
    ['a netmask', '10.0.0.0/255.0.0.0'],
    ['an empty prefix', '10.0.0.0/'],
    ['no prefix', '10.0.0.0'],
    ['two prefixes', '10.0.0.0/8/8'],
    ['no address', '/8'],
    ['nothing', ''],
    ['digits of another script', '١٠.0.0.0/8'],
    ['a zone', 'fe80::%eth0/64'],
    ['brackets', '[fd00::]/64'],
    ['two gaps', 'fd00::1::/64'],
    ['three colons', 'fd00:::/64'],
    ['a gap for nothing', '1:2:3:4:5:6:7:8::/128'],
    ['seven groups', '1:2:3:4:5:6:7/128'],
    ['nine groups', '1:2:3:4:5:6:7:8:9/128'],
    ['a group of five digits', 'fd000::/64'],
    ['a group that is no number', 'fg00::/64'],
    ['a colon at the start', ':fd00::/64'],
    ['a colon at the end', '1:2:3:4:5:6:7:/128'],
    ['an IPv4 tail with a leading zero', '::ffff:01.2.3.4/128'],
    ['an IPv4 tail in the middle', '::1.2.3.4:1/128'],
    ['an IPv4 tail too many', '1:2:3:4:5:6:7:1.2.3.4/128'],
  ])('refuses %s', (_, text) => {
    expect(parseCidr(text)).toMatchObject({ ok: false, corrected: null });
  });

  it.each([
    ['10.0.0.0', 'is not of the form address/prefix'],
    ['10.0.0.0/8/8', 'is not of the form address/prefix'],
    ['10.0.0/8', 'has no valid IPv4 address'],
    ['fg00::/8', 'has no valid IPv6 address'],
    ['10.0.0.0/33', 'needs a prefix length from 0 to 32'],
    ['fd00::/129', 'needs a prefix length from 0 to 128'],
    ['10.0.0.5/24', 'has host bits set'],
    [' 10.0.0.0/8', 'has white space, a quote or an escape beside it'],
    ['"10.0.0.0/8"', 'has white space, a quote or an escape beside it'],
    ['10.0.0.0/8\\n', 'has white space, a quote or an escape beside it'],
    ['FD00::/8 # ours', 'has white space, a quote or an escape beside it'],
    ['"10.0.0/8"', 'has no valid IPv4 address'],
    ['"10.0.0.0/33"', 'has no valid IPv4 address'],
    ['10.0.0.0/8x', 'needs a prefix length from 0 to 32'],
    ['10.0.0.0/8x y', 'needs a prefix length from 0 to 32'],
    ['x 10.0.0.0/8', 'has no valid IPv4 address'],
    ['10.0.0.0/8 ,', 'needs a prefix length from 0 to 32'],
  ])('says of %j that it %s', (text, problem) => {
    expect(parseCidr(text)).toMatchObject({ ok: false, problem });
  });

  it('keeps an IPv4-mapped network apart from the IPv4 network', () => {
    const mapped = cidr('::ffff:10.0.0.0/104');
    const plain = cidr('10.0.0.0/8');
    expect(overlaps(mapped, plain)).toBe(false);
    expect(containsCidr(mapped, plain)).toBe(false);
    expect(containsCidr(cidr('::/0'), plain)).toBe(false);
  });
});

describe('cidrOf', () => {
  it('clears host bits', () => {
    expect(cidrOf(4, 0x0a000105n, 16)).toEqual(cidr('10.0.0.0/16'));
    expect(cidrOf(6, 1n, 0)).toEqual(cidr('::/0'));
  });
});

describe('containsCidr and overlaps', () => {
  it.each([
    ['10.200.0.0/16', '10.200.0.0/24', true, true],
    ['10.200.0.0/16', '10.200.255.0/24', true, true],
    ['10.200.0.0/16', '10.200.0.0/16', true, true],
    ['10.200.0.0/24', '10.200.0.0/16', false, true],
    ['10.200.0.0/16', '10.201.0.0/24', false, false],
    ['10.200.0.0/16', '10.199.255.255/32', false, false],
    ['fd00:200::/48', 'fd00:200::/64', true, true],
    ['fd00:200::/48', 'fd00:201::/64', false, false],
  ])('%s contains %s: %s; overlaps it: %s', (outer, inner, contains, overlap) => {
    expect(containsCidr(cidr(outer), cidr(inner))).toBe(contains);
    expect(overlaps(cidr(outer), cidr(inner))).toBe(overlap);
    expect(overlaps(cidr(inner), cidr(outer))).toBe(overlap);
  });
});

describe('compareCidrs', () => {
  it('orders by family, then by number and not by text, then the wider network first', () => {
    const sorted = ['9.0.0.0/8', '10.0.0.0/8', '10.0.0.0/16', '100.0.0.0/8', '::/0', '::/128', 'fd00::/8'];
    expect(
      [...sorted]
        .reverse()
        .map(cidr)
        .sort(compareCidrs)
        .map(({ text }) => text),
    ).toEqual(sorted);
  });

  it('calls the same network the same', () => {
    expect(compareCidrs(cidr('10.0.0.0/8'), cidr('10.0.0.0/8'))).toBe(0);
  });
});
