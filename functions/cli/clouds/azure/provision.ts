import type { ArmClient } from '../../../../shared/azure/arm-client.ts';
import { associateSubnet, createTable, type Provisioned } from '../../../../shared/azure/provision.ts';
import { clusterTag, isOfCluster, uniqueIgnoringCase } from '../../../../shared/azure/selection.ts';
import { tableIds } from '../../../../shared/azure/table-reading.ts';
import type { Config } from '../../../../shared/core/config/config.ts';
import { countOf } from '../../../../shared/core/findings/finding.ts';
import { EXIT, type ExitCode, type Invocation, type Refusal, refuse, usageRefusal } from '../../command.ts';
import { askConsent } from '../../consent.ts';
import { stopOnInterrupt } from '../../interrupt.ts';
import { type Style, showProgress, type Terminal, wrapText } from '../../terminal.ts';
import { openArm } from './connect.ts';
import { nameResource, type ProvisionPlan, readSubnets, type Wish } from './provision-plan.ts';

/** Creates a route table on Azure and lets subnets use it, after a look at what that means. */
export async function provisionAzure(config: Config, invocation: Invocation): Promise<number> {
  const wish = readWish(invocation.operands, config);
  if (!wish.ok) return refuse(invocation, wish);
  const arm = openArm(config, invocation.env);
  const endProgress = showProgress(invocation.err, 'Reading the subnets …');
  const reading = await readSubnets(arm, wish.wish, AbortSignal.timeout(LONGEST_MS));
  endProgress();
  if (!reading.ok) return refuse(invocation, reading);
  const { plan } = reading;
  const { out, err, flags, ask } = invocation;
  const mustAsk = plan.toAssociate.length > 0 && !flags.has('yes');
  // Whoever is asked has to see what about.
  show(out.isWatched || !mustAsk || ask === null ? out : err, { arm, plan, config });
  if (plan.toAssociate.length === 0) return exitOf(plan);
  if (mustAsk) {
    if (ask === null) return refuse(invocation, usageRefusal(NOBODY));
    const refusal = await askConsent(ask, invocation, 'Do this? [y/N] ');
    if (refusal !== null) return refusal;
  }
  const { signal: stop, release } = stopOnInterrupt(invocation, 'the same command without --yes');
  const isDone = await carryOut(toSteps(plan, config, arm), invocation, stop);
  release();
  if (stop.aborted) return EXIT.interrupted;
  return isDone ? exitOf(plan) : EXIT.error;
}

/** A network writes one subnet at a time, each within a minute. */
const LONGEST_MS = 1_800_000;

const NOBODY = 'there is no terminal to ask on; nothing was changed. To confirm, use --yes';

const SUBNET =
  /^\/subscriptions\/[^/\s]+\/resourceGroups\/[^/\s]+\/providers\/Microsoft\.Network\/virtualNetworks\/[^/\s]+\/subnets\/[^/\s]+$/i;
const SHORT = /^([^/\s]+)\/([^/\s]+)\/([^/\s]+)$/;

function readWish(
  operands: readonly string[],
  config: Config,
): { readonly ok: true; readonly wish: Wish } | Refusal {
  const subscription = config.azure.subscription ?? '';
  const [table, ...others] = tableIds(config, subscription);
  if (table === undefined || others.length > 0) {
    return usageRefusal(
      `--route-tables: expected the one table that the subnets will use; found ${others.length === 0 ? 'none' : others.length + 1}`,
    );
  }
  const subnets = operands.map((text) => readSubnetId(text, subscription));
  const invalid = operands.find((_, i) => subnets[i] === null);
  if (invalid !== undefined) {
    return usageRefusal(`expected the id of a subnet, or GROUP/NETWORK/SUBNET; found "${invalid}"`);
  }
  return { ok: true, wish: { table, subnets: uniqueIgnoringCase(subnets.filter((id) => id !== null)) } };
}

function readSubnetId(text: string, subscription: string): string | null {
  if (SUBNET.test(text)) return text;
  const [, group, network, subnet] = SHORT.exec(text) ?? [];
  if (subnet === undefined) return null;
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${network}/subnets/${subnet}`;
}

interface Shown {
  readonly arm: ArmClient;
  readonly plan: ProvisionPlan;
  readonly config: Config;
}

function show({ print, paint, columns }: Terminal, { arm, plan, config }: Shown): void {
  const say = (style: Style, mark: string, text: string): void => {
    for (const [i, line] of wrapText(text, columns - 2).entries()) {
      print(paint(style, `${i === 0 ? mark : ' '} ${line}`));
    }
  };
  const name = (id: string): string => nameResource(id, arm);
  const table = name(plan.table);
  if (plan.location !== null) say('green', '+', `route table ${table} in ${plan.location}`);
  for (const text of describePresent(plan, config)) say('yellow', '!', `route table ${table} ${text}`);
  for (const { id } of plan.toAssociate) {
    say('yellow', '~', `subnet ${name(id)} uses ${table}; everything else in it stays`);
  }
  for (const { id } of plan.associated) say('dim', ' ', `subnet ${name(id)} uses ${table} already`);
  for (const { id, table: other } of plan.elsewhere) {
    say('yellow', '!', `subnet ${name(id)} is left alone: it uses ${name(other ?? '')}`);
  }
}

/** What there is to know of a table that is there, before a subnet uses it. */
function describePresent(
  { present, toAssociate, associated }: ProvisionPlan,
  { cluster }: Config,
): readonly string[] {
  if (present === null || toAssociate.length + associated.length === 0) return [];
  const { routes, tags } = present;
  const isUntagged = cluster !== null && !isOfCluster(cluster, tags);
  const tag = isUntagged
    ? `lacks the tag ${clusterTag(cluster)}=owned: only runs that name it in --route-tables find it`
    : null;
  const holds =
    routes > 0 && toAssociate.length > 0
      ? `has ${countOf(routes, 'route')} already, which will hold in ${countOf(toAssociate.length, 'subnet')} more`
      : null;
  return [holds, tag].filter((text) => text !== null);
}

interface Step {
  readonly name: string;
  /** Whether the others need what it makes. */
  readonly isBasis: boolean;
  readonly run: () => Promise<Provisioned>;
}

function toSteps({ table, location, toAssociate }: ProvisionPlan, config: Config, arm: ArmClient): Step[] {
  const tags = config.cluster === null ? {} : { [clusterTag(config.cluster)]: 'owned' };
  const signal = AbortSignal.timeout(LONGEST_MS);
  const name = (id: string): string => nameResource(id, arm);
  const create = (place: string): Step => ({
    name: name(table),
    isBasis: true,
    run: () => createTable(arm, { id: table, location: place, tags }, signal),
  });
  return [
    ...(location === null ? [] : [create(location)]),
    ...toAssociate.map((subnet) => ({
      name: name(subnet.id),
      isBasis: false,
      run: () => associateSubnet(arm, subnet, table, signal),
    })),
  ];
}

/**
 * Takes one step after the other, as a network writes one subnet at a time: others would only wait for it. Gives whether
 * all were taken and went well.
 */
async function carryOut(
  steps: readonly Step[],
  { out, err }: Invocation,
  stop: AbortSignal,
): Promise<boolean> {
  const results: Provisioned[] = [];
  let isBlocked = false;
  for (const { name, isBasis, run } of steps) {
    if (stop.aborted || isBlocked) {
      out.print(`${name}: not started`);
      continue;
    }
    const endProgress = showProgress(err, `Writing ${name} …`);
    const result = await run();
    endProgress();
    results.push(result);
    isBlocked = isBasis && result.outcome === 'failed';
    out.print(`${name}: ${describe(result)}`);
  }
  if (stop.aborted) {
    const undone = steps.length - results.length;
    const what = undone === 0 ? 'nothing was left to do' : `not started: ${countOf(undone, 'step')}`;
    err.print(`podroutes: interrupted; ${what}`);
  }
  return results.length === steps.length && results.every(({ outcome }) => outcome !== 'failed');
}
/** What was asked for is not so where a subnet is left alone. */
function exitOf({ elsewhere }: ProvisionPlan): ExitCode {
  return elsewhere.length === 0 ? EXIT.ok : EXIT.error;
}

function describe(result: Provisioned): string {
  return result.outcome === 'failed'
    ? `failed: ${result.failure.code}: ${result.failure.message}`
    : result.outcome;
}
