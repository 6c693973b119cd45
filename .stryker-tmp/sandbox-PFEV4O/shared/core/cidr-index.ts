// @ts-nocheck
import { type Cidr, compareCidrs, containsCidr, overlaps } from './cidr.ts';

interface Entry<T> {
  readonly item: T;
  readonly cidr: Cidr;
  /** Position of the nearest entry that contains this one, or -1. */
  readonly parent: number;
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
    let parent = entries.length - 1;
    while (parent >= 0 && !containsEntry(entries[parent], item.cidr)) parent = entries[parent]?.parent ?? -1;
    entries.push({ item, cidr: item.cidr, parent });
  }
  return { overlapping: (cidr) => findOverlapping(entries, cidr) };
}

function containsEntry<T>(entry: Entry<T> | undefined, cidr: Cidr): boolean {
  return entry !== undefined && containsCidr(entry.cidr, cidr);
}

function findOverlapping<T>(entries: readonly Entry<T>[], cidr: Cidr): T[] {
  const start = lowerBound(entries, cidr);
  const found: T[] = [];
  for (let at = start - 1; at >= 0; ) {
    const entry = entries[at];
    if (entry === undefined) break;
    if (containsCidr(entry.cidr, cidr)) found.push(entry.item);
    at = entry.parent;
  }
  for (let at = start; at < entries.length; at += 1) {
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
