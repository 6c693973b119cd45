import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createFileLedger } from '../../shared/core/ledger/file.ts';
import { describeLedger, type LedgerBackend } from './contract.ts';

const { signal } = new AbortController();

async function startFile(): Promise<LedgerBackend> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  return {
    open: (cluster) => createFileLedger({ path: join(folder, 'ledger.db'), cluster }),
    close: () => rm(folder, { recursive: true }),
  };
}

async function withPath(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  try {
    await use(join(folder, 'ledger.db'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describeLedger('a file', startFile);

describe('A ledger in a file', () => {
  it('says so where it cannot be opened', () =>
    withPath(async (path) => {
      const missing = join(path, 'nowhere', 'ledger.db');
      const expected = {
        ok: false,
        failure: { kind: 'permanent', message: expect.stringContaining(missing) },
      };
      expect(await createFileLedger({ path: missing, cluster: 'kthw' }).read('', signal)).toMatchObject(
        expected,
      );
    }));

  it('says so where the file is something else', () =>
    withPath(async (path) => {
      await writeFile(path, 'a text that is no database, and long enough to be one: '.repeat(100));
      const write = { key: 'table/a', version: null, value: '1', expiresAt: null };
      const result = await createFileLedger({ path, cluster: 'kthw' }).write([write], signal);
      expect(result).toMatchObject({ ok: false, failure: { kind: 'permanent', code: 'sqlite-26' } });
    }));

  it('lets what expires go by its own clock', () =>
    withPath(async (path) => {
      let now = 1_000_000;
      const ledger = createFileLedger({ path, cluster: 'kthw', clock: () => now });
      await ledger.write([{ key: 'table/a', version: null, value: '1', expiresAt: now + 1 }], signal);
      expect(await ledger.read('', signal)).toMatchObject({ value: { entries: [{ key: 'table/a' }], now } });
      now += 1;
      expect(await ledger.read('', signal)).toEqual({ ok: true, value: { entries: [], now } });
    }));
});
