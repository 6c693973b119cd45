import { countOf } from '../../../shared/core/findings/finding.ts';
import { fitTable } from '../table.ts';
import { type Style, type Terminal, wrapText } from '../terminal.ts';
import { readDecisions, readFindings, readForwarding } from './log-lines.ts';
import { compareRoutes, type MergedRow, type RowChange } from './route-rows.ts';
import { type Check, type Handled, holds, type Scene, type Stage, type Wording } from './scene.ts';

interface Shown {
  readonly title: string;
  readonly why: string;
  readonly shows: 'all' | 'changes';
  readonly scene: Scene;
  readonly checks: readonly Check[];
  readonly wording: Wording;
  readonly nameOf: Stage['nameOf'];
}

const CHANGE_STYLES: Readonly<Record<RowChange, { readonly mark: string; readonly style: Style | null }>> = {
  same: { mark: ' ', style: null },
  new: { mark: '+', style: 'green' },
  changed: { mark: '~', style: 'yellow' },
  gone: { mark: '-', style: 'red' },
};
const LABEL_WIDTH = 10;
/** Lines of one list; of a longer one, the ends are shown. */
const MOST_LINES = 15;
const END_LINES = 3;

/** Shows one step: what went in, what came out, the routes after it, and whether that is right. */
export function showScene(terminal: Terminal, shown: Shown): void {
  const { print, paint, width } = terminal;
  const { title, why, shows, scene, checks, wording } = shown;
  print(paint('bold', `── ${title} `.padEnd(width, '─')));
  for (const line of wrapText(why, width)) print(line);
  print();
  if (scene.handled !== null) {
    showFound(terminal, compareRoutes(scene.before, scene.handled.found), wording);
    showHandled(terminal, scene.handled, shown);
  }
  for (const line of scene.notes) print(`  ${line}`);
  if (scene.notes.length > 0) print();
  const found = scene.handled?.found ?? scene.before;
  showRoutes(terminal, compareRoutes(found, scene.after), shows, wording);
  print();
  for (const check of checks) {
    print(holds(check) ? `  ${paint('green', '✓')} ${check.what}` : `  ${paint('red', '✗')} ${check.what}`);
  }
  print();
}

function showHandled(terminal: Terminal, handled: Handled, { wording, nameOf }: Shown): void {
  const { print, paint } = terminal;
  showLabelled(terminal, 'in', handled.given);
  showLabelled(terminal, 'reads', [describeCalls(handled.reads)]);
  showLabelled(terminal, 'writes', [describeCalls(handled.writes)]);
  const decisions = abridge(readDecisions(handled.log, { nameOf, wording }));
  const forwarding = readForwarding(handled.log, nameOf);
  if (forwarding.length > 0) decisions.push(`${wording.forwarding}: ${forwarding.join(', ')}`);
  showLabelled(terminal, 'decided', decisions.length === 0 ? ['nothing to change'] : decisions);
  for (const { severity, code, message, remedy } of readFindings(handled.log)) {
    showLabelled(terminal, 'finding', [`${code} (${severity}): ${message}`, `Remedy: ${remedy}`], 'yellow');
  }
  if (handled.lost > 0)
    print(paint('red', `  in the dead-letter queue so far: ${countOf(handled.lost, 'message')}`));
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
function showFound(terminal: Terminal, rows: readonly MergedRow[], wording: Wording): void {
  const changed = rows.filter(({ change }) => change !== 'same');
  if (changed.length === 0) return;
  terminal.print(`  Meanwhile in the ${wording.tables}:`);
  showRows(terminal, changed, wording);
  terminal.print();
}

function showLabelled(
  { print, paint, width }: Terminal,
  label: string,
  texts: readonly string[],
  style: Style = 'cyan',
): void {
  const lines = texts.flatMap((text) =>
    text.length <= width - LABEL_WIDTH ? [text] : wrapText(text, width - LABEL_WIDTH),
  );
  for (const [i, line] of lines.entries()) {
    const head = `  ${i === 0 ? label : ''}`.padEnd(LABEL_WIDTH);
    print(`${paint(style, head)}${line}`);
  }
}

function showRoutes(
  terminal: Terminal,
  rows: readonly MergedRow[],
  shows: Shown['shows'],
  wording: Wording,
): void {
  const shown = shows === 'all' ? rows : rows.filter(({ change }) => change !== 'same');
  const hidden = rows.length - shown.length;
  if (shown.length === 0) {
    const state = hidden === 0 ? 'no routes.' : `left as found, all ${countOf(hidden, 'row')}.`;
    terminal.print(`  The ${wording.tables} afterwards: ${state}`);
    return;
  }
  terminal.print(`  The ${wording.tables} afterwards:`);
  showRows(terminal, shown, wording);
  if (hidden > 0) terminal.print(terminal.paint('dim', `     and ${countOf(hidden, 'row')} as before`));
}

function showRows(
  { print, paint, columns }: Terminal,
  rows: readonly MergedRow[],
  { detail, label }: Wording,
): void {
  const head = ['', 'DESTINATION', 'NEXT HOP', detail, label, ''];
  const cells = rows.map((row) => [
    CHANGE_STYLES[row.change].mark,
    row.destination,
    row.nextHop,
    row.detail,
    row.labels.join(', '),
    row.change === 'gone' ? 'gone' : row.before === null ? '' : `was ${row.before}`,
  ]);
  const names = [head.indexOf(label)];
  const [first = [], ...bodies] = fitTable([head, ...cells], { room: columns - 2, names });
  for (const line of first) print(paint('dim', `  ${line}`));
  const painted = bodies.flatMap((lines, i) => {
    const style = CHANGE_STYLES[rows[i]?.change ?? 'same'].style;
    return lines.map((line) => (style === null ? `  ${line}` : `  ${paint(style, line)}`));
  });
  for (const line of abridge(painted, '     ')) print(line);
}

function abridge(lines: readonly string[], indent = ''): string[] {
  if (lines.length <= MOST_LINES) return [...lines];
  const left = `${indent}… ${lines.length - 2 * END_LINES} more …`;
  return [...lines.slice(0, END_LINES), left, ...lines.slice(-END_LINES)];
}
