import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where a command writes for people. */
export interface Terminal {
  readonly print: (line?: string) => void;
  /** The text in a style, or as it is where there is no colour. */
  readonly paint: (style: Style, text: string) => string;
}

/** What `createTerminal` needs of a stream such as `process.stdout`. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly write: (text: string) => unknown;
}

/** In columns: what fits a usual window, a mail and a code review. */
export const WIDTH = 100;

/** Colour appears on a terminal only, and nowhere once NO_COLOR is set (https://no-color.org). */
export function createTerminal(stream: TerminalStream, env: NodeJS.ProcessEnv): Terminal {
  const coloured = stream.isTTY === true && !env['NO_COLOR'];
  return {
    print: (line = '') => void stream.write(`${line}\n`),
    paint: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
  };
}

/**
 * Pads cells so that columns line up, two spaces apart, without blanks at line ends.
 *
 * @example formatTable([['a', '1'], ['long', '2']]) //=> ['a     1', 'long  2']
 */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Breaks text at blanks into lines of at most `width`; a longer word keeps a line to itself. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const joined = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && joined.length <= width) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}
