// @ts-nocheck
import type { ReadFailure, RouteTarget, Scope } from '../core/model.ts';
import type { ArmClient } from './arm-client.ts';
import { type Availabilities, type Availability, askNetworks, holds, type Question } from './availability.ts';
import { readResourceId } from './events/resource-ids.ts';
import { type Interface, networkOf } from './interfaces.ts';
import type { Inventory } from './inventory.ts';
import type { Network } from './networks.ts';
import { isWithin } from './selection.ts';

/** A route's next hop, and the networks in which somebody may have it. */
export interface Hop {
  readonly address: string;
  /** Those that the table serves. */
  readonly networks: readonly string[];
  /** The others of their routing domains. */
  readonly peers: readonly string[];
}

/** Who is behind a next hop; see `RouteTarget`. */
export type TargetOf = (hop: Hop) => RouteTarget;

export interface Lookup {
  readonly scope: Scope;
  readonly groups: readonly string[];
  readonly nodeIds: ReadonlySet<string>;
  readonly inventory: Inventory;
  readonly networks: ReadonlyMap<string, Network>;
}

/**
 * Finds whom the hops lead to. Networks may use the same ranges, so an address is looked for in the networks of
 * its table, and in those that they are peered with. Where no interface of the groups has it, the networks are asked
 * whether anything else does: a load balancer, a private endpoint, a machine of another group.
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
  const questions = unowned.flatMap((hop) => [
    ...questionsOf(hop, hop.networks, lookup),
    ...questionsOf(hop, hop.peers, lookup),
  ]);
  const answers = await askNetworks(arm, questions, lookup.inventory.interfaces, signal);
  const targetOf: TargetOf = (hop) => {
    const owner = ownerOf(hop);
    if (owner?.machine && lookup.nodeIds.has(owner.machine)) return { kind: 'node', id: owner.machine };
    if (!isComplete) return { kind: 'unread' };
    if (owner !== undefined) return judgeOwner(owner, { arm, lookup });
    return judgeAnswers(hop, lookup, answers);
  };
  return { targetOf, failures: answers.failures };
}

interface Owner {
  readonly nic: Interface;
  /** The machine that says that it has the interface, or else the one that the interface names. */
  readonly machine: string | null;
  readonly isListed: boolean;
}

/** Lists are not read at one moment: an address may be seen with its last holder and with its next. */
function indexOwners({ interfaces, machines }: Inventory): (hop: Hop) => Owner | undefined {
  const byInterface = new Map(
    machines.flatMap((machine) => machine.interfaces.map((nic) => [nic, machine] as const)),
  );
  const listed = new Map(machines.map((machine) => [machine.id, machine]));
  const owners = new Map<string, Owner[]>();
  for (const nic of interfaces) {
    const network = nic.subnet === null ? '' : networkOf(nic.subnet);
    const machine = byInterface.get(nic.id)?.id ?? nic.machine;
    const owner = { nic, machine, isListed: listed.has(machine ?? '') };
    for (const address of nic.addresses) {
      const key = `${network} ${address}`;
      owners.set(key, [...(owners.get(key) ?? []), owner]);
    }
  }
  const isAlive = ({ machine }: Owner): boolean => (listed.get(machine ?? '')?.state ?? 'gone') !== 'gone';
  const isUsed = ({ nic, machine }: Owner): boolean => nic.isInUse || machine !== null;
  return ({ address, networks, peers }) => {
    for (const near of [networks, peers]) {
      const found = near.flatMap((network) => owners.get(`${network} ${address}`) ?? []);
      if (found.length > 0) return found.find(isAlive) ?? found.find(isUsed) ?? found[0];
    }
    return undefined;
  };
}

interface Reading {
  readonly arm: ArmClient;
  readonly lookup: Lookup;
}

/** An interface that is no node's. Azure keeps that of a deleted machine until somebody removes it. */
function judgeOwner({ nic, machine, isListed }: Owner, { arm, lookup }: Reading): RouteTarget {
  if (machine === null) return nic.isInUse ? { kind: 'stranger' } : { kind: 'vacant', agreed: true };
  const resource = readResourceId(machine);
  if (isListed || resource === null || !isWithin(resource, arm.subscription, lookup.groups)) {
    return { kind: 'stranger' };
  }
  // The interface names a machine of ours that no list has: one that has ended, if Azure says so, or a new one.
  return lookup.inventory.missing.includes(machine) ? { kind: 'vacant', agreed: false } : { kind: 'unread' };
}

function questionsOf({ address }: Hop, near: readonly string[], { networks }: Lookup): Question[] {
  return near
    .flatMap((id) => networks.get(id) ?? [])
    .filter(({ cidrs }) => holds(cidrs, address))
    .map((network) => ({ address, network }));
}

/**
 * What the networks say of an address that no interface has. One that is of no network's ranges is on the other side of
 * a gateway, where nobody here can look. Peers of a peer may use the ranges of a table's own network, whose word on
 * them counts.
 */
function judgeAnswers(hop: Hop, lookup: Lookup, answers: Availabilities): RouteTarget {
  const own = new Set(questionsOf(hop, hop.networks, lookup).map(answers.of));
  const others = new Set(questionsOf(hop, hop.peers, lookup).map(answers.of));
  if (own.has('failed') || others.has('failed')) return { kind: 'unread' };
  const isFree = (said: ReadonlySet<Availability>): boolean => said.has('free') && !said.has('taken');
  if (isFree(own)) return { kind: 'vacant', agreed: !others.has('taken') };
  return own.size === 0 && isFree(others) ? { kind: 'vacant', agreed: true } : { kind: 'stranger' };
}
