import { parseCidr } from '../../../shared/core/cidr.ts';
import { countOf } from '../../../shared/core/findings/finding.ts';
import { type BlockList, type ListedBlock, type ListedRange, listBlocks } from '../block-list.ts';
import { type ClusterView, runDry } from '../cluster-view.ts';
import {
  EXIT,
  type ExitCode,
  errorRefusal,
  type Invocation,
  type Refusal,
  refuse,
  usageRefusal,
} from '../command.ts';
import { connect } from '../connect.ts';
import { showFindings } from '../describe.ts';
import { outputOf } from '../options.ts';
import type { Session } from '../session.ts';
import { fitTable } from '../table.ts';
import { formatJson, type Terminal, wrapText } from '../terminal.ts';

/** Lists the blocks of the cluster CIDRs: who has which, since when, and what is free. */
export async function blocks(invocation: Invocation): Promise<number> {
  const connection = await connect(invocation);
  if (!connection.ok) return refuse(invocation, connection);
  const unset = findUnset(connection.session);
  if (unset !== null) return refuse(invocation, unset);
  const view = await runDry(connection.session, invocation, { scope: { kind: 'all', ids: [] } });
  if (!view.ok) return refuse(invocation, view);
  const known = view.report.blocks;
  if (known === undefined) return refuse(invocation, explainUnread(view));
  const list = listBlocks(view, known);
  FORMATS[outputOf(invocation.values)](list, invocation.out);
  showFindings(invocation.err, list.findings);
  if (!list.adopted) showNotAdopted(invocation.err);
  return exitOf(list);
}

/** 1 where the list may not be whole, 3 where nodes get no block. */
function exitOf({ findings, adopted }: BlockList): ExitCode {
  if (findings.some(({ code }) => code === 'read-incomplete' || code === 'ledger-unavailable'))
    return EXIT.error;
  return adopted && findings.every(({ severity }) => severity !== 'error') ? EXIT.ok : EXIT.changes;
}

/** Where a size is given, the settings have been checked to name a ledger as well. */
function findUnset({ config: { allocate, ledger } }: Session): Refusal | null {
  if (allocate[4] !== null || allocate[6] !== null) return null;
  const place = ledger === null ? ', and --ledger (PODROUTES_LEDGER) to where they keep their ledger' : '';
  return usageRefusal(
    `PODROUTES_ALLOCATE: expected the size of the blocks that nodes are given, for example /24; found nothing, so none is given. Where the functions hand out blocks, set it to what they have${place}. Without it, "podroutes nodes" lists the claims.`,
  );
}

function explainUnread({ report }: ClusterView): Refusal {
  const finding = report.findings.findLast(({ code }) => code === 'ledger-unavailable');
  const { message = 'The ledger could not be read.', remedy = 'Check PODROUTES_LEDGER.' } = finding ?? {};
  return errorRefusal(`${message} ${remedy}`);
}

const NOT_ADOPTED =
  'The ledger does not hold all claims and routes of the cluster yet, so no block is handed out. The next scheduled run that can read everything enters them; "podroutes reconcile" does so now. The list shows what was seen.';

function showNotAdopted({ print, width }: Terminal): void {
  for (const line of wrapText(`podroutes: ${NOT_ADOPTED}`, width)) print(line);
}

const FORMATS = { json: printJson, plain: printPlain, table: printRanges };

function printJson(list: BlockList, { print }: Terminal): void {
  print(formatJson(list));
}

/** A line for each block that is not free, and for each stretch of free ones. */
function printPlain({ ranges }: BlockList, { print }: Terminal): void {
  for (const { first, last, block } of ranges.flatMap(listRows)) {
    const { state, nodeId, since, leaving } = block ?? FREE;
    print([first, last, state, nodeId ?? '-', since ?? '-', leaving ?? '-'].join(' '));
  }
}

const FREE = { state: 'free', node: null, nodeId: null, since: null, leaving: null } as const;

/** A block that is not free, or free ones side by side. */
interface Row {
  readonly first: string;
  readonly last: string;
  readonly block: ListedBlock | null;
  readonly count: number;
}

/** In the order of their addresses. */
function listRows({ blocks: taken, freeBlocks }: ListedRange): Row[] {
  const rows: Row[] = [
    ...taken.map((block) => ({ first: block.cidr, last: block.cidr, block, count: 1 })),
    ...freeBlocks.map((stretch) => ({ ...stretch, block: null })),
  ];
  const starts = new Map(rows.map((row) => [row, startOf(row)]));
  return rows.sort((a, b) => Number((starts.get(a) ?? 0n) - (starts.get(b) ?? 0n)));
}

function startOf({ first }: Row): bigint {
  const result = parseCidr(first);
  return result.ok ? result.cidr.first : 0n;
}

const HEAD = ['BLOCK', 'STATE', 'NODE', 'SINCE', 'WHY'];

function printRanges({ ranges }: BlockList, terminal: Terminal): void {
  const { print, paint } = terminal;
  for (const range of ranges) {
    const { cidr, size, total, free, used, leaving, reserved } = range;
    const counts = `${countOf(total, 'block')} of /${size}: ${free} free, ${used} used, ${leaving} leaving, ${reserved} reserved`;
    print(`${paint('bold', cidr)}, ${counts}`);
    printRows(listRows(range), terminal);
    print();
  }
}

function printRows(rows: readonly Row[], { print, paint, columns }: Terminal): void {
  const cells = rows.map(({ first, last, block, count }) => {
    const { state, node, since } = block ?? FREE;
    const place = first === last ? first : `${first} to ${last}`;
    const why = block === null ? countOf(count, 'block') : describeWhy(block);
    return [place, state, node ?? '-', shortTime(since) ?? '-', why];
  });
  const fit = { room: columns - 2, names: [HEAD.indexOf('NODE')] };
  const [head = [], ...bodies] = fitTable([HEAD, ...cells], fit);
  for (const line of head) print(`  ${paint('dim', line)}`);
  for (const [i, lines] of bodies.entries()) {
    const isTaken = rows[i]?.block?.state === 'used';
    for (const line of lines) print(isTaken ? `  ${line}` : `  ${paint('dim', line)}`);
  }
}

const KINDS: Readonly<Record<ListedBlock['kind'], string>> = {
  allocated: 'handed out',
  claimed: 'claimed',
  setting: 'PODROUTES_RESERVED_CIDRS',
  network: "the network's own addresses",
};

function describeWhy({ kind, state, since, leaving, node }: ListedBlock): string {
  if (state === 'reserved') return KINDS[kind];
  const how = kind === 'claimed' && node === null ? 'a route leads there' : KINDS[kind];
  if (state === 'leaving') return `${how}; nobody there since ${shortTime(leaving)}`;
  return since === null ? `${how}; not in the ledger yet` : how;
}

/** Without the milliseconds. */
function shortTime(iso: string | null): string | null {
  return iso?.replace(/\.\d+Z$/, 'Z') ?? null;
}
