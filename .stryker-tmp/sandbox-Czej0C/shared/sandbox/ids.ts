/** Draws ids of the shapes that AWS uses; the same seed draws the same ids in the same order. */
// @ts-nocheck

export interface Ids {
  /** A resource id such as `i-` and 17 hexadecimal digits. */
  readonly resource: (prefix: string) => string;
  /** A number that grows by one with each resource: the order of creation, for paging. */
  readonly ordinal: () => number;
  /** A UUID for requests, events and tokens. Drawn apart, so that a failed call does not shift resource ids. */
  readonly uuid: () => string;
}

/** Creates the id source of one sandbox. */
export function createIds(seed: number): Ids {
  const resourceDigits = hexDigits(seed);
  const uuidDigits = hexDigits(seed ^ 0x5bd1e995);
  let ordinal = 0;
  return {
    resource: (prefix) => `${prefix}-0${resourceDigits(16)}`,
    ordinal: () => ++ordinal,
    uuid: () => {
      const digits = uuidDigits(32);
      return [
        digits.slice(0, 8),
        digits.slice(8, 12),
        `4${digits.slice(13, 16)}`,
        `a${digits.slice(17, 20)}`,
        digits.slice(20),
      ].join('-');
    },
  };
}

/** Mulberry32: small, fast and good enough for ids that only have to differ. */
function hexDigits(seed: number): (count: number) => string {
  let state = seed >>> 0;
  const word = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0).toString(16).padStart(8, '0');
  };
  return (count) =>
    Array.from({ length: Math.ceil(count / 8) }, word)
      .join('')
      .slice(0, count);
}
