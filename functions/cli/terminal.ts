import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where a command writes for people. */
export interface Terminal {
  readonly print: (line?: string) => void;
  /** The text in a style, or as it is where there is no colour. */
  readonly paint: (style: Style, text: string) => string;
  /** Whether somebody watches it, rather than a pipe or a file. */
  readonly isWatched: boolean;
  /** Columns that text is wrapped at: 100, or fewer where the window has fewer. */
  readonly width: number;
  /** Columns of the window; Infinity where nobody watches, as a pipe or a file takes lines of any length. */
  readonly columns: number;
}

/** What `createTerminal` needs of a stream such as `process.stdout`. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  /** 0 where the terminal does not know. */
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

/** In columns: what fits a usual window, a mail and a code review. */
export const WIDTH = 100;
/** In a window that is narrower than this, lines are left to the terminal. */
const NARROWEST = 40;

/**
 * Colour appears on a terminal only, and nowhere once NO_COLOR is set (https://no-color.org). Names come from tags,
 * which others write: what would steer the terminal is taken out of every line.
 */
export function createTerminal(stream: TerminalStream, env: NodeJS.ProcessEnv): Terminal {
  const isWatched = stream.isTTY === true;
  const coloured = isWatched && !env['NO_COLOR'];
  const columns =
    isWatched && stream.columns ? Math.max(NARROWEST, stream.columns) : Number.POSITIVE_INFINITY;
  return {
    print: (line = '') => void stream.write(`${disarm(line, coloured)}\n`),
    paint: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
    isWatched,
    width: Math.min(WIDTH, columns),
    columns,
  };
}

/** Without control and direction characters, but for colours where they are wanted, line ends and tabs. */
function disarm(text: string, coloured: boolean): string {
  return text.replace(/\p{Cc}\[(?:1|2|22|3[1-6]|39)m|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (found) =>
    found === '\n' || found === '\t' || (coloured && found.startsWith('\u001b[')) ? found : '',
  );
}

/** JSON for standard output, with what would steer a terminal in escaped form. */
export function formatJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escapeUnits);
}

function escapeUnits(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** Breaks text at blanks into lines of at most `width`; a longer word keeps a line to itself. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s/)) {
    const joined = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && joined.length <= width) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}

/** A wait is shown once it is longer than this, in milliseconds. */
const LONG_MS = 500;

/** Says what is waited for, if it takes long and somebody watches; the function that it gives ends the wait. */
export function showProgress({ print, paint, isWatched }: Terminal, text: string): () => void {
  if (!isWatched) return () => undefined;
  const timer = setTimeout(() => print(paint('dim', text)), LONG_MS);
  return () => clearTimeout(timer);
}
