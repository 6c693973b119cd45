import { decodePacked } from './decode.ts';
import { type Search, TOO_MUCH } from './reader.ts';
import type { Setting } from './setting.ts';
import { STEPS_OF_VALUE, spend } from './work.ts';

/** A value longer than this is no list of networks; it also bounds the work for each occurrence. */
const MAX_VALUE = 512;
const STEPS_OF_MENTION = 8;
/** Runs of letters that may be base64 and are tried. */
const MAX_PACKED = 64;

const TOO_LONG: Setting = { kind: 'unreadable', problem: `is longer than ${MAX_VALUE} characters` };

const BARE = /^[^\s,|;"'`)}\]&<>]*/;
/** A further element of a list without brackets, but not the next `name=value` or `name: value`. */
const NEXT_ELEMENT = /^\s*,\s*(?![\w.-]+:(?:\s|$))[^\s,=|;"'`)}\]&<>]+(?=$|[\s,|;"'`)}\]&<>])/;

/**
 * Finds every place in a text without comments where the key is given a value: shell, YAML, flags, and
 * `key=value` separated by `|`, `;` or lines. An empty value is none.
 *
 * @example findAssignments('name=a|POD_CIDR=10.0.0.0/24', …) //=> { kind: 'literal', text: '10.0.0.0/24' }
 */
export function* findAssignments(text: string, search: Search, depth: number): Generator<Setting> {
  const { key, work } = search;
  if (key.mentions(text)) {
    for (const match of text.matchAll(occurrenceOf(key.spelling))) {
      const { open = '', flag, close, gap } = match.groups ?? {};
      const isMention = gap !== undefined && flag === undefined;
      if (!spend(work, isMention ? STEPS_OF_MENTION : STEPS_OF_VALUE)) return yield TOO_MUCH;
      if (isMention) continue;
      const around = close === undefined ? open : '';
      const from = match.index + match[0].length;
      const value = readValue(text, from, match.index, gap !== undefined, around);
      if (value === null) continue;
      yield isCut(text, from, value) ? TOO_LONG : key.classify(value);
    }
  }
  yield* findPacked(text, search, depth);
}

/** Whether a value goes on behind what was read of its line. */
function isCut(text: string, from: number, value: string): boolean {
  const line = lineAt(text, from);
  return line.length === MAX_VALUE && line.endsWith(value);
}

/** Base64 within a text, as in `echo … | base64 -d` and in `-EncodedCommand`. */
function* findPacked(text: string, search: Search, depth: number): Generator<Setting> {
  let tried = 0;
  for (const [run] of text.matchAll(/(?<![\w+/=-])[A-Za-z\d+/]{24,}={0,2}(?![\w+/=-])/g)) {
    tried += 1;
    if (tried > MAX_PACKED) return;
    const bytes = decodePacked(run);
    if (bytes !== null) yield* search.nested(bytes, depth + 1);
  }
}

function occurrenceOf(spelling: string): RegExp {
  // Not within a longer name, and not where the shell reads a variable. `\n` as written begins a line, too.
  const start = '(?<open>["\'])?(?:(?<![\\w.$/:@%-]|\\$\\{)|(?<=\\\\[nrt]))';
  const assigned = '[ \\t]*=(?![=~>])|(?<=["\'])[ \\t]*:|[ \\t]*:(?=\\s|$)';
  const apart = '(?<gap>(?<=["\'])[ \\t]*,\\s*(?=["\'])|[ \\t]+(?=\\S)|[ \\t]*$)';
  return new RegExp(`${start}(?<flag>--?)?${spelling}(?<close>["'])?(?:${assigned}|${apart})`, 'gim');
}

/** The value that begins at `from`, in its line or, for a YAML block list, in the next ones. */
function readValue(
  text: string,
  from: number,
  start: number,
  isApart: boolean,
  around: string,
): string | null {
  const inline = lineAt(text, from).trim();
  if (isApart) {
    const value = readScalar(inline);
    // `the --pod-cidr flag` in prose is no claim; a network, and a mistyped one, has a digit.
    return value !== null && /[\d$`%{]/.test(value) ? value : null;
  }
  if (inline === '') return readBlockList(text, from, start - lineStart(text, start));
  // A list in brackets may go on in the next lines.
  if (inline.startsWith('[') && !inline.includes(']')) {
    return readScalar(text.slice(from, from + MAX_VALUE).trim());
  }
  // The quote that began before the key ends before the value: "pod-cidr="10.200.0.0/24, "pod-cidr=" + value.
  if (around === '' || !inline.startsWith(around)) return readScalar(inline);
  return readScalar(inline.slice(1).replace(/^[ \t]*\+[ \t]*(?=[\w.])/, ''));
}

function lineAt(text: string, from: number): string {
  const end = text.indexOf('\n', from);
  return text.slice(from, Math.min(end < 0 ? text.length : end, from + MAX_VALUE));
}

function lineStart(text: string, at: number): number {
  const window = text.slice(Math.max(0, at - MAX_VALUE), at);
  return at - window.length + window.lastIndexOf('\n') + 1;
}

/** Elements of a YAML list below its key, or null where there is none. */
function readBlockList(text: string, from: number, column: number): string | null {
  const values: string[] = [];
  const [first = '', ...lines] = text.slice(from, from + 4 * MAX_VALUE).split('\n');
  for (const line of first.trim() === '' ? lines : []) {
    if (line.trim() === '') continue;
    const [, indent = '', element] = /^( *)- +(.*)$/.exec(line) ?? [];
    if (element === undefined || indent.length < column) break;
    const value = readScalar(element.trim());
    if (value !== null) values.push(value);
  }
  return values.length === 0 ? null : values.join(',');
}

/** One value or inline list from the start of `text`; null where it is empty or YAML's null. */
function readScalar(text: string): string | null {
  const value = takeValue(text).trim();
  return NO_VALUE.test(value) ? null : value;
}

/** Empty, or nothing in YAML, JSON and Python, or the expression by which `sed` finds the line. */
const NO_VALUE = /^(?:|~|null|None|\.\*)$/;

function takeValue(text: string): string {
  const [, quote = '', doubled = ''] = /^(["'])(\1\1)?/.exec(text) ?? [];
  if (doubled !== '') return takeValue(text.slice(2));
  // Where the string that holds the key ends here, what is added to it is the value, if anything is.
  const added = /^["'](?=[\s),;|&<>+]|$)[ \t]*\+?[ \t]*([\w.]*)/.exec(text);
  if (added !== null && !text.includes(quote, 1)) return added[1] ?? '';
  if (quote !== '') return takeUntil(text, quote);
  if (text.startsWith('[')) return unquoteElements(takeUntil(text, ']'));
  if (/^[$`]|^\{\{/.test(text)) return takeComputed(text);
  let value = BARE.exec(text)?.[0] ?? '';
  while (value !== '') {
    const next = NEXT_ELEMENT.exec(text.slice(value.length))?.[0];
    if (next === undefined) break;
    value += next;
  }
  return value;
}

/** What stands between the first character and `end`; with no end in sight, all of it, which is then wrong. */
function takeUntil(text: string, end: string): string {
  const at = text.indexOf(end, 1);
  return at < 0 ? text : text.slice(1, at);
}

function unquoteElements(list: string): string {
  const elements = list
    .replace(/,\s*$/, '')
    .split(',')
    .map((element) => element.trim());
  return elements.map((element) => element.replace(/^(["'])(.*)\1$/, '$2')).join(',');
}

/** A variable alone, as opposed to one with an operator; of anything else it matters only that it is one. */
function takeComputed(text: string): string {
  return /^\$(?:[\w:]+|\{[^{}]*\}|\(\$[\w:]+\))(?=$|[\s,|;"'`)}\]&<>])/.exec(text)?.[0] ?? text;
}
