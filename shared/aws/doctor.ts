import {
  type EC2Client,
  type NetworkAcl as Ec2Acl,
  type RouteTable as Ec2RouteTable,
  type GroupIdentifier,
  type Instance,
  paginateDescribeNetworkAcls,
  paginateDescribeSecurityGroups,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import type { Config } from '../core/config/config.ts';
import type { CloudFailure } from '../core/errors.ts';
import type { Node } from '../core/model.ts';
import type {
  Gap,
  GroupMembers,
  Guard,
  NetworkDoctor,
  NetworkReading,
  SubnetRouting,
} from '../doctor/model.ts';
import { untilAborted } from './deadline.ts';
import { classifyAwsFailure } from './failures.ts';
import { aclFirewall, groupsFirewall } from './firewall-rules.ts';
import { createAwsFixes } from './fix-commands.ts';
import { gatherMembers, listInterfacesInGroups, rankGroups } from './group-members.ts';
import { findInstances, idOf, primaryInterface } from './instances.ts';
import { createAwsLooks } from './look-commands.ts';
import { readInParts, readPages } from './pages.ts';
import { listRouteTables, tableName } from './route-tables.ts';

const PAGE_SIZE = 200;

/**
 * What `podroutes doctor` needs of AWS: security groups, network ACLs, and all tables of the nodes' VPCs.
 *
 * @param options of the aws program, for the commands that are proposed
 */
export function createAwsDoctor(
  client: EC2Client,
  config: Config,
  options: readonly string[] = [],
): NetworkDoctor {
  return {
    read: (nodes, _tables, signal) => readNetwork({ client, signal, gaps: [] }, nodes),
    commands: createAwsFixes(config, options),
    looks: createAwsLooks(options),
  };
}

interface Reader {
  readonly client: EC2Client;
  readonly signal: AbortSignal;
  readonly gaps: Gap[];
}

async function readNetwork(reader: Reader, nodes: readonly Node[]): Promise<NetworkReading> {
  const { client, signal, gaps } = reader;
  const ids = nodes.map(({ id }) => id);
  const networks = [...new Set(nodes.flatMap(({ network }) => network ?? []))];
  const inThem = [{ Name: 'vpc-id', Values: networks }];
  const [instances, tables, acls] = await Promise.all([
    attempt(reader, 'security groups', 'ec2:DescribeInstances', () => findInstances(client, ids, signal)),
    attempt(reader, 'which route table each subnet uses', 'ec2:DescribeRouteTables', async () =>
      networks.length === 0 ? [] : listRouteTables(client, inThem, signal),
    ),
    attempt(reader, 'network ACLs', 'ec2:DescribeNetworkAcls', async () =>
      networks.length === 0 ? [] : listAcls(reader, networks),
    ),
  ]);
  const instanceGroups = groupsByInstance(instances ?? []);
  const groupIds = [...new Set([...instanceGroups.values()].flat().flatMap(({ GroupId }) => GroupId ?? []))];
  const [groups, members] = await Promise.all([
    attempt(reader, 'security groups', 'ec2:DescribeSecurityGroups', () => listGroups(reader, groupIds)),
    readMembers(reader, groupIds, nodes),
  ]);
  return {
    guards: [
      ...(groups === null || instances === null
        ? []
        : guardByGroups(reader, nodes, instanceGroups, { groups, members })),
      ...(acls === null ? [] : guardByAcls(reader, nodes, acls)),
    ],
    subnets: tables === null ? new Map() : routingOf(nodes, tables),
    interfaces: new Map(
      (instances ?? []).map((instance) => [
        idOf(instance),
        primaryInterface(instance)?.NetworkInterfaceId ?? '',
      ]),
    ),
    gaps,
  };
}

/** What was read, or null with a gap that says what cannot be checked without it. */
async function attempt<T>(
  { signal, gaps }: Reader,
  unchecked: string,
  action: string,
  read: () => Promise<T>,
): Promise<T | null> {
  try {
    return await untilAborted(read(), signal);
  } catch (thrown) {
    gaps.push({ unchecked, failure: classifyAwsFailure(thrown, action) });
    return null;
  }
}

function listGroups({ client, signal }: Reader, ids: readonly string[]): Promise<SecurityGroup[]> {
  const paging = { client, pageSize: PAGE_SIZE, stopOnSameToken: true };
  return readInParts(ids, (Values) => {
    const Filters = [{ Name: 'group-id', Values }];
    const pages = paginateDescribeSecurityGroups(paging, { Filters }, { abortSignal: signal });
    return readPages(pages, ({ SecurityGroups }) => SecurityGroups);
  });
}

function listAcls({ client, signal }: Reader, networks: readonly string[]): Promise<Ec2Acl[]> {
  const paging = { client, pageSize: PAGE_SIZE, stopOnSameToken: true };
  const Filters = [{ Name: 'vpc-id', Values: [...networks] }];
  const pages = paginateDescribeNetworkAcls(paging, { Filters }, { abortSignal: signal });
  return readPages(pages, ({ NetworkAcls }) => NetworkAcls);
}

type MembersByGroup = ReadonlyMap<string, GroupMembers> | { readonly failure: CloudFailure };

/** The members of each group. No check depends on it, so a failed read is no gap. */
async function readMembers(
  { client, signal }: Reader,
  groups: readonly string[],
  nodes: readonly Node[],
): Promise<MembersByGroup> {
  try {
    return gatherMembers(await untilAborted(listInterfacesInGroups(client, groups, signal), signal), nodes);
  } catch (thrown) {
    return { failure: classifyAwsFailure(thrown, 'ec2:DescribeNetworkInterfaces') };
  }
}

/** The security groups of the interface that pods are reached by, by instance. */
function groupsByInstance(instances: readonly Instance[]): Map<string, readonly GroupIdentifier[]> {
  return new Map(instances.map((instance) => [idOf(instance), primaryInterface(instance)?.Groups ?? []]));
}

/** The groups of an interface guard together: what one of them allows is allowed. */
function guardByGroups(
  { gaps }: Reader,
  nodes: readonly Node[],
  instanceGroups: ReadonlyMap<string, readonly GroupIdentifier[]>,
  { groups, members }: { readonly groups: readonly SecurityGroup[]; readonly members: MembersByGroup },
): Guard[] {
  const byId = new Map(groups.map((group) => [group.GroupId ?? '', group]));
  const groupsOf = ({ id }: Node): string[] =>
    (instanceGroups.get(id) ?? []).map(({ GroupId = '' }) => GroupId);
  const keyOf = (node: Node): string => {
    const ids = groupsOf(node).sort();
    return ids.every((group) => byId.has(group)) ? ids.join(' ') : '';
  };
  const known = 'failure' in members ? membersAmong(nodes, groupsOf) : members;
  return [...Map.groupBy(nodes, keyOf)].flatMap(([key, guarded]) => {
    if (key === '') {
      gaps.push(unseen('security groups', guarded));
      return [];
    }
    const ids = key.split(' ');
    const [opened = ''] = rankGroups(ids, known);
    const together = ids.flatMap((id) => byId.get(id) ?? []);
    return {
      firewall: groupsFirewall(together, opened),
      nodes: idsOf(guarded),
      guardsWithinSubnet: true,
      members: 'failure' in members ? members : (members.get(opened) ?? { nodes: [], others: [] }),
    };
  });
}

/** The nodes in each group, where other members cannot be read. */
function membersAmong(
  nodes: readonly Node[],
  groupsOf: (node: Node) => readonly string[],
): Map<string, GroupMembers> {
  const members = nodes.flatMap((node) => groupsOf(node).map((group) => ({ group, id: node.id })));
  return new Map(
    [...Map.groupBy(members, ({ group }) => group)].map(([group, each]) => [
      group,
      { nodes: each.map(({ id }) => id), others: [] },
    ]),
  );
}

function idsOf(nodes: readonly Node[]): string[] {
  return nodes.map(({ id }) => id);
}

/** What a shared VPC keeps to its owner is not in an answer that succeeded. */
function unseen(what: string, nodes: readonly Node[]): Gap {
  const message = `The answers show none for ${nodes.map(({ name }) => name).join(', ')}.`;
  return { unchecked: what, failure: { kind: 'permanent', code: 'not-in-answer', message } };
}

/** A network ACL sees what enters and leaves its subnet, not what stays in it. */
function guardByAcls({ gaps }: Reader, nodes: readonly Node[], acls: readonly Ec2Acl[]): Guard[] {
  const aclOf = new Map(
    acls.flatMap((acl) => (acl.Associations ?? []).map(({ SubnetId = '' }) => [SubnetId, acl] as const)),
  );
  const placed = nodes.filter(({ subnet }) => subnet !== null);
  return [...Map.groupBy(placed, ({ subnet }) => aclOf.get(subnet ?? ''))].flatMap(([acl, guarded]) => {
    if (acl === undefined) {
      gaps.push(unseen('network ACLs', guarded));
      return [];
    }
    return { firewall: aclFirewall(acl), nodes: idsOf(guarded), guardsWithinSubnet: false };
  });
}

/** The table of a subnet is the one it is associated with, else the main table of its VPC. */
function routingOf(nodes: readonly Node[], tables: readonly Ec2RouteTable[]): Map<string, SubnetRouting> {
  const own = new Map(
    tables.flatMap((table) =>
      (table.Associations ?? []).flatMap(({ SubnetId }) =>
        SubnetId === undefined ? [] : [[SubnetId, table] as const],
      ),
    ),
  );
  const main = new Map(
    tables
      .filter(({ Associations = [] }) => Associations.some(({ Main }) => Main === true))
      .map((table) => [table.VpcId ?? '', table]),
  );
  return new Map(
    nodes.flatMap(({ subnet, network }): [string, SubnetRouting][] => {
      const table = own.get(subnet ?? '') ?? main.get(network ?? '');
      if (subnet === null || table === undefined) return [];
      const named = { id: table.RouteTableId ?? '', name: tableName(table) };
      return [[subnet, { table: named, isAssociated: own.has(subnet) }]];
    }),
  );
}
