import type {
  EC2Client,
  Route as Ec2Route,
  RouteTable as Ec2RouteTable,
  Instance,
} from '@aws-sdk/client-ec2';
import type { ClaimReading } from '../core/claims/elements.ts';
import type { Config } from '../core/config/config.ts';
import type { CloudFailure } from '../core/errors.ts';
import type { Node, Observation, ReadFailure, RouteTable, Scope } from '../core/model.ts';
import { untilAborted } from './deadline.ts';
import { classifyAwsFailure } from './failures.ts';
import {
  findInstances,
  idOf,
  listInstances,
  nameOf,
  nextHopOf,
  primaryInterface,
  stateOf,
} from './instances.ts';
import { type InstanceClaims, readClaims } from './node-claims.ts';
import { listRouteTables, networkCidrsOf, quotasOf, routesOf, subnetsOf, tableName } from './route-tables.ts';
import { maySelect, networksOf, nodeFilters, selectsByClaim, tableFilters } from './selection.ts';
import { findDoubtful, type Looked, targetFinder } from './targets.ts';

/**
 * Reads the scope's nodes and the managed tables as they are now. What can be read at once is; a failed read
 * is a value that stops deletions (R3), not the end of the run (R9).
 */
export async function observeAws(
  client: EC2Client,
  config: Config,
  scope: Scope,
  signal: AbortSignal,
): Promise<Observation> {
  const reader: Reader = { client, config, scope, signal, failures: [] };
  const { failures } = reader;
  const { tables, listed, named } = await readLists(reader);
  const read = unique([...listed, ...named]);
  const networks = networksOf(tables);
  const candidates = read.filter((instance) => maySelect(config, networks, instance));
  const asked = new Set([...scope.ids, ...read.map(idOf)]);
  const doubtful = scope.kind === 'all' ? findDoubtful(tables, asked) : [];
  const [claims, checked] = await Promise.all([
    readClaims(client, config, candidates, signal),
    find(reader, doubtful),
  ]);
  for (const [id, claim] of claims) {
    if (!claim.ok) failures.push({ what: 'claims', id, failure: claim.failure });
  }
  const nodes = candidates
    .map((instance) => toNode(instance, claims.get(idOf(instance))))
    .filter((node) => !selectsByClaim(config) || speaks(node));
  const nodesUnread = failures.some(({ what }) => what === 'nodes');
  const missing = nodesUnread ? [] : absent([...scope.ids, ...doubtful], [...named, ...checked]);
  failures.push(...findMissingTables(config, tables, failures));
  const looked = {
    scope,
    nodes,
    instances: [...read, ...checked],
    notFound: new Set(missing),
    isPartial: nodesUnread,
  };
  return {
    scope,
    nodes,
    tables: toTables(tables, looked, config.routeLimit),
    missing: scope.ids.filter((id) => looked.notFound.has(id)),
    failures,
  };
}

interface Reader {
  readonly client: EC2Client;
  readonly config: Config;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  readonly failures: ReadFailure[];
}

async function attempt<T>(
  { signal, failures }: Reader,
  what: 'nodes' | 'table',
  action: string,
  read: () => Promise<T[]>,
): Promise<T[]> {
  try {
    return await untilAborted(read(), signal);
  } catch (thrown) {
    failures.push({ what, id: null, failure: classifyAwsFailure(thrown, action) });
    return [];
  }
}

function find(reader: Reader, ids: readonly string[]): Promise<Instance[]> {
  return attempt(reader, 'nodes', 'ec2:DescribeInstances', () =>
    findInstances(reader.client, ids, reader.signal),
  );
}

/** The tables, and instances by selection and by id, all at once. */
async function readLists(reader: Reader): Promise<{
  tables: Ec2RouteTable[];
  listed: Instance[];
  named: Instance[];
}> {
  const { client, config, scope, signal } = reader;
  const reading = attempt(reader, 'table', 'ec2:DescribeRouteTables', () =>
    listRouteTables(client, tableFilters(config), signal),
  );
  const listing = attempt(reader, 'nodes', 'ec2:DescribeInstances', async () => {
    if (scope.kind === 'nodes') return [];
    // Only where no tag selects the nodes does their list have to wait for the tables.
    const filters = nodeFilters(config, selectsByClaim(config) ? networksOf(await reading) : []);
    return filters.length === 0 ? [] : listInstances(client, filters, signal);
  });
  const [tables, listed, named] = await Promise.all([reading, listing, find(reader, scope.ids)]);
  return { tables, listed, named };
}

function absent(ids: readonly string[], instances: readonly Instance[]): string[] {
  const found = new Set(instances.map(idOf));
  return ids.filter((id) => !found.has(id));
}

function unique(instances: readonly Instance[]): Instance[] {
  return [...new Map(instances.map((instance) => [idOf(instance), instance])).values()];
}

function speaks({ claims, defects, claimsKnown }: Node): boolean {
  return claims.length > 0 || defects.length > 0 || !claimsKnown;
}

function findMissingTables(
  { routeTables, cluster }: Config,
  tables: readonly Ec2RouteTable[],
  failures: readonly ReadFailure[],
): ReadFailure[] {
  if (failures.some(({ what }) => what === 'table')) return [];
  const found = new Set(tables.map(({ RouteTableId }) => RouteTableId));
  if (routeTables.length === 0 && tables.length === 0) {
    const message = `No route table in this region has the tag kubernetes.io/cluster/${cluster} with the value owned or shared.`;
    return [{ what: 'table', id: null, failure: { kind: 'permanent', code: 'no-route-table', message } }];
  }
  return routeTables
    .filter((id) => !found.has(id))
    .map((id) => ({ what: 'table', id, failure: noSuchTable(id) }));
}

function noSuchTable(id: string): CloudFailure {
  const message = `There is no route table ${id} in this account and region.`;
  return { kind: 'permanent', code: 'InvalidRouteTableID.NotFound', message };
}

function toNode(instance: Instance, claims: InstanceClaims | undefined): Node {
  const reading: ClaimReading = claims?.ok === true ? claims.reading : { claims: [], defects: [] };
  const primary = primaryInterface(instance);
  const nextHop = nextHopOf(instance);
  const check = primary?.SourceDestCheck;
  return {
    id: idOf(instance),
    name: nameOf(instance) || idOf(instance),
    state: stateOf(instance),
    launchedAt: instance.LaunchTime?.getTime() ?? 0,
    addresses: [
      ...(instance.PrivateIpAddress === undefined ? [] : [instance.PrivateIpAddress]),
      ...(primary?.Ipv6Addresses ?? []).flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
    ],
    claims: reading.claims,
    defects: reading.defects,
    ...(reading.unsearched === undefined ? {} : { unsearched: reading.unsearched }),
    claimsKnown: claims?.ok === true,
    nextHops: { 4: nextHop, 6: nextHop },
    forwarding: check === undefined ? 'unknown' : check ? 'off' : 'on',
    network: instance.VpcId ?? null,
    subnet: instance.SubnetId ?? null,
  };
}

function isOtherAccounts({ InstanceOwnerId }: Ec2Route, { OwnerId }: Ec2RouteTable): boolean {
  return InstanceOwnerId !== undefined && OwnerId !== undefined && InstanceOwnerId !== OwnerId;
}

function toTables(tables: readonly Ec2RouteTable[], looked: Looked, limit: number): RouteTable[] {
  const hops = new Map(looked.instances.map((instance) => [idOf(instance), nextHopOf(instance)]));
  const targetOf = targetFinder(looked);
  return tables.map((table) => ({
    id: table.RouteTableId ?? '',
    name: tableName(table),
    network: table.VpcId ?? null,
    networkCidrs: networkCidrsOf(table),
    // In a shared VPC, an instance of another account is not ours to see, alive as it may be.
    routes: routesOf(
      table,
      (id) => hops.get(id) ?? null,
      (route) => (isOtherAccounts(route, table) ? { kind: 'stranger' } : targetOf(route)),
    ),
    quotas: quotasOf(table, limit),
    subnets: subnetsOf(table),
  }));
}
