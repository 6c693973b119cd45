import { DescribeLogGroupsCommand, DescribeQueryDefinitionsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { isObject, type Kind, likeWanted } from '../kind.ts';

/** What outlives runs. */
export const table: Kind = {
  area: 'ledger',
  noun: 'table of the ledger',
  needs: ['dynamodb:DescribeTable', 'dynamodb:DescribeTimeToLive', 'dynamodb:DescribeContinuousBackups'],
  defaults: { DeletionProtectionEnabled: false },
  unread: {},
  read: async ({ dynamo }, TableName, wanted) => {
    const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
    const { TimeToLiveDescription } = await dynamo.send(new DescribeTimeToLiveCommand({ TableName }));
    const backups = await dynamo.send(new DescribeContinuousBackupsCommand({ TableName }));
    const { PointInTimeRecoveryStatus } =
      backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
    const ttl = TimeToLiveDescription?.TimeToLiveStatus ?? '';
    return {
      KeySchema: Table?.KeySchema,
      AttributeDefinitions: Table?.AttributeDefinitions,
      BillingMode: Table?.BillingModeSummary?.BillingMode ?? 'PROVISIONED',
      DeletionProtectionEnabled: Table?.DeletionProtectionEnabled,
      PointInTimeRecoverySpecification: likeWanted(
        { PointInTimeRecoveryEnabled: PointInTimeRecoveryStatus === 'ENABLED' },
        wanted['PointInTimeRecoverySpecification'],
      ),
      SSESpecification: likeWanted(
        { SSEEnabled: Table?.SSEDescription?.Status === 'ENABLED' },
        wanted['SSESpecification'],
      ),
      TimeToLiveSpecification: {
        AttributeName: TimeToLiveDescription?.AttributeName,
        Enabled: /^ENABL/.test(ttl),
      },
    };
  },
  mend: (id, { TimeToLiveSpecification: ttl }, { found, differs }) => {
    if (found === null) return [];
    const name = ['--table-name', id];
    const attribute = isObject(ttl) ? String(ttl['AttributeName']) : '';
    return [
      ...(differs('DeletionProtectionEnabled')
        ? [['dynamodb', 'update-table', ...name, '--deletion-protection-enabled']]
        : []),
      ...(differs('PointInTimeRecoverySpecification')
        ? [
            [
              ...['dynamodb', 'update-continuous-backups', ...name],
              ...['--point-in-time-recovery-specification', 'PointInTimeRecoveryEnabled=true'],
            ],
          ]
        : []),
      ...(differs('TimeToLiveSpecification')
        ? [
            [
              ...['dynamodb', 'update-time-to-live', ...name],
              ...['--time-to-live-specification', `Enabled=true,AttributeName=${attribute}`],
            ],
          ]
        : []),
    ];
  },
};

/** Where a function writes. */
export const logGroup: Kind = {
  area: 'logs',
  noun: 'log group',
  needs: ['logs:DescribeLogGroups'],
  defaults: { RetentionInDays: undefined },
  unread: { LogGroupName: 'it is found by it' },
  read: async ({ logs }, id) => {
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: id }));
    const group = logGroups.find(({ logGroupName }) => logGroupName === id);
    return group === undefined ? null : { RetentionInDays: group.retentionInDays };
  },
  mend: (id, { RetentionInDays: days }, { found }) => [
    ...(found === null ? [['logs', 'create-log-group', '--log-group-name', id]] : []),
    ['logs', 'put-retention-policy', '--log-group-name', id, '--retention-in-days', String(days)],
  ],
};

/** A question to the logs that was saved for people. */
export const query: Kind = {
  area: 'logs',
  noun: 'saved query',
  needs: ['logs:DescribeQueryDefinitions'],
  defaults: {},
  unread: {},
  read: async ({ logs }, id, { Name }) => {
    const { queryDefinitions = [] } = await logs.send(
      new DescribeQueryDefinitionsCommand({ queryDefinitionNamePrefix: String(Name), maxResults: 1000 }),
    );
    const saved = queryDefinitions.find(({ queryDefinitionId }) => queryDefinitionId === id);
    if (saved === undefined) return null;
    return { Name: saved.name, QueryString: saved.queryString, LogGroupNames: saved.logGroupNames };
  },
};
