import * as z from 'zod/mini';
import { defineFamily, type EventFamily } from './family.ts';

function scheduleFamily(source: string): EventFamily {
  return defineFamily({
    source,
    detailType: 'Scheduled Event',
    what: 'schedule',
    filter: null,
    // Rules send `{}`, EventBridge Scheduler sends the text "{}"; neither says anything.
    detail: z.unknown(),
    read: (_detail, { origin }) => ({ kind: 'all', cause: 'schedule', ...origin }),
  });
}

/**
 * Time for a full reconcile, from a scheduled EventBridge rule or from EventBridge Scheduler.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
 */
export const scheduleFamilies: readonly EventFamily[] = [
  scheduleFamily('aws.events'),
  scheduleFamily('aws.scheduler'),
];
