// @ts-nocheck
import type { Ledger, LedgerEntry, LedgerWrite } from '../../shared/core/ledger/ledger.ts';
import { failure } from './memory-cloud.ts';

/** A ledger in memory, whose clock and faults are the test's. */
export interface MemoryLedger extends Ledger {
  readonly entries: Map<string, LedgerEntry>;
  /** `read PREFIX` and `write KEY`, in order. */
  readonly log: string[];
  /** Milliseconds since the epoch. */
  now: number;
  /** Set where every read, or every write, is refused. */
  readFailure: ReturnType<typeof failure> | null;
  writeFailure: ReturnType<typeof failure> | null;
  /** Called before each write: another run that comes first. */
  beforeWrite: () => void;
}

export function memoryLedger(now: number): MemoryLedger {
  let version = 0;
  const ledger: MemoryLedger = {
    entries: new Map(),
    log: [],
    now,
    readFailure: null,
    writeFailure: null,
    beforeWrite: () => {},
    read: async (prefix) => {
      ledger.log.push(`read ${prefix}`);
      if (ledger.readFailure !== null) return { ok: false, failure: ledger.readFailure };
      const entries = [...ledger.entries.values()].filter(({ key }) => key.startsWith(prefix));
      return { ok: true, value: { entries, now: ledger.now } };
    },
    write: async (writes) => {
      ledger.beforeWrite();
      for (const { key } of writes) ledger.log.push(`write ${key}`);
      if (ledger.writeFailure !== null) return { ok: false, failure: ledger.writeFailure };
      const isAsRead = ({ key, version: read }: LedgerWrite): boolean =>
        (ledger.entries.get(key)?.version ?? null) === read;
      if (!writes.every(isAsRead)) return { ok: false, failure: failure('stale', 'version') };
      for (const { key, value, expiresAt } of writes) {
        version += 1;
        if (value === null) ledger.entries.delete(key);
        else ledger.entries.set(key, { key, value, expiresAt, version: String(version) });
      }
      return { ok: true, value: null };
    },
  };
  return ledger;
}
