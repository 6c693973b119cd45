import type { Cidr } from '../core/cidr.ts';
import type { Config } from '../core/config/config.ts';
import type { CloudFailure } from '../core/errors.ts';
import type { NextHop, Node, Observation, ReadFailure, RouteTable, Scope } from '../core/model.ts';
import type { ArmClient } from './arm-client.ts';
import { toReadFailure } from './failures.ts';
import { type Interface, networkOf } from './interfaces.ts';
import { type Inventory, readInventory } from './inventory.ts';
import { claimAdviceFor, type Machine } from './machines.ts';
import { type MachineClaims, readClaims } from './node-claims.ts';
import { hopTo, ownAddresses, routesOf } from './route-tables.ts';
import { maySelect, selectsByClaim } from './selection.ts';
import { type AddressSpaces, networksOf, readAddressSpaces, readTables, subnetsOf } from './table-reading.ts';
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
    readTables(arm, config, signal),
    readInventory(arm, config, scope, signal),
  ]);
  const primaries = findPrimaries(inventory);
  const networks = new Set(reading.tables.flatMap(networksOf));
  // A table without subnets may be about to get some: of the nodes' networks, then.
  const near = networks.size > 0 ? networks : networksNear(primaries);
  const candidates = inventory.machines.filter(({ id, tags }) =>
    selectsByClaim(config) ? near.has(networkFor(primaries.get(id)) ?? '') : maySelect(config, tags),
  );
  const [claims, addressing] = await Promise.all([
    readClaims(arm, config, candidates, signal),
    readAddressSpaces(arm, [...near], signal),
  ]);
  const interfaceOf = new Map(
    candidates
      .map((machine) => {
        const primary = primaries.get(machine.id);
        return [toNode(machine, primary, claims.get(machine.id)), primary] as const;
      })
      .filter(([node]) => !selectsByClaim(config) || speaks(node)),
  );
  const nodes = [...interfaceOf.keys()];
  const { spaces } = addressing;
  const known = reading.tables.filter((table) => findUnknownSpace(table, near, addressing) === null);
  const hops = known.flatMap((table) => hopsOf(table, config, networksFor(table, near)));
  const lookup = { scope, nodeIds: new Set(nodes.map(({ id }) => id)), inventory, spaces };
  const targets = await findTargets(arm, hops, lookup, signal);
  const context = { config, near, spaces, targetOf: targets.targetOf };
  const tableJson = new Map(known.map((table) => [toTable(table, context), table]));
  const failures = [
    ...inventory.failures,
    ...targets.failures,
    ...reading.failures,
    ...findUnknownSpaces(reading.tables, near, addressing),
    ...findUnreadClaims(claims),
  ];
  const { missing } = inventory;
  return { scope, nodes, tables: [...tableJson.keys()], missing, failures, tableJson, interfaceOf };
}

/** The primary interface of each machine. */
function findPrimaries({ machines, interfaces }: Inventory): Map<string, Interface> {
  const byId = new Map(interfaces.map((nic) => [nic.id, nic]));
  return new Map(
    machines.flatMap(({ id, interfaces: [first = ''] }): [string, Interface][] => {
      const nic = byId.get(first);
      return nic === undefined ? [] : [[id, nic]];
    }),
  );
}

function networkFor(nic: Interface | undefined): string | null {
  return nic?.subnet ? networkOf(nic.subnet) : null;
}

function networksNear(primaries: ReadonlyMap<string, Interface>): Set<string> {
  return new Set([...primaries.values()].flatMap((nic) => networkFor(nic) ?? []));
}

function speaks({ claims, defects, claimsKnown }: Node): boolean {
  return claims.length > 0 || defects.length > 0 || !claimsKnown;
}

/** R7: a table of a network whose own ranges are not known must get no route. */
function findUnknownSpace(
  table: TableJson,
  near: ReadonlySet<string>,
  { failures }: AddressSpaces,
): CloudFailure | null {
  const found = networksFor(table, near).flatMap((network) => failures.get(network) ?? []);
  return found[0] ?? null;
}

function findUnknownSpaces(
  tables: readonly TableJson[],
  near: ReadonlySet<string>,
  addressing: AddressSpaces,
): ReadFailure[] {
  return tables.flatMap((table) => {
    const failure = findUnknownSpace(table, near, addressing);
    return failure === null ? [] : toReadFailure('table', table.id.toLowerCase(), failure);
  });
}

function networksFor(table: TableJson, near: ReadonlySet<string>): readonly string[] {
  const own = networksOf(table);
  return own.length > 0 ? own : [...near];
}

function hopsOf(table: TableJson, { routeName, clusterCidrs }: Config, networks: readonly string[]): Hop[] {
  return ownAddresses(table, routeName, clusterCidrs).map((address) => ({ address, networks }));
}

function findUnreadClaims(claims: ReadonlyMap<string, MachineClaims>): ReadFailure[] {
  return [...claims].flatMap(([id, result]) =>
    result.ok ? [] : [{ what: 'claims' as const, id, failure: result.failure }],
  );
}

function toNode(machine: Machine, nic: Interface | undefined, claims: MachineClaims | undefined): Node {
  const { id, name, state, launchedAt } = machine;
  const advice = claimAdviceFor(id);
  const reading = claims?.ok === true ? claims.reading : { claims: [], defects: [] };
  return {
    id,
    name,
    state,
    launchedAt,
    addresses: nic?.addresses ?? [],
    claims: reading.claims,
    defects: reading.defects,
    claimsKnown: claims?.ok === true,
    ...(advice !== null && { claimAdvice: advice }),
    nextHops: { 4: toHop(nic?.primary[4]), 6: toHop(nic?.primary[6]) },
    forwarding: nic === undefined ? 'unknown' : nic.forwarding ? 'on' : 'off',
    network: networkFor(nic),
    subnet: nic?.subnet ?? null,
  };
}

function toHop(address: string | null | undefined): NextHop | null {
  return address ? hopTo(address) : null;
}

interface TableContext {
  readonly config: Config;
  readonly near: ReadonlySet<string>;
  readonly spaces: ReadonlyMap<string, readonly Cidr[]>;
  readonly targetOf: TargetOf;
}

function toTable(table: TableJson, { config, near, spaces, targetOf }: TableContext): RouteTable {
  const [only = null, ...others] = networksOf(table);
  const networks = networksFor(table, near);
  return {
    id: table.id.toLowerCase(),
    name: table.name,
    network: others.length === 0 ? only : null,
    networkCidrs: networks.flatMap((network) => spaces.get(network) ?? []),
    routes: routesOf(table, config.routeName, (address) => targetOf(address, networks)),
    quotas: [{ families: [4, 6], used: table.properties.routes?.length ?? 0, limit: config.routeLimit }],
    subnets: subnetsOf(table),
    byAddress: true,
  };
}
