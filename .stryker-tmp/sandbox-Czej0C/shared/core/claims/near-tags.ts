// @ts-nocheck
import type { Config } from '../config/config.ts';
import { SHOWN } from './elements.ts';

/** A tag that is looked for: its key as it is read, and the values that count; null for any. */
export interface WantedTag {
  readonly key: string;
  readonly values: readonly string[] | null;
}

/** The tag that makes a machine a node: the one of the settings, else the cluster's, else the claim itself. */
export function selectingTag(
  { nodeTag, podCidrTag }: Pick<Config, 'nodeTag' | 'podCidrTag'>,
  ofCluster: WantedTag | null,
): WantedTag {
  if (nodeTag !== null) return { key: nodeTag.key, values: nodeTag.value === null ? null : [nodeTag.value] };
  return ofCluster ?? { key: podCidrTag, values: null };
}

/** The key of a tag that differs from the one that is read in case and signs alone; null where there is none. */
export function findOtherSpelling(tags: ReadonlyMap<string, string>, key: string): string | null {
  if (tags.get(key)) return null;
  const letters = lettersOf(key);
  return (
    [...tags.keys()].find((other) => other !== key && isPlain(other) && lettersOf(other) === letters) ?? null
  );
}

/** How close tags come to one that they lack, as a sentence; null where nothing seems to be meant so. */
export function describeNearMiss(
  tags: ReadonlyMap<string, string>,
  { key, values }: WantedTag,
): string | null {
  const value = tags.get(key);
  if (value === undefined) {
    const spelling = findOtherSpelling(tags, key);
    return spelling === null ? null : `It has the tag ${spelling}; only ${key} is read.`;
  }
  if (values === null || values.includes(value)) return null;
  const found = isPlain(value) ? `the value "${value}"` : 'another value';
  return `Its tag ${key} has ${found}; expected ${values.join(' or ')}.`;
}

/** Whether a text of somebody else's can be shown as it is. */
function isPlain(text: string): boolean {
  return text.length <= SHOWN && /^[\x20-\x7e]*$/.test(text);
}

function lettersOf(key: string): string {
  return key.toLowerCase().replaceAll(/[^a-z\d]/g, '');
}
