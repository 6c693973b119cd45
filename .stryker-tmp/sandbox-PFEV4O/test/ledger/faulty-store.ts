// @ts-nocheck
import type { CloudFailure } from '../../shared/core/errors.ts';
import type { LedgerStore } from '../../shared/core/ledger/store.ts';

/** What goes wrong with one call. */
export type StoreFault =
  /** It never arrives. */
  | 'lost-before'
  /** It has its effect, and nobody hears of it. */
  | 'lost-after'
  /** It is turned away. */
  | 'throttled'
  /** Its conditions are refused, whatever they are. */
  | 'refused';

const FAILURES: Readonly<Record<StoreFault, CloudFailure>> = {
  'lost-before': { kind: 'transient', code: 'ECONNRESET', message: 'The connection broke.' },
  'lost-after': { kind: 'transient', code: 'ECONNRESET', message: 'The connection broke.' },
  throttled: { kind: 'transient', code: 'ThrottlingException', message: 'Too many calls.' },
  refused: { kind: 'stale', code: 'TransactionConflict', message: 'Another transaction is under way.' },
};

export interface FaultySource {
  /** The fault of the next call; null for none. */
  readonly next: (call: 'read' | 'write') => StoreFault | null;
}

/** A store whose calls go wrong as the source says. */
export function withFaults(store: LedgerStore, { next }: FaultySource): LedgerStore {
  return {
    limits: { entry: 396 * 1024, write: 3_900 * 1024 },
    read: async (prefix, signal) => {
      const fault = next('read');
      return fault === null ? store.read(prefix, signal) : { ok: false, failure: FAILURES[fault] };
    },
    write: async (writes, signal) => {
      const fault = next('write');
      if (fault === null) return store.write(writes, signal);
      if (fault !== 'lost-after') return FAILURES[fault];
      // What was refused has no effect whose answer could be lost.
      return (await store.write(writes, signal)) ?? FAILURES[fault];
    },
  };
}
