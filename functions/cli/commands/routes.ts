import type { Cidr } from '../../../shared/core/cidr.ts';
import { countOf } from '../../../shared/core/findings/finding.ts';
import type { Finding, Route, RouteTable } from '../../../shared/core/model.ts';
import { type ClusterView, viewCluster } from '../cluster-view.ts';
import { EXIT, type Invocation, refuse } from '../command.ts';
import { showFindings, showTableHead, sortRoutes, sortTables } from '../describe.ts';
import { outputOf } from '../options.ts';
import { explainForeign } from '../route-state.ts';
import { fitTable } from '../table.ts';
import { formatJson, type Terminal } from '../terminal.ts';

/** What `-o json` prints: docs/schemas/routes.schema.json. */
interface RouteList {
  readonly cluster: string | null;
  readonly cloud: string;
  readonly tables: readonly ListedTable[];
  /** What could not be read. */
  readonly findings: readonly Finding[];
}

interface ListedTable {
  readonly id: string;
  readonly name: string;
  readonly network: string | null;
  readonly limit: number;
  readonly routes: readonly ListedRoute[];
}

interface ListedRoute {
  readonly destination: string;
  readonly nextHop: string | null;
  readonly state: 'active' | 'blackhole';
  /** Name and id of the node that it leads to. */
  readonly node: string | null;
  readonly nodeId: string | null;
  readonly managed: boolean;
  /** Why it is left alone; null for a managed route. */
  readonly reason: string | null;
}

/** Lists the routes of the managed tables. */
export async function routes(invocation: Invocation): Promise<number> {
  const view = await viewCluster(invocation);
  if (!view.ok) return refuse(invocation, view);
  const list = toRouteList(view);
  FORMATS[outputOf(invocation.values)](list, invocation.out);
  if (list.findings.length === 0) return EXIT.ok;
  showFindings(invocation.err, list.findings);
  return EXIT.error;
}

const FORMATS = { json: printJson, plain: printPlain, table: printTables };

function toRouteList({ run, report, session }: ClusterView): RouteList {
  const names = new Map(run.observation.nodes.map(({ id, name }) => [id, name]));
  return {
    cluster: report.cluster,
    cloud: report.cloud,
    tables: sortTables(run.observation.tables).map((table) =>
      toListedTable(table, session.config.clusterCidrs, names),
    ),
    findings: report.findings.filter(({ code }) => code === 'read-incomplete'),
  };
}

function toListedTable(
  table: RouteTable,
  clusterCidrs: readonly Cidr[],
  names: ReadonlyMap<string, string>,
): ListedTable {
  const { id, name, network, quotas } = table;
  const limit = Math.min(...quotas.map((quota) => quota.limit));
  const listed = sortRoutes(table.routes).map((route) => toListedRoute(route, clusterCidrs, names));
  return { id, name, network, limit, routes: listed };
}

function toListedRoute(
  route: Route,
  clusterCidrs: readonly Cidr[],
  names: ReadonlyMap<string, string>,
): ListedRoute {
  const { destination, nextHop, state, target } = route;
  const nodeId = target.kind === 'node' ? target.id : null;
  const reason = explainForeign(route, clusterCidrs);
  return {
    destination: destination.text,
    nextHop: nextHop?.shown ?? null,
    state,
    node: nodeId === null ? null : (names.get(nodeId) ?? nodeId),
    nodeId,
    managed: reason === null,
    reason,
  };
}

function printJson(list: RouteList, { print }: Terminal): void {
  print(formatJson(list));
}

function printPlain({ tables }: RouteList, { print }: Terminal): void {
  for (const table of tables) {
    for (const { destination, nextHop, state, managed } of table.routes) {
      print(`${table.id} ${destination} ${nextHop ?? '-'} ${state} ${managed ? 'managed' : 'foreign'}`);
    }
  }
}

function printTables({ tables }: RouteList, terminal: Terminal): void {
  const { print } = terminal;
  for (const table of tables) {
    const managed = table.routes.filter((route) => route.managed).length;
    const counts = `${countOf(table.routes.length, 'route')}, ${managed} managed, limit ${table.limit}`;
    showTableHead(terminal, table, counts);
    if (table.routes.length > 0) printRoutes(table.routes, terminal);
    print();
  }
}

const HEAD = ['DESTINATION', 'NEXT HOP', 'NODE', 'STATE', 'OWNER'];

function printRoutes(listed: readonly ListedRoute[], { print, paint, columns }: Terminal): void {
  const rows = listed.map(({ destination, nextHop, node, state, managed, reason }) => [
    destination,
    nextHop ?? '-',
    node ?? '-',
    state,
    managed ? 'managed' : `foreign: ${reason}`,
  ]);
  const [head = [], ...bodies] = fitTable([HEAD, ...rows], {
    room: columns - 2,
    names: [HEAD.indexOf('NODE')],
  });
  for (const line of head) print(`  ${paint('dim', line)}`);
  for (const [i, lines] of bodies.entries()) {
    const isDead = listed[i]?.state === 'blackhole';
    for (const line of lines) print(isDead ? `  ${paint('red', line)}` : `  ${line}`);
  }
}
