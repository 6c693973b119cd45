import { parseCidr } from '../../core/cidr.ts';
import { addressesIn } from './addresses.ts';
import { checkLock, type Write, writeNow } from './async-operations.ts';
import type { NetworkBody, SubnetBody } from './bodies.ts';
import { ArmError, childNotFound, invalidReference } from './errors.ts';
import { platformCaller } from './events.ts';
import { canonicalGroup } from './groups.ts';
import type { Properties, Subnet, VirtualNetwork } from './model.ts';
import { readPeering } from './peerings.ts';
import { groupId, resourceId } from './resource-ids.ts';
import { findResource, newResource, requireResource } from './resources.ts';
import type { Arm } from './state.ts';

const TYPE = 'Microsoft.Network/virtualNetworks';

interface NetworkRequest {
  readonly group: string;
  readonly name: string;
  readonly addressPrefixes: readonly string[];
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Creates a virtual network without subnets. */
export function createNetwork(arm: Arm, request: NetworkRequest): VirtualNetwork {
  const { group, name, addressPrefixes, location, tags } = request;
  const network: VirtualNetwork = {
    ...newResource(arm, TYPE, canonicalGroup(arm, group), [name], { location, tags }),
    addressPrefixes,
    resourceGuid: arm.ids.uuid(),
    subnets: new Map(),
    peerings: new Map(),
  };
  const write = { before: null, after: network, operation: 'PutVirtualNetworkOperation' };
  writeNow(arm, { ...write, action: `${TYPE}/write`, target: network.id }, platformCaller(arm));
  return requireResource(arm, TYPE, network.id);
}

interface SubnetRequest {
  readonly network: string;
  readonly name: string;
  readonly addressPrefixes: readonly string[];
  /** A route table's id. */
  readonly routeTable?: string;
  /** Security group, delegations, endpoints and so on, as a PUT would carry them. */
  readonly properties?: Properties;
}

/** Creates a subnet, or replaces it whole, as some other client would. */
export function putSubnet(arm: Arm, request: SubnetRequest): Subnet {
  const { network: networkId, name, addressPrefixes, routeTable, properties = {} } = request;
  const network = requireResource(arm, TYPE, networkId);
  checkLock(arm, network.id);
  const association = routeTable !== undefined && { routeTable: { id: routeTable } };
  const body = { properties: { ...properties, addressPrefixes: [...addressPrefixes], ...association } };
  writeNow(arm, planSubnetWrite(arm, network, name, body), platformCaller(arm));
  return requireSubnet(requireResource(arm, TYPE, network.id), name);
}

/** What a PUT of a subnet does, once validated: what is not in the body, as its route table, is gone. */
export function planSubnetWrite(arm: Arm, network: VirtualNetwork, name: string, body: SubnetBody): Write {
  const subnet = readSubnet(arm, network, name, body);
  const key = name.toLowerCase();
  const after = { ...network, subnets: new Map(network.subnets).set(key, subnet) };
  const action = `${TYPE}/subnets/write`;
  const addsPart = !network.subnets.has(key);
  return { before: network, after, operation: 'PutSubnetOperation', action, target: subnet.id, addsPart };
}

function readSubnet(arm: Arm, network: VirtualNetwork, name: string, body: SubnetBody): Subnet {
  const { addressPrefix, addressPrefixes = [], routeTable, ...properties } = body.properties;
  const present = network.subnets.get(name.toLowerCase());
  const id = present?.id ?? `${network.id}/subnets/${name}`;
  const prefixes =
    addressPrefixes.length > 0 || addressPrefix === undefined ? addressPrefixes : [addressPrefix];
  checkPrefixes(id, prefixes);
  const association = routeTable?.id ?? null;
  if (association !== null) checkRouteTable(arm, network, id, association);
  return {
    id,
    name: present?.name ?? name,
    addressPrefixes: prefixes,
    routeTable: association,
    properties: withoutState(properties),
  };
}

/** What a PUT of a whole network does, once validated: subnets and peerings that are not in the body are gone. */
export function planNetworkWrite(arm: Arm, group: string, name: string, body: NetworkBody): Write {
  const canonical = canonicalGroup(arm, group);
  const before = findResource(arm, TYPE, resourceId(groupId(arm.subscription, canonical), TYPE, name));
  const { addressSpace, subnets = [], virtualNetworkPeerings = [] } = body.properties;
  checkPrefixes(name, addressSpace.addressPrefixes);
  const network: VirtualNetwork = {
    ...(before ?? {
      ...newResource(arm, TYPE, canonical, [name], { location: body.location }),
      resourceGuid: arm.ids.uuid(),
      subnets: new Map(),
      peerings: new Map(),
    }),
    tags: body.tags ?? {},
    addressPrefixes: addressSpace.addressPrefixes,
  };
  const read = subnets.map((subnet) => readSubnet(arm, network, subnet.name, subnet));
  const peerings = virtualNetworkPeerings.map(({ name: each, properties }) =>
    readPeering(each, properties, null),
  );
  const after = {
    ...network,
    subnets: new Map(read.map((subnet) => [subnet.name.toLowerCase(), subnet])),
    peerings: new Map(peerings.map((peering) => [peering.name.toLowerCase(), peering])),
  };
  for (const [key, subnet] of network.subnets) if (!after.subnets.has(key)) checkUnused(arm, subnet);
  const operation = 'PutVirtualNetworkOperation';
  return { before, after, operation, action: `${TYPE}/write`, target: network.id };
}

/** What a DELETE of a subnet does, or null where it is not there. */
export function planSubnetDelete(arm: Arm, network: VirtualNetwork, name: string): Write | null {
  const subnet = network.subnets.get(name.toLowerCase());
  if (subnet === undefined) return null;
  checkUnused(arm, subnet);
  const subnets = new Map(network.subnets);
  subnets.delete(name.toLowerCase());
  const action = `${TYPE}/subnets/delete`;
  const after = { ...network, subnets };
  return { before: network, after, operation: 'DeleteSubnetOperation', action, target: subnet.id };
}

/** What a DELETE of a network does, once nothing is in its subnets. */
export function planNetworkDelete(arm: Arm, network: VirtualNetwork): Write {
  for (const subnet of network.subnets.values()) checkUnused(arm, subnet);
  const operation = 'DeleteVirtualNetworkOperation';
  return { before: network, after: null, operation, action: `${TYPE}/delete`, target: network.id };
}

function checkUnused(arm: Arm, subnet: Subnet): void {
  if (addressesIn(arm, subnet).size === 0) return;
  const message = `Subnet ${subnet.name} is in use by network interfaces and cannot be deleted.`;
  throw new ArmError(400, 'InUseSubnetCannotBeDeleted', message);
}

/** The subnet of this name, or the network provider's refusal. */
export function requireSubnet(network: VirtualNetwork, name: string): Subnet {
  const subnet = network.subnets.get(name.toLowerCase());
  if (subnet === undefined) throw childNotFound(`${network.id}/subnets/${name}`);
  return subnet;
}

/** The subnet of this id, whatever its case, or null. */
export function findSubnet(arm: Arm, id: string): Subnet | null {
  const [networkId = '', name = ''] = id.split(/\/subnets\//i);
  return findResource(arm, TYPE, networkId)?.subnets.get(name.toLowerCase()) ?? null;
}

/** What a client read and puts back: the state, and who is in the subnet, are the provider's to tell. */
function withoutState({ provisioningState, ipConfigurations, ...properties }: Properties): Properties {
  return properties;
}

function checkPrefixes(id: string, prefixes: readonly string[]): void {
  const wrong = prefixes.find((prefix) => !parseCidr(prefix).ok);
  if (prefixes.length > 0 && wrong === undefined) return;
  const message = `The address prefix ${wrong ?? '(none)'} in resource ${id} has an invalid CIDR notation.`;
  throw new ArmError(400, 'InvalidCIDRNotation', message);
}

function checkRouteTable(arm: Arm, network: VirtualNetwork, subnetId: string, tableId: string): void {
  const table = findResource(arm, 'Microsoft.Network/routeTables', tableId);
  if (table === null || table.location !== network.location) throw invalidReference(tableId, subnetId);
}
