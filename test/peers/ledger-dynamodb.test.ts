import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { createDynamoLedger } from '../../shared/aws/ledger.ts';
import { MINIMAL, synthesize } from '../infra/aws/synthesis.ts';
import { type Between, startBetween } from '../ledger/between.ts';
import { describeLedger, describeRemoteLedger, type RemoteBackend } from '../ledger/contract.ts';
import { createLedgerTable } from './ledger-table.ts';

/** Set by `run`, which starts the server. */
const ENDPOINT = process.env['PODROUTES_TEST_MOTO'] ?? '';
const SETTINGS = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
};
const { signal } = new AbortController();

const WRITE = { key: 'table/a', version: null, value: '1', expiresAt: null };

async function createTable(): Promise<string> {
  if (ENDPOINT === '') throw new Error('No moto server: start this suite by test/peers/run');
  return createLedgerTable(new DynamoDBClient({ ...SETTINGS, endpoint: ENDPOINT }));
}

async function start(): Promise<RemoteBackend & { readonly between: Between; readonly table: string }> {
  const table = await createTable();
  const between = await startBetween(ENDPOINT);
  const { endpoint } = between;
  return {
    between,
    table,
    open: (cluster) => createDynamoLedger(table, cluster, { ...SETTINGS, endpoint }),
    loseAnswers: (times) => between.meddle('TransactWriteItems', times, () => null),
    close: between.close,
  };
}

describeLedger('DynamoDB', start);
// As much is lost in Base64 as packing saves, so that this many bytes are this many when packed.
describeRemoteLedger('DynamoDB', 420 * 1024, start);

describe('A ledger in DynamoDB', () => {
  it.each([
    ['an item list', (body: string) => body.replace('"Items"', '"Others"'), {}],
    ['a body', () => '', {}],
    ['JSON', () => '<html>', {}],
    ['the time', (body: string) => body, { date: undefined }],
  ])('takes an answer without %s for a failed read', async (_, alter, headers) => {
    const { open, between, close } = await start();
    between.meddle('Query', 1, (answer) => ({
      ...answer,
      headers: { ...answer.headers, ...headers, 'x-amz-crc32': undefined },
      body: Buffer.from(alter(answer.body.toString())),
    }));
    expect(await open('kthw').read('', signal)).toMatchObject({ ok: false, failure: { kind: 'transient' } });
    await close();
  });

  it('asks for what the construct grants, and nothing else', async () => {
    const { open, between, close } = await start();
    const asked = new Set<string>();
    between.watch(({ headers, body }) => {
      const [, call = ''] = String(headers['x-amz-target']).split('.');
      if (call !== 'TransactWriteItems') asked.add(call);
      // The rights to a transaction are those to its parts.
      else
        for (const part of JSON.parse(body.toString()).TransactItems)
          asked.add(`${Object.keys(part)[0]}Item`);
    });
    const ledger = open('kthw');
    await ledger.write([WRITE], signal);
    const version = async () => {
      const reading = await ledger.read('table/a', signal);
      return (reading.ok && reading.value.entries[0]?.version) || '';
    };
    await ledger.write([{ ...WRITE, version: await version() }], signal);
    await ledger.write([{ ...WRITE, version: await version(), value: null }], signal);
    const granted = JSON.stringify(synthesize(MINIMAL)).matchAll(/"dynamodb:(?!LeadingKeys)(\w+)"/g);
    expect([...asked].sort()).toEqual([...new Set([...granted].map(([, action]) => action))].sort());
    await close();
  });

  it('says which table there is not', async () => {
    const ledger = createDynamoLedger('missing', 'kthw', { ...SETTINGS, endpoint: ENDPOINT });
    const expected = {
      ok: false,
      failure: { kind: 'permanent', message: expect.stringContaining('on missing: ') },
    };
    expect(await ledger.read('', signal)).toMatchObject(expected);
    expect(await ledger.write([WRITE], signal)).toMatchObject(expected);
  });
});
