import type { ClaimReading } from '../elements.ts';
import { refuse } from '../elements.ts';
import { combine } from './combine.ts';
import { decodeBase64, decodeText, isGzip, isText, unifyLines } from './decode.ts';
import { FORMATS } from './formats.ts';
import { parseMessage, readMessage } from './mime.ts';
import { readGzip } from './packed.ts';
import { type Hint, type Search, TOO_MUCH, UNSEARCHED, unreadable } from './reader.ts';
import { keyOf, type Setting } from './setting.ts';
import { beginWork, MAX_DEPTH, MAX_RAW, spendCharacters, type Work } from './work.ts';

/** What user data claims, and what it cost to find out. */
interface SearchResult {
  readonly reading: ClaimReading;
  readonly work: Work;
}

/**
 * Reads user data, as base64, by format: packed ones are opened as cloud-init does, scripts are read without
 * their comments, structures by their elements, and what lies in them by the same table again. At most 64 KiB
 * before and 1 MiB after it is expanded.
 */
export function searchUserData(base64: string, key: string): SearchResult {
  const work = beginWork();
  const raw = base64.length > 4 * MAX_RAW ? null : decodeBase64(base64);
  if (raw === null || raw.length > MAX_RAW) {
    const problem = base64.length > 4 * MAX_RAW || raw !== null ? 'is larger than 64 KiB' : 'is not base64';
    return { reading: refuse('user-data', `cannot be read: user data ${problem}`), work };
  }
  const search: Search = {
    key: keyOf(key),
    work,
    unsearched: null,
    nested: (content, depth, hint = null) => readContent(content, search, depth, hint),
  };
  const reading = combine(search.nested(raw, 0), key);
  const isEmpty = reading.claims.length === 0 && reading.defects.length === 0;
  return {
    reading:
      isEmpty && search.unsearched !== null
        ? { ...reading, unsearched: UNSEARCHED[search.unsearched] }
        : reading,
    work,
  };
}

function* readContent(
  content: string | Buffer,
  search: Search,
  depth: number,
  hint: Hint,
): Generator<Setting> {
  if (depth > MAX_DEPTH) return yield unreadable(`is packed more than ${MAX_DEPTH} times`);
  if (!spendCharacters(search.work, content.length)) return yield TOO_MUCH;
  if (typeof content === 'string') return yield* readAsText(content, search, depth, hint);
  if (isGzip(content)) return yield* readGzip(content, search, depth);
  const message = parseMessage(content);
  if (message !== null) return yield* readMessage(message, search, depth);
  const text = decodeText(content);
  if (depth === 0 && !isText(text)) search.unsearched ??= 'binary';
  yield* readAsText(text, search, depth, hint);
}

function* readAsText(content: string, search: Search, depth: number, hint: Hint): Generator<Setting> {
  // As cloud-init does, which looks for the first line that is not blank.
  const text = unifyLines(content).replace(/^(?:[ \t]*\n)+/, '');
  const format = FORMATS.find(({ detects }) => detects(text, hint));
  if (format !== undefined) yield* format.read(text, search, depth);
}
