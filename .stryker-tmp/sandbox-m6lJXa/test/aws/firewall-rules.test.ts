// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { aclFirewall, groupsFirewall } from '../../shared/aws/firewall-rules.ts';
import { describeRule } from '../../shared/doctor/traffic.ts';
import { judgeBetween } from '../doctor/patient.ts';

describe('A permission of a security group', () => {
  it.each([
    {
      permission: { IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
      text: 'sg-1: allow all traffic from 10.0.0.0/8',
    },
    {
      permission: { IpProtocol: 'tcp', FromPort: 80, ToPort: 81, Ipv6Ranges: [{ CidrIpv6: 'fd00::/8' }] },
      text: 'sg-1: allow TCP 80-81 from fd00::/8',
    },
    {
      permission: { IpProtocol: 'udp', FromPort: 0, ToPort: 65_535, IpRanges: [] },
      text: 'sg-1: allow UDP from ',
    },
    {
      permission: { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, PrefixListIds: [{ PrefixListId: 'pl-1' }] },
      text: 'sg-1: allow ICMP (a part of it) from pl-1',
    },
    {
      permission: { IpProtocol: 'icmpv6', FromPort: -1, ToPort: -1, UserIdGroupPairs: [{ GroupId: 'sg-2' }] },
      text: 'sg-1: allow ICMPv6 from sg-2',
    },
    {
      permission: { IpProtocol: '50', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      text: 'sg-1: allow protocol 50 from 0.0.0.0/0',
    },
  ])('reads as "$text"', ({ permission, text }) => {
    const { rules } = groupsFirewall([{ GroupId: 'sg-1', IpPermissions: [permission] }], 'sg-1');
    expect(rules.map(describeRule)).toEqual([text]);
  });

  it('adds to those of the other groups of the interface', () => {
    const half = (CidrIp: string) => [{ IpProtocol: '-1', IpRanges: [{ CidrIp }] }];
    const groups = [
      { GroupId: 'sg-1', IpPermissions: half('10.200.1.0/25') },
      { GroupId: 'sg-2', IpPermissions: half('10.200.1.128/25') },
    ];
    const together = groupsFirewall(groups, 'sg-2');
    expect(together).toMatchObject({ id: 'sg-2', name: 'The set of security groups sg-1, sg-2' });
    expect(judgeBetween(together, '10.200.1.0/24', '10.200.0.0/24').passes).toBe('all');
  });
});

describe('An entry of a network ACL', () => {
  const base = { CidrBlock: '0.0.0.0/0', Protocol: '-1', RuleAction: 'allow', Egress: false } as const;

  it.each([
    { entry: { RuleNumber: 100 }, text: 'rule 100: allow all traffic from 0.0.0.0/0' },
    { entry: { RuleNumber: 32_767, RuleAction: 'deny' }, text: 'rule *: deny all traffic from 0.0.0.0/0' },
    { entry: { RuleNumber: 1, Egress: true }, text: 'rule 1: allow all traffic to 0.0.0.0/0' },
    {
      entry: { RuleNumber: 2, Protocol: '6', PortRange: { From: 443, To: 443 } },
      text: 'rule 2: allow TCP 443 from 0.0.0.0/0',
    },
    {
      entry: { RuleNumber: 3, Protocol: '1', IcmpTypeCode: { Type: 8, Code: -1 } },
      text: 'rule 3: allow ICMP (a part of it) from 0.0.0.0/0',
    },
    {
      entry: { RuleNumber: 4, Protocol: '1', IcmpTypeCode: { Type: -1, Code: -1 } },
      text: 'rule 4: allow ICMP from 0.0.0.0/0',
    },
  ] as const)('reads as "$text"', ({ entry, text }) => {
    const { rules } = aclFirewall({ NetworkAclId: 'acl-1', Entries: [{ ...base, ...entry }] });
    expect(rules.map(describeRule)).toEqual([text]);
  });

  it('holds by its number, in whatever order the answer has it', () => {
    const Entries = [
      { ...base, RuleNumber: 200 },
      { ...base, RuleNumber: 100, RuleAction: 'deny' as const },
    ];
    expect(judgeBetween(aclFirewall({ Entries }), '10.200.1.0/24', '10.200.0.0/24').passes).toBe('none');
  });
});
