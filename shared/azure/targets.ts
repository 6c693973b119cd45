import * as z from 'zod/mini';
import { type Cidr, containsCidr, parseCidr } from '../cidr.ts';
import type { ReadFailure, RouteTarget, Scope } from '../model.ts';
import type { ArmClient } from './arm-client.ts';
import { classifyArmFailure, toReadFailure } from './failures.ts';
import { type Interface, networkOf } from './interfaces.ts';
import type { Inventory } from './inventory.ts';
import { readShape } from './wire.ts';

/** Who is behind an address in one of these networks; see `RouteTarget`. */
export type TargetOf = (address: string, networks: readonly string[]) => RouteTarget;

/** A route's next hop, and the networks in which somebody may have it. */
export interface Hop {
  readonly address: string;
  readonly networks: readonly string[];
}

export interface Lookup {
  readonly scope: Scope;
  readonly nodeIds: ReadonlySet<string>;
  readonly inventory: Inventory;
  /** Address ranges by network. */
  readonly spaces: ReadonlyMap<string, readonly Cidr[]>;
}

/** How each address is taken that no known interface has; an address that could not be asked about is not in it. */
type Availability = ReadonlyMap<string, 'free' | 'taken'>;

/**
 * Finds whom the hops lead to. Networks may use the same ranges, so an address is looked for in the networks of
 * its table alone. Where no interface of the groups has it, Azure is asked whether anything else does: a load
 * balancer, a private endpoint, a machine of another group.
 */
export async function findTargets(
  arm: ArmClient,
  hops: readonly Hop[],
  lookup: Lookup,
  signal: AbortSignal,
): Promise<{ targetOf: TargetOf; failures: readonly ReadFailure[] }> {
  const ownerOf = indexOwners(lookup.inventory);
  const isComplete = lookup.scope.kind === 'all' && lookup.inventory.failures.length === 0;
  const unowned = isComplete ? hops.filter((hop) => ownerOf(hop) === undefined) : [];
  const { availability, failures } = await askAbout(arm, unowned, lookup.spaces, signal);
  const targetOf: TargetOf = (address, networks) => {
    const owner = ownerOf({ address, networks });
    if (owner?.machine && lookup.nodeIds.has(owner.machine)) return { kind: 'node', id: owner.machine };
    if (!isComplete) return { kind: 'unread' };
    // Azure keeps the interface of a deleted machine, with its address, until somebody removes it.
    if (owner !== undefined) return { kind: owner.nic.isInUse ? 'stranger' : 'absent' };
    return TARGETS[availability.get(address) ?? 'unknown'];
  };
  return { targetOf, failures };
}

const TARGETS: Readonly<Record<'free' | 'taken' | 'unknown', RouteTarget>> = {
  free: { kind: 'absent' },
  taken: { kind: 'stranger' },
  unknown: { kind: 'unread' },
};

interface Owner {
  readonly nic: Interface;
  readonly machine: string | null;
}

function indexOwners({ interfaces, machines }: Inventory): (hop: Hop) => Owner | undefined {
  const machineOf = new Map(machines.flatMap(({ id, interfaces: ids }) => ids.map((nic) => [nic, id])));
  const owners = new Map<string, Owner>();
  for (const nic of interfaces) {
    const network = nic.subnet === null ? '' : networkOf(nic.subnet);
    const owner = { nic, machine: machineOf.get(nic.id) ?? nic.machine };
    for (const address of nic.addresses) owners.set(`${network} ${address}`, owner);
  }
  return ({ address, networks }) =>
    networks.flatMap((network) => owners.get(`${network} ${address}`) ?? [])[0];
}

const AvailabilityShape = z.object({ available: z.boolean() });
const ASK = 'Microsoft.Network/virtualNetworks/checkIpAddressAvailability/read';

/**
 * Asks the networks about addresses. One outside of their ranges is on the other side of a peering or a gateway,
 * where nobody here can look. IPv6 ones are taken for free where no interface has them: the operation is
 * documented for private addresses without a word on IPv6.
 * https://learn.microsoft.com/rest/api/virtualnetwork/virtual-networks/check-ip-address-availability
 */
async function askAbout(
  arm: ArmClient,
  hops: readonly Hop[],
  spaces: Lookup['spaces'],
  signal: AbortSignal,
): Promise<{ availability: Availability; failures: readonly ReadFailure[] }> {
  const availability = new Map<string, 'free' | 'taken'>();
  const failures: ReadFailure[] = [];
  const unique = new Map(hops.map((hop) => [`${hop.address} ${hop.networks.join(' ')}`, hop]));
  await Promise.all(
    [...unique.values()].map(async ({ address, networks }) => {
      const inside = networks.filter((network) => holds(spaces.get(network) ?? [], address));
      if (inside.length === 0) {
        availability.set(address, 'taken');
        return;
      }
      try {
        const free = await Promise.all(
          inside.map((network) => address.includes(':') || isAvailable(arm, network, address, signal)),
        );
        availability.set(address, free.every(Boolean) ? 'free' : 'taken');
      } catch (thrown) {
        failures.push(toReadFailure('nodes', address, classifyArmFailure(thrown, ASK)));
      }
    }),
  );
  return { availability, failures };
}

async function isAvailable(
  arm: ArmClient,
  network: string,
  address: string,
  signal: AbortSignal,
): Promise<boolean> {
  const query = { ipAddress: address };
  const json = await arm.get('network', `${network}/CheckIPAddressAvailability`, signal, query);
  return readShape(AvailabilityShape, json).available;
}

function holds(space: readonly Cidr[], address: string): boolean {
  const result = parseCidr(`${address}/${address.includes(':') ? 128 : 32}`);
  return result.ok && space.some((range) => containsCidr(range, result.cidr));
}
