import { icon, type Shape } from './badges.ts';
import { html, type Markup } from './markup.ts';
import type { ReadableReport } from './read-report.ts';
import { count, formatNumber, formatTime, join, nameCluster, tally } from './words.ts';

/** What the report is of and, in words and figures, how things stand. */
export function renderHeader(report: ReadableReport): Markup {
  const { shape, headline, detail } = judge(report);
  const scope = report.scope === 'all' ? 'The whole cluster' : 'Some nodes only';
  const mode = report.dryRun ? 'a dry run, so nothing was changed' : 'a run that made changes where needed';
  const forced = report.force ? ', with waiting and the deletion budget lifted' : '';
  return html`<header>
<p class="kind">Pod routes</p>
<h1>${nameCluster(report)}</h1>
<p class="when"><time datetime="${report.startedAt}">${formatTime(report.startedAt)}</time>. ${scope}; ${mode}${forced}. Took ${formatDuration(report.durationMs)}.</p>
<div class="verdict ${shape}">${icon(shape)}<p><strong>${headline}</strong> ${detail}</p></div>
<dl class="figures">${figures(report).map(renderFigure)}</dl>
</header>`;
}

/** @example formatDuration(412) //=> '0.41 s' */
function formatDuration(ms: number): string {
  return `${formatNumber(Number((ms / 1000).toPrecision(2)))} s`;
}

interface Verdict {
  readonly shape: Shape;
  readonly headline: string;
  readonly detail: string;
}

function judge(report: ReadableReport): Verdict {
  const { findings, summary } = report;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  const open = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
    ...(summary.failed > 0 ? [count(summary.failed, 'failed change')] : []),
    ...(summary.skipped > 0 ? [count(summary.skipped, 'change held back', 'changes held back')] : []),
  ];
  const waiting =
    summary.waiting === 0
      ? ''
      : ` ${capitalise(count(summary.waiting, 'change waits', 'changes wait'))} for a later run.`;
  const detail = `${describeChanges(report)}${waiting} ${capitalise(count(summary.unchanged, 'route'))} ${summary.unchanged === 1 ? 'was' : 'were'} already as claimed.`;
  if (open.length > 0) {
    const shape = errors > 0 || summary.failed > 0 ? 'error' : 'warning';
    return { shape, headline: `Needs attention: ${join(open)}.`, detail };
  }
  const planned = report.dryRun ? report.changes.length - summary.waiting + report.forwarding.length : 0;
  if (planned > 0) return { shape: 'warning', headline: 'Out of step.', detail };
  return { shape: 'ok', headline: 'In step.', detail };
}

function describeChanges({ summary, dryRun }: ReadableReport): string {
  const done = [
    [summary.created, 'to create', 'created'],
    [summary.replaced, 'to replace', 'replaced'],
    [summary.deleted, 'to delete', 'deleted'],
  ] as const;
  const said = done
    .filter(([amount]) => amount > 0)
    .map(([amount, planned, made]) => `${formatNumber(amount)} ${dryRun ? planned : made}`);
  if (said.length === 0) return dryRun ? 'No route to change.' : 'No route was changed.';
  return `Routes: ${join(said)}.`;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

interface Figure {
  readonly name: string;
  readonly amount: number;
  readonly words: string;
  /** Fragment of the section that tells more. */
  readonly section: string;
}

function figures(report: ReadableReport): Figure[] {
  const { nodes, tables, changes, findings, dryRun } = report;
  const managed = tables.reduce((sum, table) => sum + table.managed, 0);
  const routes = tables.reduce((sum, table) => sum + table.routes, 0);
  return [
    figure(
      'Findings',
      findings.map(({ severity }) => severity),
      ['error', 'warning', 'info'],
      'none',
      saySeverity,
    ),
    {
      name: 'Routes',
      amount: managed,
      words: `managed, of ${formatNumber(routes)} in ${count(tables.length, 'table')}`,
      section: 'routes',
    },
    figure(
      'Nodes',
      nodes.map(({ state }) => state),
      ['running', 'pending', 'stopped', 'gone'],
      'none',
    ),
    figure(
      'Changes',
      changes.map(({ outcome }) => outcome),
      ['applied', 'planned', 'waiting', 'skipped', 'failed'],
      dryRun ? 'nothing to do' : 'none',
    ),
  ];
}

function saySeverity(amount: number, severity: string): string {
  return severity === 'info' ? `${formatNumber(amount)} info` : count(amount, severity);
}

/** How many there are of something, and how many in which state. */
function figure(
  name: string,
  words: readonly string[],
  order: readonly string[],
  none: string,
  say?: (amount: number, word: string) => string,
): Figure {
  const said = tally(words, order, say);
  return { name, amount: words.length, words: said === '' ? none : said, section: name.toLowerCase() };
}

function renderFigure({ name, amount, words, section }: Figure): Markup {
  return html`<div><dt><a href="#${section}">${name}</a></dt><dd><b>${formatNumber(amount)}</b> ${words}</dd></div>\n`;
}
