/** Where an event came from, for logs, metrics and its age; none of it decides anything (R1). */
export interface EventOrigin {
  /** The cloud's own id of the event; null where it has none. */
  readonly id: string | null;
  /** When it happened, in milliseconds since the epoch; null where the event does not say. */
  readonly occurredAt: number | null;
  /** A short stable label from our own code, such as `running` or `tag-change`; never text of the event. */
  readonly what: string;
}

/**
 * What completing an Auto Scaling lifecycle hook takes. The group waits for it until its timeout, so it is
 * completed even where no route had to change.
 */
export interface LifecycleHook {
  readonly group: string;
  readonly hook: string;
  readonly token: string;
  readonly instance: string;
  readonly transition: 'launching' | 'terminating';
}

/**
 * What the event says that the nodes will be found to be. It decides only whether a node that is not found
 * is worth another try: `present` is (it may not be visible yet), `gone` and `any` are not.
 */
export type Expectation = 'present' | 'gone' | 'any';

/** Why an event that was understood is none of our business. */
export type IgnoredReason =
  | 'other-account'
  | 'other-region'
  | 'other-resource'
  | 'unknown-detail-type'
  | 'unknown-transition'
  | 'state-pending'
  | 'unknown-state'
  | 'tag-not-ours'
  | 'attribute-not-ours'
  | 'unknown-call'
  | 'own-call'
  | 'failed-call'
  | 'test-notification';

/** Why a body could not be read. */
export type UnreadableProblem = 'not-json' | 'unknown-envelope' | 'bad-shape';

/** Look at these nodes. */
export interface NodesEvent extends EventOrigin {
  readonly kind: 'nodes';
  readonly nodes: readonly string[];
  readonly expects: Expectation;
  readonly hook?: LifecycleHook;
}

/** Look at everything: the schedule asks for it, or somebody changed what cannot be tied to one node. */
export interface AllEvent extends EventOrigin {
  readonly kind: 'all';
  readonly cause: 'schedule' | 'drift';
}

/** Understood, and nothing to do: acknowledge it. */
export interface IgnoredEvent extends EventOrigin {
  readonly kind: 'ignored';
  readonly reason: IgnoredReason;
}

/** A failed record: count it and leave it to the platform. Holds nothing of the content (R11). */
export interface UnreadableEvent {
  readonly kind: 'unreadable';
  readonly problem: UnreadableProblem;
}

/** What came of one message of a cloud, whichever cloud sent it. */
export type NodeEvent = NodesEvent | AllEvent | IgnoredEvent | UnreadableEvent;
