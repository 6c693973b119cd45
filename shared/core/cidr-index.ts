import { type Cidr, compareCidrs, containsCidr, overlaps } from './cidr.ts';

interface Entry<T> {
  readonly item: T;
  readonly cidr: Cidr;
  /** The nearest entry that contains this one. */
  readonly parent: Entry<T> | undefined;
}

/** Finds the items whose network overlaps a given one, in logarithmic time plus the size of the answer. */
export interface CidrIndex<T> {
  overlapping(cidr: Cidr): T[];
}

/**
 * Builds an index over items that each have a network. Networks never cross, so in sorted order those inside
 * a network follow it, and those around it are the chain of parents of its predecessor.
 */
export function indexByCidr<T extends { readonly cidr: Cidr }>(items: Iterable<T>): CidrIndex<T> {
  const sorted = [...items].sort((a, b) => compareCidrs(a.cidr, b.cidr));
  const entries: Entry<T>[] = [];
  for (const item of sorted) {
    let parent = entries.at(-1);
    while (parent !== undefined && !containsCidr(parent.cidr, item.cidr)) parent = parent.parent;
    entries.push({ item, cidr: item.cidr, parent });
  }
  return { overlapping: (cidr) => findOverlapping(entries, cidr) };
}

function findOverlapping<T>(entries: readonly Entry<T>[], cidr: Cidr): T[] {
  const start = lowerBound(entries, cidr);
  const found: T[] = [];
  for (let around = entries[start - 1]; around !== undefined; around = around.parent) {
    if (containsCidr(around.cidr, cidr)) found.push(around.item);
  }
  for (let at = start; ; at += 1) {
    const entry = entries[at];
    if (entry === undefined || !overlaps(entry.cidr, cidr)) break;
    found.push(entry.item);
  }
  return found;
}

function lowerBound<T>(entries: readonly Entry<T>[], cidr: Cidr): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && compareCidrs(entry.cidr, cidr) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
