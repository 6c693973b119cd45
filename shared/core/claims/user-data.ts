import { gunzipSync } from 'node:zlib';

/** The texts that user data holds, one for each part, or why it cannot be read. */
export type DecodedUserData =
  | { readonly ok: true; readonly texts: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** The most that a cloud takes: 16 KiB on AWS, 64 KiB on Azure. */
const MAX_RAW = 64 * 1024;
const MAX_EXPANDED = 1024 * 1024;
/** Node's code for output beyond `maxOutputLength`. */
const TOO_MUCH = 'ERR_BUFFER_TOO_LARGE';
const MAX_DEPTH = 16;
const MAX_PARTS = 1000;
/** Of a header field that is looked into. */
const MAX_FIELD = 1000;

const TOO_LARGE = 'is larger than 64 KiB';
const BOMB = 'expands to more than 1 MiB';
const TOO_DEEP = `is packed more than ${MAX_DEPTH} times`;

/** What all parts together have given, and may still give. */
interface Unpacking {
  readonly texts: string[];
  remaining: number;
  parts: number;
}

/** What is wrong, or null. */
type Problem = string | null;

/** Header fields by lower-case name, and the body as one character for each byte. */
interface Entity {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * Decodes base64, gzip and MIME multipart as cloud-init does, each within the other, to text. At most 64 KiB
 * before and 1 MiB after it is expanded; broken data is a value too. Source:
 * https://cloudinit.readthedocs.io/en/latest/explanation/format.html
 */
export function decodeUserData(base64: string): DecodedUserData {
  if (base64.length > 4 * MAX_RAW) return { ok: false, problem: TOO_LARGE };
  const raw = decodeBase64(base64);
  if (raw === null) return { ok: false, problem: 'is not base64' };
  if (raw.length > MAX_RAW) return { ok: false, problem: TOO_LARGE };
  const unpacking: Unpacking = { texts: [], remaining: MAX_EXPANDED, parts: 0 };
  const problem = unpack(raw, unpacking, 0);
  return problem === null ? { ok: true, texts: unpacking.texts } : { ok: false, problem };
}

function unpack(bytes: Buffer, unpacking: Unpacking, depth: number): Problem {
  if (depth > MAX_DEPTH) return TOO_DEEP;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return unpackGzip(bytes, unpacking, depth);
  const entity = splitHeaders(bytes.toString('latin1').replace(/^\s*(From [^\n]*\n)?/, ''));
  if (isMime(entity)) return unpackEntity(entity, unpacking, depth);
  unpacking.texts.push(decodeText(bytes));
  return null;
}

function unpackGzip(bytes: Buffer, unpacking: Unpacking, depth: number): Problem {
  let expanded: Buffer;
  try {
    expanded = gunzipSync(bytes, { maxOutputLength: unpacking.remaining + 1 });
  } catch (error) {
    const isBomb = typeof error === 'object' && error !== null && 'code' in error && error.code === TOO_MUCH;
    return isBomb ? BOMB : 'is broken gzip';
  }
  if (expanded.length > unpacking.remaining) return BOMB;
  unpacking.remaining -= expanded.length;
  return unpack(expanded, unpacking, depth + 1);
}

/** Whether it is a message, and not text whose first lines merely look like header fields. */
function isMime({ headers }: Entity): boolean {
  return headers.has('mime-version') || isMultipart(headers);
}

function unpackEntity({ headers, body }: Entity, unpacking: Unpacking, depth: number): Problem {
  if (isMultipart(headers)) {
    return unpackParts(splitParts(body, readBoundary(headers.get('content-type') ?? '')), unpacking, depth);
  }
  const content = decodeTransfer(body, headers.get('content-transfer-encoding') ?? '');
  return content === null ? 'has a MIME part that is not base64' : unpack(content, unpacking, depth + 1);
}

function unpackParts(parts: readonly string[], unpacking: Unpacking, depth: number): Problem {
  if (depth >= MAX_DEPTH) return TOO_DEEP;
  if (parts.length === 0) return 'has a MIME multipart without parts';
  unpacking.parts += parts.length;
  if (unpacking.parts > MAX_PARTS) return `has more than ${MAX_PARTS} MIME parts`;
  for (const part of parts) {
    const problem = unpackEntity(splitHeaders(part), unpacking, depth + 1);
    if (problem !== null) return problem;
  }
  return null;
}

/** Header lines up to the first blank line, or to the first line that is none, where the body begins. */
function splitHeaders(message: string): Entity {
  const headers = new Map<string, string>();
  const line = /([^\r\n]*)(\r?\n|\r|$)/y;
  let last: string | null = null;
  let at = 0;
  while (at < message.length) {
    line.lastIndex = at;
    const [whole = '', text = ''] = line.exec(message) ?? [];
    if (text === '') return { headers, body: message.slice(at + whole.length) };
    const [, name, value = ''] = /^([!-9;-~]+):[ \t]*(.*)$/.exec(text) ?? [];
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
    if (match[1] !== undefined) return parts;
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

function decodeBase64(text: string): Buffer | null {
  const compact = text.replace(/\s+/g, '');
  const isBase64 = /^[\w+/-]*={0,2}$/.test(compact) && compact.length % 4 !== 1;
  return isBase64 ? Buffer.from(compact, 'base64') : null;
}

function decodeQuotedPrintable(body: string): Buffer {
  const unfolded = body.replace(/(?<![ \t])[ \t]+(?=\r?\n|$)/g, '').replace(/=\r?\n/g, '');
  const decoded = unfolded.replace(/=([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(decoded, 'latin1');
}

function decodeText(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes);
}
