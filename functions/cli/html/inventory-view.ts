import { containsCidr } from '../../../shared/core/cidr.ts';
import { stateBadge } from './badges.ts';
import { type BlockState, findBlocks } from './blocks.ts';
import { readCidr } from './claims.ts';
import { rowIdOf } from './map-view.ts';
import { html, type Markup, type Part } from './markup.ts';
import type { ReadableReport } from './read-report.ts';
import { listRoutes, nameTables, type RouteRow } from './routes.ts';
import { cidrColumn, code, foldInStep, name, names, renderTable } from './table.ts';
import { count, formatNumber } from './words.ts';

type Node = ReadableReport['nodes'][number];
type Table = ReadableReport['tables'][number];
type Quota = Table['quotas'][number];

/** The managed tables with how full they are. */
export function renderTables({ tables }: ReadableReport): Markup {
  if (tables.length === 0) return html`<p>No managed route table was found.</p>`;
  return renderTable<Table>({
    caption: 'Route tables',
    isTitled: true,
    rows: tables,
    columns: [
      { head: 'Name', cell: (row) => name(row.name) },
      { head: 'Id', cell: ({ id }) => code(id) },
      { head: 'Routes', cell: ({ routes }) => formatNumber(routes) },
      { head: 'Managed', cell: ({ managed }) => formatNumber(managed) },
      { head: 'Used of the limit', cell: (table) => quotasOf(table).map((quota) => renderGauge(quota)) },
    ],
  });
}

/** Reports of versions without quotas still say the limit. */
function quotasOf({ quotas, routes, limit }: Table): readonly Quota[] {
  return quotas.length > 0 ? quotas : [{ families: [4, 6], used: routes, limit }];
}

/** From here the finding `route-table-filling` warns. */
const FILLING_PERCENT = 80;

function renderGauge({ families, used, limit }: Quota): Markup {
  const percent = Math.round((100 * used) / Math.max(1, limit));
  const level = percent >= 100 ? 'error' : percent >= FILLING_PERCENT ? 'warning' : 'well';
  const label = families.length === 1 ? `IPv${families.join('')}: ` : '';
  return html`<span class="gauge"><svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="6" class="rail"/><rect width="${Math.min(100, percent)}" height="6" class="${level}"/></svg> <span>${label}${formatNumber(used)} of ${formatNumber(limit)}, ${percent} %</span></span>`;
}

/** Routes inside the cluster CIDRs, then folded all others of the tables. */
export function renderRoutes(report: ReadableReport): Markup {
  const ranges = report.clusterCidrs.flatMap((text) => readCidr(text) ?? []);
  const rows = listRoutes(report);
  const isInside = ({ cidr }: RouteRow): boolean =>
    cidr === null || ranges.some((range) => containsCidr(range, cidr));
  const [inside, others] =
    ranges.length === 0 ? [rows, []] : [rows.filter(isInside), rows.filter((row) => !isInside(row))];
  const tables = nameTables(report.tables);
  const blocks = stateByBlock(report);
  const folded =
    others.length === 0
      ? null
      : html`<details><summary>${count(others.length, 'other route')} of these tables</summary>${renderRouteTable('Routes outside the cluster CIDRs', others, { tables, blocks })}</details>`;
  const table =
    inside.length === 0
      ? html`<p>${rows.length === 0 ? 'The report lists no routes.' : 'No route leads into the cluster CIDRs.'}</p>`
      : renderRouteTable(ranges.length === 0 ? 'Routes' : 'Routes inside the cluster CIDRs', inside, {
          tables,
          blocks,
        });
  return html`${table}${folded}`;
}

function stateByBlock(report: ReadableReport): ReadonlyMap<string, BlockState> {
  return new Map(findBlocks(report).map(({ cidr, state }) => [cidr.text, state]));
}

interface RouteContext {
  /** Names by id. */
  readonly tables: (id: string) => string;
  readonly blocks: ReadonlyMap<string, BlockState>;
}

function renderRouteTable(
  caption: string,
  rows: readonly RouteRow[],
  { tables, blocks }: RouteContext,
): Markup {
  const first = new Map([...rows].reverse().map((row) => [row.destination, row]));
  return renderTable<RouteRow>({
    caption,
    rows,
    rowId: (row) => (first.get(row.destination) === row ? rowIdOf(row.destination) : null),
    fold: foldInStep(({ destination }) => blocks.get(destination) === 'routed'),
    columns: [
      cidrColumn('Destination', ({ destination }) => destination),
      { head: 'Next hop', cell: ({ nextHop }) => (nextHop === null ? 'gone' : code(nextHop)) },
      { head: 'Node', cell: ({ node }) => (node === null ? '–' : name(node)) },
      { head: 'State', cell: showState },
      { head: 'Whose', cell: ({ managed }) => name(managed ? 'managed' : 'foreign') },
      { head: 'Route tables', cell: (row) => names(row.tables.map(tables)) },
    ],
  });
}

function showState({ state, change }: RouteRow): Part {
  const badge = html`<span class="badge route-${state}">${state}</span>`;
  if (change === null) return badge;
  const { action, outcome } = change;
  const words = { skipped: 'held back', waiting: 'waits' };
  const said = outcome === 'skipped' || outcome === 'waiting' ? words[outcome] : outcome;
  return html`${badge} <span class="why">${action}: ${said}</span>`;
}

/** The nodes with what they claim and what became of it. */
export function renderNodes(report: ReadableReport): Markup {
  if (report.nodes.length === 0) return html`<p>No node was found.</p>`;
  const blocks = stateByBlock(report);
  const wanting = new Set([
    ...report.findings.filter(({ severity }) => severity !== 'info').map(({ node }) => node),
    ...report.forwarding.filter(({ outcome }) => outcome !== 'applied').map(({ node }) => node),
  ]);
  return renderTable<Node>({
    caption: 'Nodes',
    isTitled: true,
    rows: report.nodes,
    fold: foldInStep(
      ({ name, state, claims }) =>
        state === 'running' &&
        !wanting.has(name) &&
        claims.length > 0 &&
        claims.every(({ cidr }) => blocks.get(cidr) === 'routed'),
    ),
    columns: [
      { head: 'Name', cell: (row) => name(row.name) },
      { head: 'Id', cell: ({ id }) => code(id) },
      { head: 'State', cell: ({ state }) => html`<span class="badge node-${state}">${state}</span>` },
      { head: 'Addresses', cell: ({ addresses }) => lines(addresses.map((address) => code(address))) },
      {
        head: 'Claims',
        cell: (node) =>
          lines(
            node.claims.map(
              ({ cidr, source }) => html`<code>${cidr}</code> <span class="why">${source}</span>`,
            ),
          ),
      },
      {
        head: 'Block',
        cell: (node) =>
          lines(node.claims.map(({ cidr }) => (node.state === 'gone' ? '–' : showBlock(blocks.get(cidr))))),
      },
    ],
  });
}

function showBlock(state: BlockState | undefined): Part {
  return state === undefined ? 'refused' : stateBadge(state);
}

function lines(parts: readonly Part[]): Part {
  return parts.length === 0 ? '–' : parts.map((part) => html`<div>${part}</div>`);
}
