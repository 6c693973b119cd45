import { createHash } from 'node:crypto';
import { VERSION } from '../../../shared/core/version.ts';
import { shapes } from './badges.ts';
import { renderChanges } from './changes-view.ts';
import { compareReports } from './comparison.ts';
import { renderComparison } from './comparison-view.ts';
import { type Pages, renderFindings } from './findings-view.ts';
import { renderHeader } from './header.ts';
import { renderNodes, renderRoutes, renderTables } from './inventory-view.ts';
import { renderMaps } from './map-view.ts';
import { html, htmlText, type Markup, trust } from './markup.ts';
import type { ReadableReport } from './read-report.ts';
import { nameTables } from './routes.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import { formatTime, nameCluster } from './words.ts';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

/**
 * A report as one page that needs nothing but itself.
 *
 * @param previous an earlier report of the same cluster, to show what changed since
 * @param pages of the findings, which are folded below each
 */
export function renderPage(
  report: ReadableReport,
  previous: ReadableReport | null = null,
  pages: Pages = new Map(),
): string {
  const sections = listSections(report, previous, pages);
  return `<!doctype html>\n${htmlText(html`<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${nameCluster(report)}: pod routes, ${formatTime(report.startedAt)}</title>
<link rel="icon" href="data:,">
<style>${trust(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${shapes()}
${renderHeader(report)}
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main id="content" tabindex="-1">
${sections.map(renderSection)}</main>
<footer><p>Made by podroutes ${VERSION} from a report of podroutes ${report.version}; what each field means is in <code>docs/report.md</code>.</p></footer>
<script>${trust(SCRIPT)}</script>
</body>
</html>`)}\n`;
}

function listSections(report: ReadableReport, previous: ReadableReport | null, pages: Pages): Section[] {
  const comparison = previous === null ? null : compareReports(previous, report);
  const tables = nameTables([...(previous?.tables ?? []), ...report.tables].filter(isLast));
  return [
    { id: 'findings', title: 'Findings', body: renderFindings(report.findings, pages) },
    ...(comparison === null
      ? []
      : [{ id: 'since', title: 'Since the earlier report', body: renderComparison(comparison, tables) }]),
    { id: 'map', title: 'Cluster CIDRs', body: renderMaps(report, comparison?.moved ?? []) },
    { id: 'tables', title: 'Route tables', body: renderTables(report) },
    { id: 'changes', title: 'Changes', body: renderChanges(report) },
    { id: 'routes', title: 'Routes', body: renderRoutes(report) },
    { id: 'nodes', title: 'Nodes', body: renderNodes(report) },
  ];
}

/** For a table that is in both reports: its name today. */
function isLast<T extends { id: string }>({ id }: T, at: number, all: readonly T[]): boolean {
  return all.findLastIndex((other) => other.id === id) === at;
}

function renderSection({ id, title, body }: Section): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}</section>\n`;
}

/** Nothing may be loaded, and nothing run but our own script: what was read is hostile until shown otherwise. */
function policy(): string {
  return [
    "default-src 'none'",
    `style-src '${hashOf(STYLE)}'`,
    `script-src '${hashOf(SCRIPT)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
