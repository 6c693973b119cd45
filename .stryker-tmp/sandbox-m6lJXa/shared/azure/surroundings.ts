// @ts-nocheck
import type { Config } from '../core/config/config.ts';
import type { CloudFailure } from '../core/errors.ts';
import type { ArmClient } from './arm-client.ts';
import { type Interface, networkOf } from './interfaces.ts';
import type { Inventory } from './inventory.ts';
import { type DomainOf, findDomains, type NetworkReading, readNetworks } from './networks.ts';
import { maySelect, selectsByClaim } from './selection.ts';
import { networksOf, readTables, type TableReading } from './table-reading.ts';
import type { TableJson } from './wire.ts';

/** The primary interface of each machine that has one, by machine id. */
export type Primaries = ReadonlyMap<string, Interface>;

/** The networks that matter to tables and nodes, and which of them are peered. */
export interface Surroundings extends NetworkReading {
  readonly domainOf: DomainOf;
  /** Networks that the table serves. One without subnets may be about to get some: of the nodes' networks, then. */
  readonly networksFor: (table: TableJson) => readonly string[];
  /** The networks of the tables' domains: nodes elsewhere get no route. */
  readonly reached: ReadonlySet<string>;
}

/** Tables, and the networks that they serve. */
export interface TablesAndNetworks extends TableReading {
  readonly around: NetworkReading;
}

/** Reads the tables, then their networks: both while machines are read. */
export async function readTablesAndNetworks(
  arm: ArmClient,
  config: Config,
  signal: AbortSignal,
): Promise<TablesAndNetworks> {
  const reading = await readTables(arm, config, signal);
  const networks = new Set(reading.tables.flatMap(networksOf));
  return { ...reading, around: await readNetworks(arm, networks, { inhabited: networks, signal }) };
}

/** Reads what is left to read of networks once it is known where the machines are. */
export async function readSurroundings(
  arm: ArmClient,
  { tables, around }: TablesAndNetworks,
  nodes: Iterable<Interface>,
  signal: AbortSignal,
): Promise<Surroundings> {
  const served = new Set(tables.flatMap(networksOf));
  const lived = new Set([...nodes].flatMap((nic) => networkFor(nic) ?? []));
  const near = served.size > 0 ? served : lived;
  const reading = await readNetworks(
    arm,
    near,
    { inhabited: new Set([...served, ...lived]), signal },
    around,
  );
  const domainOf = findDomains(reading);
  return {
    ...reading,
    domainOf,
    networksFor: (table) => {
      const own = networksOf(table);
      return own.length > 0 ? own : [...near];
    },
    reached: new Set([...near].flatMap(domainOf)),
  };
}

/** The interfaces of the machines that may be nodes. */
export function interfacesOfNodes(
  { machines }: Inventory,
  primaries: Primaries,
  config: Config,
): Interface[] {
  return machines
    .filter(({ tags }) => selectsByClaim(config) || maySelect(config, tags))
    .flatMap(({ id }) => primaries.get(id) ?? []);
}

/** The network that an interface is in. */
export function networkFor(nic: Interface | undefined): string | null {
  return nic?.subnet ? networkOf(nic.subnet) : null;
}

/** All networks of the routing domains of a table, those that it serves first. */
export function domainFor(table: TableJson, { networksFor, domainOf }: Surroundings): string[] {
  const own = networksFor(table);
  return [...new Set([...own, ...own.flatMap(domainOf)])];
}

/** R7: a table of a domain of which not all ranges are known must get no route. */
export function findUnknownSpace(table: TableJson, around: Surroundings): CloudFailure | null {
  return domainFor(table, around).flatMap((network) => around.failures.get(network) ?? [])[0] ?? null;
}
