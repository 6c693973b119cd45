import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openDynamoLedger } from '../../shared/aws/open-ledger.ts';
import { openTableLedger } from '../../shared/azure/open-ledger.ts';
import { type Config, readConfig } from '../../shared/core/config/config.ts';
import type { LedgerLocation } from '../../shared/core/config/values.ts';
import { createFileLedger } from '../../shared/core/ledger/file.ts';
import { ledgerOf } from '../../shared/core/ledger/open.ts';

const { signal } = new AbortController();

function configOf(ledger: LedgerLocation | null): Config {
  const result = readConfig({ PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16' }, 'aws');
  if (!result.ok) throw new Error(result.problems.join());
  return { ...result.config, ledger };
}

const TABLE: LedgerLocation = { kind: 'dynamodb', table: 'ledger' };
const NOBODY = { getToken: async () => null };

describe('The ledger of a configuration', () => {
  it('is none where none is configured', () => {
    expect(ledgerOf(configOf(null), openDynamoLedger({}))).toBe(null);
  });

  it('is opened once, with its first call', async () => {
    const opened: string[] = [];
    const ledger = ledgerOf(configOf(TABLE), async ({ kind }, cluster) => {
      opened.push(`${kind} ${cluster}`);
      return createFileLedger({ path: ':memory:', cluster });
    });
    expect(opened).toEqual([]);
    const write = { key: 'table/a', version: null, value: '1', expiresAt: null };
    expect(await ledger?.write([write], signal)).toEqual({ ok: true, value: null });
    expect(await ledger?.read('', signal)).toMatchObject({ value: { entries: [{ key: 'table/a' }] } });
    expect(opened).toEqual(['dynamodb kthw']);
  });

  it('may be a file in any cloud', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
    const config = configOf({ kind: 'file', path: join(folder, 'ledger.db') });
    for (const open of [openDynamoLedger({}), openTableLedger(NOBODY)]) {
      expect(await ledgerOf(config, open)?.read('', signal)).toMatchObject({ ok: true });
    }
    await rm(folder, { recursive: true });
  });

  it.each<[string, LedgerLocation, ReturnType<typeof openDynamoLedger>]>([
    ['expected an Azure table, found dynamodb', TABLE, openTableLedger(NOBODY)],
    [
      'expected dynamodb:TABLE, found azure-table',
      { kind: 'azure-table', endpoint: 'https://a.table.core.windows.net', table: 'ledger' },
      openDynamoLedger({}),
    ],
  ])('fails as a value where it cannot be opened: %s', async (message, location, open) => {
    expect(await ledgerOf(configOf(location), open)?.read('', signal)).toMatchObject({
      ok: false,
      failure: { kind: 'permanent', code: 'ledger-unopened', message: expect.stringContaining(message) },
    });
  });
});
