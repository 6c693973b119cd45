import type { ArmClient } from '../../../shared/azure/arm-client.ts';
import {
  associateSubnet,
  createTable,
  findLocation,
  type Provisioned,
} from '../../../shared/azure/provision.ts';
import { clusterTag } from '../../../shared/azure/selection.ts';
import { tableIds } from '../../../shared/azure/table-reading.ts';
import type { Config } from '../../../shared/config.ts';
import { EXIT, errorRefusal, type Invocation, type Refusal, refuse, usageRefusal } from '../command.ts';
import { openArm } from '../connect/azure.ts';
import { readSettings } from '../settings.ts';

/** What is to be made sure of: a table, and the subnets that use it. */
interface Wish {
  readonly ok: true;
  readonly table: string;
  readonly subnets: readonly string[];
}

/** Creates a route table on Azure and lets subnets use it, after a look at what that means. */
export async function provision(invocation: Invocation): Promise<number> {
  const settings = readSettings(invocation);
  if (!settings.ok) return refuse(invocation, settings);
  if (settings.cloud !== 'azure') return refuse(invocation, usageRefusal(ONLY_AZURE));
  const { config } = settings;
  const wish = readWish(invocation.operands, config);
  if (!wish.ok) return refuse(invocation, wish);
  const arm = openArm(config, invocation.env);
  const signal = AbortSignal.timeout(LONGEST_MS);
  const place = await findLocation(arm, networkOf(wish.subnets[0] ?? ''), signal);
  if (!place.ok) return refuse(invocation, errorRefusal(`${place.failure.code}: ${place.failure.message}`));
  show(invocation, wish, place.location);
  if (!invocation.flags.has('yes')) {
    if (invocation.ask === null) return refuse(invocation, usageRefusal(NOBODY));
    const answer = await invocation.ask('Do this? [y/N] ');
    if (answer === null || !/^y(es)?$/i.test(answer.trim())) {
      invocation.err.print('Nothing was changed.');
      return answer === null ? EXIT.interrupted : EXIT.error;
    }
  }
  return apply(invocation, arm, { wish, location: place.location, config, signal });
}

/** A network writes one subnet at a time, each within a minute. */
const LONGEST_MS = 1_800_000;

const ONLY_AZURE =
  'provision is for Azure; on AWS, tag a table with "aws ec2 create-tags" and associate it with "aws ec2 associate-route-table"';
const NOBODY = 'nobody can be asked; nothing was changed. --yes agrees to it';

const SUBNET =
  /^\/subscriptions\/[^/\s]+\/resourceGroups\/[^/\s]+\/providers\/Microsoft\.Network\/virtualNetworks\/[^/\s]+\/subnets\/[^/\s]+$/i;
const SHORT = /^([^/\s]+)\/([^/\s]+)\/([^/\s]+)$/;

function readWish(operands: readonly string[], config: Config): Wish | Refusal {
  const subscription = config.azure.subscription ?? '';
  const [table, ...others] = tableIds(config, subscription);
  if (table === undefined || others.length > 0) {
    return usageRefusal(
      `--route-tables: expected the one table that the subnets shall use; found ${others.length === 0 ? 'none' : others.length + 1}`,
    );
  }
  const subnets = operands.map((text) => readSubnet(text, subscription));
  const stray = operands.find((_, i) => subnets[i] === null);
  if (stray !== undefined) {
    return usageRefusal(`expected the id of a subnet, or GROUP/NETWORK/SUBNET; found "${stray}"`);
  }
  return { ok: true, table, subnets: subnets.filter((id) => id !== null) };
}

function readSubnet(text: string, subscription: string): string | null {
  if (SUBNET.test(text)) return text;
  const [, group, network, subnet] = SHORT.exec(text) ?? [];
  if (subnet === undefined) return null;
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${network}/subnets/${subnet}`;
}

function networkOf(subnet: string): string {
  return subnet.replace(/\/subnets\/[^/]+$/i, '');
}

function show({ out }: Invocation, { table, subnets }: Wish, location: string): void {
  out.print(`+ route table ${table} in ${location}, unless it is there`);
  for (const subnet of subnets) out.print(`~ subnet ${subnet} uses it; everything else of it stays`);
}

interface Work {
  readonly wish: Wish;
  readonly location: string;
  readonly config: Config;
  readonly signal: AbortSignal;
}

async function apply(
  { out }: Invocation,
  arm: ArmClient,
  { wish, location, config, signal }: Work,
): Promise<number> {
  const { table, subnets } = wish;
  const tags = config.cluster === null ? {} : { [clusterTag(config.cluster)]: 'owned' };
  const made = await createTable(arm, { id: table, location, tags }, signal);
  const results = [{ id: table, result: made }];
  // A network writes one subnet at a time, so the others would only wait for it.
  for (const id of made.outcome === 'failed' ? [] : subnets) {
    results.push({ id, result: await associateSubnet(arm, id, table, signal) });
  }
  for (const { id, result } of results) out.print(`${id}: ${describe(result)}`);
  return results.some(({ result }) => result.outcome === 'failed') ? EXIT.error : EXIT.ok;
}

function describe(result: Provisioned): string {
  return result.outcome === 'failed'
    ? `failed: ${result.failure.code}: ${result.failure.message}`
    : result.outcome;
}
