// @ts-nocheck
import {
  ApiError,
  type Params,
  readBoolean,
  readInteger,
  readList,
  readRequired,
  type WireObject,
} from '../query.ts';
import { type Action, type ActionTable, DONE } from './action.ts';
import { type Described, describeAction, select } from './describe.ts';
import type { AclEntry, NetworkAcl, SecurityGroup, SecurityRule } from './firewall-state.ts';
import { viewNetworkAcl, viewSecurityGroup } from './firewall-views.ts';
import {
  addAclEntry,
  authorize,
  createNetworkAcl,
  createSecurityGroup,
  deleteAclEntry,
  moveAclAssociation,
  revoke,
} from './firewalls.ts';
import { readCidr } from './network.ts';
import type { Ec2 } from './state.ts';
import { readTagSpecification, TAG_SPECIFICATION_PARAMS } from './tag-actions.ts';

const PEERS: readonly {
  readonly list: string;
  readonly field: string;
  readonly kind: SecurityRule['peer']['kind'];
}[] = [
  { list: 'IpRanges', field: 'CidrIp', kind: 'cidr' },
  { list: 'Ipv6Ranges', field: 'CidrIpv6', kind: 'cidr6' },
  { list: 'PrefixListIds', field: 'PrefixListId', kind: 'prefix-list' },
  { list: 'Groups', field: 'GroupId', kind: 'group' },
];

const PERMISSION_PARAMS = [
  'GroupId',
  ...['IpProtocol', 'FromPort', 'ToPort'].map((name) => `IpPermissions.N.${name}`),
  ...PEERS.flatMap(({ list, field }) => [
    `IpPermissions.N.${list}.N.${field}`,
    `IpPermissions.N.${list}.N.Description`,
  ]),
];

function readRules(params: Params, isEgress: boolean): SecurityRule[] {
  readRequired(params, 'IpPermissions.1.IpProtocol');
  return readList(params, 'IpPermissions').flatMap((permission) => {
    const protocol = readRequired(permission, 'IpProtocol');
    const from = readSigned(permission, 'FromPort');
    const to = readSigned(permission, 'ToPort');
    const ports = protocol === '-1' || from === undefined || to === undefined ? null : { from, to };
    return PEERS.flatMap(({ list, field, kind }) =>
      readList(permission, list).map((peer) => ({
        isEgress,
        protocol,
        ports,
        peer: { kind, value: readPeer(kind, readRequired(peer, field)) },
      })),
    );
  });
}

function readPeer(kind: SecurityRule['peer']['kind'], value: string): string {
  if (kind === 'cidr') return readCidr(value, 'cidrIp', 4).text;
  return kind === 'cidr6' ? readCidr(value, 'cidrIpv6', 6).text : value;
}

/** Ports, and -1 for all types of ICMP. */
function readSigned(params: Params, name: string): number | undefined {
  return params.get(name) === '-1' ? -1 : readInteger(params, name);
}

function ruleAction(change: typeof authorize, isEgress: boolean): Action {
  return {
    params: PERMISSION_PARAMS,
    mutating: true,
    run: (ec2, params) => {
      change(ec2, readRequired(params, 'GroupId'), readRules(params, isEgress));
      return DONE;
    },
  };
}

const GROUPS: Described<SecurityGroup> = {
  idPrefix: 'sg',
  idsParam: 'GroupId',
  all: (state) => state.securityGroups,
  paging: { most: 1000, idsParam: 'GroupId' },
  fields: {
    'group-id': ({ id }) => [id],
    'group-name': ({ name }) => [name],
    'vpc-id': ({ vpc }) => [vpc],
  },
};

const ACLS: Described<NetworkAcl> = {
  idPrefix: 'acl',
  idsParam: 'NetworkAclId',
  all: (state) => state.networkAcls,
  paging: { most: 1000, idsParam: 'NetworkAclId' },
  fields: {
    'network-acl-id': ({ id }) => [id],
    'vpc-id': ({ vpc }) => [vpc],
    default: ({ isDefault }) => [String(isDefault)],
    'association.subnet-id': ({ associations }) => associations.map(({ subnet }) => subnet),
  },
};

function describeGroups(ec2: Ec2, params: Params): WireObject {
  const { state, page, nextToken } = select(ec2, params, GROUPS);
  return { securityGroupInfo: page.map((group) => viewSecurityGroup(state, group)), nextToken };
}

function describeAcls(ec2: Ec2, params: Params): WireObject {
  const { state, page, nextToken } = select(ec2, params, ACLS);
  return { networkAclSet: page.map((acl) => viewNetworkAcl(ec2, state, acl)), nextToken };
}

function readEntry(params: Params): AclEntry {
  const v4 = params.get('CidrBlock');
  const v6 = params.get('Ipv6CidrBlock');
  const action = readRequired(params, 'RuleAction');
  if (action !== 'allow' && action !== 'deny') {
    throw new ApiError('InvalidParameterValue', `Value (${action}) for parameter ruleAction is invalid.`);
  }
  const [from, to] = [readInteger(params, 'PortRange.From'), readInteger(params, 'PortRange.To')];
  const [type, code] = [readSigned(params, 'Icmp.Type'), readSigned(params, 'Icmp.Code')];
  return {
    number: readInteger(params, 'RuleNumber') ?? 0,
    isEgress: readBoolean(params, 'Egress') ?? false,
    action,
    protocol: readRequired(params, 'Protocol'),
    ports: from === undefined || to === undefined ? null : { from, to },
    icmp: type === undefined || code === undefined ? null : { type, code },
    cidr: v6 === undefined ? readCidr(v4 ?? '', 'cidrBlock', 4).text : readCidr(v6, 'ipv6CidrBlock', 6).text,
  };
}

const GROUP_ACTIONS: ActionTable = {
  CreateSecurityGroup: {
    params: ['GroupName', 'GroupDescription', 'VpcId', ...TAG_SPECIFICATION_PARAMS],
    mutating: true,
    run: (ec2, params) => {
      const group = createSecurityGroup(ec2, {
        vpc: readRequired(params, 'VpcId'),
        name: readRequired(params, 'GroupName'),
        description: readRequired(params, 'GroupDescription'),
        tags: readTagSpecification(params, 'security-group'),
      });
      return { ...DONE, groupId: group.id };
    },
  },
  AuthorizeSecurityGroupIngress: ruleAction(authorize, false),
  AuthorizeSecurityGroupEgress: ruleAction(authorize, true),
  RevokeSecurityGroupIngress: ruleAction(revoke, false),
  RevokeSecurityGroupEgress: ruleAction(revoke, true),
  DescribeSecurityGroups: describeAction(GROUPS, describeGroups),
};

const ACL_ACTIONS: ActionTable = {
  CreateNetworkAcl: {
    params: ['VpcId', 'ClientToken', ...TAG_SPECIFICATION_PARAMS],
    mutating: true,
    run: (ec2, params) => {
      const tags = readTagSpecification(params, 'network-acl');
      const acl = createNetworkAcl(ec2, readRequired(params, 'VpcId'), tags);
      return { networkAcl: viewNetworkAcl(ec2, ec2.state, acl) };
    },
  },
  CreateNetworkAclEntry: {
    params: [
      ...['NetworkAclId', 'RuleNumber', 'Protocol', 'RuleAction', 'Egress', 'CidrBlock', 'Ipv6CidrBlock'],
      ...['PortRange.From', 'PortRange.To', 'Icmp.Type', 'Icmp.Code'],
    ],
    mutating: true,
    run: (ec2, params) => {
      addAclEntry(ec2, readRequired(params, 'NetworkAclId'), readEntry(params));
      return DONE;
    },
  },
  DeleteNetworkAclEntry: {
    params: ['NetworkAclId', 'RuleNumber', 'Egress'],
    mutating: true,
    run: (ec2, params) => {
      const number = readInteger(params, 'RuleNumber') ?? 0;
      deleteAclEntry(
        ec2,
        readRequired(params, 'NetworkAclId'),
        number,
        readBoolean(params, 'Egress') ?? false,
      );
      return DONE;
    },
  },
  ReplaceNetworkAclAssociation: {
    params: ['AssociationId', 'NetworkAclId'],
    mutating: true,
    run: (ec2, params) => ({
      newAssociationId: moveAclAssociation(
        ec2,
        readRequired(params, 'AssociationId'),
        readRequired(params, 'NetworkAclId'),
      ),
    }),
  },
  DescribeNetworkAcls: describeAction(ACLS, describeAcls),
};

export const FIREWALL_ACTIONS: ActionTable = { ...GROUP_ACTIONS, ...ACL_ACTIONS };
