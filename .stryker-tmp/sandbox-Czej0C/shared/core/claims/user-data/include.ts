// @ts-nocheck
import type { Reader } from './reader.ts';

/** Reads a list of addresses: what they lead to is not opened, so all that can be said is that it is there. */
export const readInclude: Reader = (_text, search) => {
  search.unsearched ??= 'include';
  return [];
};
