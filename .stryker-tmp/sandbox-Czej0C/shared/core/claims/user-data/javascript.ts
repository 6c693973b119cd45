// @ts-nocheck
import { findAssignments } from './assignments.ts';
import { type Reader, TOO_MUCH } from './reader.ts';
import { flatten, type Syntax } from './source.ts';

const JAVASCRIPT: Syntax = {
  marks: '["\'`\\\\]|//|/\\*',
  lineComment: '//',
  beforeComment: /[^:]/,
  blockComments: [['/*', '*/']],
  strings: [
    { open: '"', close: '"', escapes: true, oneLine: true },
    { open: "'", close: "'", escapes: true, oneLine: true },
    { open: '`', close: '`', escapes: true },
  ],
  escape: '\\',
};

/** Reads a script with the comments of C and JavaScript. */
export const readJavaScript: Reader = function* (text, search, depth) {
  const flat = flatten(text, JAVASCRIPT, search.work);
  if (flat === null) return yield TOO_MUCH;
  yield* findAssignments(flat.text, search, depth);
};
