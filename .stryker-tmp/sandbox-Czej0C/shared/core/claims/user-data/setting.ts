/**
 * A value given to the key: `literal` as written, without its quotes; `computed` by the node, from a variable
 * or a command; `own-variable` merely passes on what the key itself was set to elsewhere; `unreadable`, with
 * the reason, where there is or may be a value that cannot be read.
 */
// @ts-nocheck

export type Setting =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'computed' }
  | { readonly kind: 'own-variable' }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** The key that values are looked for, in all its spellings. */
export interface Key {
  readonly name: string;
  /** Source of a regular expression, for the flag `i`. */
  readonly spelling: string;
  /** Whether a text has the key anywhere in it. */
  mentions(text: string): boolean;
  /** Whether a text is the key, or its flag, and nothing else. */
  isNamedBy(text: string): boolean;
  /** What a value means, given its text. */
  classify(text: string): Setting;
}

/** Stands for an expression of a template, which only the node can fill in. */
export const EXPRESSION = '\ue000';

/** The key in any case, its words joined by a hyphen, an underscore, or nothing (`podCIDR`). */
export function keyOf(name: string): Key {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1-$2').split(/[-_]/);
  const spelling = words.map((word) => word.replace(/\W/g, '\\$&')).join('[-_]?');
  const mention = new RegExp(spelling, 'i');
  const named = new RegExp(`^(?:--?)?${spelling}$`, 'i');
  const variable = `\\$(?:\\w+:)?${spelling}`;
  const ownVariable = new RegExp(
    `^(?:${variable}|\\$\\{(?:\\w+:)?${spelling}\\}|\\$\\(${variable}\\)|[%!]${spelling}[%!]|\\{?${spelling}\\}?)$`,
    'i',
  );
  return {
    name,
    spelling,
    mentions: (text) => mention.test(text),
    isNamedBy: (text) => named.test(text),
    classify: (text) => {
      if (ownVariable.test(text)) return { kind: 'own-variable' };
      return COMPUTED.test(text) ? { kind: 'computed' } : { kind: 'literal', text };
    },
  };
}

/** A variable, a command, an expression, or what `printf` fills in. */
const COMPUTED = new RegExp(`[$\`{${EXPRESSION}]|^[%!].*[%!]$|^%[sdv]`);
