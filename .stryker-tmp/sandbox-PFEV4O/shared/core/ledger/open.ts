// @ts-nocheck
import type { Config } from '../config/config.ts';
import type { LedgerLocation } from '../config/values.ts';
import type { Ledger } from './ledger.ts';

/** Where a cloud keeps a ledger; a file is no cloud's. */
type CloudLocation = Exclude<LedgerLocation, { kind: 'file' }>;

/** Makes what keeps the ledger of a cluster there. Throws where that is another cloud's. */
export type OpenInCloud = (location: CloudLocation, cluster: string) => Promise<Ledger>;

/** The ledger that is configured, which it has to be. */
export async function openConfigured(
  { ledger, cluster }: Pick<Config, 'ledger' | 'cluster'>,
  openInCloud: OpenInCloud,
): Promise<Ledger> {
  if (ledger === null || cluster === null) throw new Error('expected a ledger and a cluster; found none');
  if (ledger.kind !== 'file') return openInCloud(ledger, cluster);
  const { createFileLedger } = await import('./file.ts');
  return createFileLedger({ path: ledger.path, cluster });
}
