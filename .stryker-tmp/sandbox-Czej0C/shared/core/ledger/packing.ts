// @ts-nocheck
import { gunzipSync, gzipSync } from 'node:zlib';

/** Far above what a ledger takes of one entry; beyond it, what is there is none of ours. */
const MAX_BYTES = 64 * 1024 * 1024;

export function pack(value: string): Uint8Array {
  return gzipSync(value);
}

/** The value, or null where that is not what `pack` made. */
export function unpack(packed: Uint8Array): string | null {
  try {
    return gunzipSync(packed, { maxOutputLength: MAX_BYTES }).toString('utf8');
  } catch {
    return null;
  }
}
