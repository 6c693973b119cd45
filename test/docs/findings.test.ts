import { readdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { codeSpans, ROOT, readText, tableBelow } from './markdown.ts';

/** The codes as the model declares them; a type leaves nothing to ask at run time. */
async function readCodes(): Promise<string[]> {
  const [, union = ''] = /type FindingCode =([^;]+);/.exec(await readText('shared/core/model.ts')) ?? [];
  return [...union.matchAll(/'([^']+)'/g)].map(([, code = '']) => code);
}

const CODES = await readCodes();
const LIST = tableBelow(await readText('docs/findings/README.md'), 'Findings');

describe('The pages of findings', () => {
  it('are one for each code, and the list names them all', async () => {
    const files = await readdir(new URL('docs/findings/', ROOT));
    const pages = files.filter((file) => file !== 'README.md').map((file) => file.replace('.md', ''));
    expect(pages.sort()).toEqual([...CODES].sort());
    expect(LIST.map(([code = '']) => codeSpans(code)[0]).sort()).toEqual([...CODES].sort());
  });

  it.each(CODES)('say of %s what it means, how to look and what to do', async (code) => {
    const page = await readText(`docs/findings/${code}.md`);
    const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, text]) => text);
    expect(headings).toEqual([code, 'What it means', 'How to look', 'What to do']);
    const severity = LIST.find(([cell = '']) => codeSpans(cell)[0] === code)?.[1] ?? '';
    expect(page).toContain(`Severity: ${severity}`);
  });
});
