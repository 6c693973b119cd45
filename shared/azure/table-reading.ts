import type { Config } from '../core/config/config.ts';
import type { ReadFailure } from '../core/model.ts';
import type { ArmClient } from './arm-client.ts';
import { classifyArmFailure, toReadFailure } from './failures.ts';
import { networkOf } from './interfaces.ts';
import { clusterTag, isOfCluster, readTags, uniqueIgnoringCase } from './selection.ts';
import { readShape, type TableJson, TableShape, TaggedShape } from './wire.ts';

const TABLES = 'Microsoft.Network/routeTables';
const READ = `${TABLES}/read`;

/** Route tables as they were read, and what could not be. */
export interface TableReading {
  readonly tables: readonly TableJson[];
  readonly failures: readonly ReadFailure[];
}

/** Reads the managed tables: the named ones, each by one call, or those of the groups with the cluster's tag. */
export async function readTables(arm: ArmClient, config: Config, signal: AbortSignal): Promise<TableReading> {
  const ids = tableIds(config, arm.subscription);
  return ids.length > 0 ? getTables(arm, ids, signal) : findTables(arm, config, signal);
}

/**
 * The ids of the tables that the configuration names, each once.
 *
 * @example tableIds({ routeTables: ['kubernetes/routes'] }, 's') //=> ['/subscriptions/s/resourceGroups/kubernetes/…/routes']
 */
export function tableIds({ routeTables }: Pick<Config, 'routeTables'>, subscription: string): string[] {
  const ids = routeTables.map((text) => {
    if (text.startsWith('/')) return text;
    const [group = '', name = ''] = text.split('/');
    return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${TABLES}/${name}`;
  });
  return uniqueIgnoringCase(ids);
}

/** The groups of the tables that the configuration names. */
export function tableGroupsOf({ routeTables }: Pick<Config, 'routeTables'>): string[] {
  return tableIds({ routeTables }, '').map((id) => id.split('/')[4] ?? '');
}

async function getTables(arm: ArmClient, ids: readonly string[], signal: AbortSignal): Promise<TableReading> {
  const failures: ReadFailure[] = [];
  const tables = await Promise.all(
    ids.map((id) => attempt(failures, id, async () => readTable(await arm.get('network', id, signal)))),
  );
  return { tables: tables.flat(), failures };
}

function readTable(json: unknown): TableJson {
  return readShape(TableShape, json);
}

/** The table, or none with a failure: one that cannot be read does not hide the others (R9). */
async function attempt(
  failures: ReadFailure[],
  id: string,
  read: () => Promise<TableJson>,
): Promise<TableJson[]> {
  try {
    return [await read()];
  } catch (thrown) {
    failures.push(toReadFailure('table', id, classifyArmFailure(thrown, READ)));
    return [];
  }
}

async function findTables(
  arm: ArmClient,
  { azure, cluster }: Config,
  signal: AbortSignal,
): Promise<TableReading> {
  try {
    const lists = uniqueIgnoringCase(azure.resourceGroups).map((group) =>
      arm.list(
        'network',
        `/subscriptions/${arm.subscription}/resourceGroups/${group}/providers/${TABLES}`,
        signal,
      ),
    );
    const ours = (await Promise.all(lists))
      .flat()
      .filter((json) => isOfCluster(cluster, readTags(readShape(TaggedShape, json).tags)));
    if (ours.length === 0) return { tables: [], failures: [noTable(cluster ?? '')] };
    const failures: ReadFailure[] = [];
    const tables = await Promise.all(
      ours.map((json) => attempt(failures, String(Object(json).id), async () => readTable(json))),
    );
    return { tables: tables.flat(), failures };
  } catch (thrown) {
    return { tables: [], failures: [{ what: 'table', id: null, failure: classifyArmFailure(thrown, READ) }] };
  }
}

function noTable(cluster: string): ReadFailure {
  const message = `No route table in the resource groups has the tag ${clusterTag(cluster)} with the value owned or shared.`;
  return { what: 'table', id: null, failure: { kind: 'permanent', code: 'no-route-table', message } };
}

/** Subnets that the table serves. */
export function subnetsOf(table: TableJson): string[] {
  return (table.properties.subnets ?? []).map(({ id }) => id.toLowerCase());
}

/** The networks of the subnets that the table serves; mostly one. */
export function networksOf(table: TableJson): string[] {
  return [...new Set(subnetsOf(table).map(networkOf))];
}
