import fc from 'fast-check';

const SURROGATES = { first: 0xd800, count: 0x800 };

/** Any character of Unicode, as `unit: 'binary'` of fast-check, which first makes a table of them all. */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10ffff - SURROGATES.count })
  .map((i) => String.fromCodePoint(i < SURROGATES.first ? i : i + SURROGATES.count));
