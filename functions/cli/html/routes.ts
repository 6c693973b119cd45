import { type Cidr, compareCidrs } from '../../../shared/core/cidr.ts';
import { type Claimed, collectClaims, readCidr } from './claims.ts';
import type { ReadableReport } from './read-report.ts';

type Table = ReadableReport['tables'][number];
type Change = ReadableReport['changes'][number];
type Entry = Table['entries'][number];

/** `missing`: claimed and not there yet. `elsewhere`: it leads to another target than the node that claims it. */
type RouteState = Entry['state'] | 'missing' | 'elsewhere';

/** One route as it is after the run, in all tables that have it alike. */
export interface RouteRow {
  readonly destination: string;
  /** Null where the text is no CIDR. */
  readonly cidr: Cidr | null;
  readonly nextHop: string | null;
  readonly state: RouteState;
  readonly managed: boolean;
  readonly node: string | null;
  readonly nodeId: string | null;
  /** Learnt by the cloud: a static one to the same destination comes before it. */
  readonly propagated?: boolean | undefined;
  /** What the run did to it, or would. */
  readonly change: Pick<Change, 'action' | 'outcome' | 'reason'> | null;
  /** Ids. */
  readonly tables: readonly string[];
}

type TableRoute = Omit<RouteRow, 'tables'>;

/** The routes of all tables in the order of their destinations, with what the run changed. */
export function listRoutes(
  report: Pick<ReadableReport, 'tables' | 'changes' | 'nodes' | 'findings'>,
): RouteRow[] {
  const claims = collectClaims(report);
  const changes = Map.groupBy(report.changes, ({ table }) => table);
  const groups = new Map<string, RouteRow & { tables: string[] }>();
  for (const table of report.tables) {
    for (const route of routesOf(table, changes.get(table.id) ?? [], claims)) {
      const { cidr: _, ...said } = route;
      const key = JSON.stringify(said);
      const group = groups.get(key) ?? { ...route, tables: [] };
      group.tables.push(table.id);
      groups.set(key, group);
    }
  }
  return [...groups.values()].sort(byDestination);
}

/** Entries were read before the last writes, so what the run changed comes over them. */
function routesOf(
  table: Table,
  changes: readonly Change[],
  claims: ReadonlyMap<string, Claimed>,
): TableRoute[] {
  const byCidr = new Map(changes.map((change) => [change.destination, change]));
  const met = new Set<Change>();
  const read = table.entries.flatMap((entry): TableRoute[] => {
    const change = entry.managed ? byCidr.get(entry.destination) : undefined;
    const state = judgeEntry(entry, claims.get(entry.destination));
    const route = { ...entry, state, cidr: readCidr(entry.destination), change: null };
    if (change === undefined) return [route];
    met.add(change);
    if (change.outcome !== 'applied') return [{ ...route, change: summarize(change) }];
    return change.action === 'delete' ? [] : [made(change)];
  });
  const unseen = changes.filter((change) => change.action === 'create' && !met.has(change));
  return [...read, ...unseen.map(made)];
}

function judgeEntry({ state, nodeId, propagated }: Entry, claimed: Claimed | undefined): RouteState {
  if (state !== 'active' || propagated || claimed === undefined) return state;
  return claimed.nodes.some(({ id }) => id === nodeId) ? state : 'elsewhere';
}

function made(change: Change): TableRoute {
  return {
    destination: change.destination,
    cidr: readCidr(change.destination),
    nextHop: change.nextHop,
    state: change.outcome === 'applied' ? 'active' : 'missing',
    managed: true,
    node: change.node,
    nodeId: change.nodeId,
    change: summarize(change),
  };
}

function summarize({ action, outcome, reason }: Change): RouteRow['change'] {
  return { action, outcome, reason };
}

/** What a route leads to. A cloud need not show where it has learnt one. */
export function nameTarget({ node, nextHop, state }: Pick<RouteRow, 'node' | 'nextHop' | 'state'>): string {
  return node ?? nextHop ?? (state === 'active' ? 'a target that is not shown' : 'a target that is gone');
}

/** Sorts by destination; texts that are no CIDR come last. */
export function byDestination(a: Pick<RouteRow, 'cidr'>, b: Pick<RouteRow, 'cidr'>): number {
  if (a.cidr === null || b.cidr === null) return Number(a.cidr === null) - Number(b.cidr === null);
  return compareCidrs(a.cidr, b.cidr);
}

/** What people know the tables by: their names or, where two share one, name and id. */
export function nameTables(tables: readonly Pick<Table, 'id' | 'name'>[]): (id: string) => string {
  const named = Map.groupBy(tables, ({ name }) => name);
  const labels = new Map(
    tables.map(({ id, name }) => [id, named.get(name)?.length === 1 ? name : `${name} (${id})`]),
  );
  return (id) => labels.get(id) ?? id;
}
