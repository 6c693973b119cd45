import type { ArmClient } from '../../shared/azure/arm-client.ts';
import {
  findLocation,
  hasTable,
  type Reading,
  readSubnet,
  type Subnet,
} from '../../shared/azure/provision.ts';
import type { CloudFailure } from '../../shared/errors.ts';
import { errorRefusal, type Refusal } from './command.ts';
import { remedyOfAzure } from './connect/azure.ts';

/** What is to be made sure of: a table, and the subnets that use it; all are ids. */
export interface Wish {
  readonly table: string;
  readonly subnets: readonly string[];
}

/** What has to be done for a wish, by the subnets as they were read. */
export interface ProvisionPlan {
  readonly table: string;
  /** Where the table is to be made; null where it is there, or where no subnet would use it. */
  readonly location: string | null;
  readonly toAssociate: readonly Subnet[];
  readonly associated: readonly Subnet[];
  /** Those that use another table. */
  readonly elsewhere: readonly Subnet[];
}

/** Reads table and subnets. What cannot be read refuses the whole, since then nobody could agree to it. */
export async function lookAtSubnets(
  arm: ArmClient,
  { table, subnets }: Wish,
  signal: AbortSignal,
): Promise<{ readonly ok: true; readonly plan: ProvisionPlan } | Refusal> {
  const [isThere, ...readings] = await Promise.all([
    hasTable(arm, table, signal),
    ...subnets.map((id) => readSubnet(arm, id, signal)),
  ]);
  if (!isThere.ok) return unread(table, isThere.failure, arm);
  const read: Subnet[] = [];
  for (const [i, reading] of readings.entries()) {
    if (!reading.ok) return unread(subnets[i] ?? '', reading.failure, arm);
    read.push(reading.value);
  }
  const uses = (subnet: Subnet): boolean => subnet.table?.toLowerCase() === table.toLowerCase();
  const toAssociate = read.filter((subnet) => subnet.table === null);
  const [first] = isThere.value ? [] : toAssociate;
  const location: Reading<string | null> =
    first === undefined ? { ok: true, value: null } : await findLocation(arm, networkOf(first.id), signal);
  if (!location.ok) return unread(networkOf(first?.id ?? ''), location.failure, arm);
  return {
    ok: true,
    plan: {
      table,
      location: location.value,
      toAssociate,
      associated: read.filter(uses),
      elsewhere: read.filter((subnet) => subnet.table !== null && !uses(subnet)),
    },
  };
}

function networkOf(subnet: string): string {
  return subnet.replace(/\/subnets\/[^/]+$/i, '');
}

function unread(id: string, failure: CloudFailure, arm: ArmClient): Refusal {
  const why = failure.code === 'deadline' ? 'no answer came in time.' : `${failure.code}: ${failure.message}`;
  return errorRefusal(`could not read ${nameResource(id, arm)}: ${why} ${remedyOfAzure(failure)}`.trim());
}

/**
 * A resource as it can be typed: without the subscription where that is the one of the settings.
 *
 * @example nameResource('/subscriptions/…/resourceGroups/net/providers/Microsoft.Network/routeTables/pods', arm) //=> 'net/pods'
 */
export function nameResource(id: string, { subscription }: Pick<ArmClient, 'subscription'>): string {
  const [, ours = '', group = '', rest = ''] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/[^/]+\/(.*)$/i.exec(id) ?? [];
  if (ours.toLowerCase() !== subscription.toLowerCase()) return id;
  const names = rest.split('/').filter((_, i) => i % 2 === 1);
  return [group, ...names].join('/');
}
