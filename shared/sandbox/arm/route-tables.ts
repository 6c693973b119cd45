import { parseCidr } from '../../core/cidr.ts';
import { checkLock, type Write, writeNow } from './async-operations.ts';
import type { RouteBody, RouteTableBody } from './bodies.ts';
import { ArmError, childNotFound } from './errors.ts';
import { type Caller, platformCaller } from './events.ts';
import { canonicalGroup } from './groups.ts';
import type { Route, RouteTable } from './model.ts';
import { groupId, isResourceName, keyOf, resourceId } from './resource-ids.ts';
import { findResource, newResource, requireResource } from './resources.ts';
import type { Arm } from './state.ts';

const TYPE = 'Microsoft.Network/routeTables';

/** A route as a caller describes it; the next hop type is `VirtualAppliance` by default. */
export interface RouteRequest {
  readonly name: string;
  readonly addressPrefix: string;
  readonly nextHopType?: string;
  readonly nextHopIpAddress?: string;
}

interface RouteTableRequest {
  readonly group: string;
  readonly name: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly disableBgpRoutePropagation?: boolean;
  readonly routes?: readonly RouteRequest[];
}

/** Creates a route table, or replaces it whole, as some other client would: at once, with its events. */
export function putRouteTable(
  arm: Arm,
  request: RouteTableRequest,
  caller = platformCaller(arm),
): RouteTable {
  const { group, name, location, tags, disableBgpRoutePropagation, routes = [] } = request;
  const properties = {
    routes: routes.map((route) => ({ name: route.name, ...routeBody(route) })),
    ...(disableBgpRoutePropagation !== undefined && { disableBgpRoutePropagation }),
  };
  const write = planTableWrite(arm, group, name, { location, tags, properties });
  return finishTableWrite(arm, write, caller);
}

/** Puts a route as some other client would: at once, with its events and a new entity tag of the table. */
export function putRoute(
  arm: Arm,
  tableId: string,
  route: RouteRequest,
  caller = platformCaller(arm),
): RouteTable {
  const table = requireResource(arm, TYPE, tableId);
  return finishTableWrite(arm, planRouteWrite(arm, table, route.name, routeBody(route)), caller);
}

/** Deletes a route as some other client would; nothing happens where it is not there. */
export function deleteRoute(
  arm: Arm,
  tableId: string,
  name: string,
  caller = platformCaller(arm),
): RouteTable {
  const table = requireResource(arm, TYPE, tableId);
  const write = planRouteDelete(table, name);
  return write === null ? table : finishTableWrite(arm, write, caller);
}

function routeBody({ addressPrefix, nextHopType = 'VirtualAppliance', nextHopIpAddress }: RouteRequest) {
  return { properties: { addressPrefix, nextHopType, nextHopIpAddress } };
}

function finishTableWrite(arm: Arm, write: Write, caller: Caller): RouteTable {
  const id = write.after?.id ?? '';
  checkLock(arm, id);
  writeNow(arm, write, caller);
  return requireResource(arm, TYPE, id);
}

/** What a PUT of a whole table does, once validated: what is not in the body is gone. */
export function planTableWrite(arm: Arm, group: string, name: string, body: RouteTableBody): Write {
  checkName(name);
  const canonical = canonicalGroup(arm, group);
  const id = resourceId(groupId(arm.subscription, canonical), TYPE, name);
  const before = findResource(arm, TYPE, id);
  const location = body.location?.toLowerCase().replaceAll(' ', '');
  if (location === undefined) {
    throw new ArmError(400, 'LocationRequired', `The location property is required for this definition.`);
  }
  if (before !== null && location !== before.location) throw wrongLocation(before, canonical, location);
  const sent = body.properties?.routes ?? [];
  const routes = new Map(sent.map((route) => [route.name.toLowerCase(), readRoute(id, route.name, route)]));
  if (routes.size < sent.length)
    throw new ArmError(400, 'DuplicateResourceName', `Route names of ${id} are not unique.`);
  const tags = body.tags ?? {};
  const resource = before ?? {
    ...newResource(arm, TYPE, canonical, [name], { location }),
    resourceGuid: arm.ids.uuid(),
  };
  const disableBgpRoutePropagation = body.properties?.disableBgpRoutePropagation ?? false;
  const after = { ...resource, tags, disableBgpRoutePropagation, routes };
  checkRoutes(arm, after);
  const operation = 'PutRouteTableOperation';
  return { before, after, operation, action: `${TYPE}/write`, target: after.id };
}

/** What a PUT of one route does, once validated. */
export function planRouteWrite(arm: Arm, table: RouteTable, name: string, body: RouteBody): Write {
  const key = name.toLowerCase();
  const present = table.routes.get(key);
  const given = present?.name ?? name;
  const routes = new Map(table.routes).set(key, readRoute(table.id, given, body));
  const after = { ...table, routes };
  checkRoutes(arm, after);
  const target = routeId(table, given);
  const action = `${TYPE}/routes/write`;
  const addsPart = present === undefined;
  return { before: table, after, operation: 'PutRouteOperation', action, target, addsPart };
}

/** What a DELETE of one route does, or null where it is not there. */
export function planRouteDelete(table: RouteTable, name: string): Write | null {
  const route = table.routes.get(name.toLowerCase());
  if (route === undefined) return null;
  const routes = new Map(table.routes);
  routes.delete(name.toLowerCase());
  const target = routeId(table, route.name);
  const action = `${TYPE}/routes/delete`;
  return { before: table, after: { ...table, routes }, operation: 'DeleteRouteOperation', action, target };
}

/** What a DELETE of a table does, once no subnet uses it. */
export function planTableDelete(table: RouteTable, subnets: readonly string[]): Write {
  if (subnets.length > 0) {
    const message = `Route table ${table.name} is in use and cannot be deleted.`;
    throw new ArmError(400, 'InUseRouteTableCannotBeDeleted', message);
  }
  const action = `${TYPE}/delete`;
  return { before: table, after: null, operation: 'DeleteRouteTableOperation', action, target: table.id };
}

/** The ids of the subnets whose route table this is, in order of creation. */
export function subnetsOf(arm: Arm, table: RouteTable): readonly string[] {
  const key = keyOf(table.id);
  return [...arm.resources.values()]
    .flatMap((resource) =>
      resource.type === 'Microsoft.Network/virtualNetworks' ? [...resource.subnets.values()] : [],
    )
    .filter(({ routeTable }) => routeTable !== null && keyOf(routeTable) === key)
    .map(({ id }) => id);
}

/** The route of this name, or the network provider's refusal. */
export function requireRoute(table: RouteTable, name: string): Route {
  const route = table.routes.get(name.toLowerCase());
  if (route === undefined) throw childNotFound(routeId(table, name));
  return route;
}

/** The id of a route. */
export function routeId(table: RouteTable, name: string): string {
  return `${table.id}/routes/${name}`;
}

function readRoute(tableId: string, name: string, { properties }: RouteBody): Route {
  checkName(name);
  const { addressPrefix = '', nextHopType } = properties;
  const nextHopIpAddress = properties.nextHopIpAddress || null;
  checkPrefix(`${tableId}/routes/${name}`, addressPrefix);
  if (!NEXT_HOP_TYPES.has(nextHopType)) {
    throw new ArmError(
      400,
      'InvalidRequestFormat',
      `Route ${name} has the unknown next hop type ${nextHopType}.`,
    );
  }
  if ((nextHopType === 'VirtualAppliance') !== (nextHopIpAddress !== null)) {
    const message = `Route ${name} has next hop type ${nextHopType}: only VirtualAppliance has, and needs, a next hop IP address.`;
    throw new ArmError(400, 'InvalidNextHopIpAddress', message);
  }
  return { name, addressPrefix, nextHopType, nextHopIpAddress };
}

const NEXT_HOP_TYPES: ReadonlySet<string> = new Set([
  'VirtualNetworkGateway',
  'VnetLocal',
  'Internet',
  'VirtualAppliance',
  'None',
]);

/** A service tag has neither digits at its start nor a slash: everything else must be a network. */
function checkPrefix(id: string, prefix: string): void {
  if (/^[a-z][\w.]*$/i.test(prefix)) return;
  const result = parseCidr(prefix);
  if (result.ok) return;
  const hint =
    result.corrected === null ? '' : ` For the given prefix length, it should be ${result.corrected}.`;
  const message = `The address prefix ${prefix} in resource ${id} has an invalid CIDR notation.${hint}`;
  throw new ArmError(400, 'InvalidCIDRNotation', message);
}

/** Azure names no code for a full table in its documentation: this one follows its other limits' codes. */
function checkRoutes(arm: Arm, { name, routes }: RouteTable): void {
  const limit = arm.settings.routeLimit;
  if (routes.size > limit) {
    const message = `Cannot create more than ${limit} routes for route table ${name}.`;
    throw new ArmError(400, 'RouteCountLimitReached', message);
  }
  const byPrefix = new Map<string, Route>();
  for (const route of routes.values()) {
    const result = parseCidr(route.addressPrefix);
    const prefix = result.ok ? result.cidr.text : route.addressPrefix.toLowerCase();
    const other = byPrefix.get(prefix);
    if (other !== undefined) throw routeConflict(route, other);
    byPrefix.set(prefix, route);
  }
}

/** @see https://github.com/kubernetes-sigs/cloud-provider-azure/issues/657 */
function routeConflict(route: Route, other: Route): ArmError {
  const message = `Route: ${route.name} conflicts with Route: ${other.name}. Routes cannot have the same AddressPrefix.`;
  return new ArmError(400, 'RouteConflict', message);
}

function checkName(name: string): void {
  if (isResourceName(name)) return;
  const message = `Resource name ${name} is invalid. The name can be up to 80 characters long. It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.`;
  throw new ArmError(400, 'InvalidResourceName', message);
}

function wrongLocation({ name, location }: RouteTable, group: string, wanted: string): ArmError {
  const message = `The resource '${name}' already exists in location '${location}' in resource group '${group}'. A resource with the same name cannot be created in location '${wanted}'. Please select a new resource name.`;
  return new ArmError(409, 'InvalidResourceLocation', message);
}
