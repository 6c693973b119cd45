// @ts-nocheck
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { Config } from '../core/config/config.ts';
import type { Ledger } from '../core/ledger/ledger.ts';
import { openConfigured } from '../core/ledger/open.ts';

/** The configured ledger: a table of DynamoDB, by a client with these settings, or a file. */
export function openAwsLedger(config: Config, settings: DynamoDBClientConfig): Promise<Ledger> {
  return openConfigured(config, async (location, cluster) => {
    if (location.kind !== 'dynamodb') {
      throw new Error('PODROUTES_LEDGER: expected dynamodb:TABLE or file:PATH on AWS; found an Azure table');
    }
    const { createDynamoLedger } = await import('./ledger.ts');
    return createDynamoLedger(location.table, cluster, settings);
  });
}
