// @ts-nocheck
import { type Cidr, parseCidr } from '../core/cidr.ts';
import type { CloudFailure } from '../core/errors.ts';
import type { ArmClient } from './arm-client.ts';
import { classifyArmFailure } from './failures.ts';
import { type NetworkJson, NetworkShape, readShape } from './wire.ts';

/** A virtual network. Ids are in lower case. */
export interface Network {
  readonly id: string;
  readonly cidrs: readonly Cidr[];
  readonly subnets: readonly Subnet[];
  /** The networks that it says it is connected with by a peering. */
  readonly peers: ReadonlySet<string>;
}

interface Subnet {
  readonly id: string;
  readonly cidrs: readonly Cidr[];
  /** What has an address in it: ids of interfaces' configurations, and of whatever else takes some. */
  readonly occupants: readonly string[];
}

/** Networks by id, and why there is none. */
export interface NetworkReading {
  readonly networks: ReadonlyMap<string, Network>;
  readonly failures: ReadonlyMap<string, CloudFailure>;
}

/** Reads networks, and the peers of theirs that nodes or tables are in, and the peers of those. */
export async function readNetworks(
  arm: ArmClient,
  ids: ReadonlySet<string>,
  { inhabited, signal }: { readonly inhabited: ReadonlySet<string>; readonly signal: AbortSignal },
  before: NetworkReading = { networks: new Map(), failures: new Map() },
): Promise<NetworkReading> {
  const networks = new Map(before.networks);
  const failures = new Map(before.failures);
  const findUnread = (): string[] => {
    const peers = [...networks.values()].flatMap((network) => [...network.peers]);
    const wanted = new Set([...ids, ...peers.filter((id) => inhabited.has(id))]);
    return [...wanted].filter((id) => !networks.has(id) && !failures.has(id));
  };
  for (let unread = findUnread(); unread.length > 0; unread = findUnread()) {
    await Promise.all(
      unread.map(async (id) => {
        try {
          networks.set(id, toNetwork(id, readShape(NetworkShape, await arm.get('network', id, signal))));
        } catch (thrown) {
          failures.set(id, classifyArmFailure(thrown, 'Microsoft.Network/virtualNetworks/read'));
        }
      }),
    );
  }
  return { networks, failures };
}

function toNetwork(id: string, { properties }: NetworkJson): Network {
  const peerings = properties.virtualNetworkPeerings ?? [];
  return {
    id,
    cidrs: properties.addressSpace.addressPrefixes.flatMap(toCidr),
    subnets: (properties.subnets ?? []).map(({ id: subnetId, properties: subnet }) => ({
      id: subnetId.toLowerCase(),
      // One prefix stands in a field of its own.
      cidrs: [...(subnet.addressPrefixes ?? []), subnet.addressPrefix ?? ''].flatMap(toCidr),
      occupants: (subnet.ipConfigurations ?? []).map((each) => each.id.toLowerCase()),
    })),
    peers: new Set(
      peerings.flatMap(({ properties: { peeringState, remoteVirtualNetwork } }) =>
        peeringState === 'Connected' ? (remoteVirtualNetwork?.id.toLowerCase() ?? []) : [],
      ),
    ),
  };
}

function toCidr(text: string): Cidr[] {
  const result = parseCidr(text);
  return result.ok ? [result.cidr] : [];
}

/** The networks of a network's routing domain, in order of their ids: the first gives the domain its id. */
export type DomainOf = (network: string) => readonly string[];

/**
 * Finds routing domains (R5): the networks that are peered with each other, as both of them say, or the one where the
 * other could not be read.
 */
export function findDomains({ networks, failures }: NetworkReading): DomainOf {
  const arePeered = (from: Network, to: string): boolean =>
    from.peers.has(to) && (failures.has(to) || (networks.get(to)?.peers.has(from.id) ?? false));
  const domains = new Map<string, readonly string[]>();
  for (const { id } of networks.values()) {
    if (domains.has(id)) continue;
    const members = new Set([id]);
    for (const member of members) {
      const network = networks.get(member);
      for (const peer of network?.peers ?? []) {
        if (network !== undefined && arePeered(network, peer)) members.add(peer);
      }
    }
    const domain = [...members].sort();
    for (const member of domain) domains.set(member, domain);
  }
  return (network) => domains.get(network) ?? [network];
}
