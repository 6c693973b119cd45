/**
 * A value given to the key: `literal` as written, without its quotes; `computed` by the node, from a variable
 * or a command; `own-variable` merely passes on what the key itself was set to elsewhere.
 */
export type SettingText =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'computed' }
  | { readonly kind: 'own-variable' };

/** A value longer than this is no list of networks; it also bounds the work for each occurrence. */
const MAX_VALUE = 512;

/** Begins a comment at the start of a line, or after white space, a separator or an opening quote. */
const COMMENT = /(?<![^\s|;,"'`([&>])#/;
/** Whole lines that are comments in unit files, INI and JSON with comments. */
const COMMENT_LINE = /^\s*(;|\/\/)/;

const BARE = /^[^\s,|;"'`)}\]&<>]*/;
/** A further element of a list without brackets, but not the next `name=value` or `name: value`. */
const NEXT_ELEMENT = /^\s*,\s*(?![\w.-]+:(?:\s|$))[^\s,=|;"'`)}\]&<>]+(?=$|[\s,|;"'`)}\]&<>])/;

/**
 * Finds every place in a text where the key is given a value: shell, YAML, flags, and `key=value` separated
 * by `|`, `;` or lines. Comments are passed over. An empty value is none.
 *
 * @example [...findSettings('name=a|POD_CIDR=10.0.0.0/24', 'pod-cidr')] //=> [{ kind: 'literal', text: '10.0.0.0/24' }]
 */
export function* findSettings(text: string, key: string): Generator<SettingText> {
  const spelling = spell(key);
  // Not within a longer name, and not where the shell reads a variable.
  const occurrence = new RegExp(
    `(?<![\\w.$/:@%-]|\\$\\{)(?<flag>--)?${spelling}(?:["']?[ \\t]*=(?![=~>])|["'][ \\t]*:|[ \\t]*:(?=\\s|$)|(?<gap>[ \\t]+|$))`,
    'gi',
  );
  const mention = new RegExp(spelling, 'i');
  const ownVariable = new RegExp(`^\\$(?:${spelling}|\\{${spelling}\\})$`, 'i');
  const lines = text.split(/\r\n|\r|\n/).map(stripComment);
  for (const [i, line] of lines.entries()) {
    if (!mention.test(line)) continue;
    for (const match of line.matchAll(occurrence)) {
      const { flag, gap } = match.groups ?? {};
      if (gap !== undefined && flag === undefined) continue;
      const end = match.index + match[0].length;
      const value = readValue(line.slice(end, end + MAX_VALUE), lines, i, match.index, gap !== undefined);
      if (value !== null) yield classify(value, ownVariable);
    }
  }
}

/** The key in any case, its words joined by a hyphen, an underscore, or nothing (`podCIDR`). */
function spell(key: string): string {
  const words = key.replace(/([a-z\d])([A-Z])/g, '$1-$2').split(/[-_]/);
  return words.map((word) => word.replace(/\W/g, '\\$&')).join('[-_]?');
}

function stripComment(line: string): string {
  if (COMMENT_LINE.test(line)) return '';
  const at = line.search(COMMENT);
  return at < 0 ? line : line.slice(0, at);
}

function classify(text: string, ownVariable: RegExp): SettingText {
  if (ownVariable.test(text)) return { kind: 'own-variable' };
  if (/[$`]|\{\{|^%.*%$/.test(text)) return { kind: 'computed' };
  return { kind: 'literal', text };
}

/** The value that begins in `rest` or, for a YAML block list and a continued command, in the next lines. */
function readValue(
  rest: string,
  lines: readonly string[],
  line: number,
  column: number,
  isApart: boolean,
): string | null {
  const inline = stripContinuation(rest);
  if (isApart) {
    const next = stripContinuation((lines[line + 1] ?? '').slice(0, MAX_VALUE));
    const value = readScalar(inline === '' ? next : inline);
    // `the --pod-cidr flag` in prose is no claim; a network, and a mistyped one, has a digit.
    return value !== null && /[\d$`]/.test(value) ? value : null;
  }
  return inline === '' ? readBlockList(lines, line + 1, column) : readScalar(inline);
}

/** The text without the backslash that continues a command in the next line. */
function stripContinuation(text: string): string {
  return text.trim().replace(/\\$/, '').trim();
}

/** Elements of a YAML list below its key, or null where there is none. */
function readBlockList(lines: readonly string[], from: number, column: number): string | null {
  const values: string[] = [];
  for (let i = from; i < lines.length; i += 1) {
    const line = (lines[i] ?? '').slice(0, MAX_VALUE);
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
  return value === '' || value === '~' || value === 'null' ? null : value;
}

function takeValue(text: string): string {
  const [quote = ''] = text;
  if (quote === '"' || quote === "'") return takeUntil(text, quote);
  if (quote === '[') return unquoteElements(takeUntil(text, ']'));
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
  const elements = list.split(',').map((element) => element.trim());
  return elements.map((element) => element.replace(/^(["'])(.*)\1$/, '$2')).join(',');
}

/** A variable alone, to be told from one with an operator; of anything else it matters only that it is one. */
function takeComputed(text: string): string {
  return /^\$(?:\w+|\{[^{}]*\})(?=$|[\s,|;"'`)}\]&<>])/.exec(text)?.[0] ?? text;
}
