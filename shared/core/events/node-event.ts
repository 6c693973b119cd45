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
 * What the event says that the nodes will be found to be. It decides only what is made of a node that is not found:
 * where `present` is expected it is worth another try, and no death, as it may not be visible yet.
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
  | 'route-not-ours'
  | 'unknown-call'
  | 'own-call'
  | 'failed-call'
  | 'test-notification'
  | 'other-subscription'
  | 'other-resource-group'
  | 'unknown-event-type'
  | 'subscription-validation'
  | 'verification';

/** Why a body could not be read. */
export type UnreadableProblem = 'not-json' | 'unknown-envelope' | 'bad-shape';

/** Look at these nodes. */
export interface NodesEvent extends EventOrigin {
  readonly kind: 'nodes';
  readonly nodes: readonly string[];
  readonly expects: Expectation;
  readonly hook?: LifecycleHook;
}

/**
 * Look at everything: the schedule asks for it, somebody changed what cannot be tied to one node, or a scale set
 * got or lost nodes that its event does not name.
 */
export interface AllEvent extends EventOrigin {
  readonly kind: 'all';
  readonly cause: 'schedule' | 'drift' | 'scale-set';
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

/** Ids of which events say that they are there, and none that they are gone: one that is not found may be too new. */
export function findBegun(events: readonly NodeEvent[]): string[] {
  const idsOf = (expected: Expectation): string[] =>
    events.flatMap((event) => (event.kind === 'nodes' && event.expects === expected ? event.nodes : []));
  const gone = new Set(idsOf('gone'));
  return [...new Set(idsOf('present'))].filter((id) => !gone.has(id));
}

/** An event that was understood and asks for nothing. */
export function ignored(origin: EventOrigin, reason: IgnoredReason): IgnoredEvent {
  return { kind: 'ignored', reason, ...origin };
}

/** A body that could not be read; says why, and nothing of what was in it. */
export function unreadable(problem: UnreadableProblem): UnreadableEvent {
  return { kind: 'unreadable', problem };
}

/** Where an event came from; an id or a time that is not of the documented form counts as not given. */
export function originOf(id: unknown, time: unknown, what: string): EventOrigin {
  return { id: eventId(id), occurredAt: timeOf(time), what };
}

function eventId(id: unknown): string | null {
  return typeof id === 'string' && /^[\w-]{1,128}$/.test(id) ? id : null;
}

function timeOf(time: unknown): number | null {
  if (typeof time !== 'string' || !/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(time)) return null;
  const milliseconds = Date.parse(time);
  // Some notices carry the epoch itself as their time, which would make an event age of decades:
  // https://github.com/aws/aws-node-termination-handler (sample in pkg/monitor/sqsevent).
  return milliseconds > 0 ? milliseconds : null;
}
