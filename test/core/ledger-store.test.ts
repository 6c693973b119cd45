import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CloudFailure } from '../../shared/core/errors.ts';
import type { LedgerWrite } from '../../shared/core/ledger/ledger.ts';
import { pack, unpack } from '../../shared/core/ledger/packing.ts';
import {
  createLedger,
  type LedgerStore,
  type StampedWrite,
  type StoredEntry,
} from '../../shared/core/ledger/store.ts';
import { failure } from './memory-cloud.ts';

const { signal } = new AbortController();
const NOW = 1_000;
const DONE = { ok: true, value: null };
const SLOW = failure('transient', 'Slow');
const STALE = failure('stale', 'Refused');

/** What becomes of one write: it is refused, or is made and its answer is lost, or is made (null). */
type Liveness = CloudFailure | { readonly lost: CloudFailure } | null;

interface PlayedStore extends LedgerStore {
  readonly entries: Map<string, StoredEntry>;
  readonly log: string[];
  /** Of the next writes; the conditions decide about what comes after them. */
  readonly fates: Liveness[];
  limits: { entry: number; write: number };
  readFailure: CloudFailure | null;
  /** Called before each read: somebody else who writes. */
  beforeRead: () => void;
}

let store: PlayedStore;
let versions: number;

/** Puts an entry there, whoever wrote it. */
function put(key: string, more: Partial<StoredEntry> = {}): void {
  versions += 1;
  const version = `v${versions}`;
  store.entries.set(key, { key, version, stamp: 'other', packed: pack('1'), expiresAt: null, ...more });
}

function make({ key, stamp, packed, expiresAt }: StampedWrite): void {
  if (packed === null) store.entries.delete(key);
  else put(key, { stamp, packed, expiresAt });
}

function tryAll(writes: readonly StampedWrite[]): CloudFailure | null {
  const isAsRead = ({ key, version }: StampedWrite): boolean =>
    (store.entries.get(key)?.version ?? null) === version;
  if (!writes.every(isAsRead)) return STALE;
  for (const write of writes) make(write);
  return null;
}

beforeEach(() => {
  versions = 0;
  store = {
    entries: new Map(),
    log: [],
    fates: [],
    limits: { entry: 1_000, write: 2_000 },
    readFailure: null,
    beforeRead: () => {},
    read: async (prefix) => {
      store.beforeRead();
      store.log.push(`read ${prefix}`);
      if (store.readFailure !== null) return { ok: false, failure: store.readFailure };
      const entries = [...store.entries.values()].filter(({ key }) => key.startsWith(prefix));
      return { ok: true, value: { entries, now: NOW } };
    },
    write: async (writes) => {
      store.log.push(`write ${writes.map(({ key, version }) => `${key}@${version}`).join(' ')}`);
      const fate = store.fates.shift();
      if (fate === undefined || fate === null) return tryAll(writes);
      if (!('lost' in fate)) return fate;
      return tryAll(writes) ?? fate.lost;
    },
  };
});

function entry(more: Partial<LedgerWrite> = {}): LedgerWrite {
  return { key: 'a', version: null, value: '1', expiresAt: null, ...more };
}

function write(...writes: readonly LedgerWrite[]) {
  return createLedger(store).write(writes, signal);
}

describe('A ledger reads from its store', () => {
  it('what has not expired', async () => {
    put('table/a', { packed: pack('"größe"'), expiresAt: NOW + 1 });
    put('table/b', { expiresAt: NOW });
    put('table/c', { expiresAt: NOW - 1 });
    put('table/d');
    put('zone/e');
    expect(await createLedger(store).read('table/', signal)).toEqual({
      ok: true,
      value: {
        entries: [
          { key: 'table/a', version: 'v1', value: '"größe"', expiresAt: NOW + 1 },
          { key: 'table/d', version: 'v4', value: '1', expiresAt: null },
        ],
        now: NOW,
      },
    });
    expect(store.log).toEqual(['read table/']);
  });

  it('nothing of what is damaged, and says which entry that is', async () => {
    put('table/a');
    put('table/b', { packed: new Uint8Array([1, 2, 3]) });
    expect(await createLedger(store).read('', signal)).toEqual({
      ok: false,
      failure: {
        kind: 'permanent',
        code: 'ledger-entry-damaged',
        message: 'The ledger entry table/b cannot be unpacked. Remove it, and the next runs make it anew.',
      },
    });
  });

  it('though an entry is damaged that has expired', async () => {
    put('table/b', { packed: new Uint8Array([1]), expiresAt: NOW });
    expect(await createLedger(store).read('', signal)).toMatchObject({ ok: true, value: { entries: [] } });
  });

  it('why nothing came', async () => {
    store.readFailure = SLOW;
    expect(await createLedger(store).read('', signal)).toEqual({ ok: false, failure: SLOW });
  });
});

describe('A write', () => {
  it('of nothing makes no call', async () => {
    expect(await write()).toEqual(DONE);
    expect(store.log).toEqual([]);
  });

  it('is one call where it is taken, with a stamp of its own for each entry', async () => {
    expect(await write(entry(), entry({ key: 'b', expiresAt: 5 }))).toEqual(DONE);
    expect(store.log).toEqual(['write a@null b@null']);
    const [a, b] = [store.entries.get('a'), store.entries.get('b')];
    expect(a?.stamp).not.toBe(b?.stamp);
    expect([a?.expiresAt, b?.expiresAt]).toEqual([null, 5]);
    expect(unpack(a?.packed ?? new Uint8Array())).toBe('1');
  });

  const random = Array.from({ length: 400 }, (_, i) => ((i * 7919) % 65_521).toString(36)).join('');
  const size = pack(random).byteLength;

  it.each<[string, LedgerWrite[], { entry: number; write: number }, CloudFailure | null]>([
    [
      'of an entry that is too large',
      [entry({ key: 'small' }), entry({ key: 'large', value: random })],
      { entry: size - 1, write: 9_999 },
      {
        ...{ kind: 'permanent', code: 'ledger-entry-too-large' },
        message: `Ledger, the entry large: expected at most ${size - 1} bytes when packed, found ${size}.`,
      },
    ],
    [
      'of entries that are too large together',
      [entry({ value: random }), entry({ key: 'b', value: random })],
      { entry: size, write: 2 * size - 1 },
      {
        ...{ kind: 'permanent', code: 'ledger-write-too-large' },
        message: `Ledger, one write: expected at most ${2 * size - 1} bytes when packed, found ${2 * size}.`,
      },
    ],
    [
      'of as much as there may be',
      [entry({ value: random }), entry({ key: 'b', value: random })],
      { entry: size, write: 2 * size },
      null,
    ],
    [
      'of too many entries',
      Array.from({ length: 101 }, (_, i) => entry({ key: `${i}` })),
      { entry: size, write: 99_999 },
      {
        ...{ kind: 'permanent', code: 'ledger-write-too-large' },
        message: 'Ledger, one write: expected at most 100 entries, found 101.',
      },
    ],
    [
      'of as many entries as there may be',
      Array.from({ length: 100 }, (_, i) => entry({ key: `${i}` })),
      { entry: size, write: 99_999 },
      null,
    ],
  ])('%s is refused before any call, or made', async (_, writes, limits, refused) => {
    store.limits = limits;
    expect(await write(...writes)).toEqual(refused === null ? DONE : { ok: false, failure: refused });
    expect(store.log).toHaveLength(refused === null ? 1 : 0);
  });

  it.each<[string, LedgerWrite[]]>([
    ['two values for a key', [entry(), entry({ value: '2' })]],
    ['a removal of what was not read', [entry({ value: null })]],
    ['a removal of what was not read, among others', [entry(), entry({ key: 'b', value: null })]],
  ])('of %s is a mistake of the program', async (_, writes) => {
    await expect(write(...writes)).rejects.toThrow(
      'Expected one write for each key, and a version for each removal.',
    );
  });

  it.each<[string, CloudFailure]>([
    ['for good', failure('permanent', 'Denied')],
    ['as a table that is full', failure('full')],
  ])('that fails %s is not looked after', async (_, refused) => {
    store.fates.push(refused);
    expect(await write(entry())).toEqual({ ok: false, failure: refused });
    expect(store.log).toHaveLength(1);
  });

  it('makes no call once the time is up', async () => {
    const late = AbortSignal.abort();
    const none = {
      ok: false,
      failure: {
        ...{ kind: 'transient', code: 'deadline' },
        message: 'The invocation ran out of time before the ledger was asked.',
      },
    };
    expect(await createLedger(store).write([entry()], late)).toEqual(none);
    expect(await createLedger(store).read('', late)).toEqual(none);
    expect(store.log).toEqual([]);
  });

  it('is not looked after once the time is up', async () => {
    const time = new AbortController();
    const { write: writeNow } = store;
    store.write = async (...call) => {
      time.abort();
      return writeNow(...call);
    };
    store.fates.push(SLOW);
    expect(await createLedger(store).write([entry()], time.signal)).toEqual({ ok: false, failure: SLOW });
    expect(store.log).toHaveLength(1);
  });
});

describe('What holds after a write that went wrong', () => {
  it.each<[string, CloudFailure]>([
    ['no answer', SLOW],
    ['a refusal, since the first answer was lost on its way', STALE],
  ])('is the write, where its stamp stands in spite of %s', async (_, lost) => {
    put('b');
    store.fates.push({ lost });
    expect(await write(entry(), entry({ key: 'b', version: 'v1', value: null }))).toEqual(DONE);
    expect(store.log).toEqual(['write a@null b@v1', 'read a', 'read b']);
  });

  it('is not known where that cannot be read', async () => {
    store.fates.push({ lost: SLOW });
    store.readFailure = failure('transient', 'ReadFailed');
    expect(await write(entry())).toEqual({ ok: false, failure: SLOW });
  });

  it('is not known where a part of it cannot be read', async () => {
    store.fates.push({ lost: SLOW });
    store.beforeRead = () => {
      store.readFailure = store.log.length === 2 ? SLOW : null;
    };
    expect(await write(entry(), entry({ key: 'b' }))).toEqual({ ok: false, failure: SLOW });
    expect(store.log).toHaveLength(3);
  });

  it('is nothing, where all is as it was read', async () => {
    put('a');
    store.fates.push(SLOW, SLOW);
    expect(await write(entry({ version: 'v1' }))).toEqual({ ok: false, failure: SLOW });
    expect(await write(entry({ key: 'new' }))).toEqual({ ok: false, failure: SLOW });
  });

  it.each<[string, Partial<LedgerWrite>]>([
    ['made', {}],
    ['changed', { version: 'v9' }],
    ['removed', { version: 'v9', value: null }],
  ])('is the write of another, where what was to be %s is there otherwise', async (_, more) => {
    put('a');
    store.fates.push(SLOW);
    expect(await write(entry(more))).toEqual({
      ok: false,
      failure: {
        ...{ kind: 'stale', code: 'ledger-changed' },
        message: 'The ledger was written by another run since it was read. The next run reads it again.',
      },
    });
  });

  it.each<[string, Liveness, object]>([
    ['the removal, where nobody answered', { lost: SLOW }, DONE],
    ["another's removal, where it was refused", STALE, { ok: false, failure: { kind: 'stale' } }],
  ])('is %s and the entry is gone', async (_, fate, expected) => {
    if (fate !== STALE) put('a');
    store.fates.push(fate);
    expect(await write(entry({ version: 'v1', value: null }))).toMatchObject(expected);
  });

  it('is the removal, too, where what is there has expired', async () => {
    put('a', { expiresAt: NOW });
    store.fates.push(SLOW);
    expect(await write(entry({ version: 'v0', value: null }))).toEqual(DONE);
  });

  it('is not the removal where the entry is there, or something was to be made besides', async () => {
    put('a');
    store.fates.push(SLOW);
    expect(await write(entry({ version: 'v1', value: null }))).toEqual({ ok: false, failure: SLOW });
    store.entries.clear();
    store.fates.push(SLOW);
    const both = [entry({ version: 'v1', value: null }), entry({ key: 'b' })];
    expect(await write(...both)).toMatchObject({ ok: false, failure: { kind: 'stale' } });
  });

  it('is not the removal of all where one is still there', async () => {
    put('b', { version: 'v2' });
    store.fates.push(SLOW);
    const both = [entry({ version: 'v1', value: null }), entry({ key: 'b', version: 'v2', value: null })];
    expect(await write(...both)).toMatchObject({ ok: false, failure: { kind: 'stale' } });
  });
});

describe('An entry that has expired', () => {
  it('is replaced by one that is made', async () => {
    put('a', { expiresAt: NOW });
    put('b');
    expect(await write(entry({ value: '2' }), entry({ key: 'b', version: 'v2' }))).toEqual(DONE);
    expect(store.log).toEqual(['write a@null b@v2', 'read a', 'read b', 'write a@v1 b@v2']);
    expect(unpack(store.entries.get('a')?.packed ?? new Uint8Array())).toBe('2');
  });

  it('is not replaced while it has not, nor where another version was read', async () => {
    put('a', { expiresAt: NOW + 1 });
    expect(await write(entry())).toMatchObject({ failure: { code: 'ledger-changed' } });
    put('a', { expiresAt: NOW });
    expect(await write(entry({ version: 'v9' }))).toMatchObject({ failure: { code: 'ledger-changed' } });
    expect(store.log).toEqual(['write a@null', 'read a', 'write a@v9', 'read a']);
  });

  it.each([
    [1, DONE],
    [2, { ok: false, failure: { kind: 'stale' } }],
  ])(
    'is tried again where it was replaced meanwhile, %d times, three times in all',
    async (times, result) => {
      put('a', { expiresAt: NOW });
      let left = times;
      const { write: writeNow } = store;
      store.write = async (writes, ...rest) => {
        if (writes[0]?.version !== null && left > 0) {
          left -= 1;
          put('a', { expiresAt: NOW });
        }
        return writeNow(writes, ...rest);
      };
      expect(await write(entry())).toMatchObject(result);
      expect(store.log.filter((line) => line.startsWith('write'))).toHaveLength(3);
    },
  );

  it('counts by the latest clock of those that answered', async () => {
    put('a', { expiresAt: NOW + 5 });
    const { read: readNow } = store;
    store.read = async (prefix, ...rest) => {
      const reading = await readNow(prefix, ...rest);
      if (!reading.ok) return reading;
      return { ok: true, value: { ...reading.value, now: prefix === 'b' ? NOW + 5 : NOW } };
    };
    expect(await write(entry(), entry({ key: 'b' }))).toEqual(DONE);
  });
});

describe('What is packed', () => {
  it.each(['', '{"a":1}', 'größe 🚀', 'x'.repeat(100_000)])('is what was put in', (text) => {
    expect(unpack(pack(text))).toBe(text);
  });

  it('is smaller than what says the same over and over', () => {
    expect(pack('x'.repeat(100_000)).byteLength).toBeLessThan(1_000);
  });

  it.each<[string, Uint8Array]>([
    ['something else', new Uint8Array([1, 2, 3])],
    ['nothing', new Uint8Array()],
    ['cut short', pack('x'.repeat(1_000)).slice(0, 20)],
    ['far too large', gzipSync(Buffer.alloc(64 * 1024 * 1024 + 1))],
  ])('is none of ours where it is %s', (_, packed) => {
    // Not the value itself, which a failure would print.
    expect(unpack(packed) === null).toBe(true);
  });
});
