import { DescribeRouteTablesCommand, type Route } from '@aws-sdk/client-ec2';
import { compareDestinations, type RouteRow } from '../../../demo/route-rows.ts';
import { nameOf, type Operator } from './operator.ts';

/** The routes of every table with a name, by table and destination. */
export async function readRoutes(operator: Operator): Promise<readonly RouteRow[]> {
  const { RouteTables = [] } = await operator.ec2.send(new DescribeRouteTablesCommand({}));
  return RouteTables.flatMap(({ RouteTableId = '', Routes = [] }) => {
    // The main table, which every VPC has, serves no subnet here.
    if (!operator.names.has(RouteTableId)) return [];
    return Routes.map((route) => toRow(operator, nameOf(operator, RouteTableId), route));
  }).sort((a, b) => a.label.localeCompare(b.label) || compareDestinations(a, b));
}

function toRow(operator: Operator, table: string, route: Route): RouteRow {
  const target =
    route.InstanceId ?? route.NetworkInterfaceId ?? route.GatewayId ?? route.VpcPeeringConnectionId ?? 'none';
  return {
    label: table,
    destination: route.DestinationCidrBlock ?? '',
    nextHop: nameOf(operator, target),
    detail: route.State ?? '',
  };
}
