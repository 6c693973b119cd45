import { describe, expect, it } from '@jest/globals';
import { indexByCidr } from '../../shared/core/cidr-index.ts';
import { cidr } from './builders.ts';

/** Nested, apart, twice the same, and in both families. */
const NETWORKS = [
  ...['10.0.0.0/8', '10.1.0.0/16', '10.1.1.0/24', '10.1.1.0/24', '10.1.2.0/24', '10.2.0.0/16'],
  ...['10.2.2.0/24', '192.168.0.0/16', 'fd00::/16', 'fd00:1::/32', 'fd00:2::/32'],
];

describe('The networks that overlap', () => {
  it.each<[string, readonly string[]]>([
    ['10.1.1.0/24', ['10.0.0.0/8', '10.1.0.0/16', '10.1.1.0/24', '10.1.1.0/24']],
    ['10.1.1.128/25', ['10.0.0.0/8', '10.1.0.0/16', '10.1.1.0/24', '10.1.1.0/24']],
    ['10.1.2.1/32', ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24']],
    ['10.1.3.0/24', ['10.0.0.0/8', '10.1.0.0/16']],
    ['10.1.0.0/16', ['10.0.0.0/8', '10.1.0.0/16', '10.1.1.0/24', '10.1.1.0/24', '10.1.2.0/24']],
    ['10.0.0.0/15', ['10.0.0.0/8', '10.1.0.0/16', '10.1.1.0/24', '10.1.1.0/24', '10.1.2.0/24']],
    ['10.2.3.0/24', ['10.0.0.0/8', '10.2.0.0/16']],
    ['10.255.0.0/16', ['10.0.0.0/8']],
    ['9.0.0.0/8', []],
    ['11.0.0.0/8', []],
    ['193.0.0.0/8', []],
    ['192.168.255.255/32', ['192.168.0.0/16']],
    ['128.0.0.0/1', ['192.168.0.0/16']],
    ['fd00:1::/48', ['fd00:1::/32', 'fd00::/16']],
    ['fd00:3::/48', ['fd00::/16']],
    ['fe00::/16', []],
    ['::/16', []],
  ])('%s are %j, in whatever order they were given', (wanted, overlapping) => {
    for (const texts of [NETWORKS, NETWORKS.toReversed()]) {
      const index = indexByCidr(texts.map((text) => ({ cidr: cidr(text) })));
      expect(
        index
          .overlapping(cidr(wanted))
          .map((item) => item.cidr.text)
          .sort(),
      ).toEqual(overlapping);
    }
  });
});
