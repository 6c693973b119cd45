import { readdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { AREAS } from '../../functions/cli/verify/model.ts';
import { codeSpans, ROOT, readText, tableHeaded } from './markdown.ts';

const PAGE = await readText('docs/verify.md');
const FOLDER = 'functions/cli/clouds/aws/verify/';

async function readSources(): Promise<string> {
  const files = await readdir(new URL(FOLDER, ROOT), { recursive: true });
  const sources = files.filter((file) => file.endsWith('.ts')).map((file) => readText(`${FOLDER}${file}`));
  return (await Promise.all(sources)).join('\n');
}

describe('The page of verify', () => {
  it('names every area that is looked at', () => {
    expect(tableHeaded(PAGE, 'area').map(([area]) => area)).toEqual([...AREAS]);
  });

  it('names the rights that the looks take, and no others', async () => {
    const named = [...(await readSources()).matchAll(/'([a-z]+:[A-Z][A-Za-z]+)'/g)].map(([, name]) => name);
    const listed = tableHeaded(PAGE, 'action').flatMap(([cell = '']) => codeSpans(cell));
    expect(listed.sort()).toEqual([...new Set(named)].sort());
  });

  it('names the rights of the calls that are made', async () => {
    const source = await readSources();
    const called = [...source.matchAll(/\b(?:new ([A-Z]\w+)Command\(|paginate([A-Z]\w+)\()/g)].map(
      ([, command, pages]) => RIGHTS[command ?? ''] ?? command ?? pages,
    );
    const rights = [...source.matchAll(/'[a-z]+:([A-Z][A-Za-z]+)'/g)].map(([, name]) => name);
    expect([...new Set(called)].sort()).toEqual([...new Set(rights)].sort());
  });
});

/** Calls whose rights have another name. */
const RIGHTS: Readonly<Record<string, string>> = { Invoke: 'InvokeFunction' };
