// @ts-nocheck
import type { Key, Setting } from './setting.ts';
import type { Work } from './work.ts';

/** What surrounds a content may say of it: the type of a MIME part, the place in a cloud-config. */
export type Hint = 'shell' | 'python' | 'powershell' | 'batch' | 'yaml' | 'jinja' | 'include' | null;

/** Why user data may hold a claim that was not seen, as clauses about it. */
export const UNSEARCHED = {
  include: 'names other places to read from, which podroutes does not open',
  binary: 'is neither text nor of a format that podroutes opens',
} as const;

/** One search through the user data of one node. */
export interface Search {
  readonly key: Key;
  readonly work: Work;
  /** The first reason why not all could be searched. */
  unsearched: keyof typeof UNSEARCHED | null;
  /** Reads what lies in a content, by the same table of formats. */
  nested(content: string | Buffer, depth: number, hint?: Hint): Iterable<Setting>;
}

/** Gives the settings of a content of one format, in order. */
export type Reader = (text: string, search: Search, depth: number) => Iterable<Setting>;

/** That user data could not be read, and why. */
export function unreadable(problem: string): Setting {
  return { kind: 'unreadable', problem: `cannot be read: user data ${problem}` };
}

/** What is said where a bound on the work for one node ended the search (R12). */
export const TOO_MUCH: Setting = unreadable('has more in it than is searched for one node');
