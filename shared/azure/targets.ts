import pLimit from 'p-limit';
import * as z from 'zod/mini';
import { type Cidr, containsCidr, parseCidr } from '../core/cidr.ts';
import type { ReadFailure, RouteTarget, Scope } from '../core/model.ts';
import type { ArmClient } from './arm-client.ts';
import { ArmError, classifyArmFailure, toReadFailure } from './failures.ts';
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

/** Whether anybody has an address that no known interface has, by hop; one that could not be told is not in it. */
type Availability = ReadonlyMap<string, 'free' | 'taken'>;

function keyOf({ address, networks }: Hop): string {
  return `${address} ${networks.join(' ')}`;
}

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
    if (owner !== undefined)
      return owner.nic.isInUse ? { kind: 'stranger' } : { kind: 'vacant', agreed: true };
    return TARGETS[availability.get(keyOf({ address, networks })) ?? 'unknown'];
  };
  return { targetOf, failures };
}

const TARGETS: Readonly<Record<'free' | 'taken' | 'unknown', RouteTarget>> = {
  free: { kind: 'vacant', agreed: true },
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
/** Questions under way at once. A subscription may ask 250 times in a burst, and 25 times a second. */
const CONCURRENT_READS = 20;
const ASK = 'Microsoft.Network/virtualNetworks/checkIpAddressAvailability/read';

/**
 * Asks the networks about addresses. One outside of their ranges is on the other side of a peering or a gateway,
 * where nobody here can look.
 * https://learn.microsoft.com/rest/api/virtualnetwork/virtual-networks/check-ip-address-availability
 */
async function askAbout(
  arm: ArmClient,
  hops: readonly Hop[],
  spaces: Lookup['spaces'],
  signal: AbortSignal,
): Promise<{ availability: Availability; failures: readonly ReadFailure[] }> {
  const answers = new Map<string, 'free' | 'taken' | 'not-told'>();
  const failures: ReadFailure[] = [];
  const limit = pLimit(CONCURRENT_READS);
  const unique = new Map(hops.map((hop) => [keyOf(hop), hop]));
  await Promise.all(
    [...unique].map(async ([key, { address, networks }]) => {
      const inside = networks.filter((network) => holds(spaces.get(network) ?? [], address));
      try {
        const told = inside.map((network) => limit(() => isAvailable(arm, network, address, signal)));
        answers.set(key, inside.length === 0 ? 'taken' : sumUp(await Promise.all(told)));
      } catch (thrown) {
        failures.push(toReadFailure('nodes', address, classifyArmFailure(thrown, ASK)));
      }
    }),
  );
  // The operation is documented without a word on IPv6. Where it refuses to tell, living machines that are looked
  // for in too few groups show by their IPv4 addresses.
  const isSure = ![...answers.values()].includes('taken');
  const settle = (answer: 'free' | 'taken' | 'not-told'): 'free' | 'taken' =>
    answer === 'not-told' ? (isSure ? 'free' : 'taken') : answer;
  return { availability: new Map([...answers].map(([key, answer]) => [key, settle(answer)])), failures };
}

function sumUp(told: readonly (boolean | null)[]): 'free' | 'taken' | 'not-told' {
  if (told.includes(false)) return 'taken';
  return told.includes(null) ? 'not-told' : 'free';
}

/** Null where Azure does not answer that of an IPv6 address. */
async function isAvailable(
  arm: ArmClient,
  network: string,
  address: string,
  signal: AbortSignal,
): Promise<boolean | null> {
  const query = { ipAddress: address };
  try {
    const json = await arm.get('network', `${network}/CheckIPAddressAvailability`, signal, query);
    return readShape(AvailabilityShape, json).available;
  } catch (thrown) {
    if (address.includes(':') && thrown instanceof ArmError && thrown.status === 400) return null;
    throw thrown;
  }
}

function holds(space: readonly Cidr[], address: string): boolean {
  const result = parseCidr(`${address}/${address.includes(':') ? 128 : 32}`);
  return result.ok && space.some((range) => containsCidr(range, result.cidr));
}
