import type { Cidr, Family } from './cidr.ts';
import type { CloudFailure } from './errors.ts';

export type CloudName = 'aws' | 'azure' | 'linux' | 'openstack' | 'gcp';

/**
 * Where a node is in its life, whatever the cloud calls it. `stopped` may come back with the same claims;
 * `gone` never does (read as terminated or terminating, or not found by its id).
 */
export type NodeState = 'pending' | 'running' | 'stopped' | 'gone';

export type ClaimSource =
  | 'tag'
  | 'user-data'
  | 'kubernetes'
  | 'metadata'
  | 'annotation'
  | 'machines.txt'
  | 'ledger';

/** A node says that a pod CIDR is its own. */
export interface Claim {
  readonly cidr: Cidr;
  readonly source: ClaimSource;
  /** Where the node says the same, of a block that the ledger holds for it. */
  readonly alsoIn?: ClaimSource;
}

/** A claim that is entitled to a route in every table of the node's domain. */
export interface AcceptedClaim {
  readonly node: Node;
  readonly cidr: Cidr;
}

/** Something that was meant as a claim but cannot be read as one. */
export interface ClaimDefect {
  readonly source: ClaimSource;
  /** What was found, shortened; null where showing it could give away user data (R11). */
  readonly text: string | null;
  readonly problem: string;
  /** The canonical form, where only host bits are wrong. */
  readonly corrected: string | null;
  /** The whole list that it is an element of, each in canonical form; null where not only host bits are wrong there. */
  readonly correctedList: string | null;
}

/** What the Node object of one machine says. */
export interface RegisteredNode {
  /** Of the Node object, not of the machine. */
  readonly name: string;
  /** Tells the object from a later one of its name. */
  readonly uid: string;
  /** Of the object as it was read; every write gives it another. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly claims: readonly Claim[];
  readonly defects: readonly ClaimDefect[];
  /** The condition `NetworkUnavailable`; null where nobody has set it. */
  readonly networkUnavailable: NetworkCondition | null;
}

export interface NetworkCondition {
  readonly status: string;
  readonly reason: string;
  /** When the status last changed, as it is written there. */
  readonly since: string;
}

/** The Node objects as one run read them: by the machine's id, or why they could not be read. */
export type Registry =
  | { readonly ok: true; readonly nodes: ReadonlyMap<string, RegisteredNode> }
  | { readonly ok: false; readonly failure: CloudFailure };

/** What a route points at. `id` identifies it for comparison; `shown` is what people read and write. */
export interface NextHop {
  readonly id: string;
  readonly shown: string;
}

export interface Node {
  readonly id: string;
  readonly name: string;
  readonly state: NodeState;
  /** Milliseconds since the epoch. */
  readonly launchedAt: number;
  readonly addresses: readonly string[];
  readonly claims: readonly Claim[];
  readonly defects: readonly ClaimDefect[];
  /** Set where a claim may be in the user data that was not seen: why, as a clause about it. */
  readonly unsearched?: string;
  /** Set where Kubernetes may yet give it a claim: what is still to come, as a clause. */
  readonly awaits?: string;
  /** Set where podroutes is to hand it a block and cannot yet: why, as a clause. */
  readonly awaitsBlock?: string;
  /** Since when Kubernetes knows it, in milliseconds since the epoch; only where Kubernetes is asked. */
  readonly registeredAt?: number;
  /** Set where it has no pod-CIDR tag but one of another spelling: that tag's key. */
  readonly otherSpelling?: string;
  /** False where the claims could not be read: what this node claims is then unknown (R3). */
  readonly claimsKnown: boolean;
  /** How it comes to a claim, as a sentence, where a tag that is set on it does not stay. */
  readonly claimAdvice?: string;
  /** Where its pods are reached; null while it has none (gone, or no primary interface yet). */
  readonly nextHops: Readonly<Record<Family, NextHop | null>>;
  /** Whether the network lets it send and receive packets that are not its own. */
  readonly forwarding: 'on' | 'off' | 'unknown';
  /** The network that it lives in. */
  readonly network: string | null;
  /** The routing domain of that network: only tables of the same one get its routes. */
  readonly domain: string | null;
  /** Tells the machine from an earlier one of its id, where ids come back (Azure's `vmId`); else null. */
  readonly incarnation: string | null;
  /** The subnet of its primary interface. */
  readonly subnet: string | null;
}

/**
 * What is known of a route's target (R4): one of our nodes; a living thing that is none of ours; gone, as proven by
 * a read of its own id; vacant, a next hop that is nobody's; or not looked at.
 */
export type RouteTarget =
  | { readonly kind: 'node'; readonly id: string }
  | { readonly kind: 'stranger' }
  | { readonly kind: 'gone' }
  /** `agreed`: whether all reads that can tell say so. */
  | { readonly kind: 'vacant'; readonly agreed: boolean }
  | { readonly kind: 'unread' };

export interface Route {
  readonly destination: Cidr;
  readonly nextHop: NextHop | null;
  readonly state: 'active' | 'blackhole';
  /** Whether it is of the kind that podroutes creates (R2), wherever it leads. */
  readonly ourKind: boolean;
  readonly target: RouteTarget;
  /** Set where the cloud says that its last write of the route failed: what it shows may not be in force. */
  readonly writeFailed?: true;
  /** Set where the cloud itself learnt the route, and a static one to the same destination comes before it. */
  readonly propagated?: true;
}

export interface RouteTable {
  readonly id: string;
  readonly name: string;
  readonly network: string | null;
  /** The routing domain of that network; null where the table serves several, or none yet. */
  readonly domain: string | null;
  /** The network's own address ranges, which no pod CIDR may overlap (R7). */
  readonly networkCidrs: readonly Cidr[];
  readonly routes: readonly Route[];
  /** How many routes each quota of the table counts now. Together the quotas cover both families. */
  readonly quotas: readonly RouteQuota[];
  /** Subnets that this table serves; null where it also serves ones not listed (a main table). */
  readonly subnets: readonly string[] | null;
}

export interface RouteQuota {
  readonly families: readonly Family[];
  readonly used: number;
  readonly limit: number;
}

/** A read that failed, was cut short, or was partial. */
export interface ReadFailure {
  readonly what: 'nodes' | 'table' | 'claims';
  /** Node or table id; null where the whole list failed. */
  readonly id: string | null;
  readonly failure: CloudFailure;
}

/**
 * Which nodes to look at: every one of the cluster, or only those that events named. `ids` are looked up by
 * id in both cases, so that one that is not there can be distinguished from one that is not ours.
 */
export interface Scope {
  readonly kind: 'all' | 'nodes';
  readonly ids: readonly string[];
  /** Those of the ids that may be too new to be known: that they are not found is no death. */
  readonly begun?: readonly string[];
  /**
   * Set on looks after a run's first: the nodes that it has read, by id. User data of nodes that were launched more
   * than `USER_DATA_REREAD_MS` ago is not read again; where it never was, what the node claims stays unknown.
   */
  readonly known?: ReadonlyMap<string, Node>;
  /** What Kubernetes says of the machines, where it is asked: read once in a run. Never rejects. */
  readonly registry?: Promise<Registry>;
}

/** A node that has run for so long has long had the user data that it was launched with. */
export const USER_DATA_REREAD_MS = 15 * 60_000;

/** Nodes and tables as one run read them. */
export interface Observation {
  readonly scope: Scope;
  readonly nodes: readonly Node[];
  readonly tables: readonly RouteTable[];
  /** Ids of the scope that a call by the id was refused for as unknown: gone, or too new to be known. */
  readonly missing: readonly string[];
  /** Machines of the scope's ids that are there and are no nodes. */
  readonly unselected?: readonly UnselectedMachine[];
  readonly failures: readonly ReadFailure[];
}

/** A machine that is no node, and how close its tags come, as a sentence; null where they do not. */
export interface UnselectedMachine {
  readonly id: string;
  readonly nearMiss: string | null;
}

export type ChangeAction = 'create' | 'replace' | 'delete';

export type ChangeReason =
  | 'claimed'
  | 'wrong-next-hop'
  | 'blackhole'
  | 'write-failed'
  | 'node-gone'
  | 'next-hop-unknown'
  | 'claimant-gone'
  | 'node-stopped'
  | 'claim-withdrawn';

/**
 * Why a route may be taken away (R4). `proven`: its target was read as ended. `vacant`: its next hop is nobody's, or
 * whoever it was made for is gone; `disputed`: so, but the reads do not agree. `withdrawn`: its node lives and
 * claims it no more; `moved`: so, and another claim of that node and family is in force in that table; `kept`: so, but
 * its node claims something in vain and keeps what it has, unless whoever the route was made for is gone.
 */
export type Evidence = 'proven' | 'vacant' | 'disputed' | 'moved' | 'withdrawn' | 'kept';

/** One route to create, replace or delete in one table. */
export interface Change {
  readonly table: string;
  readonly action: ChangeAction;
  readonly destination: Cidr;
  readonly nextHop: NextHop | null;
  readonly previousNextHop: NextHop | null;
  /** Id of the node that the route is for, or was for where that is known. */
  readonly node: string | null;
  readonly reason: ChangeReason;
  /** For deletions, and for replacements that take a living node's route from it (R4); else null. */
  readonly evidence: Evidence | null;
}

export type Outcome = 'applied' | 'planned' | 'waiting' | 'skipped' | 'failed';

/** What a change waits for (R4). Times are milliseconds since the epoch, by the ledger's clock. */
export interface Wait {
  /** When a full run first saw the route so; null where nothing remembers it. */
  readonly since: number | null;
  /** From when a full run makes the change; null where only a person may, by force. */
  readonly notBefore: number | null;
  readonly reason: WaitReason;
}

export type WaitReason =
  | 'second-look'
  | 'no-ledger'
  | 'never-recorded'
  | 'reads-disagree'
  | 'ledger-not-read'
  | 'ledger-not-written'
  | 'left-to-schedule';

export interface ChangeResult {
  readonly change: Change;
  readonly outcome: Outcome;
  readonly failure: CloudFailure | null;
  /** Set where the outcome is `waiting`. */
  readonly wait?: Wait;
}

export type FindingCode =
  | 'missing-claim'
  | 'malformed-claim'
  | 'claim-outside-cluster'
  | 'claim-covers-cluster'
  | 'claim-overlaps-network'
  | 'claim-covers-nodes'
  | 'claim-reserved'
  | 'too-many-claims'
  | 'no-claims'
  | 'conflicting-claim'
  | 'foreign-route'
  | 'route-table-full'
  | 'route-table-filling'
  | 'deletion-breaker'
  | 'forwarding-disabled'
  | 'subnet-not-routed'
  | 'node-unreachable'
  | 'node-not-found'
  | 'no-free-cidr'
  | 'blocks-filling'
  | 'block-not-written'
  | 'ledger-unavailable'
  | 'kubernetes-unavailable'
  | 'read-incomplete';

export type Severity = 'info' | 'warning' | 'error';

/** Something that a person must look at. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Name of the node. */
  readonly node: string | null;
  readonly nodeId: string | null;
  readonly table: string | null;
  readonly cidr: string | null;
  readonly message: string;
  readonly remedy: string;
}
