import type { Cidr } from '../cidr.ts';
import type { Block } from '../claims/holders.ts';
import type { BlockSizes } from '../config/values.ts';
import type { Run } from './run.ts';

/** The ledger's blocks as a run left them. */
export interface ReportedBlocks {
  /** Prefix lengths of what is handed out; empty where nothing is. */
  readonly sizes: readonly number[];
  /** Ranges that are never handed out. */
  readonly reserved: readonly string[];
  readonly adopted: boolean;
  /** Those that are not free. */
  readonly kept: readonly ReportedBlock[];
}

interface ReportedBlock {
  readonly cidr: string;
  readonly kind: Block['kind'];
  /** Name of its holder; null where only a route leads there. */
  readonly node: string | null;
  readonly nodeId: string | null;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** Since when nobody is there; null while somebody is. */
  readonly leaving: string | null;
}

/** The settings that decide what can be handed out. */
export interface BlockContext {
  readonly reservedCidrs: readonly Cidr[];
  readonly allocate: BlockSizes;
}

/** Undefined where they were not read, or there are none and none are handed out. */
export function toReportedBlocks(
  known: Run['blocks'],
  { reservedCidrs, allocate }: BlockContext,
): ReportedBlocks | undefined {
  const sizes = [allocate[4], allocate[6]].filter((size) => size !== null);
  if (known === undefined || sizes.length + known.kept.length === 0) return undefined;
  const kept = known.kept.map(({ cidr, kind, holder, since, leaving }) => ({
    cidr: cidr.text,
    kind,
    node: holder?.name ?? null,
    nodeId: holder?.node ?? null,
    since: new Date(since).toISOString(),
    leaving: leaving === null ? null : new Date(leaving).toISOString(),
  }));
  const reserved = reservedCidrs.map(({ text }) => text);
  return { sizes, reserved, adopted: known.isAdopted, kept };
}
