// @ts-nocheck
import type { Ledger, OpenLedger } from '../../shared/core/ledger/ledger.ts';

import { failure } from '../core/memory-cloud.ts';
import { type MemoryLedger, memoryLedger } from '../core/memory-ledger.ts';

/** What can go wrong with the ledger during a run. */
export const LEDGER_FAULTS = [
  'unopened',
  'read-refused',
  'read-throttled',
  'write-refused',
  'write-throttled',
  'written-by-another',
  'answer-lost',
] as const;
export type LedgerFault = (typeof LEDGER_FAULTS)[number];

/** A ledger whose clock and faults are the story's. */
export interface ChaosLedger {
  readonly open: OpenLedger;
  /** Milliseconds since the epoch, as the ledger tells them. */
  now: number;
  /** What goes wrong with every call from now on. */
  fault: LedgerFault | null;
}

const START = Date.UTC(2026, 10, 21);

export function createChaosLedger(): ChaosLedger {
  const memory = memoryLedger(START);
  const chaos: ChaosLedger = {
    now: START,
    fault: null,
    open: async () => {
      if (chaos.fault === 'unopened') throw new Error('Expected a ledger; found none.');
      return ledger;
    },
  };
  const ledger: Ledger = {
    read: async (prefix, signal) => {
      prepare(memory, chaos);
      return memory.read(prefix, signal);
    },
    write: async (writes, signal) => {
      prepare(memory, chaos);
      const result = await memory.write(writes, signal);
      return chaos.fault === 'answer-lost'
        ? { ok: false, failure: failure('transient', 'no-answer') }
        : result;
    },
  };
  return chaos;
}

function prepare(memory: MemoryLedger, { now, fault }: ChaosLedger): void {
  memory.now = now;
  memory.readFailure =
    fault === 'read-refused' || fault === 'read-throttled' ? failureOf(fault === 'read-throttled') : null;
  memory.writeFailure =
    fault === 'write-refused' || fault === 'write-throttled' ? failureOf(fault === 'write-throttled') : null;
  memory.beforeWrite = () => {
    if (fault !== 'written-by-another') return;
    for (const [key, entry] of memory.entries) {
      memory.entries.set(key, { ...entry, version: `${entry.version}-again` });
    }
  };
}

function failureOf(isThrottled: boolean): ReturnType<typeof failure> {
  return isThrottled ? failure('transient', 'throttled') : failure('permanent', 'refused');
}
