import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Block } from '../../../shared/core/claims/holders.ts';
import {
  applyChanges,
  type BlockReading,
  MOST_CHANGES,
  readBlocks,
  readBlocksBeside,
  toWrites,
} from '../../../shared/core/ledger/blocks.ts';
import { cidr } from '../builders.ts';
import { failure } from '../memory-cloud.ts';
import { type MemoryLedger, memoryLedger } from '../memory-ledger.ts';

const NOW = 1_000;
const CIDR = '10.200.1.0/24';
const HOLDER = { node: 'a', name: 'worker', incarnation: null };
const BLOCK: Block = { cidr: cidr(CIDR), kind: 'allocated', holder: HOLDER, since: 5, leaving: null };
const VALUE = { format: 1, kind: 'allocated', holder: HOLDER, since: 5, leaving: null };
const ADOPTED = { format: 1, adopted: true };
const { signal } = new AbortController();

let ledger: MemoryLedger;

beforeEach(() => {
  ledger = memoryLedger(NOW);
});

function put(key: string, value: unknown, version = '1'): void {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  ledger.entries.set(key, { key, value: text, expiresAt: null, version });
}

function unreadable(key: string) {
  const message = `The entry ${key} of the ledger is not of this version's form, so no block is handed out and none is freed. Restore it, or run the version that has written it.`;
  return { ok: false, failure: { kind: 'permanent', code: 'ledger-entry-unreadable', message } };
}

async function read(): Promise<BlockReading> {
  const reading = await readBlocks(ledger, signal);
  if (!reading.ok) throw new Error(reading.failure.message);
  return reading.value;
}

describe('Blocks in the ledger', () => {
  it('are none in an empty one, which has adopted nothing', async () => {
    expect(await read()).toEqual({ generation: null, isAdopted: false, kept: new Map(), now: NOW });
    expect(ledger.log).toEqual(['read generation', 'read block/']);
  });

  it.each([[true], [false]])('have a generation, which says whether all was adopted: %s', async (adopted) => {
    put('generation', { format: 1, adopted }, '7');
    expect(await read()).toMatchObject({ generation: '7', isAdopted: adopted });
  });

  it.each<[string, Partial<Block>]>([
    ['handed out', {}],
    ['handed out to a machine that is told from later ones', { holder: { ...HOLDER, incarnation: 'one' } }],
    ['leaving', { leaving: 9 }],
    ['leaving from the first moment on', { since: 0, leaving: 0 }],
    ['claimed', { kind: 'claimed' }],
    ['only routed', { kind: 'claimed', holder: null }],
  ])('are read as they were written: %s', async (_, more) => {
    const block = { ...BLOCK, ...more };
    const changes = [{ cidr: block.cidr, next: block }];
    expect(await ledger.write(toWrites(await read(), changes, true), signal)).toEqual({
      ok: true,
      value: null,
    });
    const { kept } = await read();
    expect([...kept]).toEqual([[CIDR, { block, version: ledger.entries.get(`block/${CIDR}`)?.version }]]);
  });

  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['no object', '7'],
    ['null', 'null'],
    ['of another format', { ...ADOPTED, format: 2 }],
    ['of no format', { adopted: true }],
    ['silent about adoption', { format: 1 }],
    ['no answer about adoption', { format: 1, adopted: 'true' }],
  ])('are not read where the generation is %s', async (_, value) => {
    put('generation', value);
    expect(await readBlocks(ledger, signal)).toEqual(unreadable('generation'));
    expect(ledger.log).toEqual(['read generation']);
  });

  it.each<[string, unknown]>([
    ['no JSON', ''],
    ['no object', '"allocated"'],
    ['null', 'null'],
    ['of another format', { ...VALUE, format: 2 }],
    ['of another kind', { ...VALUE, kind: 'lent' }],
    ['of no kind', { ...VALUE, kind: undefined }],
    ['handed out to nobody', { ...VALUE, holder: null }],
    ['silent about its holder', { ...VALUE, kind: 'claimed', holder: undefined }],
    ['held by a mere text', { ...VALUE, holder: 'a' }],
    ['held by no id', { ...VALUE, holder: { ...HOLDER, node: undefined } }],
    ['held by a number', { ...VALUE, holder: { ...HOLDER, node: 7 } }],
    ['held by no name', { ...VALUE, holder: { ...HOLDER, name: null } }],
    ['held by an incarnation that is none', { ...VALUE, holder: { ...HOLDER, incarnation: 7 } }],
    ['silent about the incarnation', { ...VALUE, holder: { node: 'a', name: 'worker' } }],
    ['without a beginning', { ...VALUE, since: null }],
    ['of a beginning in words', { ...VALUE, since: '5' }],
    ['of a beginning without end', JSON.stringify(VALUE).replace('"since":5', '"since":1e999')],
    ['silent about leaving', { ...VALUE, leaving: undefined }],
    ['leaving in words', { ...VALUE, leaving: '9' }],
    ['leaving without end', JSON.stringify(VALUE).replace('"leaving":null', '"leaving":1e999')],
  ])('are not read where one is %s', async (_, value) => {
    put('block/10.200.0.0/24', VALUE);
    put(`block/${CIDR}`, value);
    expect(await readBlocks(ledger, signal)).toEqual(unreadable(`block/${CIDR}`));
  });

  it.each([['block/10.200.1.5/24'], ['block/'], ['block/worker']])(
    'are not read where one has the key %s',
    async (key) => {
      put(key, VALUE);
      expect(await readBlocks(ledger, signal)).toEqual(unreadable(key));
    },
  );

  it.each([['read generation'], ['read block/']])(
    'are not known where the ledger fails at: %s',
    async (last) => {
      const refusal = failure('transient', 'timeout');
      const failing = {
        ...ledger,
        read: async (prefix: string) =>
          `read ${prefix}` === last
            ? ({ ok: false, failure: refusal } as const)
            : ledger.read(prefix, signal),
      };
      expect(await readBlocks(failing, signal)).toEqual({ ok: false, failure: refusal });
    },
  );
});

describe('Beside the whole ledger, blocks', () => {
  async function readBeside() {
    const entries = [...ledger.entries.values()];
    const reading = await readBlocksBeside({ entries, now: 3 }, ledger, signal);
    return { reading, log: ledger.log };
  }

  it('are not read again where it has none', async () => {
    put('table/rtb-1', 'x');
    put('old-block/1', 'x');
    expect(await readBeside()).toEqual({
      reading: { ok: true, value: { generation: null, isAdopted: false, kept: new Map(), now: 3 } },
      log: [],
    });
  });

  it.each([
    ['a generation', 'generation', ADOPTED, { generation: '1', isAdopted: true }],
    ['a block', `block/${CIDR}`, VALUE, { generation: null, isAdopted: false }],
  ])('are read once more where it has %s', async (_, key, value, expected) => {
    put(key, value);
    expect(await readBeside()).toMatchObject({
      reading: { ok: true, value: { ...expected, now: NOW } },
      log: ['read block/'],
    });
  });
});

describe('Changes of blocks', () => {
  const SECOND: Block = { ...BLOCK, cidr: cidr('10.200.2.0/24'), kind: 'claimed', holder: null };
  const reading: BlockReading = {
    ...{ generation: '4', isAdopted: false, now: NOW },
    kept: new Map([[CIDR, { block: BLOCK, version: '2' }]]),
  };
  const changes = [
    { cidr: BLOCK.cidr, next: null },
    { cidr: SECOND.cidr, next: SECOND },
  ];

  it('are one transaction with the generation, at the versions read, and never expire', () => {
    expect(toWrites(reading, changes, true)).toEqual([
      { key: 'generation', version: '4', value: JSON.stringify(ADOPTED), expiresAt: null },
      { key: `block/${CIDR}`, version: '2', value: null, expiresAt: null },
      {
        key: 'block/10.200.2.0/24',
        version: null,
        value: JSON.stringify({ format: 1, kind: 'claimed', holder: null, since: 5, leaving: null }),
        expiresAt: null,
      },
    ]);
    expect(MOST_CHANGES + 1).toBe(100);
  });

  it('leave what they do not name', () => {
    expect(applyChanges(reading, changes)).toEqual([SECOND]);
    expect(applyChanges(reading, changes.slice(1))).toEqual([BLOCK, SECOND]);
    expect(applyChanges(reading, [])).toEqual([BLOCK]);
  });
});
