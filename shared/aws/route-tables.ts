import {
  type EC2Client,
  type Route as Ec2Route,
  type RouteTable as Ec2RouteTable,
  type Filter,
  paginateDescribeRouteTables,
} from '@aws-sdk/client-ec2';
import { type Cidr, type Family, parseCidr } from '../core/cidr.ts';
import type { NextHop, Route, RouteQuota, RouteTarget } from '../core/model.ts';
import { nameOf } from './instances.ts';
import { readPages, requireSet } from './pages.ts';

const PAGE_SIZE = 100;

/** Reads every route table that the filters let through, page by page. Throws what the SDK throws. */
export async function listRouteTables(
  client: EC2Client,
  filters: readonly Filter[],
  abortSignal: AbortSignal,
): Promise<Ec2RouteTable[]> {
  const pages = paginateDescribeRouteTables(
    { client, pageSize: PAGE_SIZE, stopOnSameToken: true },
    { Filters: [...filters] },
    { abortSignal },
  );
  const tables = await readPages(pages, ({ RouteTables }) => RouteTables);
  for (const { Routes } of tables) requireSet(Routes);
  return tables;
}

/**
 * The network's own ranges: every table begins with a local route for each of them. Such a route may be led
 * elsewhere, through an appliance, and tells a range of the network all the same.
 * https://docs.aws.amazon.com/vpc/latest/userguide/replace-local-route-target.html
 */
export function networkCidrsOf(table: Ec2RouteTable): Cidr[] {
  const given = (table.Routes ?? []).filter((route) => isLocal(route) || route.Origin === 'CreateRouteTable');
  return given.flatMap((route) => destinationOf(route) ?? []);
}

/** IPv4 and IPv6 routes are counted apart, and propagated ones not at all. */
export function quotasOf(table: Ec2RouteTable, limit: number): RouteQuota[] {
  const counted = (table.Routes ?? []).filter((route) => !isPropagated(route));
  const used = (family: Family): number =>
    counted.filter(
      ({ DestinationIpv6CidrBlock }) => (DestinationIpv6CidrBlock === undefined ? 4 : 6) === family,
    ).length;
  return ([4, 6] as const).map((family) => ({ families: [family], used: used(family), limit }));
}

/** Subnets that the table serves; null for a main table, which also serves those not associated at all. */
export function subnetsOf(table: Ec2RouteTable): string[] | null {
  const associations = table.Associations ?? [];
  if (associations.some(({ Main }) => Main === true)) return null;
  return associations.flatMap(({ SubnetId }) => SubnetId ?? []);
}

export function tableName(table: Ec2RouteTable): string {
  return nameOf(table) || (table.RouteTableId ?? '');
}

/**
 * The routes of a table that have a CIDR destination; those to prefix lists are never ours.
 *
 * @param hopOf the next hop of a known instance, which completes answers that leave the interface out
 * @param targetOf who is behind a route of our kind
 */
export function routesOf(
  table: Ec2RouteTable,
  hopOf: (instanceId: string) => NextHop | null,
  targetOf: (route: Ec2Route) => RouteTarget,
): Route[] {
  return (table.Routes ?? []).flatMap((route) => {
    const destination = destinationOf(route);
    if (destination === null || isLocal(route)) return [];
    const ourKind = isOurKind(route);
    return {
      destination,
      nextHop: nextHopOfRoute(route, hopOf),
      state: isBlackhole(route) ? 'blackhole' : 'active',
      ourKind,
      target: ourKind ? targetOf(route) : { kind: 'stranger' },
      ...(isPropagated(route) && { propagated: true }),
    };
  });
}

/**
 * Learnt from a virtual private gateway, or from a VPC Route Server. A static route comes before it.
 * https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
 */
function isPropagated({ Origin }: Ec2Route): boolean {
  return Origin === 'EnableVgwRoutePropagation' || Origin === 'Advertisement';
}

export function isBlackhole({ State }: Ec2Route): boolean {
  return State === 'blackhole';
}

/** R2: made by CreateRoute, to an instance or interface, or a blackhole that has no target left. */
export function isOurKind(route: Ec2Route): boolean {
  if (route.Origin !== 'CreateRoute' || otherTarget(route) !== null) return false;
  return interfaceTarget(route) !== null || isBlackhole(route);
}

function destinationOf(route: Ec2Route): Cidr | null {
  const text = route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock;
  if (text === undefined) return null;
  const result = parseCidr(text);
  return result.ok ? result.cidr : null;
}

function isLocal({ GatewayId }: Ec2Route): boolean {
  return GatewayId === 'local';
}

function interfaceTarget({ InstanceId, NetworkInterfaceId }: Ec2Route): string | null {
  return NetworkInterfaceId ?? InstanceId ?? null;
}

function otherTarget(route: Ec2Route): string | null {
  return (
    route.GatewayId ??
    route.NatGatewayId ??
    route.TransitGatewayId ??
    route.VpcPeeringConnectionId ??
    route.EgressOnlyInternetGatewayId ??
    route.LocalGatewayId ??
    route.CarrierGatewayId ??
    route.CoreNetworkArn ??
    route.OdbNetworkArn ??
    null
  );
}

function nextHopOfRoute(route: Ec2Route, hopOf: (instanceId: string) => NextHop | null): NextHop | null {
  const { InstanceId, NetworkInterfaceId } = route;
  const other = otherTarget(route);
  if (other !== null) return { id: other, shown: other };
  if (NetworkInterfaceId !== undefined) {
    return { id: NetworkInterfaceId, shown: InstanceId ?? NetworkInterfaceId };
  }
  if (InstanceId === undefined) return null;
  return hopOf(InstanceId) ?? { id: InstanceId, shown: InstanceId };
}
