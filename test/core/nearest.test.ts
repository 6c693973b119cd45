import { describe, expect, it } from '@jest/globals';
import { once } from '../../shared/core/late.ts';
import { findNearest, findSimilar } from '../../shared/core/nearest.ts';

describe('The nearest word', () => {
  it.each([
    ['node', ['table', 'nodes', 'none'], 'nodes'],
    ['none', ['node', 'nine'], 'node'],
    ['abcd', ['abd', 'abcdef'], 'abd'],
    ['ab', ['ba', 'abcde'], 'ba'],
    ['kitten', ['sit', 'sitting'], 'sitting'],
    ['', ['abc', 'a'], 'a'],
    ['abc', ['', 'xyzw'], ''],
    ['abcdef', ['bcdefg', 'ab'], 'bcdefg'],
    ['xabc', ['abc', 'xyzabc'], 'abc'],
    ['same', ['some', 'same'], 'same'],
  ])('to %j among %j is %j', (word, known, nearest) => {
    expect(findNearest(word, known)).toBe(nearest);
  });

  it('is none where there are none', () => {
    expect(findNearest('node', [])).toBe('');
  });

  it.each([
    ['nods', ['nodes'], 'nodes'],
    ['nodez', ['nodes'], 'nodes'],
    ['tabels', ['tables'], 'tables'],
    ['tbl', ['tables'], null],
    ['a', ['b'], 'b'],
    ['a', ['bc'], null],
    ['abcdefgh', ['abcdefxy'], 'abcdefxy'],
    ['abcdefgh', ['abcdexyz'], null],
    ['abcdefghi', ['abcdefxyz'], 'abcdefxyz'],
  ])('to %j among %j is worth a question: %j', (word, known, similar) => {
    expect(findSimilar(word, known)).toBe(similar);
  });
});

describe('What is opened when it is first needed', () => {
  it('is opened once, though several need it at the same time', async () => {
    let count = 0;
    const open = once(async () => {
      count += 1;
      return { count };
    });
    expect(count).toBe(0);
    const [first, second] = await Promise.all([open(), open()]);
    expect(second).toBe(first);
    expect(await open()).toBe(first);
    expect(count).toBe(1);
  });

  it('is opened again where that failed', async () => {
    const attempts = [Promise.reject(new Error('locked')), Promise.resolve('opened')];
    const open = once(() => attempts.shift() ?? Promise.reject(new Error('third')));
    await expect(open()).rejects.toThrow('locked');
    expect([await open(), await open()]).toEqual(['opened', 'opened']);
  });
});
