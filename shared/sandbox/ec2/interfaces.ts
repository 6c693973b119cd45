import type { Family } from '../../core/cidr.ts';
import { ApiError } from '../query.ts';
import type { AddressPool } from './addresses.ts';
import { defaultGroupOf } from './firewalls.ts';
import type { Attachment, NetworkInterface, Tags } from './model.ts';
import { requireIds, requireOne } from './resources.ts';
import type { Ec2, WritableState } from './state.ts';
import { checkTags } from './tags.ts';

/** A new interface. Addresses that are not given are the lowest free ones of the subnet. */
export interface InterfaceSpec {
  readonly subnet: string;
  readonly address?: string | undefined;
  readonly secondaryAddresses?: readonly string[];
  readonly ipv6Addresses?: readonly string[];
  readonly ipv6Count?: number | undefined;
  readonly description?: string | undefined;
  readonly sourceDestCheck?: boolean | undefined;
  /** Ids of security groups; the default one of the VPC where there are none. */
  readonly groups?: readonly string[];
  readonly tags?: Tags;
}

/** Creates an interface that belongs to no instance yet. */
export function createInterface(ec2: Ec2, spec: InterfaceSpec): NetworkInterface {
  checkTags(spec.tags ?? new Map());
  const [built] = buildInterfaces(ec2, [spec]);
  if (built === undefined) throw new ApiError('InternalError', 'no interface was built');
  return keepInterface(ec2.write(), built, spec.tags);
}

/** Stores an interface that `buildInterfaces` made. */
export function keepInterface(
  state: WritableState,
  networkInterface: NetworkInterface,
  tags?: Tags,
): NetworkInterface {
  state.interfaces.set(networkInterface.id, networkInterface);
  if (tags !== undefined) state.tags.set(networkInterface.id, tags);
  return networkInterface;
}

/**
 * Builds several interfaces at once without keeping them, so that a call that is refused half-way leaves
 * nothing behind.
 */
export function buildInterfaces(ec2: Ec2, specs: readonly InterfaceSpec[]): NetworkInterface[] {
  const subnets = specs.map((spec) => requireOne(ec2, ec2.state, 'subnet', ec2.state.subnets, spec.subnet));
  for (const { groups = [] } of specs) requireIds(ec2, ec2.state, 'sg', groups);
  const taken: (() => void)[] = [];
  const hold = (pool: AddressPool, address: string) => {
    taken.push(() => pool.release(address));
    return address;
  };
  try {
    // Addresses asked for are taken first: a free one chosen before could be the same.
    const asked = specs.map((spec, i) => takeAsked(spec, poolOf(ec2, subnets[i]?.id), hold));
    return specs.map((spec, i) => {
      const pool = poolOf(ec2, subnets[i]?.id);
      const { addresses = [], ipv6Addresses = [] } = asked[i] ?? {};
      const free = (family: Family) => hold(pool, pool.takeFree(family));
      return {
        id: ec2.ids.resource('eni'),
        ordinal: ec2.ids.ordinal(),
        vpc: subnets[i]?.vpc ?? '',
        subnet: spec.subnet,
        description: spec.description ?? '',
        addresses: spec.address === undefined ? [free(4), ...addresses] : addresses,
        ipv6Addresses: [...ipv6Addresses, ...Array.from({ length: spec.ipv6Count ?? 0 }, () => free(6))],
        sourceDestCheck: spec.sourceDestCheck ?? true,
        groups: spec.groups?.length ? spec.groups : [defaultGroupOf(subnets[i]?.vpc ?? '')],
        attachment: null,
      };
    });
  } catch (error) {
    for (const release of taken) release();
    throw error;
  }
}

type Hold = (pool: AddressPool, address: string) => string;

function takeAsked(spec: InterfaceSpec, pool: AddressPool, hold: Hold) {
  const primary = spec.address === undefined ? [] : [spec.address];
  const take = (family: Family) => (text: string) => hold(pool, pool.take(text, family));
  return {
    addresses: [...primary, ...(spec.secondaryAddresses ?? [])].map(take(4)),
    ipv6Addresses: (spec.ipv6Addresses ?? []).map(take(6)),
  };
}

/** The address pool of a subnet. */
function poolOf(ec2: Ec2, subnetId: string | undefined): AddressPool {
  const pool = ec2.pools.get(subnetId ?? '');
  if (pool === undefined) throw new ApiError('InternalError', `no address pool of ${subnetId}`);
  return pool;
}

/** Attaches a free interface to an instance; gives the attachment. */
export function attachInterface(
  ec2: Ec2,
  interfaceId: string,
  instanceId: string,
  deviceIndex: number,
): Attachment {
  const networkInterface = requireOne(ec2, ec2.state, 'eni', ec2.state.interfaces, interfaceId);
  const instance = requireOne(ec2, ec2.state, 'i', ec2.state.instances, instanceId);
  if (networkInterface.attachment !== null) {
    const message = `Interface: [${interfaceId}] in use.`;
    throw new ApiError('InvalidNetworkInterface.InUse', message);
  }
  if (!['running', 'stopped'].includes(instance.state)) {
    const message = `The instance '${instanceId}' is not in a valid state for this operation.`;
    throw new ApiError('IncorrectState', message);
  }
  const indexes = instance.interfaces.map((id) => ec2.state.interfaces.get(id)?.attachment?.deviceIndex);
  if (indexes.includes(deviceIndex)) {
    const message = `Instance '${instanceId}' already has an interface attached at device index '${deviceIndex}'.`;
    throw new ApiError('InvalidParameterValue', message);
  }
  const attachment = newAttachment(ec2, instanceId, deviceIndex, false);
  const state = ec2.write();
  state.interfaces.set(interfaceId, { ...networkInterface, attachment });
  state.instances.set(instanceId, { ...instance, interfaces: [...instance.interfaces, interfaceId] });
  return attachment;
}

/** Takes an interface from its instance; it exists on, free, with its addresses. */
export function detachInterface(ec2: Ec2, attachmentId: string): void {
  const found = [...ec2.state.interfaces.values()].find(({ attachment }) => attachment?.id === attachmentId);
  const instance = ec2.state.instances.get(found?.attachment?.instance ?? '');
  if (found === undefined || instance === undefined) {
    const message = `The attachment ID '${attachmentId}' does not exist`;
    throw new ApiError('InvalidAttachmentID.NotFound', message);
  }
  if (found.attachment?.deviceIndex === 0) {
    const message = 'The network interface at device index 0 and networkCard index 0 cannot be detached.';
    throw new ApiError('OperationNotPermitted', message);
  }
  const state = ec2.write();
  state.interfaces.set(found.id, { ...found, attachment: null });
  const interfaces = instance.interfaces.filter((id) => id !== found.id);
  state.instances.set(instance.id, { ...instance, interfaces });
}

/** Deletes an interface that is attached to nothing. */
export function deleteInterface(ec2: Ec2, interfaceId: string): void {
  const found = requireOne(ec2, ec2.state, 'eni', ec2.state.interfaces, interfaceId);
  if (found.attachment !== null) {
    const message = `Network interface '${interfaceId}' is currently in use.`;
    throw new ApiError('InvalidParameterValue', message);
  }
  dropInterface(ec2, ec2.write(), found);
}

/** Forgets an interface; its addresses are free again. */
export function dropInterface(ec2: Ec2, state: WritableState, { id, ...gone }: NetworkInterface): void {
  state.interfaces.delete(id);
  state.tags.delete(id);
  const pool = poolOf(ec2, gone.subnet);
  for (const address of [...gone.addresses, ...gone.ipv6Addresses]) pool.release(address);
}

/** An attachment made now. */
export function newAttachment(
  ec2: Ec2,
  instance: string,
  deviceIndex: number,
  deleteOnTermination: boolean,
): Attachment {
  const id = ec2.ids.resource('eni-attach');
  return { id, instance, deviceIndex, deleteOnTermination, attachedAt: ec2.now() };
}

/** Changes the source/destination check, the description or the security groups of an interface. */
export function modifyInterface(
  ec2: Ec2,
  interfaceId: string,
  change: Partial<Pick<NetworkInterface, 'sourceDestCheck' | 'description' | 'groups'>>,
): void {
  requireIds(ec2, ec2.state, 'sg', change.groups ?? []);
  const before = requireOne(ec2, ec2.state, 'eni', ec2.state.interfaces, interfaceId);
  ec2.write().interfaces.set(interfaceId, { ...before, ...change });
}
