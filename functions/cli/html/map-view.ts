import { type Cidr, overlaps } from '../../../shared/core/cidr.ts';
import { icon, STATE_WORDS, stateBadge } from './badges.ts';
import { type BlockMap, type CellState, layOutBlocks, type MapCell, type MapRow } from './block-map.ts';
import { type Block, type BlockState, findBlocks, KEPT_STATES, PACKET_STATES } from './blocks.ts';
import { readCidr } from './claims.ts';
import { html, type Markup } from './markup.ts';
import type { ReadableReport } from './read-report.ts';
import { code, renderTable } from './table.ts';
import { abridge, count, formatNumber, formatTime, join } from './words.ts';

/** Names shown where a square or a line stands for many blocks. */
const SHOWN_NAMES = 4;

/**
 * The cluster CIDRs as maps of blocks, each with a legend and the same in words.
 *
 * @param moved CIDRs to mark as changed since an earlier report
 */
export function renderMaps(report: ReadableReport, moved: readonly Cidr[]): Markup {
  const blocks = findBlocks(report);
  const ranges = report.clusterCidrs.flatMap((text) => readCidr(text) ?? []);
  if (ranges.length === 0) return html`<p>The report does not say what the cluster CIDRs are.</p>`;
  const maps = ranges.map((range) => layOutBlocks(range, blocks));
  return html`${maps.map((map) => renderMap(map, moved))}`;
}

/** How many blocks are in which state, in words. */
function describeMap(map: BlockMap): string {
  const room = `Room for ${count(map.total, 'block')} of /${map.blockPrefix}, ${formatNumber(map.free)} of them free.`;
  const states = countStates(map).map(
    ([state, amount]) => `${formatNumber(amount)} ${STATE_WORDS[state].word}`,
  );
  return states.length === 0 ? room : `${room} ${join(states)}.`;
}

function countStates({ blocks, blockPrefix }: BlockMap): [BlockState, number | bigint][] {
  return [...PACKET_STATES.toReversed(), ...KEPT_STATES]
    .map((state): [BlockState, number | bigint] => {
      const those = blocks.filter((block) => block.state === state);
      return [state, state === 'reserved' ? countPlaces(those, blockPrefix) : those.length];
    })
    .filter(([, amount]) => amount > 0);
}

/** How many blocks ranges have room for: a range is reserved as a whole, whatever its size. */
function countPlaces(ranges: readonly Block[], blockPrefix: number): bigint {
  return ranges.reduce((sum, { cidr }) => sum + (1n << BigInt(Math.max(0, blockPrefix - cidr.prefix))), 0n);
}

function renderMap(map: BlockMap, moved: readonly Cidr[]): Markup {
  const { range, blockPrefix, cellPrefix } = map;
  const each = 2 ** (blockPrefix - cellPrefix);
  const scale =
    each === 1
      ? null
      : html`<p class="note">Each square stands for ${formatNumber(each)} blocks (a /${cellPrefix}) and shows the state among them that most needs attention.</p>`;
  const marks = (cell: MapCell): boolean => moved.some((cidr) => overlaps(cidr, cell.cidr));
  const isMarked = map.rows.some((row) => row.kind === 'cells' && row.cells.some(marks));
  return html`<section class="map-part" aria-label="Map of ${range.text}">
<h3><code>${range.text}</code></h3>
<p>${describeMap(map)}</p>${scale}
<div class="map" role="img" aria-label="Map of ${range.text}. ${describeMap(map)} The same as text follows.">
${map.rows.map((row) => renderRow(row, marks))}</div>
<p class="readout" aria-hidden="true"></p>
${renderLegend(map, isMarked)}
${renderWords(map)}
</section>\n`;
}

function renderRow(row: MapRow, isMarked: (cell: MapCell) => boolean): Markup {
  if (row.kind === 'free') {
    return html`<span class="from">⋮</span><span class="gap">${count(row.blocks, 'free block')}</span>\n`;
  }
  const [first] = row.cells;
  const cells = row.cells.map((cell, i) => renderCell(cell, i * 16, isMarked(cell)));
  return html`<span class="from">${first?.cidr.text.replace(/\/\d+$/, '') ?? ''}</span><svg viewBox="0 0 ${row.cells.length * 16} 16" class="of-${row.cells.length}">${cells}</svg>\n`;
}

function renderCell(cell: MapCell, x: number, isMarked: boolean): Markup {
  const [block, ...others] = cell.blocks;
  const target =
    block === undefined || others.length > 0 ? null : html` data-row="${rowIdOf(block.cidr.text)}"`;
  const mark = isMarked ? html`<use href="#shape-changed" x="${x}"/>` : null;
  const dot = cell.blocks.some(isAllocated) ? html`<use href="#shape-allocated" x="${x}"/>` : null;
  return html`<g${target}><title>${describeCell(cell, isMarked)}</title><use href="#shape-${cell.state}" x="${x}"/>${mark}${dot}</g>`;
}

function isAllocated({ entry }: Block): boolean {
  return entry?.kind === 'allocated';
}

function describeCell({ cidr, state, blocks }: MapCell, isMarked: boolean): string {
  const names = abridge([...new Set(blocks.flatMap((block) => block.names))], SHOWN_NAMES);
  const [block] = blocks;
  const inside = blocks.length > 1 ? `${count(blocks.length, 'block')}, ` : '';
  const wider =
    blocks.length === 1 && block !== undefined && block.cidr.text !== cidr.text
      ? ` of ${block.cidr.text}`
      : '';
  const changed = isMarked ? ', changed' : '';
  const kept = blocks.length === 1 && block !== undefined ? describeEntry(block) : '';
  return `${cidr.text}${wider}: ${inside}${STATE_WORDS[state].word}${names === '' ? '' : ` (${names})`}${changed}${kept}`;
}

/** Who has it by the ledger, and since when. */
function describeEntry({ entry }: Block): string {
  if (entry === null) return '';
  const who = entry.node === null ? 'nobody that is known' : entry.node;
  const how = entry.kind === 'allocated' ? `handed out to ${who}` : `in the ledger for ${who}`;
  const left = entry.leaving === null ? '' : `, nobody there since ${formatTime(entry.leaving)}`;
  return `; ${how} since ${formatTime(entry.since)}${left}`;
}

/** Where the row of a destination is in the table of routes. */
export function rowIdOf(destination: string): string {
  return `route-${destination.replace(/[^\da-z]/gi, '-')}`;
}

function renderLegend(map: BlockMap, isMarked: boolean): Markup {
  const item = (state: CellState, amount: number | bigint): Markup =>
    html`<li>${icon(state)}<span><b>${formatNumber(amount)} ${STATE_WORDS[state].word}</b> ${STATE_WORDS[state].meaning}</span></li>\n`;
  const changed = isMarked
    ? html`<li>${icon('changed')}<span><b>with a corner</b> changed since the earlier report</span></li>`
    : null;
  const handed = map.blocks.filter(isAllocated).length;
  const dotted =
    handed === 0
      ? null
      : html`<li>${icon('allocated')}<span><b>${formatNumber(handed)} with a dot</b> handed out by podroutes</span></li>`;
  return html`<ul class="legend" aria-label="Legend">${countStates(map).map(([state, amount]) => item(state, amount))}${item('free', map.free)}${dotted}${changed}</ul>`;
}

/** Neighbouring blocks in the same state. */
interface Run {
  readonly first: Block;
  last: Block;
  readonly blocks: Block[];
}

/** The text alternative of the map: its blocks by stretches that are alike. */
function renderWords({ range, blocks }: BlockMap): Markup {
  const rows = joinRuns(blocks);
  if (rows.length === 0) return html``;
  const table = renderTable<Run>({
    caption: `Blocks of ${range.text} in order; what is between them is free`,
    rows,
    columns: [
      {
        head: 'Blocks',
        cell: ({ first, last }) =>
          first === last
            ? code(first.cidr.text)
            : html`<code>${first.cidr.text}</code> to <code>${last.cidr.text}</code>`,
      },
      { head: 'How many', cell: (run) => formatNumber(run.blocks.length) },
      { head: 'State', cell: ({ first }) => stateBadge(first.state) },
      {
        head: 'Of',
        cell: (run) => abridge([...new Set(run.blocks.flatMap(({ names }) => names))], SHOWN_NAMES),
      },
    ],
  });
  return html`<details><summary>The map as text: ${count(rows.length, 'stretch', 'stretches')}</summary>${table}</details>`;
}

function joinRuns(blocks: readonly Block[]): Run[] {
  const runs: Run[] = [];
  for (const block of blocks) {
    const run = runs.at(-1);
    if (run === undefined || !follows(block, run.last))
      runs.push({ first: block, last: block, blocks: [block] });
    else {
      run.last = block;
      run.blocks.push(block);
    }
  }
  return runs;
}

function follows(block: Block, last: Block): boolean {
  const isNext = last.cidr.last + 1n === block.cidr.first && last.cidr.prefix === block.cidr.prefix;
  return isNext && last.state === block.state;
}
