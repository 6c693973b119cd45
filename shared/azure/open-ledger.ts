import type { TokenCredential } from '@azure/core-auth';
import type { OpenLedger } from '../core/ledger/open.ts';

/** Opens ledgers in Azure tables as this identity. */
export function openTableLedger(credential: TokenCredential): OpenLedger {
  return async (location, cluster) => {
    if (location.kind !== 'azure-table') throw new Error(`expected an Azure table, found ${location.kind}`);
    const { createTableLedger } = await import('./ledger.ts');
    return createTableLedger({ ...location, cluster, credential });
  };
}
