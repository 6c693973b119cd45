import { compareCidrs, parseCidr } from '../../../shared/core/cidr.ts';

/** One route as a person reads it: names instead of ids. */
export interface RouteRow {
  readonly destination: string;
  readonly nextHop: string;
  /** On AWS its state, on Azure whose address the next hop is. */
  readonly detail: string;
  /** What it is known by beside its destination: on AWS its table, on Azure its name. */
  readonly label: string;
}

/** `same`: as before; `new`: not there before; `changed`: leads elsewhere or is in another state; `gone`: no more. */
export type RowChange = 'same' | 'new' | 'changed' | 'gone';

/** Rows that differ in their labels alone as one. */
export interface MergedRow extends Omit<RouteRow, 'label'> {
  readonly change: RowChange;
  readonly labels: readonly string[];
  /** What a changed row said before. */
  readonly before: string | null;
}

/** A route as one line, without its label. */
export function formatRow({ destination, nextHop, detail }: Omit<RouteRow, 'label'>): string {
  return `${destination} ${nextHop} ${detail}`.trimEnd();
}

/** Compares two readings; rows that say the same under several labels become one. */
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
      first === undefined ? [] : [{ ...first, labels: [first, ...others].map(({ label }) => label) }],
    )
    .sort(compareDestinations);
}

/** In the order of their destinations. */
export function compareDestinations(
  a: Pick<RouteRow, 'destination'>,
  b: Pick<RouteRow, 'destination'>,
): number {
  const [left, right] = [parseCidr(a.destination), parseCidr(b.destination)];
  return left.ok && right.ok ? compareCidrs(left.cidr, right.cidr) : 0;
}

function withChange(
  row: RouteRow,
  former: RouteRow | undefined,
): RouteRow & Pick<MergedRow, 'change' | 'before'> {
  if (former === undefined) return { ...row, change: 'new', before: null };
  if (formatRow(former) === formatRow(row)) return { ...row, change: 'same', before: null };
  const said = former.nextHop === row.nextHop ? former.detail : former.nextHop;
  return { ...row, change: 'changed', before: said };
}

function keyOf({ label, destination }: RouteRow): string {
  return `${label} ${destination}`;
}
