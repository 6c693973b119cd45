// @ts-nocheck
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createFileStore } from '../../shared/core/ledger/file.ts';
import type { Ledger } from '../../shared/core/ledger/ledger.ts';
import { createLedger } from '../../shared/core/ledger/store.ts';
import { describeLedger, describeRemoteLedger, type RemoteBackend } from './contract.ts';
import { type StoreFault, withFaults } from './faulty-store.ts';

const { signal } = new AbortController();

/** A file behind a network that loses the answers to writes, each or when it is told. */
async function startLossy(isAlways: boolean): Promise<RemoteBackend> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  let left = 0;
  const next = (call: 'read' | 'write'): StoreFault | null => {
    if (call === 'read' || (!isAlways && left === 0)) return null;
    left = Math.max(0, left - 1);
    return 'lost-after';
  };
  return {
    open: (cluster) =>
      createLedger(withFaults(createFileStore({ path: join(folder, 'ledger.db'), cluster }), { next })),
    loseAnswers: (times) => {
      left = times;
    },
    close: () => rm(folder, { recursive: true }),
  };
}

describeLedger('a file, with every answer to a write lost', () => startLossy(true));
describeRemoteLedger('a file', 700 * 1024, () => startLossy(false));

/** Runs `use` with ledgers over one file, whose calls suffer these faults in turn. */
async function withFaultsInTurn(
  faults: readonly (StoreFault | null)[],
  use: (ledger: Ledger, sound: Ledger) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  const store = () => createFileStore({ path: join(folder, 'ledger.db'), cluster: 'kthw' });
  const left = [...faults];
  try {
    await use(createLedger(withFaults(store(), { next: () => left.shift() ?? null })), createLedger(store()));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const WRITE = { key: 'table/a', version: null, value: '1', expiresAt: null };

describe('A ledger that fails', () => {
  it.each<[string, StoreFault[], object, number]>([
    ['is throttled', ['throttled'], { ok: false, failure: { code: 'ThrottlingException' } }, 0],
    ['never hears of it', ['lost-before'], { ok: false, failure: { kind: 'transient' } }, 0],
    ['refuses it', ['refused'], { ok: false, failure: { kind: 'stale' } }, 0],
    ['loses the answer', ['lost-after'], { ok: true, value: null }, 1],
    // Nobody can know: what says that it failed may have been made.
    ['goes silent', ['lost-after', 'lost-before'], { ok: false, failure: { kind: 'transient' } }, 1],
  ])('during a write %s', async (_, faults, expected, made) => {
    await withFaultsInTurn(faults, async (ledger, sound) => {
      expect(await ledger.write([WRITE], signal)).toMatchObject(expected);
      const reading = await sound.read('', signal);
      expect(reading.ok && reading.value.entries).toHaveLength(made);
    });
  });

  it.each<StoreFault>(['throttled', 'lost-after'])('during a read is a failure (%s)', async (fault) => {
    await withFaultsInTurn([fault], async (ledger) => {
      expect(await ledger.read('', signal)).toMatchObject({ ok: false, failure: { kind: 'transient' } });
      expect(await ledger.read('', signal)).toMatchObject({ ok: true });
    });
  });

  it('is asked no more once the time is up, not even what holds', async () => {
    const ending = new AbortController();
    let calls = 0;
    const store = withFaults(createFileStore({ path: ':memory:', cluster: 'kthw' }), {
      next: () => {
        calls += 1;
        ending.abort();
        return 'lost-after';
      },
    });
    const result = await createLedger(store).write([WRITE], ending.signal);
    expect(result).toMatchObject({ ok: false, failure: { kind: 'transient' } });
    expect(calls).toBe(1);
  });

  it('counts what it says that it has written, and nothing that it says it has not', async () => {
    const fault = fc.option(
      fc.constantFrom<StoreFault>('lost-before', 'lost-after', 'throttled', 'refused'),
      {
        freq: 2,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 40 }), (faults) =>
        withFaultsInTurn(faults, async (ledger, sound) => {
          let [sure, unsure] = [0, 0];
          for (let i = 0; i < 12; i += 1) {
            const reading = await ledger.read('count', signal);
            if (!reading.ok) continue;
            const [entry] = reading.value.entries;
            const value = String(Number(entry?.value ?? 0) + 1);
            const write = { key: 'count', version: entry?.version ?? null, value, expiresAt: null };
            const result = await ledger.write([write], signal);
            if (result.ok) sure += 1;
            else if (result.failure.kind === 'transient') unsure += 1;
          }
          const reading = await sound.read('count', signal);
          const count = Number((reading.ok && reading.value.entries[0]?.value) || 0);
          expect(count).toBeGreaterThanOrEqual(sure);
          expect(count).toBeLessThanOrEqual(sure + unsure);
        }),
      ),
      { numRuns: 60 },
    );
  });
});
