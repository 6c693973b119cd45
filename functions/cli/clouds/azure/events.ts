import { parseEventGridMessage } from '../../../../shared/azure/events.ts';
import type { NodeEvent } from '../../../../shared/core/events/node-event.ts';

/** Reads events of a cluster that is not known: they are taken to be of the groups that they name. */
export function readAzureEventsOffline(text: string): NodeEvent[] {
  const [, subscription = ''] = /\/subscriptions\/([\da-f-]{36})/i.exec(text) ?? [];
  const groups = [...text.matchAll(/\/resourceGroups\/([^/"\\]+)/gi)].map(([, group = '']) => group);
  return parseEventGridMessage(text, { subscription, resourceGroups: groups });
}
