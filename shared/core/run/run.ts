import type { Block } from '../claims/holders.ts';
import type { ForwardingResult, TagResult } from '../cloud.ts';
import type { CloudFailure } from '../errors.ts';
import type { PLACES_OF_BLOCKS } from '../findings/blocks.ts';
import type { ChangeResult, Finding, Node, Observation, Scope } from '../model.ts';

/** What one run saw, did and found. */
export interface Run {
  readonly scope: Scope;
  /** Why more was looked at than was asked for; null where it was not. */
  readonly widened: string | null;
  readonly dryRun: boolean;
  readonly observation: Observation;
  readonly results: readonly ChangeResult[];
  readonly forwarding: readonly ForwardingResult[];
  /** What came of writing blocks to tags, where any had to be written. */
  readonly announcements?: readonly Announcement[];
  /** Set where the ledger's blocks were read. */
  readonly blocks?: KeptBlocks;
  readonly findings: readonly Finding[];
  /** Ids of nodes with a claim that gets no route, whatever is tried, and of those that lack a block. */
  readonly unmet: ReadonlySet<string>;
  /** Ids of nodes that wait for a block, and none is free. */
  readonly short: ReadonlySet<string>;
  /** Routes that were as claimed before the run did anything. */
  readonly unchanged: number;
  /** Set where Kubernetes is asked. */
  readonly kubernetes?: KubernetesResult;
}

/** The ledger's blocks as the run left them. */
interface KeptBlocks {
  /** Whether a complete full run has entered all claims and routes there were. */
  readonly isAdopted: boolean;
  readonly kept: readonly Block[];
}

/** What came of telling a node its blocks, and where. */
export interface Announcement extends TagResult {
  readonly place: keyof typeof PLACES_OF_BLOCKS;
}

/** A condition `NetworkUnavailable` that was not as it should be; null failure means that it is. */
export interface ConditionResult {
  readonly node: Node;
  readonly status: 'True' | 'False';
  readonly failure: CloudFailure | null;
}

/** What came of asking Kubernetes, and of telling it. */
interface KubernetesResult {
  /** Why Node objects could not be read; null where they were. */
  readonly failure: CloudFailure | null;
  readonly conditions: readonly ConditionResult[];
  /** Ids of nodes with a block of podroutes that no Node object names yet. */
  readonly unregistered?: readonly string[];
}
