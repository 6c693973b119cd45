import type { CloudFailure } from '../../shared/core/errors.ts';
import type { Ledger, LedgerEntry, LedgerResult, LedgerWrite } from '../../shared/core/ledger/ledger.ts';

/** A ledger in memory: its clock is the test's, and so is what goes wrong with it. */
export interface MemoryLedger extends Ledger {
  /** Milliseconds since the epoch. */
  now: number;
  /** What each read fails with from now on. */
  unreadable: CloudFailure | null;
  /** What each write fails with from now on. */
  unwritable: CloudFailure | null;
  /** Called before each write: another run that comes first. */
  beforeWrite: () => void;
  /** `read`, and `write` with the key, in order. */
  readonly log: string[];
  readonly entries: Map<string, LedgerEntry>;
  readonly backup: () => ReadonlyMap<string, LedgerEntry>;
  readonly restore: (backup: ReadonlyMap<string, LedgerEntry>) => void;
}

const STALE: CloudFailure = { kind: 'stale', code: 'condition-refused', message: 'The entry has changed.' };

/** @param now milliseconds since the epoch */
export function memoryLedger(now: number): MemoryLedger {
  let versions = 0;
  const ledger: MemoryLedger = {
    now,
    unreadable: null,
    unwritable: null,
    beforeWrite: () => {},
    log: [],
    entries: new Map(),
    backup: () => new Map(ledger.entries),
    restore: (backup) => {
      ledger.entries.clear();
      for (const [key, entry] of backup) ledger.entries.set(key, entry);
    },
    read: async (prefix) => {
      ledger.log.push('read');
      if (ledger.unreadable !== null) return { ok: false, failure: ledger.unreadable };
      const isRead = ({ key, expiresAt }: LedgerEntry): boolean =>
        key.startsWith(prefix) && (expiresAt === null || expiresAt > ledger.now);
      return { ok: true, value: { entries: [...ledger.entries.values()].filter(isRead), now: ledger.now } };
    },
    write: async (writes) => {
      ledger.beforeWrite();
      ledger.log.push(...writes.map(({ key }) => `write ${key}`));
      if (ledger.unwritable !== null) return { ok: false, failure: ledger.unwritable };
      const isAsRead = ({ key, version }: LedgerWrite): boolean =>
        (ledger.entries.get(key)?.version ?? null) === version;
      if (!writes.every(isAsRead)) return { ok: false, failure: STALE };
      for (const write of writes) put(write);
      return DONE;
    },
  };
  function put({ key, value, expiresAt }: LedgerWrite): void {
    versions += 1;
    if (value === null) ledger.entries.delete(key);
    else ledger.entries.set(key, { key, value, expiresAt, version: String(versions) });
  }
  return ledger;
}

const DONE: LedgerResult<null> = { ok: true, value: null };
