import { randomUUID } from 'node:crypto';
import { type CloudFailure, isRetryable } from '../errors.ts';
import type { Ledger, LedgerEntry, LedgerReading, LedgerResult, LedgerWrite } from './ledger.ts';
import { pack, unpack } from './packing.ts';

/** An entry as a backend keeps it, expired or not. */
export interface StoredEntry {
  readonly key: string;
  /** What the backend's conditions compare. */
  readonly version: string;
  /** Of the write that made the entry; its writer knows it again by that. */
  readonly stamp: string;
  readonly packed: Uint8Array;
  readonly expiresAt: number | null;
}

export interface StoredReading {
  readonly entries: readonly StoredEntry[];
  readonly now: number;
}

/** A write with what is kept of it. */
export interface StampedWrite {
  readonly key: string;
  readonly version: string | null;
  readonly stamp: string;
  /** Null removes the entry, which has a version then. */
  readonly packed: Uint8Array | null;
  readonly expiresAt: number | null;
}

/**
 * What a backend has to do itself. It may keep entries that have expired, and refuses to make an entry where such
 * a one is.
 */
export interface LedgerStore {
  /** Packed sizes in bytes; what is above them no call is made for. */
  readonly limits: { readonly entry: number; readonly write: number };
  /** With strong consistency. */
  read(prefix: string, signal: AbortSignal): Promise<LedgerResult<StoredReading>>;
  /** All or nothing: what went wrong, or null. */
  write(writes: readonly StampedWrite[], signal: AbortSignal): Promise<CloudFailure | null>;
}

/** Both clouds take as many in one transaction. */
const MAX_WRITES = 100;
/** How long a call may go without an answer before its outcome is read back, in milliseconds. */
const ANSWER_MS = 15_000;
/** Of one write: entries that have expired may stand in its way, and be replaced meanwhile. */
const MAX_TRIES = 3;

/** The ledger that a store keeps: packing, expiry, and what holds after a refusal or silence. */
export function createLedger(store: LedgerStore): Ledger {
  return {
    read: async (prefix, signal) => {
      const reading = await readInTime(store, prefix, signal);
      return reading.ok ? unpackAll(reading.value) : reading;
    },
    write: async (writes, signal) => {
      if (writes.length === 0) return DONE;
      const stamped = writes.map(stamp);
      const mistake = findMistake(stamped, store.limits);
      return mistake === null ? writeAndVerify(store, stamped, signal) : failed(mistake);
    },
  };
}

const DONE = { ok: true, value: null } as const;

function stamp({ key, version, value, expiresAt }: LedgerWrite): StampedWrite {
  return { key, version, stamp: randomUUID(), packed: value === null ? null : pack(value), expiresAt };
}

function findMistake(writes: readonly StampedWrite[], limits: LedgerStore['limits']): CloudFailure | null {
  const large = writes.find((write) => sizeOf(write) > limits.entry);
  if (large !== undefined) {
    const what = `the entry ${large.key}`;
    return refusal('ledger-entry-too-large', what, `${limits.entry} bytes when packed`, `${sizeOf(large)}`);
  }
  const total = writes.reduce((sum, write) => sum + sizeOf(write), 0);
  if (total > limits.write) {
    return refusal('ledger-write-too-large', 'one write', `${limits.write} bytes when packed`, `${total}`);
  }
  if (writes.length > MAX_WRITES) {
    return refusal('ledger-write-too-large', 'one write', `${MAX_WRITES} entries`, `${writes.length}`);
  }
  const keys = new Set(writes.map(({ key }) => key));
  if (
    keys.size < writes.length ||
    writes.some(({ version, packed }) => version === null && packed === null)
  ) {
    throw new Error('Expected one write for each key, and a version for each removal.');
  }
  return null;
}

function sizeOf({ packed }: StampedWrite): number {
  return packed?.byteLength ?? 0;
}

function refusal(code: string, what: string, most: string, found: string): CloudFailure {
  return { kind: 'permanent', code, message: `Ledger, ${what}: expected at most ${most}, found ${found}.` };
}

/** Writes, and looks at what holds where that is in doubt. */
async function writeAndVerify(
  store: LedgerStore,
  writes: readonly StampedWrite[],
  signal: AbortSignal,
): Promise<LedgerResult<null>> {
  let wanted = writes;
  for (let tries = 1; ; tries += 1) {
    const failure = await writeInTime(store, wanted, signal);
    if (failure === null) return DONE;
    if (!isRetryable(failure) || signal.aborted) return failed(failure);
    const standing = await lookUp(store, wanted, signal);
    if (standing === null) return failed(failure);
    if (isWritten(writes, standing, failure)) return DONE;
    const retry = writes.map((write) => overExpired(write, standing));
    const isInTheWay = retry.some(({ version }, i) => version !== wanted[i]?.version);
    if (!isInTheWay || tries === MAX_TRIES) return failed(isUnchanged(retry, standing) ? failure : CHANGED);
    wanted = retry;
  }
}

const CHANGED: CloudFailure = {
  kind: 'stale',
  code: 'ledger-changed',
  message: 'The ledger was written by another run since it was read. The next run reads it again.',
};

interface Standing {
  /** By key, expired or not. */
  readonly entries: ReadonlyMap<string, StoredEntry>;
  readonly now: number;
}

/** What now stands under the keys; null where that cannot be read. */
async function lookUp(
  store: LedgerStore,
  writes: readonly StampedWrite[],
  signal: AbortSignal,
): Promise<Standing | null> {
  const readings = await Promise.all(writes.map(({ key }) => readInTime(store, key, signal)));
  const values = readings.flatMap((reading) => (reading.ok ? reading.value : []));
  if (values.length < readings.length) return null;
  const entries = values.flatMap((value) => value.entries).map((entry) => [entry.key, entry] as const);
  return { entries: new Map(entries), now: Math.max(...values.map(({ now }) => now)) };
}

/** A write is whole or not at all, so that one entry of ours proves it. */
function isWritten(
  writes: readonly StampedWrite[],
  { entries, now }: Standing,
  failure: CloudFailure,
): boolean {
  if (writes.some(({ key, stamp: ours }) => entries.get(key)?.stamp === ours)) return true;
  // Nothing tells who removed an entry: a refusal says that it was another.
  if (failure.kind === 'stale') return false;
  const standing = writes.map(({ key }) => entries.get(key));
  const areGone = standing.every((entry) => entry === undefined || hasExpired(entry, now));
  return areGone && writes.every(({ packed }) => packed === null);
}

/** An entry that has expired is none for the caller, and has to be replaced as the one that it is. */
function overExpired(write: StampedWrite, { entries, now }: Standing): StampedWrite {
  const entry = entries.get(write.key);
  if (write.version !== null || entry === undefined || !hasExpired(entry, now)) return write;
  return { ...write, version: entry.version };
}

function isUnchanged(writes: readonly StampedWrite[], { entries }: Standing): boolean {
  return writes.every(({ key, version }) => (entries.get(key)?.version ?? null) === version);
}

function hasExpired({ expiresAt }: StoredEntry, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

function unpackAll({ entries, now }: StoredReading): LedgerResult<LedgerReading> {
  const read: LedgerEntry[] = [];
  for (const entry of entries.filter((each) => !hasExpired(each, now))) {
    const value = unpack(entry.packed);
    if (value === null) {
      const message = `The ledger entry ${entry.key} cannot be unpacked. Remove it, and the next runs make it anew.`;
      return failed({ kind: 'permanent', code: 'ledger-entry-damaged', message });
    }
    read.push({ key: entry.key, version: entry.version, value, expiresAt: entry.expiresAt });
  }
  return { ok: true, value: { entries: read, now } };
}

const NO_ANSWER: CloudFailure = {
  kind: 'transient',
  code: 'ledger-silent',
  message: `The ledger gave no answer within ${ANSWER_MS / 1000} seconds.`,
};
const NO_TIME: CloudFailure = {
  kind: 'transient',
  code: 'deadline',
  message: 'The invocation ran out of time before the ledger was asked.',
};

async function readInTime(
  store: LedgerStore,
  prefix: string,
  signal: AbortSignal,
): Promise<LedgerResult<StoredReading>> {
  if (signal.aborted) return failed(NO_TIME);
  const time = AbortSignal.timeout(ANSWER_MS);
  const reading = await store.read(prefix, AbortSignal.any([signal, time]));
  return !reading.ok && time.aborted && !signal.aborted ? failed(NO_ANSWER) : reading;
}

async function writeInTime(
  store: LedgerStore,
  writes: readonly StampedWrite[],
  signal: AbortSignal,
): Promise<CloudFailure | null> {
  if (signal.aborted) return NO_TIME;
  const time = AbortSignal.timeout(ANSWER_MS);
  const failure = await store.write(writes, AbortSignal.any([signal, time]));
  return failure !== null && time.aborted && !signal.aborted ? NO_ANSWER : failure;
}

function failed(failure: CloudFailure): { readonly ok: false; readonly failure: CloudFailure } {
  return { ok: false, failure };
}
