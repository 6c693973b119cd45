// @ts-nocheck
import type { Hint, Reader } from './reader.ts';

/** What EC2Launch and cloudbase-init run, one element after another. */
const SECTION = /<(powershell|script)>([\s\S]*?)(?:<\/\1>|$)/gi;
const HINTS: Readonly<Record<string, Hint>> = { powershell: 'powershell', script: 'batch' };
/** Sections of one document that are read; the agents run one of each kind. */
const MAX_SECTIONS = 16;

/**
 * Reads the scripts that Windows machines take as user data, and what stands beside them. Source:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
 */
export const readWindows: Reader = function* (text, search, depth) {
  const beside: string[] = [];
  let at = 0;
  for (const match of [...text.matchAll(SECTION)].slice(0, MAX_SECTIONS)) {
    const [whole, name = '', script = ''] = match;
    yield* search.nested(script, depth + 1, HINTS[name.toLowerCase()] ?? null);
    beside.push(text.slice(at, match.index));
    at = match.index + whole.length;
  }
  beside.push(text.slice(at));
  yield* search.nested(beside.join('\n'), depth + 1);
};
