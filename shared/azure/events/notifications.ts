import * as z from 'zod/mini';
import { type Expectation, type NodeEvent, unreadable } from '../../core/events/node-event.ts';
import { type ReceivedEvent, readHint } from './hint.ts';
import type { ResourceKind } from './resource-ids.ts';

/**
 * Resources that we take notifications of: those that the platform changes by itself, as it does when it scales.
 * Route tables are left to the events of Resource Manager, which tell by whom they were written.
 */
export const NOTIFIED_KINDS: readonly ResourceKind[] = ['virtual-machine', 'scale-set'];

/**
 * Of the resource only its id is read; it is looked at afresh (R1).
 * @see https://learn.microsoft.com/azure/event-grid/event-schema-resources
 */
const NotificationData = z.object({ resourceInfo: z.object({ id: z.string() }) });

/** A resource was found changed, by whomever. */
export function readNotification(event: ReceivedEvent, expects: Expectation): NodeEvent {
  const data = NotificationData.safeParse(event.data);
  if (!data.success) return unreadable('bad-shape');
  const { id } = data.data.resourceInfo;
  return readHint({ resource: id, kinds: NOTIFIED_KINDS, otherKinds: 'ignored', expects }, event);
}
