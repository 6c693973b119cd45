import {
  type EventOrigin,
  type Expectation,
  type IgnoredReason,
  ignored,
  type NodeEvent,
  unreadable,
} from '../../core/events/node-event.ts';
import { type ResourceId, type ResourceKind, readResourceId } from './resource-ids.ts';

/** Whose events are ours; case does not matter. */
export interface EventContext {
  readonly subscription: string;
  /** Groups that are listed for nodes and tables. */
  readonly resourceGroups: readonly string[];
  /** Groups of tables that are managed besides: no machine of theirs is ever listed, so none is ours. */
  readonly tableGroups?: readonly string[];
  /** How the request ids of this deployment's own calls begin; without it, no call is taken for one. */
  readonly requestMark?: string;
}

/** An event of a known type, as its reader gets it. */
export interface ReceivedEvent {
  readonly origin: EventOrigin;
  readonly data: unknown;
  readonly context: EventContext;
}

interface About {
  readonly resource: string;
  readonly kinds: readonly ResourceKind[];
  /** What an event about another kind of resource is. */
  readonly otherKinds: 'ignored' | 'unreadable';
  readonly expects: Expectation;
}

const NODE_KINDS: ReadonlySet<ResourceKind> = new Set(['virtual-machine', 'scale-set-instance']);

/** Where to look for an event about a resource: at that node, at everything, or nowhere. */
export function readHint(about: About, { origin, context }: ReceivedEvent): NodeEvent {
  const resource = readResourceId(about.resource);
  if (resource === null) return unreadable('bad-shape');
  const reason = whyIgnored(resource, context);
  if (reason !== null) return ignored(origin, reason);
  if (resource.kind === null || !about.kinds.includes(resource.kind)) {
    return about.otherKinds === 'ignored' ? ignored(origin, 'other-resource') : unreadable('bad-shape');
  }
  return NODE_KINDS.has(resource.kind)
    ? { kind: 'nodes', nodes: [resource.id], expects: about.expects, ...origin }
    : { kind: 'all', cause: resource.kind === 'scale-set' ? 'scale-set' : 'drift', ...origin };
}

const TABLE_KINDS: ReadonlySet<ResourceKind | null> = new Set(['route-table', 'route']);

function whyIgnored({ subscription, group, kind }: ResourceId, context: EventContext): IgnoredReason | null {
  if (subscription !== context.subscription.toLowerCase()) return 'other-subscription';
  if (group === null) return 'other-resource';
  const { resourceGroups, tableGroups = [] } = context;
  const groups = TABLE_KINDS.has(kind) ? [...resourceGroups, ...tableGroups] : resourceGroups;
  return groups.some((ours) => ours.toLowerCase() === group) ? null : 'other-resource-group';
}
