// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { containsCidr } from '../../shared/core/cidr.ts';
import { type FirewallRule, freeOrder } from '../../shared/doctor/firewall.ts';
import type { Passage } from '../../shared/doctor/passage.ts';
import { describeRule, describeTraffic } from '../../shared/doctor/traffic.ts';
import { judgeBetween } from './patient.ts';
import { cidr, firewall, rule } from './rules.ts';

const TCP = 6;
const UDP = 17;
const POD = '10.200.1.0/24';

function judge(rules: readonly FirewallRule[], remote = POD, local = '10.200.0.0/24'): Passage {
  return judgeBetween(firewall(rules), remote, local);
}

const DENY = rule({ action: 'deny' });
const HALVES = [rule({ remote: ['10.200.1.0/25'] }), rule({ remote: ['10.200.1.128/25'] })];

describe('What a firewall lets through', () => {
  it.each<{ what: string; rules: FirewallRule[]; passes: Passage['passes']; dropped?: string }>([
    { what: 'nothing without a rule', rules: [], passes: 'none' },
    { what: 'all by a rule for all', rules: [rule()], passes: 'all' },
    {
      what: 'all by a rule for a wider network',
      rules: [rule({ remote: ['10.200.0.0/16'] })],
      passes: 'all',
    },
    { what: 'all by a rule for just this network', rules: [rule({ remote: [POD] })], passes: 'all' },
    { what: 'all by rules for its halves', rules: HALVES, passes: 'all' },
    { what: 'some by a rule for half of it', rules: HALVES.slice(0, 1), passes: 'some' },
    {
      what: 'nothing by a rule for another network',
      rules: [rule({ remote: ['10.201.0.0/16'] })],
      passes: 'none',
    },
    { what: 'nothing by a rule for the other family', rules: [rule({ remote: ['::/0'] })], passes: 'none' },
    {
      what: 'nothing by a rule for the other direction',
      rules: [rule({ direction: 'egress' })],
      passes: 'none',
    },
    {
      what: 'nothing by a rule for other machines',
      rules: [rule({ local: ['10.240.0.0/16'] })],
      passes: 'none',
    },
    { what: 'nothing where a denial comes first', rules: [DENY, rule()], passes: 'none' },
    { what: 'all where a denial comes last', rules: [rule(), DENY], passes: 'all' },
    {
      what: 'some where a narrower denial comes first',
      rules: [rule({ action: 'deny', remote: ['10.200.1.64/26'] }), rule()],
      passes: 'some',
    },
    {
      what: 'some where ports are denied first',
      rules: [rule({ action: 'deny', protocol: TCP, ports: [{ first: 22, last: 22 }] }), rule()],
      passes: 'some',
      dropped: 'TCP 22',
    },
    {
      what: 'all where ports are denied that were allowed before',
      rules: [
        rule({ protocol: TCP }),
        rule({ action: 'deny', protocol: TCP, ports: [{ first: 22, last: 22 }] }),
        rule(),
      ],
      passes: 'all',
    },
    {
      what: 'some by a rule for ports',
      rules: [rule({ protocol: TCP, ports: [{ first: 443, last: 443 }] })],
      passes: 'some',
      dropped: 'TCP 0-442, TCP 444-65535, UDP, ICMP, other protocols',
    },
    {
      what: 'some by a rule for ports of any protocol, which says nothing of ICMP',
      rules: [rule({ ports: [{ first: 0, last: 65_535 }] })],
      passes: 'some',
      dropped: 'ICMP, other protocols',
    },
    {
      what: 'all but rare protocols by rules for TCP, UDP and ICMP',
      rules: [rule({ protocol: TCP }), rule({ protocol: UDP }), rule({ protocol: 1 })],
      passes: 'some',
      dropped: 'other protocols',
    },
    {
      what: 'some by a rule for a part of ICMP',
      rules: [rule({ protocol: 1, isNarrower: true }), rule({ protocol: TCP }), rule({ protocol: UDP })],
      passes: 'some',
      dropped: 'ICMP, other protocols',
    },
    {
      what: 'no one knows by a rule for a prefix list',
      rules: [rule({ named: ['pl-1'] })],
      passes: 'unknown',
    },
    {
      what: 'all where a rule for all follows a prefix list',
      rules: [rule({ named: ['pl-1'] }), rule()],
      passes: 'all',
    },
    {
      what: 'no one knows where a tag is denied before all is allowed',
      rules: [rule({ action: 'deny', named: ['Storage'] }), rule()],
      passes: 'unknown',
    },
    {
      what: 'nothing where only a denial names a tag',
      rules: [rule({ action: 'deny', named: ['Storage'] })],
      passes: 'none',
    },
  ])('is $what', ({ rules, passes, dropped }) => {
    const judged = judge(rules);
    expect(judged.passes).toBe(passes);
    if (dropped !== undefined) expect(describeTraffic(judged.dropped)).toBe(dropped);
  });

  it('is judged for IPv6 with its own ICMP', () => {
    const rules = [rule({ protocol: TCP }), rule({ protocol: UDP }), rule({ protocol: 1 })];
    const judged = judge(rules, 'fd00:1::/64', 'fd00:2::/64');
    expect(describeTraffic(judged.dropped)).toBe('ICMPv6, other protocols');
  });

  it('names the rules that drop, and those that cannot be told', () => {
    const first = rule({ order: 10, action: 'deny', remote: [POD] });
    expect(judge([first, rule()]).rules).toEqual([first]);
    const doubtful = rule({ order: 20, named: ['pl-1'] });
    expect(judge([doubtful]).rules).toEqual([doubtful]);
  });
});

const ADDRESSES = [
  '0.0.0.0/0',
  '10.200.0.0/16',
  '10.200.0.0/23',
  '10.200.1.0/24',
  '10.200.1.64/26',
  '10.200.1.7/32',
  '10.201.0.0/16',
];
const ruleOf = fc.record({
  action: fc.constantFrom('allow' as const, 'deny' as const),
  remote: fc.subarray(ADDRESSES, { minLength: 1, maxLength: 2 }),
  local: fc.constantFrom(['0.0.0.0/0'], ['10.200.0.0/24'], ['10.200.0.128/25'], ['10.9.0.0/16']),
  protocol: fc.constantFrom(null, TCP, UDP, 1, 132),
  ports: fc.constantFrom(
    null,
    [{ first: 0, last: 79 }],
    [
      { first: 80, last: 80 },
      { first: 443, last: 500 },
    ],
  ),
});
const packetOf = fc.record({
  remote: fc.constantFrom('10.200.1.0/32', '10.200.1.7/32', '10.200.1.70/32', '10.200.1.255/32'),
  local: fc.constantFrom('10.200.0.1/32', '10.200.0.200/32'),
  protocol: fc.constantFrom(TCP, UDP, 1, 132, 47),
  port: fc.constantFrom(0, 79, 80, 81, 450, 65_535),
});
interface Packet {
  readonly remote: string;
  readonly local: string;
  readonly protocol: number;
  readonly port: number;
}

/** One packet through the rules, the plainest way. */
function passes(rules: readonly FirewallRule[], { remote, local, protocol, port }: Packet): boolean {
  const hasPort = [TCP, UDP].includes(protocol);
  const first = rules.find(
    (each) =>
      each.remote.cidrs.some((range) => containsCidr(range, cidr(remote))) &&
      each.local.cidrs.some((range) => containsCidr(range, cidr(local))) &&
      (each.protocol === null || each.protocol === protocol) &&
      (each.ports === null ||
        (hasPort && each.ports.some((range) => range.first <= port && port <= range.last))),
  );
  return first?.action === 'allow';
}

describe('A verdict holds for every packet', () => {
  it('whatever the rules', () => {
    fc.assert(
      fc.property(
        fc.array(ruleOf, { maxLength: 5 }),
        fc.array(packetOf, { minLength: 20, maxLength: 60 }),
        (sketches, packets) => {
          const rules = sketches.map((sketch, order) => rule({ order, ...sketch }));
          const verdict = judge(rules).passes;
          const fates = new Set(packets.map((packet) => passes(rules, packet)));
          if (verdict === 'all') expect(fates).toEqual(new Set([true]));
          if (verdict === 'none') expect(fates).toEqual(new Set([false]));
          expect(verdict).not.toBe('unknown');
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is "some" only where packets fare differently', () => {
    fc.assert(
      fc.property(fc.array(ruleOf, { maxLength: 4 }), (sketches) => {
        const rules = sketches.map((sketch, order) => rule({ order, ...sketch }));
        if (judge(rules).passes !== 'some') return;
        const fates = new Set(everyPacket().map((packet) => passes(rules, packet)));
        expect(fates.size).toBe(2);
      }),
      { numRuns: 300 },
    );
  });
});

function everyPacket(): Packet[] {
  const remotes = [0, 7, 63, 64, 70, 128, 255].map((i) => `10.200.1.${i}/32`);
  return remotes.flatMap((remote) =>
    ['10.200.0.1/32', '10.200.0.200/32'].flatMap((local) =>
      [TCP, UDP, 1, 132, 47].flatMap((protocol) =>
        [0, 79, 80, 81, 450, 501].map((port) => ({ remote, local, protocol, port })),
      ),
    ),
  );
}

describe('A new rule', () => {
  const taken = firewall([
    rule({ order: 100 }),
    rule({ order: 99 }),
    rule({ order: 98, direction: 'egress' }),
  ]);
  it.each([
    { before: 100, skip: 0, least: 1, most: 4096, order: 98 },
    { before: 100, skip: 1, least: 1, most: 4096, order: 97 },
    { before: Number.MAX_SAFE_INTEGER, skip: 0, least: 1, most: 4096, order: 4096 },
    { before: 102, skip: 1, least: 1, most: 4096, order: 98 },
    { before: 101, skip: 0, least: 99, most: 4096, order: null },
    { before: 50, skip: 0, least: 1, most: 40, order: 40 },
  ])('goes to $order before $before, after $skip others', ({ order, ...bounds }) => {
    expect(freeOrder(taken, 'ingress', bounds)).toBe(order);
  });
});

it('A rule is described as a person would say it', () => {
  const text = describeRule(
    rule({ order: 100, protocol: TCP, ports: [{ first: 443, last: 443 }], remote: [POD], named: ['pl-1'] }),
  );
  expect(text).toBe('rule 100: allow TCP 443 from 10.200.1.0/24, pl-1');
  expect(describeRule(rule({ direction: 'egress', protocol: 50, isNarrower: true }))).toBe(
    'rule 0: allow protocol 50 (a part of it) to 0.0.0.0/0, ::/0',
  );
});
