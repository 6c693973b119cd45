import type { CloudFailure } from '../core/errors.ts';
import type { ArmClient } from './arm-client.ts';
import { classifyArmFailure, isConditionUnmet, isNotFound } from './failures.ts';
import { readTags, type Tags } from './selection.ts';
import { LocationShape, readShape, SubnetShape, TableShape } from './wire.ts';

/** A route table to make: without routes, for those come with the next run. */
export interface TableRequest {
  readonly id: string;
  /** That of the network: https://learn.microsoft.com/azure/virtual-network/manage-route-table */
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A route table that is there. */
export interface PresentTable {
  /** A region, by its name. */
  readonly location: string;
  readonly tags: Tags;
  /** How many it has: they hold in every subnet that uses it. */
  readonly routes: number;
}

/** What came of making sure of something; `unchanged` where it was so already. */
export type Provisioned =
  | { readonly outcome: 'created' | 'associated' | 'unchanged' }
  | { readonly outcome: 'failed'; readonly failure: CloudFailure };

/** What was read, or why it was not. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: CloudFailure };

/** A subnet as it was read. */
export interface Subnet {
  readonly id: string;
  /** The route table that it uses; null for that of the network itself. */
  readonly table: string | null;
  /** As it came, with its ETag. */
  readonly json: ReturnType<typeof SubnetShape.parse>;
}

/** Where a network is: its route tables have to be there too. */
export async function findLocation(
  arm: ArmClient,
  network: string,
  signal: AbortSignal,
): Promise<Reading<string>> {
  try {
    const { location } = readShape(LocationShape, await arm.get('network', network, signal));
    return { ok: true, value: location };
  } catch (thrown) {
    return { ok: false, failure: classifyArmFailure(thrown, 'Microsoft.Network/virtualNetworks/read') };
  }
}

/** Reads a route table; null where there is none. */
export async function readTable(
  arm: ArmClient,
  id: string,
  signal: AbortSignal,
): Promise<Reading<PresentTable | null>> {
  try {
    const json = await arm.get('network', id, signal);
    const { tags, properties } = readShape(TableShape, json);
    const { location } = readShape(LocationShape, json);
    return { ok: true, value: { location, tags: readTags(tags), routes: properties.routes.length } };
  } catch (thrown) {
    if (isNotFound(thrown)) return { ok: true, value: null };
    return { ok: false, failure: classifyArmFailure(thrown, 'Microsoft.Network/routeTables/read') };
  }
}

/** Reads a subnet, and which route table it uses. */
export async function readSubnet(arm: ArmClient, id: string, signal: AbortSignal): Promise<Reading<Subnet>> {
  try {
    const json = readShape(SubnetShape, await arm.get('network', id, signal));
    return { ok: true, value: { id, table: json.properties.routeTable?.id ?? null, json } };
  } catch (thrown) {
    const action = 'Microsoft.Network/virtualNetworks/subnets/read';
    return { ok: false, failure: classifyArmFailure(thrown, action) };
  }
}

/** Creates a route table, unless it is there: one that is there is left as it is. */
export async function createTable(
  arm: ArmClient,
  { id, location, tags }: TableRequest,
  signal: AbortSignal,
): Promise<Provisioned> {
  try {
    await arm.put('network', id, { location, tags, properties: {} }, { ifNoneMatch: '*' }, signal);
    return { outcome: 'created' };
  } catch (thrown) {
    if (isConditionUnmet(thrown)) return { outcome: 'unchanged' };
    return { outcome: 'failed', failure: classifyArmFailure(thrown, 'Microsoft.Network/routeTables/write') };
  }
}

/** Tries with a subnet that others write at the same time. */
const MAX_TRIES = 3;

/**
 * Lets a subnet use a route table. The subnet is put back whole as it was read, so that its security group,
 * delegations and endpoints survive; one that was written since is read again. One that uses another table is left
 * alone: taking that away may cut it off.
 */
export async function associateSubnet(
  arm: ArmClient,
  subnet: Subnet,
  table: string,
  signal: AbortSignal,
): Promise<Provisioned> {
  let reading: Reading<Subnet> = { ok: true, value: subnet };
  for (let tries = 1; reading.ok; tries += 1) {
    const { id, json, table: present } = reading.value;
    if (present?.toLowerCase() === table.toLowerCase()) return { outcome: 'unchanged' };
    if (present !== null) return { outcome: 'failed', failure: usesAnother(id, present) };
    try {
      const body = { ...json, properties: { ...json.properties, routeTable: { id: table } } };
      await arm.put('network', id, body, { ifMatch: json.etag }, signal);
      return { outcome: 'associated' };
    } catch (thrown) {
      const failure = classifyArmFailure(thrown, 'Microsoft.Network/virtualNetworks/subnets/write');
      if (failure.kind !== 'stale' || tries === MAX_TRIES) return { outcome: 'failed', failure };
    }
    reading = await readSubnet(arm, id, signal);
  }
  return { outcome: 'failed', failure: reading.failure };
}

function usesAnother(subnet: string, table: string): CloudFailure {
  const message = `${subnet} uses the route table ${table}. Manage that table, or remove it from the subnet first.`;
  return { kind: 'permanent', code: 'subnet-has-other-table', message };
}
