import type { Reader } from './reader.ts';
import { readShell } from './shell.ts';

/** Documentation within a source: from a line such as `=pod` or `=begin` to one of `=cut` or `=end`. */
const DOCUMENTATION = /^=[a-z][\s\S]*?(?:^=(?:cut|end)\b.*|(?![\s\S]))/gm;

/** Reads a script in Perl or Ruby, whose strings and comments are as a shell's. */
export const readPerl: Reader = (text, search, depth) => {
  const variable = new RegExp(`\\$(${search.key.spelling})[ \\t]*=(?![=~])`, 'gi');
  return readShell(text.replace(DOCUMENTATION, '').replace(variable, '$1='), search, depth);
};
