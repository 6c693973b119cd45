// @ts-nocheck
import type { CloudFailure } from '../errors.ts';

/** One thing that outlives a run. */
export interface LedgerEntry {
  /** Such as `table/rtb-0a1b`. */
  readonly key: string;
  /** Changes with every write of the entry. */
  readonly version: string;
  /** JSON. */
  readonly value: string;
  /** Milliseconds since the epoch from which nobody reads the entry any more; null for never. */
  readonly expiresAt: number | null;
}

/** All entries of a cluster whose keys begin alike, read with strong consistency. */
export interface LedgerReading {
  readonly entries: readonly LedgerEntry[];
  /** Milliseconds since the epoch by the clock of whoever keeps the ledger, not of whoever reads it; to the second. */
  readonly now: number;
}

/** Puts an entry, or removes it where the value is null, if it still is as it was read. What is removed was read. */
export interface LedgerWrite {
  readonly key: string;
  /** As read; null where there must be no such entry. */
  readonly version: string | null;
  readonly value: string | null;
  /** Milliseconds since the epoch from which nobody reads the entry any more; null for never. */
  readonly expiresAt: number | null;
}

export type LedgerResult<T> =
  | { readonly ok: true; readonly value: T }
  /**
   * `stale` where a condition was refused, or somebody has written since: nothing rests on this write any more.
   * After `transient` it may still come to pass.
   */
  | { readonly ok: false; readonly failure: CloudFailure };

/**
 * What podroutes remembers of one cluster between runs. Nothing here throws for what a backend answers. After
 * `signal` is aborted no further call is begun.
 */
export interface Ledger {
  read(prefix: string, signal: AbortSignal): Promise<LedgerResult<LedgerReading>>;
  /**
   * All or nothing, at the versions that were read; at most 100 entries. Where no answer comes, the backend reads
   * back what holds; removals alone then count as made where the entries are gone.
   */
  write(writes: readonly LedgerWrite[], signal: AbortSignal): Promise<LedgerResult<null>>;
}

/** Opens the ledger: only a run that needs it loads its client. */
export type OpenLedger = () => Promise<Ledger>;
