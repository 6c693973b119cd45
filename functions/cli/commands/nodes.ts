import { sharesDomain } from '../../../shared/core/claims/bounds.ts';
import type { Claim, ClaimDefect, Finding, Node, NodeState, RouteTable } from '../../../shared/core/model.ts';
import { type ClusterView, viewCluster } from '../cluster-view.ts';
import { EXIT, type ExitCode, type Invocation, refuse } from '../command.ts';
import { showFindings, sortNodes, sortTables } from '../describe.ts';
import { outputOf } from '../options.ts';
import { findClaimedRoute, type RouteState } from '../route-state.ts';
import { fitTable } from '../table.ts';
import { formatJson } from '../terminal.ts';

/** What `-o json` prints: docs/schemas/nodes.schema.json. */
interface NodeList {
  readonly cluster: string | null;
  readonly cloud: string;
  readonly nodes: readonly ListedNode[];
  /** What could not be read, and claims that cannot be read as one. */
  readonly findings: readonly Finding[];
}

interface ListedNode {
  readonly id: string;
  readonly name: string;
  readonly state: NodeState;
  readonly addresses: readonly string[];
  /** False where the claims could not be read. */
  readonly claimsKnown: boolean;
  readonly claims: readonly ListedClaim[];
  /** What was meant as a claim but cannot be read as one. */
  readonly malformed: readonly Pick<ClaimDefect, 'source' | 'problem' | 'corrected'>[];
}

interface ListedClaim {
  readonly cidr: string;
  readonly source: string;
  readonly routes: readonly { readonly table: string; readonly state: RouteState }[];
}

/** Lists the nodes with their claims and the state of the routes that these ask for. */
export async function nodes(invocation: Invocation): Promise<number> {
  const view = await viewCluster(invocation);
  if (!view.ok) return refuse(invocation, view);
  const list = toNodeList(view);
  FORMATS[outputOf(invocation.values)](list, view, invocation);
  return exitOf(list);
}

/** 1 where the list is not whole, 3 where somebody has to mend what is in it. */
function exitOf({ findings }: NodeList): ExitCode {
  if (findings.some(({ code }) => code === 'read-incomplete')) return EXIT.error;
  return findings.length > 0 ? EXIT.changes : EXIT.ok;
}

const FORMATS = { json: printJson, plain: printPlain, table: printTable };

function toNodeList({ run, report }: ClusterView): NodeList {
  const { nodes, tables } = run.observation;
  return {
    cluster: report.cluster,
    cloud: report.cloud,
    nodes: sortNodes(nodes).map((node) => ({
      id: node.id,
      name: node.name,
      state: node.state,
      addresses: node.addresses,
      claimsKnown: node.claimsKnown,
      claims: node.claims.map((claim) => toListedClaim(node, claim, tables)),
      malformed: node.defects.map(({ source, problem, corrected }) => ({ source, problem, corrected })),
    })),
    findings: report.findings.filter(({ code }) => code === 'read-incomplete' || code === 'malformed-claim'),
  };
}

function toListedClaim(node: Node, { cidr, source }: Claim, tables: readonly RouteTable[]): ListedClaim {
  return {
    cidr: cidr.text,
    source,
    routes: sortTables(tables)
      .filter((table) => sharesDomain(node, table))
      .map((table) => ({ table: table.id, state: findClaimedRoute(node, cidr, table).state })),
  };
}

function printJson(list: NodeList, _view: ClusterView, { out }: Invocation): void {
  out.print(formatJson(list));
}

/** The lines that the manual procedure loops over; a node that is gone has no pods to route to. */
function printPlain(
  { nodes: listed, findings }: NodeList,
  _view: ClusterView,
  { out, err }: Invocation,
): void {
  for (const { state, addresses, claims } of listed.filter(({ state }) => state !== 'gone')) {
    for (const { cidr } of claims) {
      const address = addresses.find((each) => each.includes(':') === cidr.includes(':'));
      if (address !== undefined) out.print(`${address} ${cidr}`);
      else err.print(`podroutes: ${cidr} is claimed by a node that is ${state} and has no address`);
    }
  }
  showFindings(err, findings);
}

function printTable(
  { nodes: listed, findings }: NodeList,
  { run, session }: ClusterView,
  { out, err }: Invocation,
) {
  const tables = new Map(run.observation.tables.map(({ id, name }) => [id, name]));
  const rows = listed.flatMap(({ name, id, state, addresses, claimsKnown, claims, malformed }) => {
    const [first, ...others] = [
      ...claims.map(({ cidr, source, routes }) => [cidr, source, describeStates(state, routes, tables)]),
      ...malformed.map(({ source }) => ['malformed', source, '']),
    ];
    const none = claimsKnown ? ['-', '', ''] : ['not read', '', ''];
    const shownId = id.split('/').at(-1) === name.toLowerCase() ? '' : id;
    return [
      [name, shownId, state, addresses[0] ?? '-', ...(first ?? none)],
      ...others.map((rest) => ['', '', '', '', ...rest]),
    ];
  });
  if (rows.length === 0) out.print(`There are no nodes in ${session.place}.`);
  else showTable(out, [['NAME', 'ID', 'STATE', 'ADDRESS', 'CLAIM', 'SOURCE', 'ROUTE'], ...rows]);
  showFindings(err, findings);
}

function showTable({ print, paint, columns }: Invocation['out'], rows: readonly (readonly string[])[]): void {
  const used = rows[0]?.map((_, i) => rows.slice(1).some((row) => (row[i] ?? '') !== '')) ?? [];
  const shown = rows.map((row) => row.filter((_, i) => used[i]));
  const [head = [], ...bodies] = fitTable(shown, { room: columns, names: [0] });
  for (const line of head) print(paint('dim', line));
  for (const line of bodies.flat()) print(line);
}

/** One word where all tables agree, and one for each table where they do not. A node that is gone asks for none. */
function describeStates(
  node: NodeState,
  routes: ListedClaim['routes'],
  names: ReadonlyMap<string, string>,
): string {
  const isWorthAWord = ({ state }: { readonly state: RouteState }) => node !== 'gone' || state !== 'missing';
  const shown = routes.filter(isWorthAWord);
  const states = new Set(shown.map(({ state }) => state));
  if (states.size === 0) return routes.length === 0 ? 'no table' : '-';
  if (states.size === 1) return [...states].join();
  return shown.map(({ table, state }) => `${names.get(table) ?? table} ${state}`).join(', ');
}
