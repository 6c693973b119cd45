// @ts-nocheck
import type { TokenCredential } from '@azure/core-auth';
import type { Config } from '../core/config/config.ts';
import type { Ledger } from '../core/ledger/ledger.ts';
import { openConfigured } from '../core/ledger/open.ts';

/** The configured ledger: a table of a storage account, with this identity, or a file. */
export function openAzureLedger(config: Config, credential: TokenCredential): Promise<Ledger> {
  return openConfigured(config, async (location, cluster) => {
    if (location.kind !== 'azure-table') {
      throw new Error('PODROUTES_LEDGER: expected https://… or file:PATH on Azure; found dynamodb:TABLE');
    }
    const { createTableLedger } = await import('./ledger.ts');
    return createTableLedger({ ...location, cluster, credential });
  });
}
