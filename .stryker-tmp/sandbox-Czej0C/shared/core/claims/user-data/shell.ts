// @ts-nocheck
import { findAssignments } from './assignments.ts';
import { type Reader, TOO_MUCH } from './reader.ts';
import { flatten, type Syntax } from './source.ts';

const SHELL: Syntax = {
  marks: '[#\'"\\\\\\n]|<<',
  lineComment: '#',
  beforeComment: /[\s;|&()`]/,
  blockComments: [],
  strings: [
    { open: "'", close: "'", escapes: false },
    { open: '"', close: '"', escapes: true },
  ],
  escape: '\\',
  heredocs: true,
};

/** Reads a script of a POSIX shell, and the files that it writes from here-documents. */
export const readShell: Reader = function* (text, search, depth) {
  const flat = flatten(text, SHELL, search.work);
  if (flat === null) return yield TOO_MUCH;
  yield* findAssignments(flat.text, search, depth);
  for (const { text: file, hint } of flat.files) yield* search.nested(file, depth + 1, hint);
};
