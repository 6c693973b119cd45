import { findAssignments } from './assignments.ts';
import type { Reader } from './reader.ts';

/** Reads a script of the Windows command prompt. */
export const readBatch: Reader = function* (text, search, depth) {
  const { spelling } = search.key;
  const plain = text
    .replace(/^[ \t@]*(?:rem(?:[ \t].*)?|::.*)$/gim, '')
    .replace(/&[ \t]*(?:rem[ \t]|::).*/gi, '')
    .replace(/\^\n/g, '')
    .replace(new RegExp(`\\bsetx[ \\t]+["']?(${spelling})["']?[ \\t]+`, 'gi'), '$1=');
  yield* findAssignments(plain, search, depth);
};
