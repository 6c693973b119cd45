import { access } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { codeSpans, ROOT, readText } from './markdown.ts';

const PATHS = codeSpans(await readText('CONTRIBUTING.md')).filter((span) =>
  /^[\w.-]+\/[\w./-]*(\/|\.\w+)$/.test(span),
);

it('There are recipes with files to follow', () => {
  expect(PATHS).toEqual(expect.arrayContaining(['events/aws/rebalance-recommendation.json', 'docs/cli.md']));
});

it.each([...new Set(PATHS)])('CONTRIBUTING names %s, which exists', async (path) => {
  await expect(access(new URL(path, ROOT))).resolves.toBeUndefined();
});
