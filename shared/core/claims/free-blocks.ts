import { type Cidr, cidrOf, containsCidr, type Family, overlaps } from '../cidr.ts';

const BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

/** A range with the places of its blocks among those of all ranges. */
interface Part {
  readonly range: Cidr;
  readonly offset: bigint;
  readonly count: bigint;
}

/** Places from the first to the last. */
interface Run {
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * The blocks of one size that ranges can be cut into, in a ring. Finding the next free one takes about the same time
 * however many are taken, and however wide what is taken is.
 */
export class FreeBlocks {
  /** How many blocks there are, free or taken. */
  readonly total: bigint;
  readonly #parts: readonly Part[];
  readonly #size: number;
  /** Apart from each other, in order. */
  readonly #runs: readonly Run[];
  /** From a place that is taken to one further on, which may be taken as well. */
  readonly #beyond = new Map<bigint, bigint>();
  #free: bigint;

  /** @param ranges of one family, apart from each other; those that are no wider than a block have none to give */
  constructor(ranges: readonly Cidr[], size: number, taken: Iterable<Cidr>) {
    this.#size = size;
    this.#parts = toParts(ranges, size);
    this.total = this.#parts.reduce((sum, { count }) => sum + count, 0n);
    this.#runs = mergeRuns([...taken].flatMap((cidr) => runsOf(this.#parts, cidr, size)));
    this.#free = this.#runs.reduce((left, { first, last }) => left - (last - first + 1n), this.total);
  }

  /** How many blocks are free. */
  get free(): bigint {
    return this.#free;
  }

  /** Takes the first free block from a place on, which may be any number; null where none is free. */
  take(from: bigint): Cidr | null {
    if (this.#free === 0n) return null;
    const place = this.#findFree(from % this.total);
    this.#beyond.set(place, place + 1n);
    this.#free -= 1n;
    return this.#blockAt(place);
  }

  #findFree(from: bigint): bigint {
    const passed: bigint[] = [];
    let place = from;
    for (;;) {
      const beyond = this.#beyond.get(place) ?? this.#afterRun(place);
      if (beyond === null) break;
      passed.push(place);
      place = beyond % this.total;
    }
    // Whoever comes by there again gets here in one step.
    for (const before of passed) this.#beyond.set(before, place);
    return place;
  }

  /** The place after the run that a place is in; null where it is in none. */
  #afterRun(place: bigint): bigint | null {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const run = this.#runs[middle];
      if (run !== undefined && run.last < place) low = middle + 1;
      else high = middle;
    }
    const run = this.#runs[low];
    return run !== undefined && run.first <= place ? run.last + 1n : null;
  }

  #blockAt(place: bigint): Cidr | null {
    const part = this.#parts.find(({ offset, count }) => place < offset + count);
    if (part === undefined) return null;
    const { range, offset } = part;
    return cidrOf(range.family, range.first + ((place - offset) << hostBits(range, this.#size)), this.#size);
  }
}

/** Free blocks side by side. */
export interface FreeStretch {
  readonly first: Cidr;
  readonly last: Cidr;
  readonly count: bigint;
}

/** The blocks of one size in a range that share no address with what is taken, in order. */
export function findFreeStretches(range: Cidr, size: number, taken: readonly Cidr[]): FreeStretch[] {
  const parts = toParts([range], size);
  const total = parts.reduce((sum, { count }) => sum + count, 0n);
  const runs = mergeRuns(taken.flatMap((cidr) => runsOf(parts, cidr, size)));
  const blockAt = (place: bigint): Cidr =>
    cidrOf(range.family, range.first + (place << hostBits(range, size)), size);
  const starts = [0n, ...runs.map(({ last }) => last + 1n)];
  const ends = [...runs.map(({ first }) => first), total];
  return starts.flatMap((start, i) => {
    const end = ends[i] ?? total;
    return end > start ? [{ first: blockAt(start), last: blockAt(end - 1n), count: end - start }] : [];
  });
}

function hostBits({ family }: Cidr, size: number): bigint {
  return BigInt(BITS[family] - size);
}

function toParts(ranges: readonly Cidr[], size: number): Part[] {
  let offset = 0n;
  return ranges
    .filter(({ prefix }) => prefix < size)
    .map((range) => {
      const part = { range, offset, count: 1n << BigInt(size - range.prefix) };
      offset += part.count;
      return part;
    });
}

/** The blocks that share an address with a network. */
function runsOf(parts: readonly Part[], cidr: Cidr, size: number): Run[] {
  return parts
    .filter(({ range }) => overlaps(range, cidr))
    .map(({ range, offset, count }) => {
      if (containsCidr(cidr, range)) return { first: offset, last: offset + count - 1n };
      const placeOf = (address: bigint): bigint =>
        offset + ((address - range.first) >> hostBits(range, size));
      return { first: placeOf(cidr.first), last: placeOf(cidr.last) };
    });
}

function mergeRuns(runs: readonly Run[]): Run[] {
  const merged: Run[] = [];
  for (const run of [...runs].sort((a, b) => (a.first < b.first ? -1 : 1))) {
    const before = merged.at(-1);
    if (before === undefined || run.first > before.last + 1n) merged.push(run);
    else if (run.last > before.last) merged[merged.length - 1] = { first: before.first, last: run.last };
  }
  return merged;
}
