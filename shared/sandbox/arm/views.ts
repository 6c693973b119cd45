import { isInterface } from './addresses.ts';
import type {
  InstanceInterface,
  IpConfiguration,
  NetworkInterface,
  Peering,
  Resource,
  Route,
  RouteTable,
  Subnet,
  VirtualNetwork,
} from './model.ts';
import { peeringId, stateFromOtherSide } from './peerings.ts';
import { keyOf } from './resource-ids.ts';
import { subnetsOf } from './route-tables.ts';
import type { Arm } from './state.ts';

/** JSON as the client sees it. */
export type View = Readonly<Record<string, unknown>>;

/** A route table with its routes and the subnets that use it. */
export function viewTable(arm: Arm, table: RouteTable): View {
  const subnets = subnetsOf(arm, table);
  return {
    ...viewHead(table),
    etag: table.etag,
    properties: {
      provisioningState: table.provisioningState,
      resourceGuid: table.resourceGuid,
      disableBgpRoutePropagation: table.disableBgpRoutePropagation,
      routes: [...table.routes.values()].map((route) => viewRoute(table, route)),
      ...(subnets.length > 0 && { subnets: subnets.map((id) => ({ id })) }),
    },
  };
}

/** A route. Azure gives the parts of a network resource the entity tag of the whole. */
export function viewRoute(table: RouteTable, route: Route): View {
  const { name, addressPrefix, nextHopType, nextHopIpAddress } = route;
  return {
    name,
    id: `${table.id}/routes/${name}`,
    etag: table.etag,
    type: 'Microsoft.Network/routeTables/routes',
    properties: {
      provisioningState: table.provisioningState,
      addressPrefix,
      nextHopType,
      ...(nextHopIpAddress !== null && { nextHopIpAddress }),
      hasBgpOverride: false,
    },
  };
}

/** A virtual network with its subnets. */
export function viewNetwork(arm: Arm, network: VirtualNetwork): View {
  return {
    ...viewHead(network),
    etag: network.etag,
    properties: {
      provisioningState: network.provisioningState,
      resourceGuid: network.resourceGuid,
      addressSpace: { addressPrefixes: network.addressPrefixes },
      subnets: [...network.subnets.values()].map((subnet) => viewSubnet(arm, network, subnet)),
      virtualNetworkPeerings: [...network.peerings.values()].map((peering) =>
        viewPeering(arm, network, peering),
      ),
      enableDdosProtection: false,
    },
  };
}

/** A subnet: one prefix is shown as `addressPrefix`, several as `addressPrefixes`. */
export function viewSubnet(arm: Arm, network: VirtualNetwork, subnet: Subnet): View {
  const [only, ...others] = subnet.addressPrefixes;
  const ipConfigurations = occupantsOf(arm, subnet);
  return {
    name: subnet.name,
    id: subnet.id,
    etag: network.etag,
    type: 'Microsoft.Network/virtualNetworks/subnets',
    properties: {
      delegations: [],
      privateEndpointNetworkPolicies: 'Disabled',
      privateLinkServiceNetworkPolicies: 'Enabled',
      ...subnet.properties,
      provisioningState: network.provisioningState,
      ...(others.length === 0 ? { addressPrefix: only } : { addressPrefixes: subnet.addressPrefixes }),
      ...(subnet.routeTable !== null && { routeTable: { id: subnet.routeTable } }),
      ...(ipConfigurations.length > 0 && { ipConfigurations }),
    },
  };
}

/** The configurations of interfaces, by id, that have an address in the subnet. */
function occupantsOf(arm: Arm, { id }: Subnet): { readonly id: string }[] {
  const key = keyOf(id);
  return [...arm.resources.values()]
    .filter(isInterface)
    .flatMap((nic) =>
      nic.ipConfigurations
        .filter(({ subnet }) => keyOf(subnet) === key)
        .map(({ name }) => ({ id: `${nic.id}/ipConfigurations/${name}` })),
    );
}

/** One network's side of a peering. */
export function viewPeering(arm: Arm, network: VirtualNetwork, peering: Peering): View {
  return {
    name: peering.name,
    id: peeringId(network, peering.name),
    etag: network.etag,
    type: 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings',
    properties: {
      ...peering.properties,
      provisioningState: network.provisioningState,
      peeringState: peering.state ?? stateFromOtherSide(arm, network, peering),
      peeringSyncLevel: 'FullyInSync',
      remoteVirtualNetwork: { id: peering.remote },
    },
  };
}

/** An interface, of a machine's own or of a scale-set instance. */
export function viewInterface(nic: NetworkInterface | InstanceInterface): View {
  return {
    ...viewHead(nic),
    etag: nic.etag,
    properties: {
      enableAcceleratedNetworking: false,
      dnsSettings: { dnsServers: [] },
      hostedWorkloads: [],
      nicType: 'Standard',
      ...nic.properties,
      provisioningState: nic.provisioningState,
      enableIPForwarding: nic.enableIPForwarding,
      ...(nic.primary !== null && { primary: nic.primary }),
      ...(nic.machine !== null && { virtualMachine: { id: nic.machine } }),
      ipConfigurations: nic.ipConfigurations.map((configuration) => viewIpConfiguration(nic, configuration)),
    },
  };
}

function viewIpConfiguration(
  nic: NetworkInterface | InstanceInterface,
  { name, primary, subnet, address, version, allocation }: IpConfiguration,
): View {
  return {
    name,
    id: `${nic.id}/ipConfigurations/${name}`,
    etag: nic.etag,
    type: 'Microsoft.Network/networkInterfaces/ipConfigurations',
    properties: {
      provisioningState: nic.provisioningState,
      ...(address !== null && { privateIPAddress: address }),
      privateIPAllocationMethod: allocation,
      privateIPAddressVersion: version,
      primary,
      subnet: { id: subnet },
    },
  };
}

/** What every resource shows of itself; tags only where it has some. */
export function viewHead({ name, id, type, location, tags }: Resource): View {
  return { name, id, type, location, ...(Object.keys(tags).length > 0 && { tags }) };
}
