// @ts-nocheck
import type { IpPermission, NetworkAcl, NetworkAclEntry, SecurityGroup } from '@aws-sdk/client-ec2';
import { type Cidr, parseCidr } from '../core/cidr.ts';
import type { Direction, Firewall, FirewallRule, PortRange } from '../doctor/firewall.ts';
import { ANYWHERE } from '../doctor/firewall.ts';

const NUMBERS: ReadonlyMap<string, number | null> = new Map([
  ['-1', null],
  ['all', null],
  ['tcp', 6],
  ['udp', 17],
  ['icmp', 1],
  ['icmpv6', 58],
]);
const ICMP: ReadonlySet<number | null> = new Set([1, 58]);

/**
 * The groups of one interface as one firewall: any of their rules may allow, and none denies.
 *
 * @param opened id of the group that a rule is added to
 */
export function groupsFirewall(groups: readonly SecurityGroup[], opened: string): Firewall {
  const ids = groups.map(({ GroupId = '' }) => GroupId);
  return {
    kind: 'security-group',
    id: opened,
    name: ids.length === 1 ? `Security group ${ids[0]}` : `The set of security groups ${ids.join(', ')}`,
    rules: groups.flatMap(({ GroupId = '', IpPermissions = [], IpPermissionsEgress = [] }) => [
      ...IpPermissions.map((permission) => readPermission(GroupId, 'ingress', permission)),
      ...IpPermissionsEgress.map((permission) => readPermission(GroupId, 'egress', permission)),
    ]),
  };
}

function readPermission(group: string, direction: Direction, permission: IpPermission): FirewallRule {
  const { IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs } = permission;
  const protocol = readProtocol(IpProtocol);
  const isTyped = ICMP.has(protocol);
  return {
    name: group,
    order: 0,
    direction,
    action: 'allow',
    remote: {
      cidrs: [
        ...(IpRanges ?? []).flatMap(({ CidrIp }) => toCidr(CidrIp)),
        ...(Ipv6Ranges ?? []).flatMap(({ CidrIpv6 }) => toCidr(CidrIpv6)),
      ],
      named: [
        ...(PrefixListIds ?? []).flatMap(({ PrefixListId }) => PrefixListId ?? []),
        ...(UserIdGroupPairs ?? []).flatMap(({ GroupId }) => GroupId ?? []),
      ],
    },
    local: ANYWHERE,
    protocol,
    ports: protocol === null || isTyped ? null : readPorts(FromPort, ToPort),
    isNarrower: isTyped && (FromPort ?? -1) !== -1,
  };
}

/** A network ACL as a firewall: entries by number, the first that matches holds. */
export function aclFirewall({ NetworkAclId = '', Entries = [] }: NetworkAcl): Firewall {
  const sorted = Entries.toSorted((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0));
  return {
    kind: 'network-acl',
    id: NetworkAclId,
    name: `Network ACL ${NetworkAclId}`,
    rules: sorted.map(readEntry),
  };
}

/** The last entries, which the console shows with an asterisk. */
const FIRST_IMPLICIT = 32_767;

function readEntry(entry: NetworkAclEntry): FirewallRule {
  const { RuleNumber = 0, Egress, RuleAction, Protocol, PortRange, IcmpTypeCode } = entry;
  const protocol = readProtocol(Protocol);
  return {
    name: RuleNumber >= FIRST_IMPLICIT ? 'rule *' : `rule ${RuleNumber}`,
    order: RuleNumber,
    direction: Egress === true ? 'egress' : 'ingress',
    action: RuleAction === 'allow' ? 'allow' : 'deny',
    remote: { cidrs: toCidr(entry.CidrBlock ?? entry.Ipv6CidrBlock), named: [] },
    local: ANYWHERE,
    protocol,
    ports: readPorts(PortRange?.From, PortRange?.To),
    isNarrower: ICMP.has(protocol) && (IcmpTypeCode?.Type ?? -1) !== -1,
  };
}

/** What is not known is nobody's: a rule of a protocol that has no number here matches nothing. */
function readProtocol(text: string | undefined): number | null {
  const known = NUMBERS.get(text ?? '');
  return known === undefined ? Number(text) : known;
}

function readPorts(from: number | undefined, to: number | undefined): PortRange[] | null {
  if (from === undefined || to === undefined || from === -1) return null;
  return from === 0 && to === 65_535 ? null : [{ first: from, last: to }];
}

function toCidr(text: string | undefined): Cidr[] {
  const result = parseCidr(text ?? '');
  return result.ok ? [result.cidr] : [];
}
