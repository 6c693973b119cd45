import type { CloudFailure } from '../errors.ts';
import type { ArmClient } from './arm-client.ts';
import { classifyArmFailure } from './failures.ts';
import { LocationShape, readShape, SubnetShape } from './wire.ts';

/** A route table to make: without routes, for those come with the next run. */
export interface TableRequest {
  readonly id: string;
  /** That of the network: https://learn.microsoft.com/azure/virtual-network/manage-route-table */
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What came of making sure of something; `unchanged` where it was so already. */
export type Provisioned =
  | { readonly outcome: 'created' | 'associated' | 'unchanged' }
  | { readonly outcome: 'failed'; readonly failure: CloudFailure };

/** Where a network is: its route tables have to be there too. */
export async function findLocation(
  arm: ArmClient,
  network: string,
  signal: AbortSignal,
): Promise<
  { readonly ok: true; readonly location: string } | { readonly ok: false; readonly failure: CloudFailure }
> {
  try {
    const { location } = readShape(LocationShape, await arm.get('network', network, signal));
    return { ok: true, location };
  } catch (thrown) {
    return { ok: false, failure: classifyArmFailure(thrown, 'Microsoft.Network/virtualNetworks/read') };
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
    const failure = classifyArmFailure(thrown, 'Microsoft.Network/routeTables/write');
    return failure.kind === 'stale' ? { outcome: 'unchanged' } : { outcome: 'failed', failure };
  }
}

/** Looks at a subnet that others write at the same time. */
const MAX_LOOKS = 3;

/**
 * Lets a subnet use a route table. The subnet is put back whole as it was read, so that its security group,
 * delegations and endpoints survive. One that uses another table is left alone: taking that away may cut it off.
 */
export async function associateSubnet(
  arm: ArmClient,
  subnet: string,
  table: string,
  signal: AbortSignal,
): Promise<Provisioned> {
  for (let look = 1; ; look += 1) {
    try {
      const json = readShape(SubnetShape, await arm.get('network', subnet, signal));
      const present = json.properties.routeTable?.id ?? null;
      if (present?.toLowerCase() === table.toLowerCase()) return { outcome: 'unchanged' };
      if (present !== null) return { outcome: 'failed', failure: usesAnother(subnet, present) };
      const body = { ...json, properties: { ...json.properties, routeTable: { id: table } } };
      await arm.put('network', subnet, body, { ifMatch: json.etag }, signal);
      return { outcome: 'associated' };
    } catch (thrown) {
      const failure = classifyArmFailure(thrown, 'Microsoft.Network/virtualNetworks/subnets/write');
      if (failure.kind !== 'stale' || look === MAX_LOOKS) return { outcome: 'failed', failure };
    }
  }
}

function usesAnother(subnet: string, table: string): CloudFailure {
  const message = `${subnet} uses the route table ${table}. Manage that one, or take it from the subnet first.`;
  return { kind: 'permanent', code: 'subnet-has-other-table', message };
}
