// @ts-nocheck
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Ledger, LedgerReading, LedgerWrite } from '../../shared/core/ledger/ledger.ts';

/** One place where ledgers can be. */
export interface LedgerBackend {
  /** Another writer to the ledger of this cluster. */
  readonly open: (cluster: string) => Ledger;
  readonly close: () => Promise<void>;
}

/** One on the other side of a network. */
export interface RemoteBackend extends LedgerBackend {
  /** Lets the next answers to a write get lost on their way. */
  readonly loseAnswers: (times: number) => void;
}

const LIVE = new AbortController().signal;
const MINUTE = 60_000;

/** Keys as the clouds have ids, and worse. */
const ODD_KEYS = [
  'table//subscriptions/1/resourceGroups/My Group/providers/Microsoft.Network/routeTables/t',
  'table/größe/表/🚀',
  'table/a\\b#c?d%2Fe!002f&f=g+h',
  'table/it\'s "quoted"',
  'table/\u0001\u007f\u0085',
];

/** An entry that nobody has yet. */
function fresh(key: string, value: unknown = 1, expiresAt: number | null = null): LedgerWrite {
  return { key, version: null, value: JSON.stringify(value), expiresAt };
}

async function readAll(ledger: Ledger, prefix = ''): Promise<LedgerReading> {
  const reading = await ledger.read(prefix, LIVE);
  if (!reading.ok) throw new Error(reading.failure.message);
  return reading.value;
}

/** Values by key. */
async function contents(ledger: Ledger, prefix = ''): Promise<Record<string, unknown>> {
  const { entries } = await readAll(ledger, prefix);
  return Object.fromEntries(entries.map(({ key, value }) => [key, JSON.parse(value)]));
}

/** The entry's version now. */
async function versionOf(ledger: Ledger, key: string): Promise<string> {
  const { entries } = await readAll(ledger, key);
  const entry = entries.find((each) => each.key === key);
  if (entry === undefined) throw new Error(`There is no ${key}`);
  return entry.version;
}

/** The contract of the port, on one backend. */
export function describeLedger(name: string, start: () => Promise<LedgerBackend>): void {
  describe(`A ledger in ${name}`, () => {
    let backend: LedgerBackend;
    beforeAll(async () => {
      backend = await start();
    });
    afterAll(() => backend.close());
    /** A cluster of this test's own, by two writers. */
    const open = (): [Ledger, Ledger] => {
      const cluster = `ledger-${randomUUID()}`;
      return [backend.open(cluster), backend.open(cluster)];
    };

    it('is empty at first', async () => {
      const [ledger] = open();
      expect(await contents(ledger)).toEqual({});
    });

    it('gives every reader what was written', async () => {
      const [ledger, other] = open();
      expect(await ledger.write([fresh('table/a', { routes: ['10.200.0.0/24'] })], LIVE)).toEqual({
        ok: true,
        value: null,
      });
      for (const each of [ledger, other]) {
        expect(await contents(each)).toEqual({ 'table/a': { routes: ['10.200.0.0/24'] } });
      }
    });

    it('keeps clusters apart', async () => {
      const [[ledger], [other]] = [open(), open()];
      await ledger.write([fresh('table/a')], LIVE);
      expect(await contents(other)).toEqual({});
    });

    it('lists what begins alike, and nothing else', async () => {
      const [ledger] = open();
      const keys = ['block/1', 'table/a', 'table/ab', 'table/b', 'table0', 'tablet', 'Table/a', 'zone/1'];
      await ledger.write(
        keys.map((key) => fresh(key)),
        LIVE,
      );
      const listed = async (prefix: string) => Object.keys(await contents(ledger, prefix)).sort();
      expect(await listed('table/')).toEqual(['table/a', 'table/ab', 'table/b']);
      expect(await listed('table/a')).toEqual(['table/a', 'table/ab']);
      expect(await listed('')).toEqual([...keys].sort());
      expect(await listed('none/')).toEqual([]);
    });

    it('gives an entry a new version with every write', async () => {
      const [ledger] = open();
      await ledger.write([fresh('table/a')], LIVE);
      const first = await versionOf(ledger, 'table/a');
      expect((await ledger.write([{ ...fresh('table/a'), version: first }], LIVE)).ok).toBe(true);
      expect(await versionOf(ledger, 'table/a')).not.toBe(first);
    });

    it.each(['absent', 'of a version', 'removed of a version'])(
      'refuses as stale what is not %s',
      async (condition) => {
        const [ledger, other] = open();
        await ledger.write([fresh('table/a', 1)], LIVE);
        const old = await versionOf(ledger, 'table/a');
        await other.write([{ ...fresh('table/a', 2), version: old }], LIVE);
        const version = condition === 'absent' ? null : old;
        const value = condition === 'removed of a version' ? null : '3';
        const result = await ledger.write([{ key: 'table/a', version, value, expiresAt: null }], LIVE);
        expect(result).toMatchObject({ ok: false, failure: { kind: 'stale' } });
        expect(await contents(ledger)).toEqual({ 'table/a': 2 });
      },
    );

    it.each(['3', null])('refuses as stale to write %s over what is gone', async (value) => {
      const [ledger, other] = open();
      await ledger.write([fresh('table/a')], LIVE);
      const version = await versionOf(ledger, 'table/a');
      await other.write([{ key: 'table/a', version, value: null, expiresAt: null }], LIVE);
      const result = await ledger.write([{ key: 'table/a', version, value, expiresAt: null }], LIVE);
      expect(result).toMatchObject({ ok: false, failure: { kind: 'stale' } });
      expect(await contents(ledger)).toEqual({});
    });

    it('makes, changes and removes several entries at once', async () => {
      const [ledger] = open();
      await ledger.write([fresh('table/a', 1), fresh('table/b', 2), fresh('generation', 1)], LIVE);
      const writes: LedgerWrite[] = [
        { ...fresh('table/a', 10), version: await versionOf(ledger, 'table/a') },
        { key: 'table/b', version: await versionOf(ledger, 'table/b'), value: null, expiresAt: null },
        { ...fresh('generation', 2), version: await versionOf(ledger, 'generation') },
        fresh('table/c', 3),
      ];
      expect((await ledger.write(writes, LIVE)).ok).toBe(true);
      expect(await contents(ledger)).toEqual({ 'table/a': 10, 'table/c': 3, generation: 2 });
    });

    it.each(['first', 'last'])('writes nothing where the %s of several is refused', async (place) => {
      const [ledger] = open();
      await ledger.write([fresh('table/a', 1), fresh('table/b', 2), fresh('table/c', 3)], LIVE);
      const good: LedgerWrite[] = [
        { ...fresh('table/a', 10), version: await versionOf(ledger, 'table/a') },
        { key: 'table/b', version: await versionOf(ledger, 'table/b'), value: null, expiresAt: null },
        fresh('table/d', 4),
      ];
      const bad = fresh('table/c', 30);
      const result = await ledger.write(place === 'first' ? [bad, ...good] : [...good, bad], LIVE);
      expect(result).toMatchObject({ ok: false, failure: { kind: 'stale' } });
      expect(await contents(ledger)).toEqual({ 'table/a': 1, 'table/b': 2, 'table/c': 3 });
    });

    it('removes an entry, which can then be made anew', async () => {
      const [ledger] = open();
      await ledger.write([fresh('table/a', 1)], LIVE);
      const version = await versionOf(ledger, 'table/a');
      const removed = await ledger.write([{ key: 'table/a', version, value: null, expiresAt: null }], LIVE);
      expect(removed.ok).toBe(true);
      expect(await contents(ledger)).toEqual({});
      expect((await ledger.write([fresh('table/a', 2)], LIVE)).ok).toBe(true);
      expect(await contents(ledger)).toEqual({ 'table/a': 2 });
      expect(await ledger.write([{ ...fresh('table/a', 3), version }], LIVE)).toMatchObject({ ok: false });
    });

    it('does not give out what has expired, in whose place a new entry can be made', async () => {
      const [ledger] = open();
      const { now } = await readAll(ledger);
      await ledger.write([fresh('old', 1, now - MINUTE), fresh('new', 2, now + MINUTE)], LIVE);
      expect(await contents(ledger)).toEqual({ new: 2 });
      expect((await ledger.write([fresh('old', 3), fresh('third', 4)], LIVE)).ok).toBe(true);
      expect(await contents(ledger)).toEqual({ old: 3, new: 2, third: 4 });
      expect(await ledger.write([fresh('old', 5)], LIVE)).toMatchObject({ failure: { kind: 'stale' } });
    });

    it.each(['make', 'change', 'remove'])('lets exactly one of several %s an entry', async (what) => {
      const [ledger, other] = open();
      if (what !== 'make') await ledger.write([fresh('generation', 0)], LIVE);
      const version = what === 'make' ? null : await versionOf(ledger, 'generation');
      const results = await Promise.all(
        [1, 2, 3, 4, 5, 6].map((writer) => {
          const value = what === 'remove' ? null : `${writer}`;
          // The other entry of each is its own, and only the winner's is made.
          const own = fresh(`block/${writer}`, writer);
          const write = { key: 'generation', version, value, expiresAt: null };
          return (writer % 2 === 0 ? ledger : other).write([write, own], LIVE);
        }),
      );
      const winners = results.flatMap(({ ok }, i) => (ok ? [i + 1] : []));
      expect(winners).toHaveLength(1);
      const failures = results.flatMap((result) => (result.ok ? [] : [result.failure.kind]));
      expect(new Set(failures)).toEqual(new Set(['stale']));
      const [winner = 0] = winners;
      expect(await contents(ledger, 'block/')).toEqual({ [`block/${winner}`]: winner });
      expect(await contents(ledger, 'generation')).toEqual(what === 'remove' ? {} : { generation: winner });
    });

    it('keeps a large value as it is', async () => {
      const [ledger] = open();
      // Random, so that packing saves little.
      const value = { large: randomBytes(150 * 1024).toString('base64'), text: 'größe 🚀' };
      expect(
        (await ledger.write([fresh('table/a', value), fresh('table/b', 'x'.repeat(10 ** 6))], LIVE)).ok,
      ).toBe(true);
      expect(await contents(ledger)).toEqual({ 'table/a': value, 'table/b': 'x'.repeat(10 ** 6) });
    });

    it('takes 100 entries at once, and refuses 101', async () => {
      const [ledger] = open();
      const writes = Array.from({ length: 101 }, (_, i) => fresh(`block/${i}`, 'x'.repeat(1000)));
      expect(await ledger.write(writes, LIVE)).toMatchObject({ failure: { kind: 'permanent' } });
      expect(await contents(ledger)).toEqual({});
      expect((await ledger.write(writes.slice(1), LIVE)).ok).toBe(true);
      expect(Object.keys(await contents(ledger))).toHaveLength(100);
    });

    it('reads more than comes in one page', async () => {
      const [ledger] = open();
      for (const part of [1, 2, 3]) {
        const large = randomBytes(270 * 1024).toString('base64');
        const writes = [1, 2, 3, 4].map((i) => fresh(`block/${part}-${i}`, large));
        expect((await ledger.write(writes, LIVE)).ok).toBe(true);
      }
      expect(Object.keys(await contents(ledger, 'block/'))).toHaveLength(12);
    });

    it.each(ODD_KEYS)('takes the key %j', async (key) => {
      const [ledger, other] = open();
      expect((await ledger.write([fresh(key, 1), fresh(`${key}/more`, 2), fresh('u', 3)], LIVE)).ok).toBe(
        true,
      );
      expect(await contents(other, key)).toEqual({ [key]: 1, [`${key}/more`]: 2 });
      const version = await versionOf(other, key);
      expect((await ledger.write([{ key, version, value: null, expiresAt: null }], LIVE)).ok).toBe(true);
      expect(await contents(other, 'table/')).toEqual({ [`${key}/more`]: 2 });
    });

    it('makes no call once its time is up', async () => {
      const [ledger] = open();
      const late = AbortSignal.abort();
      const expected = { ok: false, failure: { kind: 'transient', code: 'deadline' } };
      expect(await ledger.write([fresh('table/a')], late)).toMatchObject(expected);
      expect(await ledger.read('', late)).toMatchObject(expected);
      expect(await contents(ledger)).toEqual({});
    });

    it('tells the time of whoever keeps it', async () => {
      const [ledger, other] = open();
      const { now } = await readAll(ledger);
      expect(Math.abs(now - Date.now())).toBeLessThan(MINUTE);
      expect((await readAll(other)).now).toBeGreaterThanOrEqual(now);
    });
  });
}

/**
 * What holds besides where the ledger is a service.
 *
 * @param tooLarge random bytes that do not fit into one entry
 */
export function describeRemoteLedger(
  name: string,
  tooLarge: number,
  start: () => Promise<RemoteBackend>,
): void {
  describe(`A ledger far away in ${name}`, () => {
    let backend: RemoteBackend;
    beforeAll(async () => {
      backend = await start();
    });
    afterAll(() => backend.close());

    it('says of what is too large how large it may be, and writes nothing', async () => {
      const ledger = backend.open(`ledger-${randomUUID()}`);
      const value = randomBytes(tooLarge).toString('base64');
      const result = await ledger.write([fresh('table/a'), fresh('table/b', value)], LIVE);
      expect(result).toMatchObject({
        ok: false,
        failure: {
          kind: 'permanent',
          code: 'ledger-entry-too-large',
          message: expect.stringMatching(/table\/b: expected at most \d+ bytes when packed, found \d+/),
        },
      });
      expect(await contents(ledger)).toEqual({});
    });

    it.each([1, 2])('finds what it has written where %i answers get lost', async (times) => {
      const cluster = `ledger-${randomUUID()}`;
      const [ledger, other] = [backend.open(cluster), backend.open(cluster)];
      await ledger.write([fresh('table/a', 1), fresh('table/b', 1)], LIVE);
      const writes: LedgerWrite[] = [
        { ...fresh('table/a', 2), version: await versionOf(ledger, 'table/a') },
        { key: 'table/b', version: await versionOf(ledger, 'table/b'), value: null, expiresAt: null },
        fresh('table/c', 2),
      ];
      backend.loseAnswers(times);
      expect(await ledger.write(writes, LIVE)).toEqual({ ok: true, value: null });
      expect(await contents(other)).toEqual({ 'table/a': 2, 'table/c': 2 });
    });
  });
}
