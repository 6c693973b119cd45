// @ts-nocheck
import type { MemoryLedger } from '../core/memory-ledger.ts';

const MINUTE = 60_000;
/** Between two runs of the schedule, in minutes. */
const INTERVAL = 10;

interface Runner {
  readonly ledger: MemoryLedger;
  readonly run: (request: {
    readonly ids: null;
    readonly dryRun: boolean;
    readonly force: boolean;
  }) => Promise<unknown>;
}

/** Lets so many minutes pass by the ledger's clock, with a run of the schedule every ten. */
export async function passTime(minutes: number, { ledger, run }: Runner): Promise<void> {
  for (let passed = 0; passed < minutes; passed += INTERVAL) {
    ledger.now += INTERVAL * MINUTE;
    await run({ ids: null, dryRun: false, force: false });
  }
}
