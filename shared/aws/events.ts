import * as z from 'zod/mini';
import { ignored, type NodeEvent, originOf, unreadable } from '../core/events/node-event.ts';
import { autoScalingFamilies, isAutoScalingMessage, readAutoScalingMessage } from './events/auto-scaling.ts';
import { cloudTrailCall } from './events/cloudtrail.ts';
import type { EventFamily, EventPattern, TagKeys } from './events/family.ts';
import { instanceFamilies } from './events/instance.ts';
import { scheduleFamilies } from './events/schedule.ts';
import { tagChange } from './events/tag-change.ts';
import { verification } from './events/verification.ts';

/** Whose events are ours; `account` is null where it is not known, and is then not checked. */
export interface EventContext extends TagKeys {
  readonly account: string | null;
  readonly region: string;
}

const FAMILIES: readonly EventFamily[] = [
  ...instanceFamilies,
  tagChange,
  ...autoScalingFamilies,
  cloudTrailCall,
  ...scheduleFamilies,
  verification,
];

const FAMILIES_BY_KIND: ReadonlyMap<string, EventFamily> = new Map(
  FAMILIES.map((family) => [kindKey(family.source, family.detailType), family]),
);

function kindKey(source: string, detailType: string): string {
  return JSON.stringify([source, detailType]);
}

/** `version` is not asked for: the China partition's events come without it. */
const Envelope = z.object({
  id: z.optional(z.unknown()),
  time: z.optional(z.unknown()),
  source: z.string(),
  'detail-type': z.string(),
  account: z.string(),
  region: z.string(),
  resources: z.optional(z.array(z.string())),
  detail: z.optional(z.unknown()),
});

const SnsNotification = z.object({ Type: z.literal('Notification'), Message: z.string() });

/**
 * The EventBridge patterns of all events that `parseSqsBody` acts on, one per kind, made from the same list
 * that it reads by. An event that no pattern matches is at most `ignored`.
 */
export function acceptedPatterns(tags: TagKeys): readonly EventPattern[] {
  return FAMILIES.map(({ source, detailType, filter }) => ({
    source: [source],
    'detail-type': [detailType],
    ...(filter === null ? {} : { detail: filter(tags) }),
  }));
}

/**
 * Reads the body of one SQS record: an EventBridge event, an Auto Scaling message, or either of them wrapped by
 * SNS. Never throws; what it cannot read is `unreadable`.
 * @example
 * parseSqsBody('{"Event":"autoscaling:TEST_NOTIFICATION"}', context);
 * //=> { kind: 'ignored', reason: 'test-notification', what: 'auto-scaling-message', id: null, occurredAt: null }
 */
export function parseSqsBody(body: string, context: EventContext): NodeEvent {
  const document = parseJson(body);
  if (document === undefined) return unreadable('not-json');
  const notification = SnsNotification.safeParse(document);
  if (!notification.success) return readDocument(document, context);
  const message = parseJson(notification.data.Message);
  return message === undefined ? unreadable('not-json') : readDocument(message, context);
}

/** The value, or undefined (which JSON has not) where the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readDocument(document: unknown, context: EventContext): NodeEvent {
  if (typeof document !== 'object' || document === null) return unreadable('unknown-envelope');
  if (Object.hasOwn(document, 'detail-type')) return readEnvelope(document, context);
  if (isAutoScalingMessage(document)) return readAutoScalingMessage(document, context.account);
  return unreadable('unknown-envelope');
}

function readEnvelope(document: object, context: EventContext): NodeEvent {
  const envelope = Envelope.safeParse(document);
  if (!envelope.success) return unreadable('bad-shape');
  const { id, time, source, account, region, resources, detail } = envelope.data;
  const family = FAMILIES_BY_KIND.get(kindKey(source, envelope.data['detail-type']));
  const origin = originOf(id, time, family?.what ?? 'other');
  if (context.account !== null && account !== context.account) return ignored(origin, 'other-account');
  if (region !== context.region) return ignored(origin, 'other-region');
  if (family === undefined) return ignored(origin, 'unknown-detail-type');
  return family.read({ origin, resources: resources ?? [], detail, tags: context });
}
