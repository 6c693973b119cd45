import { wrapText } from './terminal.ts';

/** How a table gives way where it is wider than the terminal. */
interface Fit {
  /** In columns of the terminal; a table that fits is left as it is. */
  readonly room: number;
  /** Indexes of columns that are cut, since their cells are names. All others are wrapped at blanks. */
  readonly names: readonly number[];
}

/** Between two columns. */
const GAP = 2;
/** What does not fit beside the rest of its row goes on below it, so far in. */
const INDENT = 4;
/** So much of a name is left, its beginning and its end. */
const SHORTEST_NAME = 12;

/** The widths that a column can have. */
interface Column {
  readonly index: number;
  readonly widest: number;
  readonly least: number;
  readonly isName: boolean;
}

/**
 * Lines of a table, all rows one after the other, as wide as it is.
 *
 * @example formatTable([['a', '1'], ['long', '2']]) //=> ['a     1', 'long  2']
 */
export function formatTable(table: readonly (readonly string[])[]): string[] {
  return fitTable(table, { room: Number.POSITIVE_INFINITY, names: [] }).flat();
}

/**
 * Pads cells so that columns line up, two spaces apart, without blanks at line ends; gives the lines of each row. A
 * word of a cell that is no name, such as an id or a CIDR, is never broken, however narrow the terminal.
 */
export function fitTable(table: readonly (readonly string[])[], { room, names }: Fit): string[][] {
  const rows = table.map((row) => row.map((cell) => cell.replace(/\p{Cc}/gu, '')));
  const count = Math.max(0, ...rows.map(({ length }) => length));
  const columns = Array.from({ length: count }, (_, index): Column => {
    const cells = rows.map((row) => row[index] ?? '');
    const widest = longest(cells);
    const isName = names.includes(index);
    const least = isName
      ? Math.min(widest, SHORTEST_NAME)
      : longest(cells.flatMap((cell) => cell.split(/\s/)));
    return { index, widest, least, isName };
  });
  const filled = columns.filter(({ widest }) => widest > 0);
  const parts = divide(filled, room).map((part, i) => ({
    columns: part,
    widths: narrow(part, i === 0 ? room : room - INDENT),
    indent: ' '.repeat(i === 0 ? 0 : INDENT),
  }));
  return rows.map((row) =>
    parts.flatMap((part, i) =>
      layOut(row, part)
        .filter((line) => i === 0 || line !== '')
        .map((line) => `${part.indent}${line}`),
    ),
  );
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}

/** As many columns beside each other as there is room for. */
function divide(columns: readonly Column[], room: number): Column[][] {
  const parts: Column[][] = [[]];
  let used = -GAP;
  for (const column of columns) {
    const taken = used + GAP + column.least;
    const isFull = taken > room && (parts.at(-1)?.length ?? 0) > 0;
    if (isFull) parts.push([]);
    parts.at(-1)?.push(column);
    used = isFull ? INDENT + column.least : taken;
  }
  return parts;
}

/** Takes from the widest column that can give, until all fit. */
function narrow(columns: readonly Column[], room: number): number[] {
  const widths = columns.map(({ widest }) => widest);
  let excess = widths.reduce((sum, width) => sum + width, GAP * (columns.length - 1)) - room;
  for (; excess > 0; excess -= 1) {
    const givers = widths.map((width, i) => (width > (columns[i]?.least ?? 0) ? width : 0));
    const widest = Math.max(...givers);
    if (widest === 0) break;
    widths[givers.indexOf(widest)] = widest - 1;
  }
  return widths;
}

interface Part {
  readonly columns: readonly Column[];
  readonly widths: readonly number[];
}

function layOut(row: readonly string[], { columns, widths }: Part): string[] {
  const cells = columns.map(({ index, isName }, i) => {
    const cell = row[index] ?? '';
    const width = widths[i] ?? 0;
    if (cell.length <= width) return [cell];
    return isName ? [cutMiddle(cell, width)] : wrapText(cell, width);
  });
  const height = Math.max(0, ...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((cell, i) => (cell[line] ?? '').padEnd(widths[i] ?? 0))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

/** Names that begin alike differ at the end. */
function cutMiddle(text: string, width: number): string {
  const end = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - end)}…${text.slice(text.length - end)}`;
}
