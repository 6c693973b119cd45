// @ts-nocheck
import { findAssignments } from './assignments.ts';
import { type Reader, TOO_MUCH } from './reader.ts';
import { flatten, type Syntax } from './source.ts';

const PYTHON: Syntax = {
  marks: '[#\'"\\\\]',
  lineComment: '#',
  beforeComment: /[\s\S]/,
  blockComments: [],
  strings: [
    { open: '"""', close: '"""', escapes: true },
    { open: "'''", close: "'''", escapes: true },
    { open: '"', close: '"', escapes: true, oneLine: true },
    { open: "'", close: "'", escapes: true, oneLine: true },
  ],
  escape: '\\',
  docstrings: true,
};

/** Reads a script in Python. Docstrings are comments. */
export const readPython: Reader = function* (text, search, depth) {
  const flat = flatten(text, PYTHON, search.work);
  if (flat === null) return yield TOO_MUCH;
  const { spelling } = search.key;
  const plain = flat.text
    // f"…" is a string, too, of which the node fills in what is in braces.
    .replace(/(?<!\w)[bfru]{1,2}(?=["'])/gi, '')
    .replace(/\bself\./g, '')
    // pod_cidr: str = …
    .replace(new RegExp(`(${spelling})[ \\t]*:[ \\t]*[\\w.[\\]| ]{1,60}=(?!=)`, 'gi'), '$1=')
    // environ["POD_CIDR"] = …
    .replace(new RegExp(`\\w\\[["'](${spelling})["']\\][ \\t]*=(?!=)`, 'gi'), ' $1=')
    // putenv("POD_CIDR", "…")
    .replace(new RegExp(`\\(\\s*["'](${spelling})["']\\s*,\\s*(?=["'])`, 'gi'), ' $1=');
  yield* findAssignments(plain, search, depth);
};
