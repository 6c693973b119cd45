// @ts-nocheck
import {
  type DescribeInstancesCommandOutput,
  type EC2Client,
  type Filter,
  type Instance,
  type InstanceNetworkInterface,
  paginateDescribeInstances,
} from '@aws-sdk/client-ec2';
import type { NextHop, NodeState } from '../core/model.ts';
import { readInParts, readPages, requireSet } from './pages.ts';

const PAGE_SIZE = 1000;

const STATES: Readonly<Record<string, NodeState>> = {
  pending: 'pending',
  running: 'running',
  stopping: 'stopped',
  stopped: 'stopped',
  'shutting-down': 'gone',
  terminated: 'gone',
};

export function idOf({ InstanceId = '' }: Instance): string {
  return InstanceId;
}

/** Where the instance is in its life; a state that EC2 may add one day is taken for a living one. */
export function stateOf(instance: Instance): NodeState {
  return STATES[instance.State?.Name ?? ''] ?? 'pending';
}

/** Milliseconds since the epoch. Set anew when an instance is started, as it alone may change its user data. */
export function launchedAtOf({ LaunchTime }: Instance): number {
  return LaunchTime?.getTime() ?? 0;
}

/** Reads every instance that the filters let through, page by page. Throws what the SDK throws. */
export async function listInstances(
  client: EC2Client,
  filters: readonly Filter[],
  abortSignal: AbortSignal,
): Promise<Instance[]> {
  return instancesOf(
    paginateDescribeInstances(
      { client, pageSize: PAGE_SIZE, stopOnSameToken: true },
      { Filters: [...filters] },
      { abortSignal },
    ),
  );
}

/** The instances of all pages of an answer. */
export async function instancesOf(pages: AsyncIterable<DescribeInstancesCommandOutput>): Promise<Instance[]> {
  const reservations = await readPages(pages, ({ Reservations }) => Reservations);
  return reservations.flatMap(({ Instances }) => requireSet(Instances));
}

/**
 * Reads instances by id, whatever their tags. A filter is used because one unknown id in `InstanceIds` fails
 * the whole call. An id that is not in the answer need not be gone: `askByIds` tells.
 */
export async function findInstances(
  client: EC2Client,
  ids: readonly string[],
  abortSignal: AbortSignal,
): Promise<Instance[]> {
  return readInParts(ids, (Values) => listInstances(client, [{ Name: 'instance-id', Values }], abortSignal));
}

/** The interface that the instance was launched with; its traffic to pods goes there. */
export function primaryInterface(instance: Instance): InstanceNetworkInterface | null {
  const primary = instance.NetworkInterfaces?.find(
    ({ Attachment }) => Attachment?.DeviceIndex === 0 && (Attachment.NetworkCardIndex ?? 0) === 0,
  );
  return primary ?? null;
}

/**
 * The next hop of the instance's pods. EC2 refuses an instance as target when it has several interfaces, so
 * the primary one is named then.
 */
export function nextHopOf(instance: Instance): NextHop | null {
  const id = primaryInterface(instance)?.NetworkInterfaceId;
  if (id === undefined) return null;
  const single = instance.NetworkInterfaces?.length === 1 && instance.InstanceId !== undefined;
  return { id, shown: single ? (instance.InstanceId ?? id) : id };
}

export function tagsOf(tagged: { readonly Tags?: Instance['Tags'] }): Map<string, string> {
  return new Map((tagged.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** What the tag `Name` says, on one line: people read it in logs and terminals. Empty where there is none. */
export function nameOf(tagged: { readonly Tags?: Instance['Tags'] }): string {
  return (tagsOf(tagged).get('Name') ?? '').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').trim();
}
