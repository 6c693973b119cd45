// @ts-nocheck
import { findAssignments } from './assignments.ts';
import type { Reader } from './reader.ts';

/**
 * Comments of any language, where nothing says which it is: after white space, a separator or an opening quote
 * `#` begins one, and `;` or `//` at the start of a line. One that does not end takes in all the rest.
 */
const COMMENT =
  /(?<![^\s|;,"'`([&>])#.*|^[ \t]*(?:;|\/\/).*|<!--[\s\S]*?(?:-->|(?![\s\S]))|<#[\s\S]*?(?:#>|(?![\s\S]))|(?<!\S)\/\*[\s\S]*?(?:\*\/|(?![\s\S]))/gm;

/** Reads text that is of no known format: lists of `key=value`, environment files, INI, TOML, units. */
export const readText: Reader = function* (text, search, depth) {
  const plain = text.replace(COMMENT, '').replace(/\\\n/g, '');
  yield* findAssignments(plain, search, depth);
};
