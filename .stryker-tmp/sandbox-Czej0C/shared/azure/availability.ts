// @ts-nocheck
import pLimit from 'p-limit';
import * as z from 'zod/mini';
import { type Cidr, containsCidr, parseCidr } from '../core/cidr.ts';
import type { ReadFailure } from '../core/model.ts';
import type { ArmClient } from './arm-client.ts';
import { classifyArmFailure, isInNoSubnet, toReadFailure } from './failures.ts';
import type { Interface } from './interfaces.ts';
import type { Network } from './networks.ts';
import { readShape } from './wire.ts';

/** An address that no interface of the groups has, and the network of whose ranges it is. */
export interface Question {
  readonly address: string;
  readonly network: Network;
}

/** What a network says; `failed` where it could not be asked. */
export type Availability = 'free' | 'taken' | 'failed';

export interface Availabilities {
  readonly of: (question: Question) => Availability;
  readonly failures: readonly ReadFailure[];
}

/** Questions under way at once. A subscription may ask 250 times in a burst, and 25 times a second. */
const CONCURRENT_READS = 20;
const ASK = 'Microsoft.Network/virtualNetworks/checkIpAddressAvailability/read';

/**
 * Asks networks whether anything has an address of theirs. For IPv6, which the call is documented without a word on,
 * what sits in the subnet answers.
 */
export async function askNetworks(
  arm: ArmClient,
  questions: readonly Question[],
  interfaces: readonly Interface[],
  signal: AbortSignal,
): Promise<Availabilities> {
  const limit = pLimit(CONCURRENT_READS);
  const seen = {
    interfaces: new Set(interfaces.map(({ id }) => id)),
    subnets: new Set(interfaces.map(({ subnet }) => subnet)),
  };
  const answers = new Map<string, Availability>();
  const failures: ReadFailure[] = [];
  const unique = new Map(questions.map((question) => [keyOf(question), question]));
  await Promise.all(
    [...unique].map(async ([key, question]) => {
      if (question.address.includes(':')) {
        answers.set(key, isSeenThrough(question, seen) ? 'free' : 'taken');
        return;
      }
      try {
        answers.set(key, (await limit(() => isAvailable(arm, question, signal))) ? 'free' : 'taken');
      } catch (thrown) {
        failures.push(toReadFailure('nodes', question.address, classifyArmFailure(thrown, ASK)));
      }
    }),
  );
  return { of: (question) => answers.get(keyOf(question)) ?? 'failed', failures };
}

function keyOf({ address, network }: Question): string {
  return `${address} ${network.id}`;
}

const AvailabilityShape = z.object({ available: z.boolean() });

/** @see https://learn.microsoft.com/rest/api/virtualnetwork/virtual-networks/check-ip-address-availability */
async function isAvailable(
  arm: ArmClient,
  { address, network }: Question,
  signal: AbortSignal,
): Promise<boolean> {
  const query = { ipAddress: address };
  try {
    const json = await arm.get('network', `${network.id}/CheckIPAddressAvailability`, signal, query);
    return readShape(AvailabilityShape, json).available;
  } catch (thrown) {
    if (isInNoSubnet(thrown)) return true;
    throw thrown;
  }
}

/**
 * Whether every interface that could have the address was read: all that sits in its subnet is known by its id. A
 * subnet that shows nothing, though interfaces in it were read, does not tell.
 */
function isSeenThrough({ address, network }: Question, { interfaces, subnets }: Seen): boolean {
  const around = network.subnets.filter(({ cidrs }) => holds(cidrs, address));
  return around.every(({ id, occupants }) =>
    occupants.length === 0
      ? !subnets.has(id)
      : occupants.every((occupant) => interfaces.has(interfaceOf(occupant))),
  );
}

interface Seen {
  readonly interfaces: ReadonlySet<string>;
  readonly subnets: ReadonlySet<string | null>;
}

/** @example interfaceOf('/…/networkinterfaces/a/ipconfigurations/b') //=> '/…/networkinterfaces/a' */
function interfaceOf(configuration: string): string {
  return configuration.replace(/\/ipconfigurations\/[^/]+$/, '');
}

/** Whether an address is of one of these ranges. */
export function holds(ranges: readonly Cidr[], address: string): boolean {
  const result = parseCidr(`${address}/${address.includes(':') ? 128 : 32}`);
  return result.ok && ranges.some((range) => containsCidr(range, result.cidr));
}
