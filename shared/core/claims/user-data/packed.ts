import { gunzipSync } from 'node:zlib';
import { decodeDataUrl, decodePacked } from './decode.ts';
import { type Reader, type Search, unreadable } from './reader.ts';
import type { Setting } from './setting.ts';
import { MAX_EXPANDED } from './work.ts';

/** Node's code for output beyond `maxOutputLength`. */
const TOO_LONG = 'ERR_BUFFER_TOO_LARGE';
const BOMB = unreadable('expands to more than 1 MiB');

/** Reads what gzip holds, within what the node may still expand to. */
export function* readGzip(bytes: Buffer, search: Search, depth: number): Generator<Setting> {
  const remaining = MAX_EXPANDED - search.work.expanded;
  let expanded: Buffer;
  try {
    expanded = gunzipSync(bytes, { maxOutputLength: remaining + 1 });
  } catch (error) {
    return yield Object(error).code === TOO_LONG ? BOMB : unreadable('is broken gzip');
  }
  search.work.expanded += expanded.length;
  if (expanded.length > remaining) return yield BOMB;
  yield* search.nested(expanded, depth + 1);
}

/** Reads text that is base64 of something, or a data URL. */
export const readPacked: Reader = function* (text, search, depth) {
  const bytes = decodeDataUrl(text) ?? decodePacked(text);
  if (bytes !== null) yield* search.nested(bytes, depth + 1);
};
