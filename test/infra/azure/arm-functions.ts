import { createHash } from 'node:crypto';

/** Any value of a template once it is evaluated. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

type Pure = (...args: readonly Value[]) => Value;

/** Text of a value; throws for what has none of its own. */
export function toText(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  // As Azure writes them.
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  throw new Error(`expected text, found ${JSON.stringify(value)}`);
}

/** A list; throws where the value is none. */
function toList(value: Value | undefined): readonly Value[] {
  if (!Array.isArray(value)) throw new Error(`expected a list, found ${JSON.stringify(value)}`);
  return value;
}

/** The namespace of Azure's `guid`, whose values are UUIDs of version 5. */
const GUID_NAMESPACE = Buffer.from('11fb06fb712d4ddd98c7e71bbd588830', 'hex');

function guid(text: string): string {
  const hash = createHash('sha1').update(GUID_NAMESPACE).update(text).digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Thirteen letters and digits, as Azure's, whose algorithm is not public: only that equal texts give equal ones. */
function uniqueString(text: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 17)}`).toString(32);
  return `u${digits.padStart(12, 'a').slice(-12)}`;
}

/** Pairs types and names: `A/b/c` and `x`, `y` give `A/b/x/c/y`. */
export function joinType(type: string, names: readonly string[]): string {
  const [provider = '', ...types] = type.split('/');
  if (types.length !== names.length) throw new Error(`expected ${types.length} names for ${type}`);
  return [provider, ...types.flatMap((part, i) => [part, names[i] ?? ''])].join('/');
}

/** Functions whose value depends on their arguments alone. */
export const PURE: Readonly<Record<string, Pure>> = {
  format: (template, ...args) =>
    toText(template).replaceAll(/\{(\d+)\}/g, (_, i: string) => toText(args[Number(i)])),
  guid: (...args) => guid(args.map(toText).join('-')),
  uniqueString: (...args) => uniqueString(args.map(toText).join('-')),
  union: (...lists) => {
    const items = lists.flatMap((list) => [...toList(list)]);
    return items.filter((item, i) => items.indexOf(item) === i);
  },
  length: (value) => (typeof value === 'string' ? value.length : toList(value).length),
  string: (value) => (typeof value === 'object' ? JSON.stringify(value) : toText(value)),
  toLower: (value) => toText(value).toLowerCase(),
  concat: (...texts) => texts.map(toText).join(''),
  join: (list, separator) => toList(list).map(toText).join(toText(separator)),
  split: (text, separator) => toText(text).split(toText(separator)),
  replace: (text, from, to) => toText(text).replaceAll(toText(from), toText(to)),
  startsWith: (text, start) => toText(text).toLowerCase().startsWith(toText(start).toLowerCase()),
  last: (list) => toList(list).at(-1) ?? null,
  contains: (of, item) =>
    Array.isArray(of) ? of.includes(item ?? null) : Object.hasOwn(Object(of), toText(item)),
  uri: (base, relative) => new URL(toText(relative), toText(base)).href,
  not: (condition) => condition !== true,
  and: (...conditions) => conditions.every((condition) => condition === true),
  empty: (value) => value === null || (typeof value === 'string' ? value === '' : toList(value).length === 0),
  null: () => null,
  equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  extensionResourceId: (scope, type, ...names) =>
    `${toText(scope)}/providers/${joinType(toText(type), names.map(toText))}`,
};
