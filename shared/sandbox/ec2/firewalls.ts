import { ApiError } from '../query.ts';
import type { AclEntry, NetworkAcl, SecurityGroup, SecurityRule } from './firewall-state.ts';
import type { Subnet, Tags, Vpc } from './model.ts';
import { requireOne } from './resources.ts';
import type { Ec2, WritableState } from './state.ts';
import { checkTags } from './tags.ts';

const EVERYWHERE = { 4: '0.0.0.0/0', 6: '::/0' } as const;

/** What a VPC comes with: their ids follow from its own, so that they shift no others. */
export function addDefaultFirewalls(state: WritableState, vpc: Vpc, account: string): void {
  const id = defaultGroupOf(vpc.id);
  const members = { kind: 'group', value: id } as const;
  const group: SecurityGroup = {
    id,
    ordinal: vpc.ordinal,
    vpc: vpc.id,
    name: 'default',
    description: 'default VPC security group',
    owner: account,
    rules: [{ ...ALL_TRAFFIC, isEgress: false, peer: members }, ...egressToAll(vpc)],
  };
  const acl: NetworkAcl = {
    id: defaultAclOf(vpc.id),
    ordinal: vpc.ordinal,
    vpc: vpc.id,
    isDefault: true,
    entries: [false, true].flatMap((isEgress) => [...allowAll(vpc, isEgress), ...denyAll(vpc, isEgress)]),
    associations: [],
  };
  state.securityGroups.set(group.id, group);
  state.networkAcls.set(acl.id, acl);
}

/** A new subnet is under the default network ACL of its VPC. */
export function addSubnetToAcl(state: WritableState, subnet: Subnet): void {
  const acl = state.networkAcls.get(defaultAclOf(subnet.vpc));
  if (acl === undefined) return;
  const association = { id: `aclassoc-${digitsOf(subnet.id)}`, subnet: subnet.id };
  state.networkAcls.set(acl.id, { ...acl, associations: [...acl.associations, association] });
}

/** The id of the group that interfaces are in which name none. */
export function defaultGroupOf(vpc: string): string {
  return `sg-${digitsOf(vpc)}`;
}

function defaultAclOf(vpc: string): string {
  return `acl-${digitsOf(vpc)}`;
}

function digitsOf(id: string): string {
  return id.slice(id.indexOf('-') + 1);
}

const ALL_TRAFFIC = { protocol: '-1', ports: null } as const;

function familiesOf({ cidrs }: Vpc): readonly (4 | 6)[] {
  return cidrs.some(({ cidr }) => cidr.family === 6) ? [4, 6] : [4];
}

function egressToAll(vpc: Vpc): SecurityRule[] {
  return familiesOf(vpc).map((family) => ({
    ...ALL_TRAFFIC,
    isEgress: true,
    peer: { kind: family === 4 ? 'cidr' : 'cidr6', value: EVERYWHERE[family] },
  }));
}

function allowAll(vpc: Vpc, isEgress: boolean): AclEntry[] {
  return familiesOf(vpc).map((family) => ({
    ...ALL_TRAFFIC,
    number: family === 4 ? 100 : 101,
    isEgress,
    action: 'allow',
    cidr: EVERYWHERE[family],
    icmp: null,
  }));
}

/** The entries that are shown with an asterisk: 32767, and 32768 for IPv6. */
function denyAll(vpc: Vpc, isEgress: boolean): AclEntry[] {
  return familiesOf(vpc).map((family) => ({
    ...ALL_TRAFFIC,
    number: family === 4 ? LAST_NUMBER + 1 : LAST_NUMBER + 2,
    isEgress,
    action: 'deny',
    cidr: EVERYWHERE[family],
    icmp: null,
  }));
}

const LAST_NUMBER = 32_766;

/** What `createSecurityGroup` needs. */
export interface SecurityGroupSpec {
  readonly vpc: string;
  readonly name: string;
  readonly description: string;
  readonly tags?: Tags;
}

/** Creates a group that lets everything out and nothing in. */
export function createSecurityGroup(ec2: Ec2, spec: SecurityGroupSpec): SecurityGroup {
  const vpc = requireOne(ec2, ec2.state, 'vpc', ec2.state.vpcs, spec.vpc);
  checkTags(spec.tags ?? new Map());
  const isTaken = [...ec2.state.securityGroups.values()].some(
    (group) => group.vpc === vpc.id && group.name === spec.name,
  );
  if (isTaken) {
    const message = `The security group '${spec.name}' already exists for VPC '${vpc.id}'`;
    throw new ApiError('InvalidGroup.Duplicate', message);
  }
  const state = ec2.write();
  const { name, description } = spec;
  const group: SecurityGroup = {
    id: ec2.ids.resource('sg'),
    ordinal: ec2.ids.ordinal(),
    vpc: vpc.id,
    name,
    description,
    owner: ec2.account,
    rules: egressToAll(vpc),
  };
  state.securityGroups.set(group.id, group);
  if (spec.tags !== undefined) state.tags.set(group.id, spec.tags);
  return group;
}

/** Adds rules to a group; one that it has already is refused. */
export function authorize(ec2: Ec2, groupId: string, rules: readonly SecurityRule[]): void {
  const group = requireOne(ec2, ec2.state, 'sg', ec2.state.securityGroups, groupId);
  for (const rule of rules) {
    if (rule.peer.kind === 'group') {
      requireOne(ec2, ec2.state, 'sg', ec2.state.securityGroups, rule.peer.value);
    }
    if (!group.rules.some((known) => isSameRule(known, rule))) continue;
    const message = `the specified rule "peer: ${rule.peer.value}, ${rule.protocol}" already exists`;
    throw new ApiError('InvalidPermission.Duplicate', message);
  }
  ec2.write().securityGroups.set(groupId, { ...group, rules: [...group.rules, ...rules] });
}

/** Takes rules from a group; one that it has not is refused. */
export function revoke(ec2: Ec2, groupId: string, rules: readonly SecurityRule[]): void {
  const group = requireOne(ec2, ec2.state, 'sg', ec2.state.securityGroups, groupId);
  const missing = rules.some((rule) => !group.rules.some((known) => isSameRule(known, rule)));
  if (missing) {
    throw new ApiError(
      'InvalidPermission.NotFound',
      'The specified rule does not exist in this security group.',
    );
  }
  const left = group.rules.filter((known) => !rules.some((rule) => isSameRule(known, rule)));
  ec2.write().securityGroups.set(groupId, { ...group, rules: left });
}

function isSameRule(a: SecurityRule, b: SecurityRule): boolean {
  return (
    a.isEgress === b.isEgress &&
    a.protocol === b.protocol &&
    a.ports?.from === b.ports?.from &&
    a.ports?.to === b.ports?.to &&
    a.peer.value === b.peer.value
  );
}

/** Creates a network ACL that lets nothing through and guards no subnet yet. */
export function createNetworkAcl(ec2: Ec2, vpcId: string, tags: Tags = new Map()): NetworkAcl {
  const vpc = requireOne(ec2, ec2.state, 'vpc', ec2.state.vpcs, vpcId);
  checkTags(tags);
  const state = ec2.write();
  const acl: NetworkAcl = {
    id: ec2.ids.resource('acl'),
    ordinal: ec2.ids.ordinal(),
    vpc: vpc.id,
    isDefault: false,
    entries: [...denyAll(vpc, false), ...denyAll(vpc, true)],
    associations: [],
  };
  state.networkAcls.set(acl.id, acl);
  state.tags.set(acl.id, tags);
  return acl;
}

/** Adds an entry under a number that is free in its direction. */
export function addAclEntry(ec2: Ec2, aclId: string, entry: AclEntry): void {
  const acl = requireOne(ec2, ec2.state, 'acl', ec2.state.networkAcls, aclId);
  if (entry.number < 1 || entry.number > LAST_NUMBER) {
    throw new ApiError(
      'InvalidParameterValue',
      `Value (${entry.number}) for parameter ruleNumber is invalid.`,
    );
  }
  if (acl.entries.some(({ number, isEgress }) => number === entry.number && isEgress === entry.isEgress)) {
    throw new ApiError(
      'NetworkAclEntryAlreadyExists',
      `The network acl entry ${entry.number} exists already`,
    );
  }
  ec2.write().networkAcls.set(aclId, { ...acl, entries: [...acl.entries, entry] });
}

/** Takes an entry away. */
export function deleteAclEntry(ec2: Ec2, aclId: string, number: number, isEgress: boolean): void {
  const acl = requireOne(ec2, ec2.state, 'acl', ec2.state.networkAcls, aclId);
  const entries = acl.entries.filter((entry) => entry.number !== number || entry.isEgress !== isEgress);
  if (number > LAST_NUMBER || entries.length === acl.entries.length) {
    throw new ApiError('InvalidNetworkAclEntry.NotFound', `There is no network acl entry ${number}`);
  }
  ec2.write().networkAcls.set(aclId, { ...acl, entries });
}

/** Puts the subnet of an association under another network ACL; gives the new association's id. */
export function moveAclAssociation(ec2: Ec2, associationId: string, aclId: string): string {
  const acl = requireOne(ec2, ec2.state, 'acl', ec2.state.networkAcls, aclId);
  const before = [...ec2.state.networkAcls.values()].find(({ associations }) =>
    associations.some(({ id }) => id === associationId),
  );
  const subnet = before?.associations.find(({ id }) => id === associationId)?.subnet;
  if (before === undefined || subnet === undefined) {
    const message = `The association ID '${associationId}' does not exist`;
    throw new ApiError('InvalidAssociationID.NotFound', message);
  }
  const id = ec2.ids.resource('aclassoc');
  const state = ec2.write();
  const others = before.associations.filter((association) => association.id !== associationId);
  state.networkAcls.set(before.id, { ...before, associations: others });
  const present = before.id === aclId ? others : acl.associations;
  state.networkAcls.set(aclId, { ...acl, associations: [...present, { id, subnet }] });
  return id;
}
