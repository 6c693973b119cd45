import type { Hint } from './reader.ts';
import { spend, type Work } from './work.ts';

/** How a language writes what is no setting, or holds one in disguise. */
export interface Syntax {
  /** Source of a regular expression for whatever may begin one of the things below. */
  readonly marks: string;
  readonly lineComment: '#' | '//';
  /** What may stand before a comment on its line. */
  readonly beforeComment: RegExp;
  readonly blockComments: readonly (readonly [open: string, close: string])[];
  /** The longest first. A string that is `oneLine` and does not end there is none. */
  readonly strings: readonly {
    readonly open: string;
    readonly close: string;
    readonly escapes: boolean;
    readonly oneLine?: true;
  }[];
  /** Takes its meaning from the next character, and joins lines. */
  readonly escape: '\\' | '`';
  readonly heredocs?: true;
  /** Strings that are statements are comments. */
  readonly docstrings?: true;
}

/** A source without its comments, in one piece, and the files that it has within it. */
export interface Flat {
  readonly text: string;
  readonly files: readonly SourceFile[];
}

/** The hint says what reads it, where it is the input of an interpreter. */
interface SourceFile {
  readonly text: string;
  readonly hint: Hint;
}

interface Scan {
  readonly text: string;
  readonly syntax: Syntax;
  readonly work: Work;
  readonly out: string[];
  readonly files: SourceFile[];
  /** Kinds of strings that have no end any more. */
  readonly endless: Set<string>;
  at: number;
  /** Where the bodies of this line's here-documents end. */
  resume: number | null;
}

const STEPS_OF_MARK = 2;

/** Takes comments out, joins continued lines and unwraps strings; null where that costs too much. */
export function flatten(text: string, syntax: Syntax, work: Work): Flat | null {
  const scan: Scan = { text, syntax, work, out: [], files: [], endless: new Set(), at: 0, resume: null };
  const marks = new RegExp(syntax.marks, 'g');
  for (;;) {
    marks.lastIndex = scan.at;
    const mark = marks.exec(text);
    if (mark === null) break;
    scan.out.push(text.slice(scan.at, mark.index));
    scan.at = mark.index;
    if (!spend(work, STEPS_OF_MARK)) return null;
    const taken = STEPS.some((step) => step(scan));
    if (!taken) {
      scan.out.push(mark[0]);
      scan.at += mark[0].length;
    }
  }
  scan.out.push(text.slice(scan.at));
  return spend(work, 0) ? { text: scan.out.join(''), files: scan.files } : null;
}

type Step = (scan: Scan) => boolean;

const STEPS: readonly Step[] = [
  takeLineEnd,
  takeBlockComment,
  takeLineComment,
  takeHeredoc,
  takeString,
  takeEscape,
];

function takeLineEnd(scan: Scan): boolean {
  if (scan.text[scan.at] !== '\n') return false;
  scan.out.push('\n');
  scan.at = scan.resume ?? scan.at + 1;
  scan.resume = null;
  return true;
}

function takeBlockComment(scan: Scan): boolean {
  const comment = scan.syntax.blockComments.find(([open]) => scan.text.startsWith(open, scan.at));
  if (comment === undefined) return false;
  const [open, close] = comment;
  const end = scan.text.indexOf(close, scan.at + open.length);
  scan.at = end < 0 ? scan.text.length : end + close.length;
  return true;
}

function takeLineComment(scan: Scan): boolean {
  const { text, at, syntax } = scan;
  if (!text.startsWith(syntax.lineComment, at)) return false;
  if (at > 0 && !syntax.beforeComment.test(text[at - 1] ?? '')) return false;
  scan.at = lineEnd(text, at);
  return true;
}

/** The body becomes a file of its own; that of the command `:` is a comment. */
function takeHeredoc(scan: Scan): boolean {
  const { text, at, work } = scan;
  if (scan.syntax.heredocs === undefined || scan.resume !== null) return false;
  const [whole = '', tabs, quote, word = ''] =
    /^<<(-?)[ \t]*(["'\\]?)(\w+)/.exec(text.slice(at, at + 100)) ?? [];
  // Looking for the end of one costs more in a long text.
  if (whole === '' || text[at - 1] === '<' || !spend(work, 64 + (text.length >> 8))) return false;
  const start = lineEnd(text, at) + 1;
  const end = new RegExp(`^${tabs === '' ? '' : '\\t*'}${word}$`, 'gm');
  end.lastIndex = start;
  const closing = end.exec(text);
  if (closing === null) return false;
  const body = text.slice(start, closing.index);
  const command = /[^\n;&|]*$/.exec(text.slice(Math.max(0, at - 100), at))?.[0] ?? '';
  if (command.trim() !== ':') {
    const file = quote === '' ? body.replace(/\\([\\$`])/g, '$1') : body;
    scan.files.push({ text: file, hint: INTERPRETERS.find(([name]) => name.test(command))?.[1] ?? null });
  }
  scan.resume = end.lastIndex;
  scan.out.push(' ');
  scan.at = at + whole.length + (quote === '' || quote === '\\' ? 0 : 1);
  return true;
}

const INTERPRETERS: readonly (readonly [RegExp, Hint])[] = [
  [/(?:^|[\s/])python[\d.]*(?=\s)/, 'python'],
  [/(?:^|[\s/])(?:ba|da|k|z)?sh(?=\s)/, 'shell'],
];

function takeString(scan: Scan): boolean {
  const { text, at, syntax, work, out, endless } = scan;
  const kind = syntax.strings.find(({ open }) => text.startsWith(open, at));
  if (kind === undefined || endless.has(kind.open)) return false;
  const start = at + kind.open.length;
  const end = findClose(text, start, kind.close, kind.escapes ? syntax.escape : null);
  if (end < 0) endless.add(kind.open);
  if (end < 0 || (kind.oneLine && text.slice(start, end).includes('\n'))) return false;
  scan.at = end + kind.close.length;
  if (syntax.docstrings && isStatement(out)) return true;
  const quote = kind.open.slice(-1);
  const content = text.slice(start, end);
  const isAffordable = spend(work, countEscapes(content, syntax.escape));
  out.push(quote, isAffordable ? unwrap(content, syntax, kind.escapes) : '', quote);
  return true;
}

function countEscapes(content: string, sign: string): number {
  let count = 0;
  for (let at = content.indexOf(sign); at >= 0; at = content.indexOf(sign, at + 2)) count += 1;
  return count;
}

function findClose(text: string, start: number, close: string, sign: string | null): number {
  let end = text.indexOf(close, start);
  while (isEscaped(text, end, sign)) end = text.indexOf(close, end + 1);
  return end;
}

function isEscaped(text: string, at: number, sign: string | null): boolean {
  let count = 0;
  while (text[at - count - 1] === sign) count += 1;
  return count % 2 === 1;
}

/** What a string means: with its line feeds, and without comments of the file that it may become. */
function unwrap(content: string, { escape: sign, lineComment }: Syntax, escapes: boolean): string {
  const pattern = ESCAPED[sign];
  const plain = content.includes(sign)
    ? content.replace(pattern, (whole, meant: string) => CONTROLS.get(meant) ?? (escapes ? meant : whole))
    : content;
  return lineComment === '#' && plain.includes('#') ? plain.replace(/(?<!\S)#.*/g, '') : plain;
}

const ESCAPED = { '\\': /\\(.)/g, '`': /`(.)/g } as const;
const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\n'],
  ['t', '\t'],
]);

/** Whether what comes next begins a statement. */
function isStatement(out: readonly string[]): boolean {
  const before = out.slice(-8).join('');
  return /^\s*[rRuUbB]?$|[^\s(,=[{+\\][ \t]*\n\s*[rRuUbB]?$/.test(before.slice(-200));
}

function takeEscape(scan: Scan): boolean {
  const { text, at, syntax, out } = scan;
  if (text[at] !== syntax.escape) return false;
  const next = text[at + 1] ?? '';
  if (next !== '\n') out.push(next);
  scan.at = at + 2;
  return true;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
