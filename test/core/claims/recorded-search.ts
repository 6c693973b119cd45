import type { Hint, Search } from '../../../shared/core/claims/user-data/reader.ts';
import { keyOf, type Setting } from '../../../shared/core/claims/user-data/setting.ts';
import { beginWork } from '../../../shared/core/claims/user-data/work.ts';

/** What a reader finds itself, and the contents that it passes on: with the depth, the hint, and whether as bytes. */
interface Recorded {
  /** Values as they are written, or what is said in their place. */
  readonly settings: string[];
  readonly nested: (readonly [content: string | Buffer, depth: number, hint: Hint])[];
  readonly unsearched: Search['unsearched'];
}

/** Has a reader search for `pod-cidr`, without reading what lies in a content. */
export function record(read: (search: Search) => Iterable<Setting>, work = beginWork()): Recorded {
  const nested: Recorded['nested'] = [];
  const search: Search = {
    key: keyOf('pod-cidr'),
    work,
    unsearched: null,
    nested: (content, depth, hint = null) => {
      nested.push([content, depth, hint]);
      return [];
    },
  };
  const settings = [...read(search)].map((setting) => {
    if (setting.kind === 'literal') return setting.text;
    return setting.kind === 'unreadable' ? setting.problem : setting.kind;
  });
  return { settings, nested, unsearched: search.unsearched };
}
