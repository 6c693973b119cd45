import { readCidr } from './claims.ts';
import { html, type Markup, type Part } from './markup.ts';
import { count } from './words.ts';

/** One column of a table: its heading and what its cells show. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => Part;
  /** What to sort by where the text of the cell does not do. */
  readonly sortKey?: (row: Row) => string;
}

export interface TableParts<Row> {
  readonly caption: string;
  /** Whether a heading above says the same, so that only screen readers need the caption. */
  readonly isTitled?: boolean;
  /** The first one holds the heading of each row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Makes rows places to link to. */
  readonly rowId?: (row: Row) => string | null;
  /** Which rows are folded, and what the fold says of them; none unless given. */
  readonly fold?: Fold<Row>;
}

/** Rows that are opened only where somebody asks for them, and are left out on paper. */
interface Fold<Row> {
  readonly choose: (rows: readonly Row[]) => readonly Row[];
  readonly title: (count: number) => string;
  /** What paper says instead; null where nothing needs to be said. */
  readonly onPaper: ((count: number) => string) | null;
}

/** Below this a table is seen at a glance and needs no filter. */
const FILTERED_ROWS = 10;
/** Up to here a table is shown whole: about two printed pages. */
const WHOLE_ROWS = 50;
/** Where all are in step, so many are shown all the same. */
const SAMPLE_ROWS = 10;

/** Folds the rows of a large table that need nobody. */
export function foldInStep<Row>(isInStep: (row: Row) => boolean): Fold<Row> {
  return {
    choose: (rows) => {
      if (rows.length <= WHOLE_ROWS) return [];
      const inStep = rows.filter(isInStep);
      return inStep.length === rows.length ? inStep.slice(SAMPLE_ROWS) : inStep;
    },
    title: (amount) => `${count(amount, 'row')} in step`,
    onPaper: (amount) => `${count(amount, 'row')} in step ${amount === 1 ? 'is' : 'are'} not printed.`,
  };
}

/**
 * A table that scrolls by itself where it is wide and, where the script runs, filters and sorts. Its folded rows stand
 * in a table of their own, which the script joins to the first, so that it filters, sorts and counts them all.
 */
export function renderTable<Row>(parts: TableParts<Row>): Markup {
  const { caption, rows, fold } = parts;
  const folded = new Set(fold?.choose(rows));
  const shown = rows.filter((row) => !folded.has(row));
  const tools = rows.length < FILTERED_ROWS ? null : html` data-tools="${caption}"`;
  if (fold === undefined || folded.size === 0) {
    return html`<div class="rows"${tools}>${renderRows(parts, rows, false)}</div>`;
  }
  const title = fold.title(folded.size);
  const others = { ...parts, caption: `${caption}: ${title}`, isTitled: true };
  const note = fold.onPaper === null ? null : html`<p class="on-paper">${fold.onPaper(folded.size)}</p>`;
  return html`<div class="rows"${tools}>${renderRows(parts, shown, false)}<details><summary>${title}</summary>${renderRows(others, [...folded], true)}</details>${note}</div>`;
}

function renderRows<Row>(
  { caption, isTitled = false, columns, rowId }: TableParts<Row>,
  rows: readonly Row[],
  areFolded: boolean,
): Markup {
  const heads = columns.map(({ head }) => html`<th scope="col">${head}</th>`);
  const bodyRows = rows.map((row) => {
    const id = rowId?.(row) ?? null;
    const paper = areFolded ? html` class="off-paper"` : null;
    return html`<tr${id === null ? null : html` id="${id}"`}${paper}>${columns.map((column, i) => renderCell(column, row, i === 0))}</tr>\n`;
  });
  return html`<div class="table"><table>
<caption${isTitled ? html` class="unseen"` : null}>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${bodyRows}</tbody></table></div>`;
}

/** The heading of the column stands in each cell too, for screens on which rows become cards. */
function renderCell<Row>({ head, cell, sortKey }: Column<Row>, row: Row, isHead: boolean): Markup {
  const key = sortKey === undefined ? null : html` data-key="${sortKey(row)}"`;
  if (isHead) return html`<th scope="row"${key}>${cell(row)}</th>`;
  return html`<td data-head="${head}"${key}>${cell(row)}</td>`;
}

/** The longest CIDR has as many letters: what is longer may be broken, so that it does not widen the table. */
const UNBROKEN = 43;

/** An id, address or CIDR. */
export function code(text: string): Markup {
  return html`<code${wholeness(text)}>${text}</code>`;
}

/** A name of a node or table. */
export function name(text: string): Markup {
  return html`<span${wholeness(text)}>${text}</span>`;
}

/** Several names in one cell. */
export function names(texts: readonly string[]): Part {
  return texts.map((text, i) => [i > 0 ? ', ' : null, name(text)]);
}

function wholeness(text: string): Markup | null {
  return text.length > UNBROKEN ? null : html` class="whole"`;
}

/** A column of CIDRs, which sort as networks and not as text. */
export function cidrColumn<Row>(head: string, read: (row: Row) => string): Column<Row> {
  return { head, cell: (row) => code(read(row)), sortKey: (row) => keyOfCidr(read(row)) };
}

function keyOfCidr(text: string): string {
  const cidr = readCidr(text);
  return cidr === null
    ? text
    : `${cidr.family}${cidr.first.toString(16).padStart(32, '0')}${String(cidr.prefix).padStart(3, '0')}`;
}
