import type { ArmClient } from '../../../../shared/azure/arm-client.ts';
import {
  findLocation,
  type PresentTable,
  readSubnet,
  readTable,
  type Subnet,
} from '../../../../shared/azure/provision.ts';
import { uniqueIgnoringCase } from '../../../../shared/azure/selection.ts';
import type { CloudFailure } from '../../../../shared/core/errors.ts';
import { errorRefusal, type Refusal } from '../../command.ts';
import { remedyOfAzure } from './connect.ts';

/** What is to be made sure of: a table, and the subnets that use it; all are ids. */
export interface Wish {
  readonly table: string;
  readonly subnets: readonly string[];
}

/** What has to be done for a wish, by table and subnets as they were read. */
export interface ProvisionPlan {
  readonly table: string;
  /** The table; null where there is none yet. */
  readonly present: PresentTable | null;
  /** Where the table is to be made; null where it is there, or where no subnet would use it. */
  readonly location: string | null;
  readonly toAssociate: readonly Subnet[];
  readonly associated: readonly Subnet[];
  /** Those that use another table. */
  readonly elsewhere: readonly Subnet[];
}

type PlanResult = { readonly ok: true; readonly plan: ProvisionPlan } | Refusal;

/** Reads table and subnets. What cannot be read refuses the whole, since then nobody could agree to it. */
export async function readSubnets(
  arm: ArmClient,
  { table, subnets }: Wish,
  signal: AbortSignal,
): Promise<PlanResult> {
  const [found, ...readings] = await Promise.all([
    readTable(arm, table, signal),
    ...subnets.map((id) => readSubnet(arm, id, signal)),
  ]);
  if (!found.ok) return unread({ kind: 'table', id: table }, found.failure, arm);
  const read: Subnet[] = [];
  for (const [i, reading] of readings.entries()) {
    if (!reading.ok) return unread({ kind: 'subnet', id: subnets[i] ?? '' }, reading.failure, arm);
    read.push(reading.value);
  }
  const uses = (subnet: Subnet): boolean => subnet.table?.toLowerCase() === table.toLowerCase();
  const plan = {
    table,
    present: found.value,
    toAssociate: read.filter((subnet) => subnet.table === null),
    associated: read.filter(uses),
    elsewhere: read.filter((subnet) => subnet.table !== null && !uses(subnet)),
  };
  return placeTable(arm, plan, signal);
}

/** Adds where the table is to be made, and refuses one that is in another region than a network: Azure would. */
async function placeTable(
  arm: ArmClient,
  plan: Omit<ProvisionPlan, 'location'>,
  signal: AbortSignal,
): Promise<PlanResult> {
  const networks = uniqueIgnoringCase(plan.toAssociate.map(({ id }) => networkOf(id)));
  const readings = await Promise.all(networks.map((id) => findLocation(arm, id, signal)));
  let { location } = plan.present ?? { location: null };
  for (const [i, reading] of readings.entries()) {
    const id = networks[i] ?? '';
    if (!reading.ok) return unread({ kind: 'network', id }, reading.failure, arm);
    location ??= reading.value;
    if (!isSameRegion(location, reading.value))
      return wrongRegion(plan, { id, location: reading.value }, arm);
  }
  return { ok: true, plan: { ...plan, location: plan.present === null ? location : null } };
}

function networkOf(subnet: string): string {
  return subnet.replace(/\/subnets\/[^/]+$/i, '');
}

/** A region has a name and a display name: "westeurope" and "West Europe". */
function isSameRegion(a: string, b: string): boolean {
  const fold = (text: string): string => text.replaceAll(' ', '').toLowerCase();
  return fold(a) === fold(b);
}

function wrongRegion(
  { table, present }: Pick<ProvisionPlan, 'table' | 'present'>,
  network: { readonly id: string; readonly location: string },
  arm: ArmClient,
): Refusal {
  const name = (id: string): string => nameResource(id, arm);
  const where = `the network ${name(network.id)} is in ${network.location}`;
  const other =
    present === null
      ? 'another of the networks is not'
      : `the route table ${name(table)} in ${present.location}`;
  return errorRefusal(
    `${where}, and ${other}; a subnet uses only tables of its region. Nothing was changed.`,
  );
}

interface Unread {
  readonly kind: keyof typeof MISSING;
  readonly id: string;
}

/** What to do where there is no such thing; a table that is missing can be made, its group cannot. */
const MISSING = {
  table: 'Check --route-tables and --subscription.',
  subnet: 'Check the subnet that you named, and --subscription.',
  network: 'Check the subnet that you named, and --subscription.',
};

function unread({ kind, id }: Unread, failure: CloudFailure, arm: ArmClient): Refusal {
  const why = failure.code === 'deadline' ? 'no answer came in time.' : `${failure.code}: ${failure.message}`;
  const remedy =
    /NotFound$/.test(failure.code) && !failure.code.startsWith('Subscription')
      ? MISSING[kind]
      : remedyOfAzure(failure);
  return errorRefusal(`could not read ${nameResource(id, arm)}: ${why} ${remedy}`.trim());
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
