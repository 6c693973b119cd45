import { type Cidr, containsCidr } from '../../core/cidr.ts';
import { ApiError } from '../query.ts';
import type { GatewayField, Route, RouteTable, RouteTarget } from './model.ts';
import { requireOne } from './resources.ts';
import type { Ec2, State } from './state.ts';

/** What a caller can ask a route to lead to. */
export type TargetRequest =
  | { readonly kind: 'instance'; readonly id: string }
  | { readonly kind: 'interface'; readonly id: string }
  | { readonly kind: 'gateway'; readonly field: GatewayField; readonly id: string };

/** A propagated route may stand beside a static one of the same destination, which then wins. */
function routeKey(destination: Cidr, origin: Route['origin']): string {
  return origin === 'EnableVgwRoutePropagation' ? `propagated ${destination.text}` : destination.text;
}

/** The routes that every table of a VPC has from the start. */
export function localRoutes(cidrs: readonly Cidr[]): ReadonlyMap<string, Route> {
  return new Map(
    cidrs.map((destination) => [
      destination.text,
      { destination, target: { kind: 'local' }, origin: 'CreateRouteTable' },
    ]),
  );
}

/** Creates a route, or refuses as EC2 does. */
export function createRoute(ec2: Ec2, tableId: string, destination: Cidr, request: TargetRequest): void {
  const table = requireOne(ec2, ec2.state, 'rtb', ec2.state.routeTables, tableId);
  const target = resolveTarget(ec2, table, request);
  if (table.routes.has(destination.text)) {
    throw new ApiError('RouteAlreadyExists', `The route identified by ${destination.text} already exists.`);
  }
  checkInsideVpc(ec2.state, table, destination, target);
  checkLimit(ec2, table, destination);
  putRoute(ec2, table, { destination, target, origin: 'CreateRoute' });
}

/** Points an existing static route elsewhere. */
export function replaceRoute(ec2: Ec2, tableId: string, destination: Cidr, request: TargetRequest): void {
  const table = requireOne(ec2, ec2.state, 'rtb', ec2.state.routeTables, tableId);
  const target = resolveTarget(ec2, table, request);
  const route = table.routes.get(destination.text);
  if (route === undefined) {
    throw new ApiError(
      'InvalidParameterValue',
      `There is no route defined for '${destination.text}' in the route table. Use CreateRoute instead.`,
    );
  }
  if (route.target.kind === 'local') {
    throw new ApiError(
      'InvalidParameterValue',
      `cannot replace local route ${destination.text} in ${tableId}`,
    );
  }
  putRoute(ec2, table, { ...route, target });
}

/** Deletes a static route. */
export function deleteRoute(ec2: Ec2, tableId: string, destination: Cidr): void {
  const table = requireOne(ec2, ec2.state, 'rtb', ec2.state.routeTables, tableId);
  const route = table.routes.get(destination.text);
  if (route === undefined) {
    const block = destination.family === 4 ? 'destination-cidr-block' : 'destination-ipv6-cidr-block';
    const message = `no route with ${block} ${destination.text} in route table ${tableId}`;
    throw new ApiError('InvalidRoute.NotFound', message);
  }
  if (route.target.kind === 'local') {
    const message = `cannot remove local route ${destination.text} in route table ${tableId}`;
    throw new ApiError('InvalidParameterValue', message);
  }
  const routes = new Map(table.routes);
  routes.delete(destination.text);
  ec2.write().routeTables.set(tableId, { ...table, routes });
}

/** Adds a route as a virtual private gateway's propagation would. For tests: no API call does this. */
export function propagateRoute(ec2: Ec2, tableId: string, destination: Cidr, gatewayId: string): void {
  const table = requireOne(ec2, ec2.state, 'rtb', ec2.state.routeTables, tableId);
  const target: RouteTarget = { kind: 'gateway', field: 'gatewayId', id: gatewayId };
  putRoute(ec2, table, { destination, target, origin: 'EnableVgwRoutePropagation' });
}

/** Turns every route to this NAT gateway, peering or other gateway into a blackhole. For tests. */
export function removeTarget(ec2: Ec2, targetId: string): void {
  ec2.write().removedTargets.add(targetId);
}

function putRoute(ec2: Ec2, table: RouteTable, route: Route): void {
  const routes = new Map(table.routes).set(routeKey(route.destination, route.origin), route);
  ec2.write().routeTables.set(table.id, { ...table, routes });
}

function resolveTarget(ec2: Ec2, table: RouteTable, request: TargetRequest): RouteTarget {
  switch (request.kind) {
    case 'instance':
      return resolveInstance(ec2, table, request.id);
    case 'interface':
      return resolveInterface(ec2, table, request.id);
    case 'gateway':
      checkGateway(ec2, table, request.field, request.id);
      return request;
  }
}

function resolveInstance(ec2: Ec2, table: RouteTable, id: string): RouteTarget {
  const instance = requireOne(ec2, ec2.state, 'i', ec2.state.instances, id);
  if (instance.state === 'pending') {
    throw new ApiError(
      'InvalidInstanceID',
      `The pending instance '${id}' is not in a valid state for this operation.`,
    );
  }
  if (instance.state === 'shutting-down' || instance.state === 'terminated') {
    throw new ApiError(
      'IncorrectInstanceState',
      `Instance with state '${instance.state}' is not valid for this operation.`,
    );
  }
  const [primary, ...others] = instance.interfaces;
  if (primary === undefined) throw new ApiError('InternalError', `${id} has no network interface`);
  if (others.length > 0) throw multipleInterfaces(id);
  return resolveInterface(ec2, table, primary);
}

/** What EC2 says wherever an instance id cannot stand for its one interface. */
export function multipleInterfaces(instanceId: string): ApiError {
  return new ApiError(
    'InvalidInstanceID',
    `There are multiple interfaces attached to instance '${instanceId}'. Please specify an interface ID for the operation instead.`,
  );
}

function resolveInterface(ec2: Ec2, table: RouteTable, id: string): RouteTarget {
  const { vpc, attachment } = requireOne(ec2, ec2.state, 'eni', ec2.state.interfaces, id);
  if (vpc !== table.vpc) throw differentNetworks(table, `network interface ${id}`);
  return { kind: 'interface', id, instance: attachment?.instance ?? null };
}

function differentNetworks(table: RouteTable, other: string): ApiError {
  const message = `route table ${table.id} and ${other} belong to different networks`;
  return new ApiError('InvalidParameterValue', message);
}

const GATEWAY_PREFIXES: Readonly<Record<GatewayField, RegExp>> = {
  gatewayId: /^(igw|vgw)-[0-9a-f]{8,17}$/,
  natGatewayId: /^nat-[0-9a-f]{8,17}$/,
  vpcPeeringConnectionId: /^pcx-[0-9a-f]{8,17}$/,
  transitGatewayId: /^tgw-[0-9a-f]{8,17}$/,
};

/** Only internet gateways are modelled; of the other kinds, any well-formed id exists. */
function checkGateway(ec2: Ec2, table: RouteTable, field: GatewayField, id: string): void {
  const known = !id.startsWith('igw-') || ec2.state.gateways.has(id);
  if (!GATEWAY_PREFIXES[field].test(id) || !known || ec2.state.removedTargets.has(id)) {
    const noun = field.replace(/Id$/, '');
    const code = `Invalid${noun.charAt(0).toUpperCase()}${noun.slice(1)}ID.NotFound`;
    throw new ApiError(code, `The ${noun} ID '${id}' does not exist`);
  }
  const vpc = ec2.state.gateways.get(id)?.vpc;
  if (vpc !== undefined && vpc !== table.vpc) throw differentNetworks(table, `network gateway ${id}`);
}

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html for routes inside the VPC. */
function checkInsideVpc(state: State, table: RouteTable, destination: Cidr, target: RouteTarget): void {
  const vpcCidrs = state.vpcs.get(table.vpc)?.cidrs ?? [];
  if (!vpcCidrs.some(({ cidr }) => containsCidr(cidr, destination))) return;
  if (target.kind !== 'interface') {
    throw new ApiError(
      'InvalidParameterValue',
      `The destination CIDR block ${destination.text} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
    );
  }
  for (const { cidr, ipv6 } of state.subnets.values()) {
    if (cidr.text === destination.text || ipv6?.cidr.text === destination.text) return;
  }
  throw new ApiError('InvalidParameterValue', "Route destination doesn't match any subnet CIDR blocks.");
}

function checkLimit(ec2: Ec2, table: RouteTable, destination: Cidr): void {
  let count = 0;
  for (const route of table.routes.values()) {
    if (route.origin === 'EnableVgwRoutePropagation') continue;
    if (route.destination.family === destination.family) count += 1;
  }
  if (count < ec2.settings.routeLimit) return;
  const message = `The maximum number of routes has been reached for route table ${table.id}.`;
  throw new ApiError('RouteLimitExceeded', message);
}
