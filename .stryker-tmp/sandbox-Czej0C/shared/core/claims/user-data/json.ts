// @ts-nocheck
import { type Reader, TOO_MUCH } from './reader.ts';
import { flatten, type Syntax } from './source.ts';
import { readLikelyYaml } from './yaml.ts';

/** JSON as people write it for configuration: with comments, which are no part of JSON. */
const COMMENTED: Syntax = {
  // The backslash too, so that an escaped quote is not tried as the beginning of a string.
  marks: '["\'\\\\]|//|/\\*',
  lineComment: '//',
  beforeComment: /[\s,{}[\]]/,
  blockComments: [['/*', '*/']],
  strings: [{ open: '"', close: '"', escapes: true, oneLine: true }],
  escape: '\\',
};

/** Reads JSON, which is YAML too: Ignition, and files of settings. */
export const readJson: Reader = function* (text, search, depth) {
  if (!/^\s*(?:\/[/*])|[\s,{}[\]]\/[/*]/.test(text)) return yield* readLikelyYaml(text, search, depth);
  const flat = flatten(text, COMMENTED, search.work);
  yield* flat === null ? [TOO_MUCH] : readLikelyYaml(flat.text, search, depth);
};
