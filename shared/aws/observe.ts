import type { EC2Client, RouteTable as Ec2RouteTable, Instance } from '@aws-sdk/client-ec2';
import { type ClaimReading, pickHints } from '../core/claims/elements.ts';
import { findOtherSpelling } from '../core/claims/near-tags.ts';
import type { Config } from '../core/config/config.ts';
import type { CloudFailure } from '../core/errors.ts';
import type { Node, Observation, ReadFailure, RouteTable, Scope, UnselectedMachine } from '../core/model.ts';
import { askByIds, INSTANCES, INTERFACES } from './by-id.ts';
import { untilAborted } from './deadline.ts';
import { classifyAwsFailure } from './failures.ts';
import {
  findInstances,
  idOf,
  launchedAtOf,
  listInstances,
  nameOf,
  nextHopOf,
  primaryInterface,
  stateOf,
  tagsOf,
} from './instances.ts';
import { type InstanceClaims, readClaims } from './node-claims.ts';
import { listRouteTables, networkCidrsOf, quotasOf, routesOf, subnetsOf, tableName } from './route-tables.ts';
import {
  explainUnselected,
  maySelect,
  networksOf,
  nodeFilters,
  selectsByClaim,
  tableFilters,
} from './selection.ts';
import { findUnresolved, type Inventory, targetFinder, type UnresolvedIds } from './targets.ts';

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
  const lists = await readLists(reader);
  const tables = lists.tables ?? [];
  const read = lists.instances ?? [];
  const networks = networksOf(tables);
  const isCandidate = (instance: Instance): boolean => maySelect(config, networks, instance);
  // Without the answer that would have shown them, nothing says that the scope's ids are absent.
  const asked = lists.instances === null ? { ...scope, ids: [] } : scope;
  const [claims, byId] = await Promise.all([
    readClaims(client, config, scope, read.filter(isCandidate), signal),
    readByIds(reader, findUnresolved(asked, tables, read)),
  ]);
  // A node that its filter left out is a node all the same.
  const late = await readClaims(client, config, scope, byId.instances.filter(isCandidate), signal);
  const instances = [...read, ...byId.instances];
  const nodes = toNodes(reader, instances.filter(isCandidate), new Map([...claims, ...late]));
  reader.failures.push(...findMissingTables(config, tables, reader.failures));
  const inventory = { scope, nodes, ...byId, instances, isPartial: lists.instances === null };
  return {
    scope,
    nodes,
    tables: toTables(tables, inventory, config.routeLimit),
    missing: scope.ids.filter((id) => byId.unknown.has(id)),
    unselected: findUnselected(config, scope, nodes, instances),
    failures: reader.failures,
  };
}

function findUnselected(
  config: Config,
  { ids }: Scope,
  nodes: readonly Node[],
  instances: readonly Instance[],
): UnselectedMachine[] {
  const wanted = new Set(ids);
  const known = new Set(nodes.map(({ id }) => id));
  return instances
    .filter((instance) => wanted.has(idOf(instance)) && !known.has(idOf(instance)))
    .map((instance) => ({ id: idOf(instance), nearMiss: explainUnselected(config, instance) }));
}

interface Reader {
  readonly client: EC2Client;
  readonly config: Config;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  readonly failures: ReadFailure[];
}

/** What was read, or null with a failure. */
async function attempt<T>(
  { signal, failures }: Reader,
  what: 'nodes' | 'table',
  action: string,
  read: () => Promise<T[]>,
): Promise<T[] | null> {
  try {
    return await untilAborted(read(), signal);
  } catch (thrown) {
    failures.push({ what, id: null, failure: classifyAwsFailure(thrown, action) });
    return null;
  }
}

interface Lists {
  readonly tables: Ec2RouteTable[] | null;
  readonly instances: Instance[] | null;
}

/** The tables and the instances of the scope, at once. */
async function readLists(reader: Reader): Promise<Lists> {
  const { client, config, scope, signal } = reader;
  const reading = attempt(reader, 'table', 'ec2:DescribeRouteTables', () =>
    listRouteTables(client, tableFilters(config), signal),
  );
  const listing = attempt(reader, 'nodes', 'ec2:DescribeInstances', async () => {
    if (scope.kind === 'nodes') return findInstances(client, scope.ids, signal);
    // Only where no tag selects the nodes does their list have to wait for the tables.
    const filters = nodeFilters(config, selectsByClaim(config) ? networksOf((await reading) ?? []) : []);
    return filters.length === 0 ? [] : listInstances(client, filters, signal);
  });
  const [tables, instances] = await Promise.all([reading, listing]);
  return { tables, instances };
}

/** Asks about unresolved ids by id, instances and interfaces at once; without any there is no call. */
async function readByIds(
  { client, signal, failures }: Reader,
  { instances, interfaces }: UnresolvedIds,
): Promise<Pick<Inventory, 'instances' | 'interfaces' | 'unknown'>> {
  const [ofInstances, ofInterfaces] = await Promise.all([
    askByIds(INSTANCES, client, instances, signal),
    askByIds(INTERFACES, client, interfaces, signal),
  ]);
  for (const failure of [...ofInstances.failures, ...ofInterfaces.failures]) {
    failures.push({ what: 'nodes', id: null, failure });
  }
  return {
    instances: ofInstances.found,
    interfaces: ofInterfaces.found,
    unknown: new Set([...ofInstances.unknown, ...ofInterfaces.unknown]),
  };
}

function toNodes(
  { config, failures }: Reader,
  candidates: readonly Instance[],
  claims: ReadonlyMap<string, InstanceClaims>,
): Node[] {
  for (const [id, claim] of claims) {
    if (claim.kind === 'failed') failures.push({ what: 'claims', id, failure: claim.failure });
  }
  const nodes = candidates.map((instance) => toNode(config, instance, claims.get(idOf(instance))));
  return selectsByClaim(config) ? nodes.filter(speaks) : nodes;
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

function toNode({ podCidrTag }: Config, instance: Instance, claims: InstanceClaims | undefined): Node {
  const reading: ClaimReading = claims?.kind === 'read' ? claims.reading : { claims: [], defects: [] };
  const primary = primaryInterface(instance);
  const nextHop = nextHopOf(instance);
  const check = primary?.SourceDestCheck;
  const otherSpelling = findOtherSpelling(tagsOf(instance), podCidrTag);
  return {
    id: idOf(instance),
    name: nameOf(instance) || idOf(instance),
    state: stateOf(instance),
    launchedAt: launchedAtOf(instance),
    addresses: [
      ...(instance.PrivateIpAddress === undefined ? [] : [instance.PrivateIpAddress]),
      ...(primary?.Ipv6Addresses ?? []).flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
    ],
    claims: reading.claims,
    defects: reading.defects,
    ...pickHints(reading),
    ...(otherSpelling !== null && { otherSpelling }),
    claimsKnown: claims?.kind === 'read',
    nextHops: { 4: nextHop, 6: nextHop },
    forwarding: check === undefined ? 'unknown' : check ? 'off' : 'on',
    network: instance.VpcId ?? null,
    domain: instance.VpcId ?? null,
    incarnation: null,
    subnet: instance.SubnetId ?? null,
  };
}

function toTables(tables: readonly Ec2RouteTable[], inventory: Inventory, limit: number): RouteTable[] {
  const hops = new Map(inventory.instances.map((instance) => [idOf(instance), nextHopOf(instance)]));
  const targetOf = targetFinder(inventory);
  return tables.map((table) => ({
    id: table.RouteTableId ?? '',
    name: tableName(table),
    network: table.VpcId ?? null,
    domain: table.VpcId ?? null,
    networkCidrs: networkCidrsOf(table),
    routes: routesOf(
      table,
      (id) => hops.get(id) ?? null,
      (route) => targetOf(route, table),
    ),
    quotas: quotasOf(table, limit),
    subnets: subnetsOf(table),
  }));
}
