import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { OpenLedger } from '../core/ledger/open.ts';

/** Opens ledgers in DynamoDB with these settings of the client. */
export function openDynamoLedger(settings: DynamoDBClientConfig): OpenLedger {
  return async (location, cluster) => {
    if (location.kind !== 'dynamodb') throw new Error(`expected dynamodb:TABLE, found ${location.kind}`);
    const { createDynamoLedger } = await import('./ledger.ts');
    return createDynamoLedger(location.table, cluster, settings);
  };
}
