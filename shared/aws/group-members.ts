import {
  type EC2Client,
  type NetworkInterface,
  paginateDescribeNetworkInterfaces,
} from '@aws-sdk/client-ec2';
import type { Node } from '../core/model.ts';
import type { GroupMembers } from '../doctor/model.ts';
import { readInParts, readPages } from './pages.ts';

const PAGE_SIZE = 1000;

/** Reads the interfaces in any of the groups, page by page. Throws what the SDK throws. */
export async function listInterfacesInGroups(
  client: EC2Client,
  groups: readonly string[],
  abortSignal: AbortSignal,
): Promise<NetworkInterface[]> {
  const paging = { client, pageSize: PAGE_SIZE, stopOnSameToken: true };
  return readInParts(groups, (Values) => {
    const Filters = [{ Name: 'group-id', Values }];
    const pages = paginateDescribeNetworkInterfaces(paging, { Filters }, { abortSignal });
    return readPages(pages, ({ NetworkInterfaces }) => NetworkInterfaces);
  });
}

/** The members of each group. */
export function gatherMembers(
  interfaces: readonly NetworkInterface[],
  nodes: readonly Node[],
): Map<string, GroupMembers> {
  const nodeIds = new Set(nodes.map(({ id }) => id));
  const memberships = interfaces.flatMap(({ NetworkInterfaceId = '', Attachment, Groups = [] }) => {
    const owner = Attachment?.InstanceId ?? '';
    return Groups.map(({ GroupId = '' }) => ({ group: GroupId, id: NetworkInterfaceId, owner }));
  });
  return new Map(
    [...Map.groupBy(memberships, ({ group }) => group)].map(([group, each]) => [
      group,
      {
        nodes: unique(each.map(({ owner }) => owner).filter((owner) => nodeIds.has(owner))),
        others: unique(each.filter(({ owner }) => !nodeIds.has(owner)).map(({ id }) => id)),
      },
    ]),
  );
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

/** Groups that guard together, first the one whose rules are for the fewest others, then for the most nodes. */
export function rankGroups(groups: readonly string[], members: ReadonlyMap<string, GroupMembers>): string[] {
  const of = (group: string): GroupMembers => members.get(group) ?? { nodes: [], others: [] };
  return groups.toSorted(
    (a, b) => of(a).others.length - of(b).others.length || of(b).nodes.length - of(a).nodes.length,
  );
}
