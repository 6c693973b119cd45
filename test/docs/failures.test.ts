import { describe, expect, it } from '@jest/globals';
import { readText, tableBelow, tableHeaded } from './markdown.ts';

const PAGE = await readText('docs/failures.md');
const FAILURES = tableHeaded(PAGE, 'what');
const FAILURES_ON_AZURE = tableHeaded(PAGE, 'on Azure');

describe('The page on what happens when', () => {
  it('has a row for each rule that can be seen from outside', async () => {
    const rules = tableBelow(await readText('docs/how-it-works.md'), 'Rules').map(
      ([rule = '']) => rule.split(' ')[0],
    );
    expect(rules).toEqual(Array.from({ length: 13 }, (_, i) => `R${i + 1}`));
    const named = new Set(FAILURES.flatMap(([, , rule = '']) => rule.split(', ')));
    expect([...named].sort()).toEqual([...rules].sort());
  });

  it.each([...FAILURES, ...FAILURES_ON_AZURE].map(([what = '', , , test = '']) => ({ what, test })))(
    'names a test that exists for: $what',
    async ({ test }) => {
      const [, file = '', title = ''] = /^`([^`]+\.test\.ts)`: (.+)$/.exec(test) ?? [];
      const source = await readText(file);
      const quoted = ["'", '"', '`'].flatMap((quote) => [
        `${quote}${title}${quote}`,
        `${quote}${title} (\${`,
      ]);
      expect(quoted.filter((text) => source.includes(text))).not.toEqual([]);
    },
  );
});
