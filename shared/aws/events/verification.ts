import * as z from 'zod/mini';
import { ignored } from '../../core/events/node-event.ts';
import { defineFamily, type EventFamily } from './family.ts';

/** What `podroutes verify` sends. A source that begins with `aws.` is for AWS alone to send. */
export const VERIFICATION = { source: 'podroutes', detailType: 'Verification' } as const;

/**
 * Somebody follows an event from the bus to the log and the metric. Whatever it says, and whoever sent it, leads to no
 * read and no change: its reader looks at nothing but the id and the time that EventBridge gave it.
 */
export const verification: EventFamily = defineFamily({
  ...VERIFICATION,
  what: 'verification',
  filter: null,
  detail: z.unknown(),
  read: (_detail, { origin }) => ignored(origin, 'verification'),
});
