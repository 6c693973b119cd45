import type { Config } from '../config/config.ts';
import type { LedgerLocation } from '../config/values.ts';
import type { CloudFailure } from '../errors.ts';
import type { Ledger, LedgerResult } from './ledger.ts';

/** Where a cloud keeps a ledger; a file is no cloud's. */
type CloudLocation = Exclude<LedgerLocation, { kind: 'file' }>;

/** Loads what keeps the ledger of a cluster there. */
export type OpenLedger = (location: CloudLocation, cluster: string) => Promise<Ledger>;

/**
 * The ledger that is configured, or null. Its client is loaded with its first call, which most runs do not make.
 *
 * @param openInCloud the cloud's own
 */
export function ledgerOf({ ledger, cluster }: Config, openInCloud: OpenLedger): Ledger | null {
  if (ledger === null || cluster === null) return null;
  return openLate(async () => {
    if (ledger.kind !== 'file') return openInCloud(ledger, cluster);
    const { createFileLedger } = await import('./file.ts');
    return createFileLedger({ path: ledger.path, cluster });
  });
}

function openLate(open: () => Promise<Ledger>): Ledger {
  let opened: Promise<Ledger> | undefined;
  const use = async <T>(call: (ledger: Ledger) => Promise<LedgerResult<T>>): Promise<LedgerResult<T>> => {
    opened ??= open();
    const ledger = await opened.catch(toFailure);
    return 'kind' in ledger ? { ok: false, failure: ledger } : call(ledger);
  };
  return {
    read: (prefix, signal) => use((ledger) => ledger.read(prefix, signal)),
    write: (writes, signal) => use((ledger) => ledger.write(writes, signal)),
  };
}

/** What a runtime without the module says, such as one older than `node:sqlite`. */
function toFailure(thrown: unknown): CloudFailure {
  return { kind: 'permanent', code: 'ledger-unopened', message: `The ledger cannot be opened: ${thrown}` };
}
