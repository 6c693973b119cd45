import * as z from 'zod/mini';
import type { Cidr } from '../../core/cidr.ts';
import { type EventOrigin, type NodeEvent, unreadable } from '../../core/events/node-event.ts';

/** What of the configuration tells what concerns us: tag keys whose change matters, and the pods' ranges. */
export interface TagKeys {
  readonly podCidrTag: string;
  readonly selectionTagKeys: readonly string[];
  /** What the user agent of the deployment's own calls has in it; without it every call is somebody else's. */
  readonly ownAgent?: string;
  /** Routes to other destinations are nobody's concern here; all are where this is not given. */
  readonly clusterCidrs?: readonly Cidr[];
}

/** One condition of an EventBridge pattern: this text, or whether the field is there at all. */
export type PatternValue = string | { readonly exists: boolean };

/** Conditions on fields of `detail`: every field has to meet one of its values. */
type DetailFilter = Readonly<Record<string, readonly PatternValue[]>>;

/**
 * An EventBridge rule's event pattern, as its JSON.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export interface EventPattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail?: DetailFilter;
}

/** An EventBridge event of our account and region, as a family reads it. */
interface ReceivedEvent {
  readonly origin: EventOrigin;
  readonly resources: readonly string[];
  readonly detail: unknown;
  readonly tags: TagKeys;
}

/** One kind of event: which rule lets it in, and how it is read. */
export interface EventFamily {
  readonly source: string;
  readonly detailType: string;
  /** The label for what its reader does not name more closely. */
  readonly what: string;
  /** What `detail` has to hold for the event to be worth sending; null where every event is. */
  readonly filter: ((tags: TagKeys) => DetailFilter) | null;
  readonly read: (event: ReceivedEvent) => NodeEvent;
}

interface FamilyDefinition<Detail> extends Omit<EventFamily, 'read'> {
  readonly detail: z.ZodMiniType<Detail>;
  readonly read: (detail: Detail, event: ReceivedEvent) => NodeEvent;
}

/** A family whose reader sees `detail` only once it has the right shape. */
export function defineFamily<Detail>(definition: FamilyDefinition<Detail>): EventFamily {
  const { detail: schema, read, ...rule } = definition;
  return {
    ...rule,
    read(event) {
      const detail = schema.safeParse(event.detail);
      return detail.success ? read(detail.data, event) : unreadable('bad-shape');
    },
  };
}

/** An EC2 instance id, checked strictly because it goes into API calls. */
export const InstanceId = z.string().check(z.regex(/^i-[0-9a-f]{8,17}$/));
