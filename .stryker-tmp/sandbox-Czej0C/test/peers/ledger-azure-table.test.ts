// @ts-nocheck
import { randomUUID } from 'node:crypto';
import { AzureNamedKeyCredential } from '@azure/core-auth';
import { TableClient } from '@azure/data-tables';
import { describe, expect, it } from '@jest/globals';
import { createTableLedger } from '../../shared/azure/ledger.ts';
import { type Between, startBetween } from '../ledger/between.ts';
import { describeLedger, describeRemoteLedger, type RemoteBackend } from '../ledger/contract.ts';

/** Set by `run`, which starts the server. */
const ENDPOINT = process.env['PODROUTES_TEST_AZURITE'] ?? '';
/**
 * Of every emulator alike, and no secret:
 * https://learn.microsoft.com/azure/storage/common/storage-connect-azurite#well-known-storage-account-and-key
 */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const credential = new AzureNamedKeyCredential(ACCOUNT, KEY);
const { signal } = new AbortController();

interface TableBackend extends RemoteBackend {
  readonly between: Between;
  /** Rows of a cluster, whatever is in them. */
  readonly countRows: (cluster: string) => Promise<number>;
}

async function start(): Promise<TableBackend> {
  if (ENDPOINT === '') throw new Error('No Azurite: start this suite by test/peers/run');
  const table = `ledger${randomUUID().replaceAll('-', '')}`;
  const client = new TableClient(`${ENDPOINT}/${ACCOUNT}`, table, credential, {
    allowInsecureConnection: true,
  });
  await client.createTable();
  const between = await startBetween(ENDPOINT);
  const endpoint = `${between.endpoint}/${ACCOUNT}`;
  return {
    between,
    open: (cluster) => createTableLedger({ endpoint, table, cluster, credential }),
    loseAnswers: (times) => between.meddle('$batch', times, () => null),
    countRows: async (cluster) => {
      let rows = 0;
      const entities = client.listEntities({ queryOptions: { filter: `PartitionKey eq '${cluster}'` } });
      for await (const _ of entities) rows += 1;
      return rows;
    },
    close: between.close,
  };
}

const MISSING = expect.stringMatching(/on the table missing: .*The table specified does not exist\.$/);
const WRITE = { key: 'table/a', version: null, value: '1', expiresAt: null };

describeLedger('Azure Table', start);
// As much is lost in Base64 as packing saves, so that this many bytes are about as many when packed.
describeRemoteLedger('Azure Table', 1024 * 1024, start);

describe('A ledger in Azure Table', () => {
  it.each([
    ['a list', (body: string) => body.replace('"value"', '"others"'), {}],
    ['a body', () => '', {}],
    ['JSON', () => '<html>', {}],
    ['the time', (body: string) => body, { date: undefined }],
  ])('takes an answer without %s for a failed read', async (_, alter, headers) => {
    const { open, between, close } = await start();
    // The key is part of the request, so that nothing else is meddled with.
    between.meddle('PartitionKey', 1, (answer) => ({
      ...answer,
      headers: { ...answer.headers, ...headers },
      body: Buffer.from(alter(answer.body.toString())),
    }));
    expect(await open('kthw').read('', signal)).toMatchObject({ ok: false, failure: { kind: 'transient' } });
    await close();
  });

  it('reads back where the answer to a write is cut short', async () => {
    const { open, between, close } = await start();
    between.meddle('$batch', 1, (answer) => ({ ...answer, body: Buffer.from('') }));
    expect(await open('kthw').write([WRITE], signal)).toEqual({ ok: true, value: null });
    between.meddle('$batch', 1, (answer) => ({ ...answer, status: 503, body: Buffer.from('') }));
    expect(await open('kthw').write([{ ...WRITE, key: 'table/b' }], signal)).toEqual({
      ok: true,
      value: null,
    });
    await close();
  });

  it('leaves no row of what was removed', async () => {
    const { open, countRows, close } = await start();
    const ledger = open('kthw');
    await ledger.write([WRITE, { ...WRITE, key: 'table/b' }], signal);
    const reading = await ledger.read('table/a', signal);
    const version = (reading.ok && reading.value.entries[0]?.version) || '';
    expect(await ledger.write([{ ...WRITE, version, value: null }], signal)).toEqual({
      ok: true,
      value: null,
    });
    expect(await countRows('kthw')).toBe(1);
    await close();
  });

  it('says which table there is not', async () => {
    const endpoint = `${ENDPOINT}/${ACCOUNT}`;
    const ledger = createTableLedger({ endpoint, table: 'missing', cluster: 'kthw', credential });
    const expected = { ok: false, failure: { kind: 'permanent', code: 'TableNotFound', message: MISSING } };
    expect(await ledger.read('', signal)).toMatchObject(expected);
    expect(await ledger.write([WRITE], signal)).toMatchObject(expected);
  });

  it('says which role is missing', async () => {
    const { open, between, close } = await start();
    between.meddle('PartitionKey', 1, (answer) => ({ ...answer, status: 403, body: Buffer.from('{}') }));
    expect(await open('kthw').read('', signal)).toMatchObject({
      failure: { kind: 'permanent', message: expect.stringContaining('Storage Table Data Contributor') },
    });
    await close();
  });
});
