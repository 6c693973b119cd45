// @ts-nocheck
import type { WireObject } from '../query.ts';
import type { AclEntry, NetworkAcl, SecurityGroup, SecurityRule } from './firewall-state.ts';
import type { Ec2, State } from './state.ts';
import { tagsOf } from './tags.ts';
import { viewTags } from './views.ts';

/** A security group; rules of the same protocol and ports are one permission. */
export function viewSecurityGroup(state: State, group: SecurityGroup): WireObject {
  return {
    ownerId: group.owner,
    groupId: group.id,
    groupName: group.name,
    groupDescription: group.description,
    vpcId: group.vpc,
    ipPermissions: viewPermissions(group, false),
    ipPermissionsEgress: viewPermissions(group, true),
    tagSet: viewTags(tagsOf(state, group.id)),
  };
}

function viewPermissions({ rules, owner }: SecurityGroup, isEgress: boolean): WireObject[] {
  const permissions = Map.groupBy(
    rules.filter((rule) => rule.isEgress === isEgress),
    ({ protocol, ports }) => `${protocol} ${ports?.from} ${ports?.to}`,
  );
  return [...permissions.values()].map((same) => {
    const valuesOf = (kind: SecurityRule['peer']['kind']) =>
      same.filter(({ peer }) => peer.kind === kind).map(({ peer }) => peer.value);
    return {
      ipProtocol: same[0]?.protocol,
      fromPort: same[0]?.ports?.from,
      toPort: same[0]?.ports?.to,
      groups: valuesOf('group').map((groupId) => ({ userId: owner, groupId })),
      ipRanges: valuesOf('cidr').map((cidrIp) => ({ cidrIp })),
      ipv6Ranges: valuesOf('cidr6').map((cidrIpv6) => ({ cidrIpv6 })),
      prefixListIds: valuesOf('prefix-list').map((prefixListId) => ({ prefixListId })),
    };
  });
}

/** A network ACL with its entries in the order in which they hold. */
export function viewNetworkAcl(ec2: Ec2, state: State, acl: NetworkAcl): WireObject {
  return {
    networkAclId: acl.id,
    vpcId: acl.vpc,
    default: acl.isDefault,
    ownerId: ec2.account,
    entrySet: [...acl.entries].sort((a, b) => a.number - b.number).map(viewEntry),
    associationSet: acl.associations.map(({ id, subnet }) => ({
      networkAclAssociationId: id,
      networkAclId: acl.id,
      subnetId: subnet,
    })),
    tagSet: viewTags(tagsOf(state, acl.id)),
  };
}

function viewEntry({ number, isEgress, action, protocol, ports, icmp, cidr }: AclEntry): WireObject {
  return {
    ruleNumber: number,
    protocol,
    ruleAction: action,
    egress: isEgress,
    ...(cidr.includes(':') ? { ipv6CidrBlock: cidr } : { cidrBlock: cidr }),
    portRange: ports === null ? undefined : { from: ports.from, to: ports.to },
    icmpTypeCode: icmp === null ? undefined : { type: icmp.type, code: icmp.code },
  };
}
