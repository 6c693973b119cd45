import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { zipFolder } from '../../release/archive.ts';

const FILES: Readonly<Record<string, string>> = {
  'index.mjs': 'export const handler = 1;\n'.repeat(100),
  'chunks/a.mjs': 'a',
  'host.json': '{}',
};

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** A folder with these files, made in this order and as old as that. */
async function createFolder(names: readonly string[], modified: Date, mode: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-archive-'));
  folders.push(folder);
  for (const name of names) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, FILES[name] ?? '', { mode });
    await utimes(path, modified, modified);
  }
  return folder;
}

describe('An archive of a function', () => {
  const names = Object.keys(FILES);

  it('has the files of its folder, and those that are added', async () => {
    const folder = await createFolder(names, new Date(), 0o644);
    const found = unzipSync(await zipFolder(folder, { LICENSE: 'Free.' }));
    const texts = Object.entries(found).map(([name, bytes]) => [name, strFromU8(bytes)]);
    expect(Object.fromEntries(texts)).toEqual({ ...FILES, LICENSE: 'Free.' });
  });

  it('is the same whenever, wherever and in which order its files were made', async () => {
    const one = await createFolder(names, new Date('2026-01-01T00:00:00Z'), 0o600);
    const other = await createFolder(names.toReversed(), new Date('2031-07-01T12:34:56Z'), 0o644);
    expect(await zipFolder(other, { LICENSE: '' })).toEqual(await zipFolder(one, { LICENSE: '' }));
  });

  it('is another where a file is', async () => {
    const folder = await createFolder(names, new Date(), 0o644);
    expect(await zipFolder(folder, { LICENSE: 'a' })).not.toEqual(await zipFolder(folder, { LICENSE: 'b' }));
  });
});
