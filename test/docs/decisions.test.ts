import { readdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import packageJson from '../../package.json' with { type: 'json' };
import { codeSpans, ROOT, readText } from './markdown.ts';

const FILES = (await readdir(new URL('docs/adr/', ROOT))).filter((file) => /^\d{4}-/.test(file)).sort();
const DEPENDENCIES = Object.keys(packageJson.devDependencies);

describe('The decisions', () => {
  it('are numbered without a gap and listed', async () => {
    expect(FILES.map((file) => Number(file.slice(0, 4)))).toEqual(FILES.map((_, i) => i + 1));
    const list = await readText('docs/adr/README.md');
    expect([...list.matchAll(/\]\((\d{4}-[^)]+)\)/g)].map(([, file]) => file)).toEqual(FILES);
  });

  it.each(FILES)('have a date, reasons and alternatives: %s', async (file) => {
    const page = await readText(`docs/adr/${file}`);
    expect(page).toMatch(/^# \d{4}\. .+\n\nDate: \d{4}-\d\d-\d\d\. Status: \w+\.\n/);
    for (const heading of ['Decision', 'Why', 'Alternatives']) expect(page).toContain(`\n## ${heading}\n\n`);
  });

  it.each(DEPENDENCIES)('give the reason for %s', async (dependency) => {
    const pages = await Promise.all(FILES.map((file) => readText(`docs/adr/${file}`)));
    expect(pages.some((page) => codeSpans(page).includes(dependency))).toBe(true);
  });
});
