import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { createFileLedger } from '../../shared/core/ledger/file.ts';

const run = promisify(execFile);
const { signal } = new AbortController();

it('A ledger in a file loses nothing of what several processes write at once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  try {
    const path = join(folder, 'ledger.db');
    const script = join(import.meta.dirname, 'counting.ts');
    const each = () => run(process.execPath, ['--no-warnings', script, path, '25']);
    await Promise.all([each(), each(), each(), each()]);
    const reading = await createFileLedger({ path, cluster: 'kthw' }).read('count', signal);
    expect(reading).toMatchObject({ ok: true, value: { entries: [{ value: '100' }] } });
  } finally {
    await rm(folder, { recursive: true });
  }
});
