/** Shorter text is a word that happens to have no other letters. */
const MIN_PACKED = 16;

/** The bytes of base64, in either alphabet and with white space; null where it is something else. */
export function decodeBase64(text: string): Buffer | null {
  const compact = text.replace(/\s+/g, '');
  const isBase64 = /^[\w+/-]*={0,2}$/.test(compact) && compact.length % 4 !== 1;
  return isBase64 ? Buffer.from(compact, 'base64') : null;
}

/** Content that somebody encoded once more than the cloud does: base64 of text or of gzip; else null. */
export function decodePacked(text: string): Buffer | null {
  if (text.length < MIN_PACKED || !/^\s*[\w+/-]{8}/.test(text)) return null;
  const bytes = decodeBase64(text);
  return bytes !== null && (isGzip(bytes) || isText(decodeText(bytes))) ? bytes : null;
}

/** What a data URL holds (RFC 2397). */
export function decodeDataUrl(url: string): Buffer | null {
  const [head = ''] = /^data:[^,]{0,200},/i.exec(url) ?? [];
  if (head === '') return null;
  const bytes = decodePercent(url.slice(head.length));
  return /;base64,/i.test(head) ? decodeBase64(bytes.toString('latin1')) : bytes;
}

/** Text of bytes in UTF-8 or UTF-16, without a byte order mark. */
export function decodeText(bytes: Buffer): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

/** The text with line feeds alone at the ends of its lines. */
export function unifyLines(text: string): string {
  if (!text.includes('\r')) return text;
  // Not by `replace`, which takes 36 MB for a million carriage returns.
  const bytes = Buffer.from(text);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) continue;
    bytes[length] = bytes[at] === 0x0d ? 0x0a : (bytes[at] ?? 0);
    length += 1;
  }
  return bytes.toString('utf8', 0, length);
}

/** Whether the bytes begin as gzip does. */
export function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Whether what was decoded has been text. */
export function isText(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they tell bytes from text
  return !/[\0-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]/.test(text);
}

function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  // PowerShell's encoded commands have no mark; what is not Latin in them is rare.
  const isWide = bytes[0] !== 0 && bytes[1] === 0 && bytes[2] !== 0 && bytes[3] === 0;
  return isWide ? 'utf-16le' : 'utf-8';
}

/** Bytes of `=3D`, and lines that `=` joins (RFC 2045). The text has one character for each byte. */
export function decodeQuotedPrintable(text: string): Buffer {
  const joined = text.replace(/(?<![ \t])[ \t]+(?=\r?\n|$)/g, '').replace(/=\r?\n/g, '');
  return decodeEscapes(Buffer.from(joined, 'latin1'), '=');
}

function decodePercent(text: string): Buffer {
  return decodeEscapes(Buffer.from(text), '%');
}

/** Bytes with each `sign` and two hexadecimal digits as the byte that they mean. */
function decodeEscapes(bytes: Buffer, sign: string): Buffer {
  const code = sign.charCodeAt(0);
  const decoded = Buffer.alloc(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const [high, low] = [hexOf(bytes[at + 1]), hexOf(bytes[at + 2])];
    const isEscape = bytes[at] === code && high >= 0 && low >= 0;
    decoded[length] = isEscape ? 16 * high + low : (bytes[at] ?? 0);
    length += 1;
    if (isEscape) at += 2;
  }
  return decoded.subarray(0, length);
}

/** The value of a digit; negative where it is none. */
function hexOf(code = 0): number {
  if (code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
