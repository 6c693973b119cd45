import { formatTable, type Style, type Terminal, WIDTH, wrapText } from '../terminal.ts';
import { describeGiven } from './describe-given.ts';
import { readDecisions, readFindings } from './log-lines.ts';
import type { Operator } from './operator.ts';
import { compareRoutes, type MergedRow, type RowChange } from './route-rows.ts';
import { type Check, holds, type Scene, type Step } from './scene.ts';
import type { Handled } from './stage.ts';

interface Shown {
  readonly title: string;
  readonly step: Step;
  readonly scene: Scene;
  readonly checks: readonly Check[];
  readonly operator: Operator;
}

const CHANGE_STYLES: Readonly<Record<RowChange, { readonly mark: string; readonly style: Style | null }>> = {
  same: { mark: ' ', style: null },
  new: { mark: '+', style: 'green' },
  changed: { mark: '~', style: 'yellow' },
  gone: { mark: '-', style: 'red' },
};
const LABEL_WIDTH = 10;

/** Shows one step: what went in, what came out, the routes after it, and whether that is right. */
export function showScene(terminal: Terminal, { title, step, scene, checks, operator }: Shown): void {
  const { print, paint } = terminal;
  print(paint('bold', `── ${title} `.padEnd(WIDTH, '─')));
  for (const line of wrapText(step.why, WIDTH)) print(line);
  print();
  if (scene.handled !== null) showFound(terminal, compareRoutes(scene.before, scene.handled.found));
  if (scene.handled !== null) showHandled(terminal, scene.handled, operator);
  for (const line of scene.notes) print(`  ${line}`);
  if (scene.notes.length > 0) print();
  const found = scene.handled?.found ?? scene.before;
  showRoutes(terminal, compareRoutes(found, scene.after), step.shows);
  print();
  for (const check of checks) {
    print(holds(check) ? `  ${paint('green', '✓')} ${check.what}` : `  ${paint('red', '✗')} ${check.what}`);
  }
  print();
}

function showHandled(terminal: Terminal, handled: Handled, operator: Operator): void {
  const { print, paint } = terminal;
  showLabelled(terminal, 'in', describeGiven(handled.given, operator));
  showLabelled(terminal, 'reads', [describeCalls(handled.reads)]);
  showLabelled(terminal, 'writes', [describeCalls(handled.writes)]);
  const decisions = readDecisions(handled.log, operator);
  showLabelled(terminal, 'decided', decisions.length === 0 ? ['nothing to change'] : decisions);
  for (const { severity, code, message, remedy } of readFindings(handled.log)) {
    showLabelled(terminal, 'finding', [`${code} (${severity}): ${message}`, `Remedy: ${remedy}`], 'yellow');
  }
  if (handled.deadLetters > 0) print(paint('red', `  ${handled.deadLetters} messages were given up so far`));
  print();
}

/** Counts of calls. What came before the first deletion stands before "then". */
function describeCalls(calls: readonly string[]): string {
  const deletion = calls.indexOf('DeleteRoute');
  const turns = deletion < 1 ? [calls] : [calls.slice(0, deletion), calls.slice(deletion)];
  return calls.length === 0 ? 'none' : turns.map(countCalls).join(', then ');
}

function countCalls(calls: readonly string[]): string {
  const counts = Map.groupBy(calls, (action) => action);
  return [...counts].map(([action, alike]) => `${alike.length}×${action}`).join(', ');
}

/** What changed in the tables before the function ran. */
function showFound(terminal: Terminal, rows: readonly MergedRow[]): void {
  const changed = rows.filter(({ change }) => change !== 'same');
  if (changed.length === 0) return;
  terminal.print('  Meanwhile in the route tables:');
  showRows(terminal, changed);
  terminal.print();
}

function showLabelled(
  { print, paint }: Terminal,
  label: string,
  texts: readonly string[],
  style: Style = 'cyan',
): void {
  const lines = texts.flatMap((text) =>
    text.length <= WIDTH - LABEL_WIDTH ? [text] : wrapText(text, WIDTH - LABEL_WIDTH),
  );
  for (const [i, line] of lines.entries()) {
    const head = `  ${i === 0 ? label : ''}`.padEnd(LABEL_WIDTH);
    print(`${paint(style, head)}${line}`);
  }
}

function showRoutes(terminal: Terminal, rows: readonly MergedRow[], shows: Step['shows']): void {
  const shown = shows === 'all' ? rows : rows.filter(({ change }) => change !== 'same');
  const hidden = rows.length - shown.length;
  if (shown.length === 0) {
    terminal.print(`  The route tables afterwards: as podroutes found them, all ${hidden} rows.`);
    return;
  }
  terminal.print('  The route tables afterwards:');
  showRows(terminal, shown);
  if (hidden > 0) terminal.print(terminal.paint('dim', `     and ${hidden} rows as they were`));
}

function showRows({ print, paint }: Terminal, rows: readonly MergedRow[]): void {
  const head = ['', 'DESTINATION', 'NEXT HOP', 'STATE', 'ROUTE TABLE', ''];
  const cells = rows.map((row) => [
    CHANGE_STYLES[row.change].mark,
    row.destination,
    row.nextHop,
    row.change === 'gone' ? 'gone' : row.state,
    row.tables.join(', '),
    row.before === null ? '' : `was ${row.before}`,
  ]);
  const [first = '', ...lines] = formatTable([head, ...cells]);
  print(paint('dim', `  ${first}`));
  for (const [i, line] of lines.entries()) {
    const style = CHANGE_STYLES[rows[i]?.change ?? 'same'].style;
    print(style === null ? `  ${line}` : `  ${paint(style, line)}`);
  }
}
