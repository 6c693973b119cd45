import { severityBadge } from './badges.ts';
import type { Comparison, Difference, Finding } from './comparison.ts';
import { html, type Markup, type Part } from './markup.ts';
import { code, name, names, renderTable } from './table.ts';
import { count, formatNumber, formatTime, join } from './words.ts';

/** More rows or findings than these are folded. */
const OPEN_ROWS = 10;

/** What changed since an earlier report. */
export function renderComparison(comparison: Comparison, tables: (id: string) => string): Markup {
  const { nodes, claims, routes, appeared, resolved, partial } = comparison;
  const note = partial
    ? html`<p class="note">One of the two reports does not show the whole cluster. What only that one lacks is not counted as a change.</p>`
    : null;
  return html`<p>${describeComparison(comparison)}</p>${note}
${renderDifferences({
  caption: 'Nodes that were added, removed or changed state',
  head: 'Node',
  rows: nodes,
  where: { head: 'Id', show: (ids) => ids.map(code) },
})}
${renderDifferences({ caption: 'Claims that changed', head: 'CIDR', rows: claims, where: null })}
${renderDifferences({
  caption: 'Routes that changed',
  head: 'Destination',
  rows: routes,
  where: { head: 'Route tables', show: (ids) => names(ids.map(tables)) },
})}
${renderFindingList('New findings', appeared)}
${renderFindingList('Resolved findings', resolved)}`;
}

/** One sentence on what changed. */
export function describeComparison({ since, nodes, claims, routes, appeared, resolved }: Comparison): string {
  const parts = [
    [nodes.filter(({ before }) => before === null).length, 'node added', 'nodes added'],
    [nodes.filter(({ after }) => after === null).length, 'node removed', 'nodes removed'],
    [nodes.filter(isChange).length, 'node changed state', 'nodes changed state'],
    [claims.length, 'claim changed', 'claims changed'],
    [routes.length, 'route changed', 'routes changed'],
    [appeared.length, 'new finding', 'new findings'],
    [resolved.length, 'resolved finding', 'resolved findings'],
  ] as const;
  const said = parts.filter(([amount]) => amount > 0).map(([amount, one, many]) => count(amount, one, many));
  return said.length === 0
    ? `Nothing changed since ${formatTime(since)}.`
    : `Since ${formatTime(since)}: ${join(said)}.`;
}

function isChange({ before, after }: Difference): boolean {
  return before !== null && after !== null;
}

interface DifferenceTable {
  readonly caption: string;
  /** Heading of what differs. */
  readonly head: string;
  readonly rows: readonly Difference[];
  /** Heading and content of where it does; null where that says nothing. */
  readonly where: { readonly head: string; readonly show: (ids: readonly string[]) => Part } | null;
}

/** The first of them, the others folded. */
function renderDifferences({ caption, head, rows, where }: DifferenceTable): Markup | null {
  if (rows.length === 0) return null;
  const show = (text: string | null): Part =>
    text === null ? html`<span class="why">none</span>` : name(text);
  return renderTable<Difference>({
    caption,
    rows,
    fold: {
      choose: () => rows.slice(OPEN_ROWS),
      title: (amount) => `${formatNumber(amount)} more of “${caption}”`,
      onPaper: null,
    },
    columns: [
      { head, cell: (row) => name(row.name) },
      { head: 'What', cell: describeDifference },
      { head: 'Before', cell: ({ before }) => show(before) },
      { head: 'Now', cell: ({ after }) => show(after) },
      ...(where === null ? [] : [{ head: where.head, cell: (row: Difference) => where.show(row.where) }]),
    ],
  });
}

function describeDifference({ before, after }: Difference): Markup {
  if (before === null) return html`<span class="badge create">+ new</span>`;
  if (after === null) return html`<span class="badge delete">− gone</span>`;
  return html`<span class="badge replace">~ changed</span>`;
}

function renderFindingList(title: string, findings: readonly Finding[]): Markup | null {
  if (findings.length === 0) return null;
  const items = findings.map(
    ({ severity, code, message }) =>
      html`<li>${severityBadge(severity)} <code>${code}</code> ${message}</li>\n`,
  );
  const more = items.slice(OPEN_ROWS);
  const folded =
    more.length === 0
      ? null
      : html`<details><summary>${formatNumber(more.length)} more of “${title}”</summary><ul class="plain">${more}</ul></details>`;
  return html`<h3>${title}</h3><ul class="plain">${items.slice(0, OPEN_ROWS)}</ul>${folded}`;
}
