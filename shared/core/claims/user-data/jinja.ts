import { type Reader, TOO_MUCH } from './reader.ts';
import { spend } from './work.ts';

/** Statements between which a content may be there or not. */
const OPENS = /^-?\s*(?:if|for|macro|block|call|filter)\b/;
const CLOSES = /^-?\s*end/;

/**
 * Reads a template that cloud-init renders on the node. Comments and statements go; an expression is a value
 * that only the node knows, and so is all that depends on a condition. Source:
 * https://docs.cloud-init.io/en/latest/explanation/instancedata.html
 */
export const readJinja: Reader = function* (text, search, depth) {
  const kept: string[] = [];
  const template = text.replace(/^##[ \t]*template:.*\n?/i, '');
  let at = 0;
  let conditions = 0;
  for (const open of template.matchAll(/\{[#%]/g)) {
    if (open.index < at) continue;
    if (!spend(search.work, 1)) return yield TOO_MUCH;
    const before = template.slice(at, open.index);
    if (conditions > 0 && search.key.mentions(before)) return yield { kind: 'computed' };
    kept.push(before);
    const end = template.indexOf(open[0] === '{#' ? '#}' : '%}', open.index + 2);
    at = end < 0 ? template.length : end + 2;
    const statement = template.slice(open.index + 2);
    if (open[0] === '{%') conditions += OPENS.test(statement) ? 1 : CLOSES.test(statement) ? -1 : 0;
  }
  kept.push(template.slice(at));
  yield* search.nested(kept.join(''), depth + 1);
};
