import { countOf } from '../../shared/core/findings/finding.ts';
import type { ChangeAction, ChangeReason, Outcome } from '../../shared/core/model.ts';
import type { Report } from '../../shared/core/run/report.ts';
import { findCloud } from './clouds.ts';
import { byName, showFindings, showTableHead } from './describe.ts';
import { fitTable } from './table.ts';
import { type Style, type Terminal, wrapText } from './terminal.ts';
import { commandNow, describeWait } from './waiting.ts';

type Change = Report['changes'][number];

const MARKS: Readonly<Record<ChangeAction, { readonly mark: string; readonly style: Style }>> = {
  create: { mark: '+', style: 'green' },
  replace: { mark: '~', style: 'yellow' },
  delete: { mark: '-', style: 'red' },
};

const REASONS: Readonly<Record<ChangeReason, string>> = {
  claimed: 'its node claims it',
  'wrong-next-hop': 'it leads elsewhere',
  blackhole: 'it leads nowhere',
  'node-gone': 'its node is gone',
  'claimant-gone': 'the node that it was made for is gone',
  'next-hop-unknown': 'nothing uses that address',
  'node-stopped': 'its node is stopped',
  'claim-withdrawn': 'its node no longer claims it',
  'write-failed': 'its last write failed in the cloud',
};

/** Shows what a report would change or has changed, table by table, and then its findings. */
export function showReport(terminal: Terminal, report: Report): void {
  for (const table of report.tables) showTable(terminal, table, report);
  showForwarding(terminal, report);
  showFindings(terminal, report.findings);
  for (const line of wrapText(summarize(report), terminal.width))
    terminal.print(terminal.paint('bold', line));
}

/** Whether the report has anything that is not in step. A route that waits for its time is no reason to act. */
export function hasChanges({ changes, forwarding }: Pick<Report, 'changes' | 'forwarding'>): boolean {
  return changes.some(({ outcome }) => outcome !== 'waiting') || forwarding.length > 0;
}

function showTable(terminal: Terminal, table: Report['tables'][number], { changes, nodes }: Report): void {
  const { print, paint, columns } = terminal;
  const ours = changes
    .filter((change) => change.table === table.id)
    .toSorted((a, b) => byName(a.destination, b.destination));
  const counts = `${countOf(table.routes, 'route')}, ${table.managed} managed, limit ${table.limit}`;
  showTableHead(terminal, table, counts);
  if (ours.length === 0) print('  no change');
  const cells = ours.map((change) => toCells(change, nodes));
  const rows = fitTable(cells, { room: columns - 2, names: [NODE_COLUMN] });
  for (const [i, change] of ours.entries()) {
    const style = UNMADE[change.outcome] === undefined ? MARKS[change.action].style : 'dim';
    for (const line of rows[i] ?? []) print(`  ${paint(style, line)}`);
    showWhy(terminal, change, nodes);
  }
  print();
}

/** Marks of changes that are not made now. */
const UNMADE: Readonly<Partial<Record<Outcome, string>>> = { waiting: '*', skipped: '!' };

/** Why a change is not made, or not yet. */
function showWhy({ print, paint, width }: Terminal, change: Change, nodes: Report['nodes']): void {
  const { outcome, error } = change;
  if (outcome === 'waiting') {
    const text = `waiting${describeWait(change)}`;
    for (const line of wrapText(text, width - 6)) print(`      ${paint('dim', line)}`);
    print(`      ${paint('dim', `now: ${commandNow(change, nodes)}`)}`);
  }
  if (error === undefined) return;
  for (const text of wrapText(`${outcome}: ${error.code}: ${error.message}`, width - 6)) {
    print(`      ${paint(outcome === 'failed' ? 'red' : 'yellow', text)}`);
  }
}

const NODE_COLUMN = 3;

function toCells(change: Change, nodes: Report['nodes']): string[] {
  const { action, destination, nextHop, previousNextHop, node, nodeId, reason, outcome } = change;
  const hops = [previousNextHop, nextHop].flatMap((hop) => hop ?? []).join(' -> ');
  return [
    `${UNMADE[outcome] ?? MARKS[action].mark} ${action}`,
    destination,
    hops === '' ? '-' : hops,
    node === null ? '-' : labelAmong(nodes, { name: node, id: nodeId }),
    REASONS[reason],
    outcome === 'planned' ? '' : outcome,
  ];
}

/** The name alone, unless another has it too, or has it as its id. */
function labelAmong(
  nodes: Report['nodes'],
  { name, id }: { readonly name: string; readonly id: string | null },
): string {
  const isShared = nodes.some((other) => other.id !== id && (other.name === name || other.id === name));
  return isShared ? `${name} (${id})` : name;
}

function showForwarding({ print, paint }: Terminal, { forwarding, cloud, nodes }: Report): void {
  if (forwarding.length === 0) return;
  print(`${findCloud(cloud)?.forwarding ?? 'Forwarding (must be on)'}:`);
  for (const { node, nodeId, outcome, error } of forwarding) {
    const label = labelAmong(nodes, { name: node, id: nodeId });
    const why = error === undefined ? '' : `: ${error.code}: ${error.message}`;
    print(`  ${paint('yellow', '~')} ${label}${outcome === 'planned' ? '' : `  ${outcome}`}${why}`);
  }
  print();
}

/** What happened, or would, in one sentence. */
function summarize(report: Report): string {
  const { dryRun, summary, findings } = report;
  const { unchanged, waiting } = summary;
  const counts = listCounts(report, dryRun);
  return `${[
    ...counts.slice(0, ACTIONS).map(({ text }) => text),
    `${unchanged} in step already`,
    ...(waiting === 0 ? [] : [`${waiting} waiting`]),
    ...counts.slice(ACTIONS).flatMap(({ count, text }) => (count === 0 ? [] : [text])),
    ...(findings.length === 0 ? [] : [countOf(findings.length, 'finding')]),
  ].join(', ')}.`;
}

const ACTIONS = 3;

interface Count {
  readonly count: number;
  readonly text: string;
}

/** What is not in step, or was not: the three actions first. */
export function listCounts(
  { summary, forwarding }: Pick<Report, 'summary' | 'forwarding'>,
  isPlan: boolean,
): Count[] {
  const { created, replaced, deleted, failed, skipped } = summary;
  return [
    { count: created, text: isPlan ? `${created} to create` : `${created} created` },
    { count: replaced, text: isPlan ? `${replaced} to replace` : `${replaced} replaced` },
    { count: deleted, text: isPlan ? `${deleted} to delete` : `${deleted} deleted` },
    { count: failed, text: `${failed} failed` },
    { count: skipped, text: `${skipped} held back` },
    { count: forwarding.length, text: summarizeForwarding(forwarding, isPlan) },
  ];
}

function summarizeForwarding(forwarding: Report['forwarding'], isPlan: boolean): string {
  const on = forwarding.filter(({ outcome }) => outcome === 'applied').length;
  return isPlan
    ? `forwarding to switch on at ${countOf(forwarding.length, 'node')}`
    : `forwarding switched on at ${countOf(on, 'node')}`;
}

/** One line for each change, in columns that scripts can cut. One that waits has three more. */
export function showPlain({ print }: Terminal, { changes, forwarding }: Report): void {
  for (const change of changes) {
    const { action, table, destination, nextHop, previousNextHop, nodeId, reason, outcome } = change;
    const hops = `${previousNextHop ?? '-'} ${nextHop ?? '-'}`;
    const wait =
      outcome === 'waiting' ? ` ${change.waitsFor} ${change.since ?? '-'} ${change.notBefore ?? '-'}` : '';
    print(`${action} ${table} ${destination} ${hops} ${nodeId ?? '-'} ${reason} ${outcome}${wait}`);
  }
  for (const { nodeId, outcome } of forwarding) print(`forward ${nodeId} ${outcome}`);
}
