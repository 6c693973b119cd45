import type { Cidr } from './cidr.ts';
import type { CloudFailure } from './errors.ts';
import type { Change, ChangeResult, CloudName, Node, Observation, RouteTable, Scope } from './model.ts';

/** What came of switching on forwarding for one node; null failure means it is on. */
export interface ForwardingResult {
  readonly node: Node;
  readonly failure: CloudFailure | null;
}

/** A tag that is to tell a node its blocks. */
export interface BlockTag {
  readonly node: Node;
  readonly cidrs: readonly Cidr[];
}

/** What came of writing a node's blocks to its tag; null failure means that they stand there. */
export interface TagResult extends BlockTag {
  readonly failure: CloudFailure | null;
}

/**
 * The one port between the core and a cloud. Nothing here throws for what a cloud answers: failures are
 * values in the results. After `signal` is aborted no further call is begun and what is left over is
 * reported as a transient failure.
 */
export interface Cloud {
  readonly name: CloudName;
  /**
   * Whether `apply` makes all changes to a table at once or none, and only to the table as it was observed.
   * Writes and deletions then need no rounds of their own.
   */
  readonly isAtomic: boolean;
  /** Reads nodes and tables, in parallel where they do not depend on each other. */
  observe(scope: Scope, signal: AbortSignal): Promise<Observation>;
  /** Makes these changes to one table; one result for each change. */
  apply(table: RouteTable, changes: readonly Change[], signal: AbortSignal): Promise<ChangeResult[]>;
  /** Lets the network pass packets that are not the node's own; these are nodes that `observe` gave. */
  enableForwarding(nodes: readonly Node[], signal: AbortSignal): Promise<ForwardingResult[]>;
  /** Writes the pod-CIDR tags of nodes that `observe` gave, and leaves their other tags as they are. */
  tagNodes(tags: readonly BlockTag[], signal: AbortSignal): Promise<TagResult[]>;
}
