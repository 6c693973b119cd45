import { pickHints } from '../core/claims/elements.ts';
import { findOtherSpelling } from '../core/claims/near-tags.ts';
import type { Config } from '../core/config/config.ts';
import type {
  NextHop,
  Node,
  Observation,
  ReadFailure,
  RouteTable,
  Scope,
  UnselectedMachine,
} from '../core/model.ts';
import type { ArmClient } from './arm-client.ts';
import { toReadFailure } from './failures.ts';
import type { Interface } from './interfaces.ts';
import { type Inventory, readInventory } from './inventory.ts';
import { claimAdviceFor, type Machine } from './machines.ts';
import type { DomainOf } from './networks.ts';
import { type MachineClaims, readClaims } from './node-claims.ts';
import { hopTo, ownAddresses, routesOf } from './route-tables.ts';
import { explainUnselected, maySelect, selectsByClaim } from './selection.ts';
import {
  domainFor,
  findUnknownSpace,
  interfacesOfNodes,
  networkFor,
  type Primaries,
  readSurroundings,
  readTablesAndNetworks,
  type Surroundings,
} from './surroundings.ts';
import { networksOf, subnetsOf } from './table-reading.ts';
import { findTargets, type Hop, type TargetOf } from './targets.ts';
import type { TableJson } from './wire.ts';

/** What was read, and the resources behind nodes and tables, for the writes that follow. */
export interface AzureObservation extends Observation {
  readonly tableJson: ReadonlyMap<RouteTable, TableJson>;
  /** Undefined for a node without one. */
  readonly interfaceOf: ReadonlyMap<Node, Interface | undefined>;
}

/**
 * Reads the scope's nodes and the managed tables as they are now. What can be read at once is; a failed read
 * is a value that stops deletions (R3), not the end of the run (R9).
 */
export async function observeAzure(
  arm: ArmClient,
  config: Config,
  scope: Scope,
  signal: AbortSignal,
): Promise<AzureObservation> {
  const [reading, inventory] = await Promise.all([
    readTablesAndNetworks(arm, config, signal),
    readInventory(arm, config, scope, signal),
  ]);
  const primaries = findPrimaries(inventory);
  const around = await readSurroundings(
    arm,
    reading,
    interfacesOfNodes(inventory, primaries, config),
    signal,
  );
  const candidates = inventory.machines.filter(({ id, tags }) =>
    selectsByClaim(config)
      ? around.reached.has(networkFor(primaries.get(id)) ?? '')
      : maySelect(config, tags),
  );
  const claims = await readClaims(arm, config, candidates, {
    known: scope.known,
    registry: scope.registry,
    signal,
  });
  const interfaceOf = new Map(
    candidates
      .map((machine) => {
        const nic = primaries.get(machine.id);
        const place = { nic, domainOf: around.domainOf };
        return [toNode(config, machine, claims.get(machine.id), place), nic] as const;
      })
      .filter(([node]) => !selectsByClaim(config) || speaks(node)),
  );
  const nodes = [...interfaceOf.keys()];
  const known = reading.tables.filter((table) => findUnknownSpace(table, around) === null);
  const hops = known.flatMap((table) => hopsOf(table, config, around));
  const lookup = {
    scope,
    groups: config.azure.resourceGroups,
    nodeIds: new Set(nodes.map(({ id }) => id)),
    inventory,
    networks: around.networks,
  };
  const targets = await findTargets(arm, hops, lookup, signal);
  const context = { config, around, targetOf: targets.targetOf };
  const tableJson = new Map(known.map((table) => [toTable(table, context), table]));
  const failures = [
    ...inventory.failures,
    ...targets.failures,
    ...reading.failures,
    ...findUnknownSpaces(reading.tables, around),
    ...findUnreadClaims(claims),
  ];
  const { missing } = inventory;
  const unselected = findUnselected(config, scope, nodes, inventory);
  return {
    scope,
    nodes,
    tables: [...tableJson.keys()],
    missing,
    unselected,
    failures,
    tableJson,
    interfaceOf,
  };
}

function findUnselected(
  config: Config,
  { ids }: Scope,
  nodes: readonly Node[],
  { machines }: Inventory,
): UnselectedMachine[] {
  const wanted = new Set(ids.map((id) => id.toLowerCase()));
  const known = new Set(nodes.map(({ id }) => id));
  return machines
    .filter(({ id }) => wanted.has(id) && !known.has(id))
    .map(({ id, tags }) => ({ id, nearMiss: explainUnselected(config, tags) }));
}

/** The primary interface of each machine. */
function findPrimaries({ machines, interfaces }: Inventory): Primaries {
  const byId = new Map(interfaces.map((nic) => [nic.id, nic]));
  return new Map(
    machines.flatMap(({ id, interfaces: [first = ''] }): [string, Interface][] => {
      const nic = byId.get(first);
      return nic === undefined ? [] : [[id, nic]];
    }),
  );
}

function speaks({ claims, defects, claimsKnown }: Node): boolean {
  return claims.length > 0 || defects.length > 0 || !claimsKnown;
}

function findUnknownSpaces(tables: readonly TableJson[], around: Surroundings): ReadFailure[] {
  return tables.flatMap((table) => {
    const failure = findUnknownSpace(table, around);
    return failure === null ? [] : toReadFailure('table', table.id.toLowerCase(), failure);
  });
}

function hopTowards(address: string, table: TableJson, around: Surroundings): Hop {
  const networks = around.networksFor(table);
  const peers = domainFor(table, around).filter((network) => !networks.includes(network));
  return { address, networks, peers };
}

function hopsOf(table: TableJson, { routeName, clusterCidrs }: Config, around: Surroundings): Hop[] {
  return ownAddresses(table, routeName, clusterCidrs).map((address) => hopTowards(address, table, around));
}

function findUnreadClaims(claims: ReadonlyMap<string, MachineClaims>): ReadFailure[] {
  return [...claims].flatMap(([id, result]) =>
    result.ok ? [] : [{ what: 'claims' as const, id, failure: result.failure }],
  );
}

interface Place {
  /** The primary interface. */
  readonly nic: Interface | undefined;
  readonly domainOf: DomainOf;
}

function toNode(
  { podCidrTag }: Config,
  machine: Machine,
  claims: MachineClaims | undefined,
  { nic, domainOf }: Place,
): Node {
  const { id, name, state, launchedAt, incarnation } = machine;
  const reading = claims?.ok ? claims.reading : null;
  const network = networkFor(nic);
  const advice = claimAdviceFor(id);
  const otherSpelling = findOtherSpelling(machine.tags, podCidrTag.toLowerCase());
  return {
    id,
    name,
    state,
    launchedAt,
    addresses: nic?.addresses ?? [],
    claims: reading?.claims ?? [],
    defects: reading?.defects ?? [],
    ...(reading !== null && pickHints(reading)),
    ...(otherSpelling !== null && { otherSpelling }),
    claimsKnown: reading !== null,
    ...(advice !== null && { claimAdvice: advice }),
    nextHops: { 4: toHop(nic?.primary[4]), 6: toHop(nic?.primary[6]) },
    forwarding: nic === undefined ? 'unknown' : nic.forwarding ? 'on' : 'off',
    network,
    domain: network === null ? null : (domainOf(network)[0] ?? null),
    incarnation,
    subnet: nic?.subnet ?? null,
  };
}

function toHop(address: string | null | undefined): NextHop | null {
  return address ? hopTo(address) : null;
}

interface TableContext {
  readonly config: Config;
  readonly around: Surroundings;
  readonly targetOf: TargetOf;
}

function toTable(table: TableJson, { config, around, targetOf }: TableContext): RouteTable {
  const networks = networksOf(table);
  return {
    id: table.id.toLowerCase(),
    name: table.name,
    network: onlyOf(networks),
    domain: onlyOf(networks.flatMap((network) => around.domainOf(network)[0] ?? [])),
    networkCidrs: domainFor(table, around).flatMap((network) => around.networks.get(network)?.cidrs ?? []),
    routes: routesOf(table, config.routeName, (address) => targetOf(hopTowards(address, table, around))),
    quotas: [{ families: [4, 6], used: table.properties.routes.length, limit: config.routeLimit }],
    subnets: subnetsOf(table),
  };
}

/** The one that all of them are; null where they differ, or are none. */
function onlyOf(ids: readonly string[]): string | null {
  const [only = null, ...others] = new Set(ids);
  return others.length === 0 ? only : null;
}
