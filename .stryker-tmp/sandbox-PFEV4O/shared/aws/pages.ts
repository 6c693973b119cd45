/** EC2 takes at most this many values in one filter. */
// @ts-nocheck

const FILTER_VALUES = 200;

/** What every page of EC2 has. */
interface Page {
  readonly NextToken?: string | undefined;
}

/**
 * Reads all that the pages hold. R3: an empty answer holds an empty set; a page without the set, and pages that go
 * round in circles, are a read that was cut short, and throw. Besides throws what the SDK throws.
 */
export async function readPages<P extends Page, T>(
  pages: AsyncIterable<P>,
  setOf: (page: P) => T[] | undefined,
): Promise<T[]> {
  const found: T[] = [];
  let next: string | undefined;
  for await (const page of pages) {
    found.push(...requireSet(setOf(page)));
    next = page.NextToken;
  }
  if (next) throw new Error('the pages of the answer do not end');
  return found;
}

/** R3: an empty answer holds an empty set; one without the set is a read that was cut short. */
export function requireSet<T>(set: T[] | undefined): T[] {
  return requireElement(set, 'the list');
}

/** R3: EC2 shows what was asked for as an element that may be empty; an answer without it is no answer. */
export function requireElement<T>(element: T | undefined, what: string): T {
  if (element === undefined) throw new Error(`the answer lacks ${what} that was asked for`);
  return element;
}

/** Reads in as many parts at once as values fit into one filter. */
export async function readInParts<T>(
  values: readonly string[],
  read: (part: string[]) => Promise<T[]>,
): Promise<T[]> {
  return (await Promise.all(partsOf(values).map(read))).flat();
}

/** The distinct values, in parts that fit into one call. */
export function partsOf(values: readonly string[]): string[][] {
  const distinct = [...new Set(values)];
  return Array.from({ length: Math.ceil(distinct.length / FILTER_VALUES) }, (_, i) =>
    distinct.slice(i * FILTER_VALUES, (i + 1) * FILTER_VALUES),
  );
}
