import { describe, expect, it } from '@jest/globals';
import { findCircles } from './circles.ts';
import { readSources, type Source } from './imports.ts';

/** Sources by their path, each with the paths that it imports. */
function sourcesOf(imports: Readonly<Record<string, readonly string[]>>): Source[] {
  return Object.entries(imports).map(([path, files]) => ({ path, files, packages: [] }));
}

describe('The files of the product', () => {
  it('import each other in no circle, of types neither', () => {
    expect(findCircles(readSources())).toEqual([]);
  });
});

describe('A circle is found', () => {
  it.each([
    ['of one file', { a: ['a'] }, [['a']]],
    ['of two files', { a: ['b'], b: ['a'] }, [['a', 'b']]],
    [
      'that others lead to and from',
      { x: ['a'], a: ['b'], b: ['c'], c: ['a', 'y'], y: [] },
      [['a', 'b', 'c']],
    ],
    [
      'beside another',
      { a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'] },
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['nowhere in a lattice', { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, []],
  ])('%s', (_, imports, circles) => {
    expect(findCircles(sourcesOf(imports))).toEqual(circles);
  });
});
