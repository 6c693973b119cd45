// @ts-nocheck
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openAwsLedger } from '../../shared/aws/open-ledger.ts';
import { openAzureLedger } from '../../shared/azure/open-ledger.ts';
import { type Config, readConfig } from '../../shared/core/config/config.ts';
import type { LedgerLocation } from '../../shared/core/config/values.ts';
import { createFileLedger } from '../../shared/core/ledger/file.ts';
import { openLate } from '../../shared/core/ledger/late.ts';
import type { Ledger } from '../../shared/core/ledger/ledger.ts';

const { signal } = new AbortController();

function configOf(ledger: LedgerLocation | null): Config {
  const result = readConfig({ PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16' }, 'aws');
  if (!result.ok) throw new Error(result.problems.join());
  return { ...result.config, ledger };
}

const TABLE: LedgerLocation = { kind: 'dynamodb', table: 'ledger' };
const STORAGE: LedgerLocation = {
  kind: 'azure-table',
  endpoint: 'https://a.table.core.windows.net',
  table: 'ledger',
};
const NOBODY = { getToken: async () => null };

const OPENERS: readonly [string, (config: Config) => Promise<Ledger>, LedgerLocation][] = [
  ['AWS', (config) => openAwsLedger(config, {}), STORAGE],
  ['Azure', (config) => openAzureLedger(config, NOBODY), TABLE],
];

describe('The ledger of a configuration', () => {
  it('is none where none is configured', () => {
    expect(openLate(configOf(null), async () => Promise.reject(new Error('opened')))).toBeNull();
  });

  it('is opened when it is first needed, and once', async () => {
    let count = 0;
    const open = openLate(configOf(TABLE), async () => {
      count += 1;
      return createFileLedger({ path: ':memory:', cluster: 'kthw' });
    });
    expect(count).toBe(0);
    const ledgers = await Promise.all([open?.(), open?.()]);
    expect(ledgers[0]).toBe(ledgers[1]);
    expect(count).toBe(1);
  });

  it('is opened again after an attempt that failed', async () => {
    const ledger = createFileLedger({ path: ':memory:', cluster: 'kthw' });
    const attempts = [async () => Promise.reject(new Error('locked')), async () => ledger];
    const open = openLate(configOf(TABLE), () => attempts.shift()?.() ?? Promise.reject(new Error('third')));
    await expect(open?.()).rejects.toThrow('locked');
    expect(await open?.()).toBe(ledger);
  });

  it.each(OPENERS)('may be a file on %s', async (_, open) => {
    const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
    const ledger = await open(configOf({ kind: 'file', path: join(folder, 'ledger.db') }));
    expect(await ledger.read('', signal)).toMatchObject({ ok: true });
    await rm(folder, { recursive: true });
  });

  it.each(OPENERS)("is not another cloud's on %s", async (_, open, location) => {
    await expect(open(configOf(location))).rejects.toThrow('PODROUTES_LEDGER: expected');
  });
});
