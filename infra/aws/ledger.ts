import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { SETTINGS } from '../../shared/core/config/settings.ts';

/** The table, and what a function needs to use it. */
export interface DeployedLedger {
  readonly table: Table;
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
}

/**
 * What podroutes remembers of the cluster between runs. It outlives the stack: blocks that were handed out are
 * written nowhere else. Without a name of its own, a stack that is made anew does not meet the one that was kept.
 */
export function createLedgerTable(scope: Construct, cluster: string): DeployedLedger {
  const table = new Table(scope, 'Ledger', {
    partitionKey: { name: 'cluster', type: AttributeType.STRING },
    sortKey: { name: 'key', type: AttributeType.STRING },
    timeToLiveAttribute: 'expiresAt',
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    encryption: TableEncryption.DEFAULT,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  return {
    table,
    environment: { [SETTINGS.ledger.name]: `dynamodb:${table.tableName}` },
    statements: [
      new PolicyStatement({
        sid: 'KeepLedger',
        // A transaction needs the rights to its parts.
        actions: ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
        resources: [table.tableArn],
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [cluster] } },
      }),
    ],
  };
}
