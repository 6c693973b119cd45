import { decodeBase64, decodeQuotedPrintable } from './decode.ts';
import { type Hint, type Search, unreadable } from './reader.ts';
import type { Setting } from './setting.ts';
import { MAX_DEPTH, MAX_PARTS } from './work.ts';

/** Of a header field that is looked into. */
const MAX_FIELD = 1000;
/** A message with more lines of header is none. */
const MAX_HEADER_LINES = 256;

/** Header fields by lower-case name, and the body as one character for each byte. */
interface Entity {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * The types that cloud-init and nodeadm give a meaning to. Source:
 * https://docs.cloud-init.io/en/latest/explanation/format.html
 */
const HINTS: ReadonlyMap<string, Hint> = new Map([
  ['text/cloud-config', 'yaml'],
  ['text/cloud-config-archive', 'yaml'],
  ['text/cloud-config-jsonp', 'yaml'],
  ['application/node.eks.aws', 'yaml'],
  ['text/x-shellscript', 'shell'],
  ['text/x-shellscript-per-boot', 'shell'],
  ['text/x-shellscript-per-instance', 'shell'],
  ['text/x-shellscript-per-once', 'shell'],
  ['text/cloud-boothook', 'shell'],
  ['text/part-handler', 'python'],
  ['text/jinja2', 'jinja'],
  ['text/x-include-url', 'include'],
  ['text/x-include-once-url', 'include'],
  ['powershell', 'powershell'],
  ['batch', 'batch'],
] satisfies [string, Hint][]);

/** The message that the bytes are, or null where they merely have lines that look like header fields. */
export function parseMessage(bytes: Buffer): Entity | null {
  if (!/^[ \t\xef\xbb\xbf]*(content-type|mime-version)[ \t]*:/im.test(bytes.toString('latin1', 0, 4096)))
    return null;
  const text = bytes.toString('latin1').replace(/^(?:\xef\xbb\xbf)?\s*(?:From [^\n]*\n)?/, '');
  const entity = splitHeaders(text);
  return entity.headers.has('mime-version') || isMultipart(entity.headers) ? entity : null;
}

/** Reads the parts of a message, or the one content that it has. */
export function* readMessage({ headers, body }: Entity, search: Search, depth: number): Generator<Setting> {
  if (!isMultipart(headers)) {
    const content = decodeTransfer(body, headers.get('content-transfer-encoding') ?? '');
    if (content === null) return yield unreadable('has a MIME part that is not base64');
    return yield* search.nested(content, depth + 1, hintOfType(headers.get('content-type') ?? ''));
  }
  if (depth >= MAX_DEPTH) return yield unreadable(`is packed more than ${MAX_DEPTH} times`);
  const parts = splitParts(body, readBoundary(headers.get('content-type') ?? ''));
  if (parts.length === 0) return yield unreadable('has a MIME multipart without parts');
  search.work.parts += parts.length;
  if (search.work.parts > MAX_PARTS) return yield unreadable(`has more than ${MAX_PARTS} MIME parts`);
  for (const part of parts) yield* readMessage(splitHeaders(part), search, depth + 1);
}

/** What a media type, or the type of a task of EC2Launch, says of the content that has it. */
export function hintOfType(type: string): Hint {
  const [name = ''] = type.slice(0, MAX_FIELD).split(';');
  return HINTS.get(name.trim().toLowerCase()) ?? null;
}

/** Header lines up to the first blank line, or to the first line that is none, where the body begins. */
function splitHeaders(message: string): Entity {
  const headers = new Map<string, string>();
  const line = /([^\r\n]*)(\r?\n|\r|$)/y;
  let last: string | null = null;
  let at = 0;
  for (let count = 0; count < MAX_HEADER_LINES; count += 1) {
    line.lastIndex = at;
    const [whole = '', text = ''] = line.exec(message) ?? [];
    if (text === '') return { headers, body: message.slice(at + whole.length) };
    const [, name, value = ''] = /^([!-9;-~]+):[ \t]*(.*)/.exec(text) ?? [];
    if (name !== undefined) {
      last = name.toLowerCase();
      // As in Python's email package, which cloud-init reads with, the first of a repeated field counts.
      if (!headers.has(last)) headers.set(last, value);
    } else if (last !== null && /^[ \t]/.test(text)) {
      headers.set(last, `${headers.get(last) ?? ''} ${text.trim()}`);
    } else break;
    at += whole.length;
  }
  return { headers, body: message.slice(at) };
}

function isMultipart(headers: ReadonlyMap<string, string>): boolean {
  return /^\s*multipart\//i.test(headers.get('content-type') ?? '');
}

function readBoundary(contentType: string): string | null {
  const [, quoted, token] =
    /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(contentType.slice(0, MAX_FIELD)) ?? [];
  return quoted?.replace(/\\(.)/g, '$1') ?? token ?? null;
}

/** Parts between delimiter lines. What stands before the first and after the last belongs to none. */
function splitParts(body: string, boundary: string | null): string[] {
  if (boundary === null || boundary === '') return [];
  const delimiter = new RegExp(
    `(?:^|\\r?\\n)--${boundary.replace(/\W/g, '\\$&')}(--)?[ \\t]*(?=\\r?\\n|$)`,
    'g',
  );
  const parts: string[] = [];
  let start: number | null = null;
  for (const match of body.matchAll(delimiter)) {
    if (start !== null) parts.push(body.slice(start, match.index).replace(/^\r?\n/, ''));
    start = match.index + match[0].length;
    if (match[1] !== undefined || parts.length > MAX_PARTS) return parts;
  }
  // The closing delimiter is often forgotten, and cloud-init does not insist on it.
  if (start !== null) parts.push(body.slice(start).replace(/^\r?\n/, ''));
  return parts;
}

function decodeTransfer(body: string, encoding: string): Buffer | null {
  switch (encoding.trim().toLowerCase()) {
    case 'base64':
      return decodeBase64(body);
    case 'quoted-printable':
      return decodeQuotedPrintable(body);
    default:
      return Buffer.from(body, 'latin1');
  }
}
