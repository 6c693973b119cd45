import { type Cidr, containsCidr, parseCidr } from '../core/cidr.ts';
import type { CloudFailure } from '../core/errors.ts';
import type { Change, NextHop, Route, RouteTarget } from '../core/model.ts';
import { readAddress } from './interfaces.ts';
import { routeName } from './route-names.ts';
import type { RouteJson, TableJson } from './wire.ts';

const APPLIANCE = 'VirtualAppliance';

/**
 * The routes of a table that have a CIDR destination; those to service tags are never ours.
 *
 * @param targetOf who is behind an address
 */
export function routesOf(
  table: TableJson,
  template: string,
  targetOf: (address: string) => RouteTarget,
): Route[] {
  return table.properties.routes.flatMap((route) => {
    const destination = destinationOf(route);
    if (destination === null) return [];
    const address = readAddress(route.properties.nextHopIpAddress);
    const ourKind = isOurKind(route, destination, template);
    return {
      destination,
      nextHop: nextHopOf(route),
      state: 'active',
      ourKind,
      target: ourKind && address !== null ? targetOf(address) : { kind: 'stranger' },
      ...(isFailed(table.properties) || isFailed(route.properties) ? { writeFailed: true } : {}),
    };
  });
}

/**
 * A resource whose last write failed shows what was wanted of it, which may not be what is in force.
 * https://learn.microsoft.com/azure/networking/troubleshoot-failed-state
 */
function isFailed({
  provisioningState,
}: {
  readonly provisioningState?: string | null | undefined;
}): boolean {
  return provisioningState === 'Failed';
}

/** The addresses that routes of our kind inside the cluster CIDRs lead to. */
export function ownAddresses(table: TableJson, template: string, clusterCidrs: readonly Cidr[]): string[] {
  return table.properties.routes.flatMap((route) => {
    const destination = destinationOf(route);
    if (destination === null || !isOurKind(route, destination, template)) return [];
    const isInside = clusterCidrs.some((range) => containsCidr(range, destination));
    return isInside ? (readAddress(route.properties.nextHopIpAddress) ?? []) : [];
  });
}

function isOurs(route: RouteJson, template: string): boolean {
  const destination = destinationOf(route);
  return destination !== null && isOurKind(route, destination, template);
}

/** R2: to a virtual appliance, under the name that our template gives to this very destination. */
function isOurKind({ name, properties }: RouteJson, destination: Cidr, template: string): boolean {
  return (
    properties.nextHopType === APPLIANCE &&
    name.toLowerCase() === routeName(template, destination).toLowerCase()
  );
}

/** A next hop that is an address. Azure compares neither case nor notation of it. */
export function hopTo(address: string): NextHop {
  return { id: address, shown: address };
}

function nextHopOf({ properties }: RouteJson): NextHop | null {
  const address = readAddress(properties.nextHopIpAddress);
  if (address !== null) return hopTo(address);
  const type = properties.nextHopType ?? 'unknown';
  return { id: type, shown: type };
}

function destinationOf({ properties }: RouteJson): Cidr | null {
  const result = parseCidr(properties.addressPrefix ?? '');
  return result.ok ? result.cidr : null;
}

/** A table as it is to be, and the changes that it cannot have. */
export interface Edit {
  readonly table: TableJson;
  readonly refused: ReadonlyMap<Change, CloudFailure>;
}

/**
 * Makes the changes to a table as it was read. Everything else in it stays as it came: the routes of others,
 * tags, location, the propagation flag, and what Azure may add one day.
 */
export function editTable(table: TableJson, changes: readonly Change[], template: string): Edit {
  const refused = new Map<Change, CloudFailure>();
  const deleted = new Set(pick(changes, 'delete').map(({ destination }) => destination.text));
  const replaced = new Map(pick(changes, 'replace').map((change) => [change.destination.text, change]));
  const routes = table.properties.routes.flatMap((route) => {
    if (!isOurs(route, template)) return route;
    const text = destinationOf(route)?.text ?? '';
    if (deleted.has(text)) return [];
    const nextHopIpAddress = replaced.get(text)?.nextHop?.shown;
    return nextHopIpAddress === undefined
      ? route
      : { ...route, properties: { ...route.properties, nextHopIpAddress } };
  });
  const names = new Map(routes.map((route) => [route.name.toLowerCase(), route]));
  for (const change of pick(changes, 'create')) {
    const route = newRoute(change, template);
    const other = names.get(route.name.toLowerCase());
    if (other === undefined) routes.push(route);
    else refused.set(change, nameTaken(other));
  }
  return { table: { ...table, properties: { ...table.properties, routes } }, refused };
}

function pick(changes: readonly Change[], action: Change['action']): readonly Change[] {
  return changes.filter((change) => change.action === action);
}

function newRoute({ destination, nextHop }: Change, template: string): RouteJson {
  return {
    name: routeName(template, destination),
    properties: {
      addressPrefix: destination.text,
      nextHopType: APPLIANCE,
      nextHopIpAddress: nextHop?.shown ?? null,
    },
  };
}

/** Putting ours would remove the other, which is not ours to remove. */
function nameTaken({ name, properties }: RouteJson): CloudFailure {
  const message = `The table has a route named ${name} to ${properties.addressPrefix ?? 'nowhere'}. Rename or remove it.`;
  return { kind: 'permanent', code: 'route-name-taken', message };
}
