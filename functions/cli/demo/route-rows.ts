import { DescribeRouteTablesCommand, type Route } from '@aws-sdk/client-ec2';
import { compareCidrs, parseCidr } from '../../../shared/cidr.ts';
import { nameOf, type Operator } from './operator.ts';

/** One route of one table as a person reads it: names instead of ids. */
export interface RouteRow {
  readonly table: string;
  readonly destination: string;
  readonly nextHop: string;
  readonly state: string;
}

/** `same`: as before; `new`: not there before; `changed`: led elsewhere or was in another state; `gone`: no more. */
export type RowChange = 'same' | 'new' | 'changed' | 'gone';

/** Equal rows of several tables as one. */
export interface MergedRow extends Omit<RouteRow, 'table'> {
  readonly change: RowChange;
  readonly tables: readonly string[];
  /** What a changed row said before. */
  readonly before: string | null;
}

/** The routes of every table with a name, by table and destination. */
export async function readRoutes(operator: Operator): Promise<readonly RouteRow[]> {
  const { RouteTables = [] } = await operator.ec2.send(new DescribeRouteTablesCommand({}));
  return RouteTables.flatMap(({ RouteTableId = '', Routes = [] }) => {
    // The main table, which every VPC has, serves no subnet here.
    if (!operator.names.has(RouteTableId)) return [];
    return Routes.map((route) => toRow(operator, nameOf(operator, RouteTableId), route));
  }).sort((a, b) => a.table.localeCompare(b.table) || compareDestinations(a, b));
}

/** A route as one line. */
export function formatRow({ destination, nextHop, state }: Omit<RouteRow, 'table'>): string {
  return `${destination} ${nextHop} ${state}`;
}

/** Compares two readings; rows that say the same of several tables become one. */
export function compareRoutes(before: readonly RouteRow[], after: readonly RouteRow[]): MergedRow[] {
  const former = new Map(before.map((row) => [keyOf(row), row]));
  const present = new Set(after.map(keyOf));
  const gone = before.filter((row) => !present.has(keyOf(row)));
  const rows = [
    ...after.map((row) => withChange(row, former.get(keyOf(row)))),
    ...gone.map((row) => ({ ...row, change: 'gone' as const, before: null })),
  ];
  const groups = Map.groupBy(rows, (row) => `${formatRow(row)} ${row.change} ${row.before}`);
  return [...groups.values()]
    .flatMap(([first, ...others]) =>
      first === undefined ? [] : [{ ...first, tables: [first, ...others].map(({ table }) => table) }],
    )
    .sort(compareDestinations);
}

function withChange(
  row: RouteRow,
  former: RouteRow | undefined,
): RouteRow & Pick<MergedRow, 'change' | 'before'> {
  if (former === undefined) return { ...row, change: 'new', before: null };
  if (formatRow(former) === formatRow(row)) return { ...row, change: 'same', before: null };
  const said = former.nextHop === row.nextHop ? former.state : former.nextHop;
  return { ...row, change: 'changed', before: said };
}

function keyOf({ table, destination }: RouteRow): string {
  return `${table} ${destination}`;
}

function compareDestinations(a: Pick<RouteRow, 'destination'>, b: Pick<RouteRow, 'destination'>): number {
  const [left, right] = [parseCidr(a.destination), parseCidr(b.destination)];
  return left.ok && right.ok ? compareCidrs(left.cidr, right.cidr) : 0;
}

function toRow(operator: Operator, table: string, route: Route): RouteRow {
  const target =
    route.InstanceId ?? route.NetworkInterfaceId ?? route.GatewayId ?? route.VpcPeeringConnectionId ?? 'none';
  return {
    table,
    destination: route.DestinationCidrBlock ?? '',
    nextHop: nameOf(operator, target),
    state: route.State ?? '',
  };
}
