import type { Cidr } from '../cidr.ts';
import type { Holder } from '../claims/holders.ts';
import type { BlockSizes, PodCidrSource } from '../config/values.ts';
import type { BlockReading } from '../ledger/blocks.ts';
import type { Observation, Registry } from '../model.ts';

export interface BlockSettings {
  readonly allocate: BlockSizes;
  readonly clusterCidrs: readonly Cidr[];
  readonly reservedCidrs: readonly Cidr[];
  readonly podCidrTag: string;
  /** Where claims are looked for: a tag that is not read is not written either. */
  readonly podCidrSources: readonly PodCidrSource[];
  /** Claims of one node that count. */
  readonly maxClaims: number;
}

/** What is known of a machine: read as there, proven to be there no more (R4), or neither. */
export type Liveness = 'alive' | 'gone' | 'unknown';

/** What a run has read, before blocks are made claims. */
export interface BlockView {
  readonly reading: BlockReading;
  readonly observation: Observation;
  /** Whether this is a full run, and not one for events that looks at everything. */
  readonly isFull: boolean;
  /** Null where Kubernetes is not asked. */
  readonly registry: Registry | null;
  readonly livenessOf: (holder: Holder) => Liveness;
}

/** Whether blocks are handed out at all. */
export function isSwitchedOn({ allocate }: Pick<BlockSettings, 'allocate'>): boolean {
  return allocate[4] !== null || allocate[6] !== null;
}
