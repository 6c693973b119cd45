import type { Family } from '../cidr.ts';
import type {
  ChangeAction,
  ChangeReason,
  CloudName,
  Finding,
  NodeState,
  Outcome,
  WaitReason,
} from '../model.ts';
import type { ReportedBlocks } from './reported-blocks.ts';

/** What one run saw, did and found: the same JSON from every entry point. */
export interface Report {
  /** Of the podroutes that made it. */
  readonly version: string;
  readonly cluster: string | null;
  readonly cloud: CloudName;
  readonly clusterCidrs: readonly string[];
  readonly scope: 'all' | 'nodes';
  readonly dryRun: boolean;
  readonly force: boolean;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly nodes: readonly ReportedNode[];
  readonly tables: readonly ReportedTable[];
  readonly changes: readonly ReportedChange[];
  /** Nodes whose forwarding was switched on, or should have been. */
  readonly forwarding: readonly ReportedForwarding[];
  /** Set where Kubernetes is asked: Node objects whose condition was not as it should be. */
  readonly conditions?: readonly ReportedCondition[];
  /** Set where the ledger's blocks were read, and there are any or some are handed out. */
  readonly blocks?: ReportedBlocks;
  readonly findings: readonly Finding[];
  readonly summary: Summary;
  /** Set where the whole would not fit into an answer. */
  readonly omitted?: Omitted;
}

/** How many elements of a report were left out, and where the whole is. */
export interface Omitted {
  readonly entries: number;
  readonly changes: number;
  readonly forwarding: number;
  readonly nodes: number;
  readonly findings: number;
  /** Set where the report has blocks. */
  readonly blocks?: number;
  readonly message: string;
}

interface ReportedNode {
  readonly id: string;
  readonly name: string;
  readonly state: NodeState;
  readonly addresses: readonly string[];
  readonly claims: readonly { readonly cidr: string; readonly source: string }[];
}

export interface ReportedTable {
  readonly id: string;
  readonly name: string;
  readonly routes: number;
  readonly managed: number;
  readonly limit: number;
  /** What the cloud counts against each of its limits, which can differ by family. */
  readonly quotas: readonly {
    readonly families: readonly Family[];
    readonly used: number;
    readonly limit: number;
  }[];
  /** As last read: before the last writes of the run. */
  readonly entries: readonly ReportedRoute[];
}

interface ReportedRoute {
  readonly destination: string;
  readonly nextHop: string | null;
  readonly state: 'active' | 'blackhole';
  readonly managed: boolean;
  /** Name of the node behind the next hop. */
  readonly node: string | null;
  readonly nodeId: string | null;
  /** Set where the cloud has learnt it, and a static one to the same destination comes before it. */
  readonly propagated?: true;
}

export interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

export interface ReportedChange {
  readonly table: string;
  readonly action: ChangeAction;
  readonly destination: string;
  readonly nextHop: string | null;
  readonly previousNextHop: string | null;
  /** Name of the node. */
  readonly node: string | null;
  readonly nodeId: string | null;
  readonly reason: ChangeReason;
  readonly outcome: Outcome;
  /** Why it was not applied. */
  readonly error?: ReportedError;
  /** Where it waits: ISO 8601; null where nothing remembers it. */
  readonly since?: string | null;
  /** Where it waits: ISO 8601; null where only `force` makes it. */
  readonly notBefore?: string | null;
  readonly waitsFor?: WaitReason;
}

interface ReportedForwarding {
  readonly node: string;
  readonly nodeId: string;
  readonly outcome: Outcome;
  readonly error?: ReportedError;
}

interface ReportedCondition {
  readonly node: string;
  readonly nodeId: string;
  readonly networkUnavailable: boolean;
  readonly outcome: Outcome;
  readonly error?: ReportedError;
}

/** How many changes came out how; a dry run counts what it would do. */
export interface Summary {
  readonly created: number;
  readonly replaced: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly waiting: number;
  readonly failed: number;
  readonly skipped: number;
}
