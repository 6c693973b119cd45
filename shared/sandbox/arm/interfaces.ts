import type { Family } from '../../core/cidr.ts';
import { addressesIn, nextAddress } from './addresses.ts';
import { checkLock, type Write, writeNow } from './async-operations.ts';
import type { NetworkInterfaceBody } from './bodies.ts';
import { ArmError, invalidReference } from './errors.ts';
import { platformCaller } from './events.ts';
import { canonicalGroup } from './groups.ts';
import type { IpConfiguration, NetworkInterface } from './model.ts';
import { findSubnet } from './networks.ts';
import { groupId, keyOf, resourceId } from './resource-ids.ts';
import { findResource, newResource, requireResource, storeResource } from './resources.ts';
import type { Arm } from './state.ts';

const TYPE = 'Microsoft.Network/networkInterfaces';

interface InterfaceRequest {
  readonly group: string;
  readonly name: string;
  /** A subnet's id. */
  readonly subnet: string;
  /** The next free one of the subnet's first prefix by default; none at all where the list is empty. */
  readonly addresses?: readonly string[];
  readonly enableIPForwarding?: boolean;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Creates a network interface that belongs to no machine yet. */
export function createInterface(arm: Arm, request: InterfaceRequest): NetworkInterface {
  const { group, name, subnet, addresses, location, tags, enableIPForwarding = false } = request;
  const nic: NetworkInterface = {
    ...newResource(arm, TYPE, canonicalGroup(arm, group), [name], { location, tags }),
    enableIPForwarding,
    primary: null,
    machine: null,
    ipConfigurations: newIpConfigurations(arm, subnet, addresses),
    properties: {},
  };
  const write = { before: null, after: nic, operation: 'PutNicOperation', target: nic.id };
  writeNow(arm, { ...write, action: `${TYPE}/write` }, platformCaller(arm));
  return requireResource(arm, TYPE, nic.id);
}

/** Switches IP forwarding on or off, as some other client would. */
export function setForwarding(arm: Arm, id: string, enableIPForwarding: boolean): NetworkInterface {
  const before = requireResource(arm, TYPE, id);
  checkLock(arm, id);
  const write = { before, after: { ...before, enableIPForwarding }, operation: 'PutNicOperation' };
  writeNow(arm, { ...write, action: `${TYPE}/write`, target: before.id }, platformCaller(arm));
  return requireResource(arm, TYPE, id);
}

/** Removes an interface, even one that a machine still names, so that reads of it find nothing. */
export function removeInterface(arm: Arm, id: string): void {
  const before = requireResource(arm, TYPE, id);
  const write = { before, after: null, operation: 'DeleteNicOperation', target: before.id };
  writeNow(arm, { ...write, action: `${TYPE}/delete` }, platformCaller(arm));
}

/** What a DELETE of an interface does, once no machine has it. */
export function planInterfaceDelete(nic: NetworkInterface): Write {
  if (nic.machine !== null) {
    const message = `Network Interface ${nic.id} is used by existing resource ${nic.machine}. In order to delete the network interface, it must be dissociated from the resource.`;
    throw new ArmError(400, 'NicInUse', message);
  }
  return {
    before: nic,
    after: null,
    operation: 'DeleteNicOperation',
    action: `${TYPE}/delete`,
    target: nic.id,
  };
}

/** Takes an interface's addresses away, as of a machine that is still being made. */
export function clearAddresses(arm: Arm, id: string): void {
  const nic = requireResource(arm, TYPE, id);
  const ipConfigurations = nic.ipConfigurations.map((entry) => ({ ...entry, address: null }));
  storeResource(arm, { ...nic, ipConfigurations });
}

/** One configuration per address, or per prefix family of the subnet where none is given. */
export function newIpConfigurations(
  arm: Arm,
  subnetId: string,
  addresses: readonly string[] | undefined,
): readonly IpConfiguration[] {
  const subnet = findSubnet(arm, subnetId);
  if (subnet === null) throw invalidReference(subnetId, 'a network interface');
  const taken = addressesIn(arm, subnet);
  const given = addresses ?? subnet.addressPrefixes.map((prefix) => nextAddress(prefix, taken));
  const entries = given.length > 0 ? given : [null];
  return entries.map((address, index) => ({
    name: index === 0 ? 'ipconfig1' : `ipconfig${index + 1}`,
    primary: index === 0,
    subnet: subnet.id,
    address,
    version: address?.includes(':') ? 'IPv6' : 'IPv4',
    allocation: addresses === undefined ? 'Dynamic' : 'Static',
  }));
}

/** What a PUT of an interface does, once validated: who it belongs to stays as it was. */
export function planInterfaceWrite(
  arm: Arm,
  group: string,
  name: string,
  body: NetworkInterfaceBody,
): Write & { readonly after: NetworkInterface } {
  const canonical = canonicalGroup(arm, group);
  const id = resourceId(groupId(arm.subscription, canonical), TYPE, name);
  const before = findResource(arm, TYPE, id);
  const { enableIPForwarding = false, ipConfigurations, ...rest } = body.properties;
  const { provisioningState, virtualMachine, primary, ...properties } = rest;
  const resource = before ?? {
    ...newResource(arm, TYPE, canonical, [name], { location: body.location }),
    primary: null,
    machine: null,
  };
  const sent = ipConfigurations.map((entry) => readIpConfiguration(arm, id, before, entry));
  const [first, ...others] = sent;
  const configurations =
    first === undefined || sent.some((entry) => entry.primary)
      ? sent
      : [{ ...first, primary: true }, ...others];
  const after: NetworkInterface = {
    ...resource,
    tags: body.tags ?? {},
    enableIPForwarding,
    ipConfigurations: configurations,
    properties,
  };
  return { before, after, operation: 'PutNicOperation', action: `${TYPE}/write`, target: after.id };
}

function readIpConfiguration(
  arm: Arm,
  id: string,
  before: NetworkInterface | null,
  { name, properties }: NetworkInterfaceBody['properties']['ipConfigurations'][number],
): IpConfiguration {
  const subnet = findSubnet(arm, properties.subnet.id);
  if (subnet === null) throw invalidReference(properties.subnet.id, id);
  const present = before?.ipConfigurations.find((entry) => entry.name === name);
  const version = properties.privateIPAddressVersion ?? 'IPv4';
  const family: Family = version === 'IPv6' ? 6 : 4;
  const prefix = subnet.addressPrefixes.find((text) => text.includes(':') === (family === 6)) ?? '';
  const kept = properties.privateIPAddress ?? present?.address;
  return {
    name,
    primary: properties.primary ?? false,
    subnet: subnet.id,
    address: kept ?? nextAddress(prefix, addressesIn(arm, subnet)),
    version,
    allocation: properties.privateIPAllocationMethod ?? 'Dynamic',
  };
}

/** Attaches interfaces to a machine, the first as the primary one. */
export function attachInterfaces(arm: Arm, machine: string, ids: readonly string[]): void {
  ids.forEach((id, index) => {
    const nic = requireResource(arm, TYPE, id);
    if (nic.machine !== null && keyOf(nic.machine) !== keyOf(machine)) {
      const message = `Network Interface ${nic.id} is used by existing resource ${nic.machine}.`;
      throw new ArmError(400, 'NicInUse', message);
    }
    storeResource(arm, { ...nic, machine, primary: index === 0 });
  });
}
