// @ts-nocheck
import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  DynamoDBClient,
  type DynamoDBClientConfig,
  QueryCommand,
  type QueryCommandInput,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Ledger } from '../core/ledger/ledger.ts';
import {
  createLedger,
  type StampedWrite,
  type StoredEntry,
  type StoredReading,
} from '../core/ledger/store.ts';
import { untilAborted } from './deadline.ts';
import { classifyAwsFailure } from './failures.ts';
import { requireSet } from './pages.ts';

/**
 * An item may have 400 KB, names and key included, and a transaction 4 MB:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
const LIMITS = { entry: 396 * 1024, write: 3_900 * 1024 };

const READ = 'dynamodb:Query';
/** The rights to a transaction are those to its parts. */
const WRITE = ['dynamodb:PutItem', 'dynamodb:DeleteItem'];

/** The ledger of a cluster in a DynamoDB table, as the partition of that name. */
export function createDynamoLedger(table: string, cluster: string, settings: DynamoDBClientConfig): Ledger {
  const client = new DynamoDBClient(settings);
  return createLedger({
    limits: LIMITS,
    read: async (prefix, signal) => {
      try {
        const value = await untilAborted(readAll(client, queryOf(table, cluster, prefix), signal), signal);
        return { ok: true, value };
      } catch (thrown) {
        return { ok: false, failure: classifyAwsFailure(thrown, `${READ} on ${table}`) };
      }
    },
    write: async (writes, abortSignal) => {
      const command = new TransactWriteItemsCommand({
        // What the client sends again after a lost answer is the same transaction.
        ClientRequestToken: randomUUID(),
        TransactItems: writes.map((write) => itemOf(table, cluster, write)),
      });
      try {
        await untilAborted(client.send(command, { abortSignal }), abortSignal);
        return null;
      } catch (thrown) {
        return classifyAwsFailure(thrown, `${WRITE.join(' or ')} on ${table}`);
      }
    },
  });
}

/** Names such as "key" are reserved words, so that expressions have signs for them. */
function queryOf(table: string, cluster: string, prefix: string): QueryCommandInput {
  const isWhole = prefix === '';
  return {
    TableName: table,
    ConsistentRead: true,
    // A key that is compared cannot be empty.
    KeyConditionExpression: isWhole
      ? '#cluster = :cluster'
      : '#cluster = :cluster AND begins_with(#key, :prefix)',
    ExpressionAttributeNames: { '#cluster': 'cluster', ...(isWhole ? {} : { '#key': 'key' }) },
    ExpressionAttributeValues: {
      ':cluster': { S: cluster },
      ...(isWhole ? {} : { ':prefix': { S: prefix } }),
    },
  };
}

/** R3: a page without items, or without the time, is a read that failed. */
async function readAll(
  client: DynamoDBClient,
  query: QueryCommandInput,
  abortSignal: AbortSignal,
): Promise<StoredReading> {
  const entries: StoredEntry[] = [];
  let page: QueryCommandInput = query;
  for (;;) {
    const command = new QueryCommand(page);
    const dateOf = watchDate(command);
    const { Items, LastEvaluatedKey } = await client.send(command, { abortSignal });
    entries.push(...requireSet(Items).map(entryOf));
    const now = dateOf();
    if (LastEvaluatedKey === undefined) return { entries, now };
    page = { ...query, ExclusiveStartKey: LastEvaluatedKey };
  }
}

/** The SDK gives no header of an answer but by its middleware. */
function watchDate(command: QueryCommand): () => number {
  let now = Number.NaN;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = Object(result.response);
      now = Date.parse(Object(headers).date);
      return result;
    },
    { step: 'deserialize', name: 'watchDate' },
  );
  return () => {
    if (Number.isNaN(now)) throw new Error('the answer lacks the time');
    return now;
  };
}

function entryOf({ key, version, packed, expiresAt }: Record<string, AttributeValue>): StoredEntry {
  if (key?.S === undefined || version?.S === undefined || packed?.B === undefined) {
    throw new Error('an item of the ledger lacks its key, version or value');
  }
  return {
    key: key.S,
    version: version.S,
    stamp: version.S,
    packed: packed.B,
    expiresAt: expiresAt?.N === undefined ? null : Number(expiresAt.N) * 1000,
  };
}

function itemOf(table: string, cluster: string, write: StampedWrite): TransactWriteItem {
  const { key, version, stamp, packed, expiresAt } = write;
  const Key = { cluster: { S: cluster }, key: { S: key } };
  const asRead = {
    TableName: table,
    ...(version === null
      ? { ConditionExpression: 'attribute_not_exists(#version)' }
      : {
          ConditionExpression: '#version = :version',
          ExpressionAttributeValues: { ':version': { S: version } },
        }),
    ExpressionAttributeNames: { '#version': 'version' },
  };
  if (packed === null) return { Delete: { ...asRead, Key } };
  // DynamoDB removes what has expired by whole seconds.
  const expiry = expiresAt === null ? {} : { expiresAt: { N: String(Math.ceil(expiresAt / 1000)) } };
  return { Put: { ...asRead, Item: { ...Key, version: { S: stamp }, packed: { B: packed }, ...expiry } } };
}
