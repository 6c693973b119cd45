// @ts-nocheck
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import * as z from 'zod/mini';
import type { CloudFailure, FailureKind } from '../errors.ts';
import type { Ledger } from './ledger.ts';
import { createLedger, type LedgerStore, type StampedWrite } from './store.ts';

/** How long one process waits for another's transaction, in milliseconds; all of them are short. */
const BUSY_MS = 5_000;

const SCHEMA = `
  PRAGMA busy_timeout = ${BUSY_MS};
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS entries (
    cluster TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, packed BLOB NOT NULL, expires_at INTEGER,
    PRIMARY KEY (cluster, key)
  ) WITHOUT ROWID, STRICT;`;

const Row = z.object({
  key: z.string(),
  version: z.string(),
  packed: z.instanceof(Uint8Array),
  expires_at: z.nullable(z.number()),
});

export interface FileLedgerOptions {
  /** Opened, and made where it is not there, with the first call. */
  readonly path: string;
  readonly cluster: string;
  /**
   * Milliseconds since the epoch.
   *
   * @default the clock of this machine
   */
  readonly clock?: () => number;
}

/** The ledger of a cluster in a file of this machine, which several processes may have open. */
export function createFileLedger(options: FileLedgerOptions): Ledger {
  return createLedger(createFileStore(options));
}

export function createFileStore({ path, cluster, clock = Date.now }: FileLedgerOptions): LedgerStore {
  let opened: Statements | undefined;
  const use = <T>(work: (statements: Statements) => T): T | CloudFailure => {
    try {
      opened ??= open(path);
      return work(opened);
    } catch (thrown) {
      return classify(thrown, path);
    }
  };
  return {
    limits: { entry: Number.POSITIVE_INFINITY, write: Number.POSITIVE_INFINITY },
    read: async (prefix) => {
      // Texts are ordered by their bytes, so that those with the prefix come first.
      const rows = use(({ select }) => select.all(cluster, prefix));
      if (!Array.isArray(rows)) return { ok: false, failure: rows };
      const entries = rows
        .map((row) => Row.parse(row))
        .filter(({ key }) => key.startsWith(prefix))
        .map(({ expires_at, ...row }) => ({ ...row, stamp: row.version, expiresAt: expires_at }));
      return { ok: true, value: { entries, now: clock() } };
    },
    write: async (writes) => use((statements) => transact(statements, cluster, writes)),
  };
}

interface Statements {
  readonly database: DatabaseSync;
  readonly select: StatementSync;
  readonly insert: StatementSync;
  readonly update: StatementSync;
  readonly remove: StatementSync;
}

function open(path: string): Statements {
  const database = new DatabaseSync(path);
  database.exec(SCHEMA);
  return {
    database,
    select: database.prepare(
      'SELECT key, version, packed, expires_at FROM entries WHERE cluster = ? AND key >= ? ORDER BY key',
    ),
    insert: database.prepare(
      `INSERT INTO entries (cluster, key, version, packed, expires_at)
       VALUES (:cluster, :key, :stamp, :packed, :expiresAt) ON CONFLICT DO NOTHING`,
    ),
    update: database.prepare(
      `UPDATE entries SET version = :stamp, packed = :packed, expires_at = :expiresAt
       WHERE cluster = :cluster AND key = :key AND version = :version`,
    ),
    remove: database.prepare(
      'DELETE FROM entries WHERE cluster = :cluster AND key = :key AND version = :version',
    ),
  };
}

const REFUSED: CloudFailure = {
  kind: 'stale',
  code: 'ledger-changed',
  message: 'An entry of the ledger is no longer as it was read.',
};

/** Immediate, since one that only read at first could not begin to write beside another. */
function transact(
  statements: Statements,
  cluster: string,
  writes: readonly StampedWrite[],
): CloudFailure | null {
  const { database } = statements;
  database.exec('BEGIN IMMEDIATE');
  let areMade = false;
  try {
    areMade = writes.every((write) => make(statements, cluster, write));
    database.exec(areMade ? 'COMMIT' : 'ROLLBACK');
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
  return areMade ? null : REFUSED;
}

/** Whether the entry was as it had to be. */
function make({ insert, update, remove }: Statements, cluster: string, write: StampedWrite): boolean {
  const { key, version, stamp, packed, expiresAt } = write;
  const row = { cluster, key, stamp, packed, expiresAt };
  if (version === null) return insert.run(row).changes === 1;
  if (packed === null) return remove.run({ cluster, key, version }).changes === 1;
  return update.run({ ...row, version }).changes === 1;
}

/** Another process has it, or the disk may get well: https://sqlite.org/rescode.html */
const PASSING: ReadonlySet<number> = new Set([5, 6, 10]);

function classify(thrown: unknown, path: string): CloudFailure {
  const { errcode, message } = Object(thrown);
  // The low byte is the code, what is above it says more.
  const code = typeof errcode === 'number' ? errcode & 0xff : null;
  const kind: FailureKind = code !== null && PASSING.has(code) ? 'transient' : 'permanent';
  return { kind, code: `sqlite-${code ?? 'error'}`, message: `The ledger ${path}: ${message}.` };
}
