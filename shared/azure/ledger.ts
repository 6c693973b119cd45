import type { NamedKeyCredential, TokenCredential } from '@azure/core-auth';
import { odata, TableClient, type TransactionAction } from '@azure/data-tables';
import * as z from 'zod/mini';
import type { Ledger } from '../core/ledger/ledger.ts';
import {
  createLedger,
  type LedgerStore,
  type StampedWrite,
  type StoredEntry,
  type StoredReading,
} from '../core/ledger/store.ts';
import { VERSION } from '../core/version.ts';
import { classifyTableFailure } from './failures.ts';
import { afterPrefix, fromRowKey, toRowKey } from './row-keys.ts';

/**
 * An entity may have 1 MiB in properties of 64 KiB, and a transaction 4 MiB, in which bytes are written in Base64:
 * https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
 * https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions
 */
const LIMITS = { entry: 14 * 64 * 1024, write: 2_900 * 1024 };
const PROPERTY_BYTES = 64 * 1024;
/** What is removed expired with the first moment. */
const REMOVED = 0;

export interface TableLedgerOptions {
  /** Of the account's tables, without a slash at its end; plain HTTP leads to this machine alone. */
  readonly endpoint: string;
  readonly table: string;
  readonly cluster: string;
  /** The account's key is for an emulator on this machine. */
  readonly credential: TokenCredential | NamedKeyCredential;
}

/** The ledger of a cluster in a table of a storage account, as the partition of that name. */
export function createTableLedger(options: TableLedgerOptions): Ledger {
  return createLedger(createTableStore(connect(options), options.cluster));
}

function connect({ endpoint, table, credential }: TableLedgerOptions): TableClient {
  const settings = {
    userAgentOptions: { userAgentPrefix: `podroutes/${VERSION}` },
    allowInsecureConnection: endpoint.startsWith('http:'),
  };
  // One constructor for each kind of credential.
  return 'getToken' in credential
    ? new TableClient(endpoint, table, credential, settings)
    : new TableClient(endpoint, table, credential, settings);
}

function createTableStore(client: TableClient, cluster: string): LedgerStore {
  const of = `on the table ${client.tableName}`;
  return {
    limits: LIMITS,
    read: async (prefix, signal) => {
      try {
        return { ok: true, value: await readAll(client, cluster, prefix, signal) };
      } catch (thrown) {
        return { ok: false, failure: classifyTableFailure(thrown, `${READ} ${of}`) };
      }
    },
    write: async (writes, signal) => {
      try {
        const etags = await transact(client, cluster, writes, signal);
        const removals = writes.flatMap(({ key, packed }, i) =>
          packed === null ? [[key, etags[i]] as const] : [],
        );
        await Promise.all(removals.map(([key, etag]) => sweep(client, cluster, key, etag, signal)));
        return null;
      } catch (thrown) {
        return classifyTableFailure(thrown, `${WRITE} ${of}`);
      }
    },
  };
}

const READ = 'Microsoft.Storage/storageAccounts/tableServices/tables/entities/read';
const WRITE = 'Microsoft.Storage/storageAccounts/tableServices/tables/entities/write';

const Answer = z.object({ value: z.array(z.unknown()) });

/** R3: a page without a list, or without the time, is a read that failed; the SDK takes it for an empty one. */
async function readAll(
  client: TableClient,
  cluster: string,
  prefix: string,
  abortSignal: AbortSignal,
): Promise<StoredReading> {
  const from = toRowKey(prefix);
  const partition = odata`PartitionKey eq ${cluster}`;
  const filter =
    from === ''
      ? partition
      : `${partition} and ${odata`RowKey ge ${from}`} and ${odata`RowKey lt ${afterPrefix(from)}`}`;
  let [isList, now] = [false, Number.NaN];
  const pages = client
    .listEntities({
      queryOptions: { filter },
      abortSignal,
      onResponse: ({ headers, parsedBody }) => {
        isList = Answer.safeParse(parsedBody).success;
        now = Date.parse(headers.get('date') ?? '');
      },
    })
    .byPage();
  const entries: StoredEntry[] = [];
  for await (const page of pages) {
    if (!isList) throw new Error('the answer lacks the list of entities');
    entries.push(...page.map(entryOf));
  }
  if (Number.isNaN(now)) throw new Error('the answer lacks the time');
  return { entries, now };
}

const Entity = z.looseObject({
  rowKey: z.string(),
  etag: z.string(),
  stamp: z.string(),
  expiresAt: z.optional(z.bigint()),
  parts: z.int32(),
});

function entryOf(entity: unknown): StoredEntry {
  const parsed = Entity.safeParse(entity);
  const key = fromRowKey(parsed.data?.rowKey ?? '');
  if (!parsed.success || key === null) throw new Error('an entity of the ledger is not of its form');
  const { etag, stamp, expiresAt, parts, ...properties } = parsed.data;
  const packed = Array.from({ length: parts }, (_, i) => properties[`part${i}`]);
  return {
    key,
    version: etag,
    stamp,
    // A part that is missing shows when the whole is unpacked.
    packed: Buffer.concat(packed.filter((part) => part instanceof Uint8Array)),
    expiresAt: expiresAt === undefined ? null : Number(expiresAt),
  };
}

/** Gives the new etags, in order. Throws what the SDK throws. */
async function transact(
  client: TableClient,
  cluster: string,
  writes: readonly StampedWrite[],
  abortSignal: AbortSignal,
): Promise<(string | undefined)[]> {
  const actions = writes.map((write) => actionOf(cluster, write));
  const { subResponses } = await client.submitTransaction(actions, { abortSignal });
  const made = subResponses.filter(({ status }) => status >= 200 && status < 300);
  // The SDK takes an answer that was cut short for a success.
  if (made.length !== writes.length) throw new Error('the answer lacks parts of the transaction');
  return made.map(({ etag }) => etag?.trim());
}

/**
 * The SDK has no condition for a removal in a transaction, so that there the entry gives way to one that has
 * expired: https://learn.microsoft.com/javascript/api/@azure/data-tables/createdeleteentityaction
 */
function actionOf(cluster: string, write: StampedWrite): TransactionAction {
  const { key, version, stamp, packed } = write;
  const expiresAt = packed === null ? REMOVED : write.expiresAt;
  const parts = partsOf(packed ?? new Uint8Array());
  const entity = {
    partitionKey: cluster,
    rowKey: toRowKey(key),
    stamp,
    ...(expiresAt === null ? {} : { expiresAt: BigInt(expiresAt) }),
    parts: parts.length,
    ...Object.fromEntries(parts.map((part, i) => [`part${i}`, part])),
  };
  return version === null ? ['create', entity] : ['update', entity, 'Replace', { etag: version }];
}

/** What is left of a removal is nothing to any reader; where it stays, the next writer of the key replaces it. */
async function sweep(
  client: TableClient,
  cluster: string,
  key: string,
  etag: string | undefined,
  abortSignal: AbortSignal,
): Promise<void> {
  if (etag === undefined || abortSignal.aborted) return;
  await client.deleteEntity(cluster, toRowKey(key), { etag, abortSignal }).catch(() => undefined);
}

function partsOf(packed: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(packed.byteLength / PROPERTY_BYTES) }, (_, i) =>
    packed.subarray(i * PROPERTY_BYTES, (i + 1) * PROPERTY_BYTES),
  );
}
