/** Numbers that look random, the same ones for the same seed. */
export interface Chance {
  /** At least 0, below 1. */
  readonly next: () => number;
  readonly shuffle: <T>(items: readonly T[]) => T[];
}

/** Mulberry32, since nothing that is installed gives numbers by a seed without a property around it. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const shuffle = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => ({ item, place: next() }))
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item);
  return { next, shuffle };
}
