// @ts-nocheck
import type { NetworkManagementClient, Route } from '@azure/arm-network';
import { createGroup } from '../../shared/sandbox/arm/groups.ts';
import { createInterface } from '../../shared/sandbox/arm/interfaces.ts';
import { createMachine } from '../../shared/sandbox/arm/machines.ts';
import { createNetwork, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import type { Arm } from '../../shared/sandbox/arm/state.ts';
import type { Machine } from './world.ts';

/** A virtual network with one subnet, and tables that the cluster's tag marks. */
export interface AzureNetwork {
  readonly subnet: string;
  /** Names; the first serves the subnet. */
  readonly tables: readonly string[];
}

interface NetworkSpec {
  readonly tags: Readonly<Record<string, string>>;
  readonly cidrs: readonly string[];
  readonly tables: number;
}

export const GROUP = 'contract';
const IPV6_RANGE = 'fd00:240::/48';

/**
 * Builds the network. Routes of Azure lead to addresses of their own family, so it has an IPv6 range besides;
 * the tables start with what every table of AWS has.
 */
export async function buildNetwork(
  arm: Arm,
  network: NetworkManagementClient,
  { tags, cidrs, tables: count }: NetworkSpec,
): Promise<AzureNetwork> {
  const { location } = createGroup(arm, GROUP);
  const addressPrefixes = [...cidrs, IPV6_RANGE];
  const { id } = createNetwork(arm, { group: GROUP, name: 'vnet', addressPrefixes });
  const routes: Route[] = [
    { name: 'internet', addressPrefix: '0.0.0.0/0', nextHopType: 'Internet' },
    ...cidrs.map((cidr, i) => ({ name: `local-${i}`, addressPrefix: cidr, nextHopType: 'VnetLocal' })),
  ];
  const tables = Array.from({ length: count }, (_, i) => `table-${i}`);
  for (const table of tables) {
    await network.routeTables.createOrUpdate(GROUP, table, { location, tags: { ...tags }, routes });
  }
  const { id: routeTable = '' } = await network.routeTables.get(GROUP, 'table-0');
  const subnet = putSubnet(arm, {
    network: id,
    name: 'nodes',
    addressPrefixes: ['10.0.0.0/20', 'fd00:240::/64'],
    routeTable,
  });
  return { subnet: subnet.id, tables };
}

export interface Placement {
  readonly subnet: string;
  readonly tags: Readonly<Record<string, string>>;
  /** One IPv4 and one IPv6 address that no machine has had. */
  readonly newAddresses: () => readonly string[];
}

/** Launches one machine, with its claim in a tag or in user data; gives the addresses of each interface. */
export function launchMachine(
  arm: Arm,
  { name, podCidr, via = 'tag', userData, isNode = true, interfaces = 1, forwarding = 'off' }: Machine,
  { subnet, tags, newAddresses }: Placement,
): readonly (readonly string[])[] {
  const nics = Array.from({ length: interfaces }, (_, i) => ({
    name: `${name}-${i}`,
    addresses: newAddresses(),
  }));
  const claim = podCidr !== null && via === 'user-data' ? `name=${name}|pod-cidr=${podCidr}` : undefined;
  const text = claim ?? userData;
  createMachine(arm, {
    group: GROUP,
    name,
    interfaces: nics.map(
      (nic) =>
        createInterface(arm, { ...nic, group: GROUP, subnet, enableIPForwarding: forwarding === 'on' }).id,
    ),
    tags: { ...(isNode && tags), ...(podCidr !== null && via === 'tag' && { 'pod-cidr': podCidr }) },
    ...(text !== undefined && { userData: Buffer.from(text, 'latin1').toString('base64') }),
  });
  return nics.map(({ addresses }) => addresses);
}

/** Next hop types by what the contract calls where they lead. A peering is no next hop, but a gateway is one. */
export const GATEWAYS = {
  internet: 'Internet',
  local: 'VnetLocal',
  peering: 'VirtualNetworkGateway',
} as const;

const GATEWAY_NAMES = new Map<string | undefined, string>(
  Object.entries(GATEWAYS).map(([name, type]) => [type, name]),
);

/** `destination target state` of one route, with what it leads to by name. Azure's routes have no state. */
export function describeRoute(
  { addressPrefix, nextHopType, nextHopIpAddress = '' }: Route,
  names: ReadonlyMap<string, string>,
): string {
  const target = GATEWAY_NAMES.get(nextHopType) ?? names.get(nextHopIpAddress) ?? nextHopIpAddress;
  return `${addressPrefix} ${target} active`;
}

/** The name of a route by the manual procedure, by which podroutes knows its own (R2). */
export function nameOfRoute(destination: string): string {
  return `kubernetes-route-${destination.replaceAll(/[./]/g, '-')}`;
}
