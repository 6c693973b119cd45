import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { LedgerLocation } from '../../shared/core/config/values.ts';
import { openLate } from '../../shared/core/ledger/late.ts';
import { type OpenInCloud, openConfigured } from '../../shared/core/ledger/open.ts';
import { memoryLedger } from './memory-ledger.ts';

const TABLE: LedgerLocation = { kind: 'dynamodb', table: 'ledger' };
const { signal } = new AbortController();
const nowhere: OpenInCloud = async () => Promise.reject(new Error('opened in the cloud'));

describe('The ledger that is configured', () => {
  it.each<[string, Parameters<typeof openConfigured>[0]]>([
    ['a ledger', { ledger: null, cluster: 'kthw' }],
    ['a cluster', { ledger: TABLE, cluster: null }],
  ])('is not opened without %s', async (_, config) => {
    await expect(openConfigured(config, nowhere)).rejects.toThrow(
      'expected a ledger and a cluster; found none',
    );
  });

  it('is opened where the cloud keeps it, for its cluster', async () => {
    const ledger = memoryLedger(0);
    const asked: unknown[] = [];
    const open: OpenInCloud = async (...place) => {
      asked.push(place);
      return ledger;
    };
    expect(await openConfigured({ ledger: TABLE, cluster: 'kthw' }, open)).toBe(ledger);
    expect(asked).toEqual([[TABLE, 'kthw']]);
  });

  it('is opened in a file wherever it runs, for its cluster alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
    const file: LedgerLocation = { kind: 'file', path: join(folder, 'ledger.db') };
    const [mine, others] = await Promise.all(
      ['kthw', 'other'].map((cluster) => openConfigured({ ledger: file, cluster }, nowhere)),
    );
    await mine?.write([{ key: 'table/a', version: null, value: '1', expiresAt: null }], signal);
    expect(await mine?.read('', signal)).toMatchObject({ value: { entries: [{ key: 'table/a' }] } });
    expect(await others?.read('', signal)).toMatchObject({ ok: true, value: { entries: [] } });
    await rm(folder, { recursive: true });
  });

  it('is opened late where there is one, and once', async () => {
    let count = 0;
    const open = async () => {
      count += 1;
      return memoryLedger(0);
    };
    expect(openLate({ ledger: null }, open)).toBeNull();
    const late = openLate({ ledger: TABLE }, open);
    expect(count).toBe(0);
    expect(await late?.()).toBe(await late?.());
    expect(count).toBe(1);
  });
});
