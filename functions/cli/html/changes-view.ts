import { commandNow, describeWait } from '../waiting.ts';
import { icon } from './badges.ts';
import { readCidr } from './claims.ts';
import { html, type Markup, type Part } from './markup.ts';
import type { ReadableReport } from './read-report.ts';
import { byDestination, nameTables } from './routes.ts';
import { cidrColumn, code, name, names, renderTable } from './table.ts';
import { formatTime } from './words.ts';

type Change = ReadableReport['changes'][number];

const REASONS: Readonly<Record<string, string>> = {
  claimed: 'a node claims it',
  'wrong-next-hop': 'it leads to another node than the one that claims it',
  blackhole: 'it leads to nothing, and a node claims it',
  'node-gone': 'its node is gone',
  'node-stopped': 'its node is stopped',
  'claimant-gone': 'the node that it was made for is gone',
  'claim-withdrawn': 'its node no longer claims it',
  'next-hop-unknown': 'nothing uses the address of its next hop',
  'write-failed': 'its last write failed in the cloud',
};

const OUTCOMES: Readonly<Record<Change['outcome'], string>> = {
  applied: 'done',
  planned: 'planned',
  waiting: 'waits',
  skipped: 'held back',
  failed: 'failed',
};

/** A change that several tables have alike. */
interface MergedChange extends Change {
  readonly tables: readonly string[];
}

/** What the run changed, or would, with the reasons; then whose forwarding it switched on. */
export function renderChanges(report: ReadableReport): Markup {
  const changes = mergeChanges(report.changes);
  if (changes.length === 0 && report.forwarding.length === 0) {
    return html`<p>${explainNone(report)}</p>`;
  }
  const tables = nameTables(report.tables);
  const table = renderTable<MergedChange>({
    caption: report.dryRun ? 'Changes that a run would make' : 'Changes of this run',
    rows: changes,
    columns: [
      cidrColumn('Destination', ({ destination }) => destination),
      {
        head: 'Change',
        cell: ({ action }) => html`<span class="badge ${action}">${icon(action)}${action}</span>`,
      },
      { head: 'Next hop', cell: showNextHops },
      { head: 'Node', cell: ({ node }) => (node === null ? '–' : name(node)) },
      { head: 'Why', cell: ({ reason }) => REASONS[reason] ?? reason },
      { head: 'Outcome', cell: (change) => html`${showOutcome(change)}${showWait(change, report)}` },
      { head: 'Route tables', cell: (change) => names(change.tables.map(tables)) },
    ],
  });
  return html`${changes.length === 0 ? null : table}${renderForwarding(report)}`;
}

function explainNone({ tables, findings }: ReadableReport): string {
  if (tables.length === 0) return 'None: no managed route table was found.';
  return findings.every(({ severity }) => severity === 'info')
    ? 'None: the routes are in step with the claims.'
    : 'None that a run can make. The findings say what is left to do.';
}

function mergeChanges(changes: readonly Change[]): MergedChange[] {
  const alike = Map.groupBy(changes, ({ table: _, ...said }) => JSON.stringify(said));
  return [...alike.values()]
    .flatMap(([first, ...others]) =>
      first === undefined ? [] : [{ ...first, tables: [first, ...others].map(({ table }) => table) }],
    )
    .sort((a, b) => byDestination({ cidr: readCidr(a.destination) }, { cidr: readCidr(b.destination) }));
}

function showNextHops({ nextHop, previousNextHop }: Change): Part {
  const hop = (id: string | null): Markup => (id === null ? html`nothing` : code(id));
  if (previousNextHop === null || nextHop === null) return hop(nextHop ?? previousNextHop);
  return html`${hop(previousNextHop)} <span aria-label="becomes">→</span> ${hop(nextHop)}`;
}

function showOutcome({ outcome, error }: Pick<Change, 'outcome' | 'error'>): Markup {
  const why =
    error === undefined ? null : html` <span class="why"><code>${error.code}</code> ${error.message}</span>`;
  return html`<span class="outcome ${outcome}">${OUTCOMES[outcome]}</span>${why}`;
}

/** Since when a change waits, from when on it is made, and how a person makes it now. */
function showWait(change: Change, { nodes }: ReadableReport): Markup | null {
  if (change.outcome !== 'waiting') return null;
  const wait = describeWait(change, formatTime);
  return html`<span class="why">${wait}. Now: <code>${commandNow(change, nodes)}</code></span>`;
}

function renderForwarding({ forwarding }: ReadableReport): Markup | null {
  if (forwarding.length === 0) return null;
  return renderTable({
    caption: 'Nodes whose forwarding was off',
    rows: forwarding,
    columns: [
      { head: 'Node', cell: ({ node }) => name(node) },
      { head: 'Id', cell: ({ nodeId }) => code(nodeId) },
      { head: 'Switching it on', cell: showOutcome },
    ],
  });
}
