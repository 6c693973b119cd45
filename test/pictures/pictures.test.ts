import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { CLOUDS, drawAccount, fileOf, findGaps } from './account.ts';
import { makePage, nameOf, PICTURE, WORDS, wordsOf } from './report.ts';

// `npm run pictures` draws them again, if what they show was changed on purpose.
describe.each(CLOUDS)('The picture of an account, on %s', (cloud) => {
  it('is as the template makes it', async () => {
    expect(drawAccount(cloud)).toBe(await readFile(fileOf(cloud), 'utf8'));
  });

  it('has a box for everything that matters, and none for what is not made', () => {
    expect(findGaps(cloud)).toEqual({ undrawn: [], absent: [] });
  });
});

describe('The picture of a report', () => {
  it('shows what a report of the sandbox says today', async () => {
    const [picture, words] = await Promise.all([readFile(PICTURE), readFile(WORDS, 'utf8')]);
    expect(`${nameOf(picture)}${wordsOf(await makePage())}`).toBe(words);
  });
});
