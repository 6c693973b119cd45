import * as z from 'zod';
import { acceptedFilters } from '../../../../../shared/azure/events.ts';
import { isOwnRequestId, requestMarkOf } from '../../../../../shared/azure/request-ids.ts';
import type { ArmEvent } from '../../../../../shared/sandbox/arm/events.ts';
import { CLUSTER } from './cluster.ts';
import type { Operator } from './operator.ts';

const REQUEST_MARK = requestMarkOf({ cluster: CLUSTER, routeTables: [] });

/** Whether the filters of podroutes' event subscriptions let an event in. */
export function isLetIn(event: ArmEvent): boolean {
  const type = String(event['eventType'] ?? event['type']);
  return acceptedFilters.some(
    ({ includedEventTypes, advancedFilters }) =>
      includedEventTypes.includes(type) &&
      advancedFilters.every(({ operatorType, key, values }) => {
        const found = lookUp(event, key).toLowerCase();
        return values.some((value) =>
          operatorType === 'StringIn' ? found === value.toLowerCase() : found.includes(value.toLowerCase()),
        );
      }),
  );
}

function lookUp(event: ArmEvent, key: string): string {
  return String(key.split('.').reduce<unknown>((value, name) => Object(value)[name], event));
}

const Operation = z.object({
  data: z.object({
    operationName: z.string(),
    resourceUri: z.string(),
    httpRequest: z.object({ clientRequestId: z.string() }).optional(),
  }),
});

/** As many names as a line has room for. */
const MOST_NAMES = 3;

/** What a batch of messages holds, those of a kind together. */
export function describeMessages(messages: readonly string[], { names }: Operator): string[] {
  const texts = messages.map((message) => describeMessage(message, names));
  return [...Map.groupBy(texts, ({ says }) => says)].map(([says, alike]) => {
    const of = alike.flatMap((each) => each.of ?? []);
    const more = of.length > MOST_NAMES ? ` and ${of.length - MOST_NAMES} more` : '';
    const whose = of.length === 0 ? '' : ` (${of.slice(0, MOST_NAMES).join(', ')}${more})`;
    return `${String(alike.length).padStart(3)} × ${says}${whose}`;
  });
}

function describeMessage(
  message: string,
  names: ReadonlyMap<string, string>,
): { readonly says: string; readonly of: string | null } {
  const event = readJson(message);
  const parsed = Operation.safeParse(event);
  if (!parsed.success) return { says: `unreadable: ${message}`, of: null };
  const { operationName, resourceUri, httpRequest } = parsed.data.data;
  if (isOwnRequestId(httpRequest?.clientRequestId ?? '', REQUEST_MARK)) {
    return { says: "echo of podroutes' own write", of: null };
  }
  const schema = Object(event)['specversion'] === undefined ? '' : ', as CloudEvents';
  const id = resourceUri.replace('/providers/Microsoft.Resources/tags/default', '');
  return {
    says: `${operationName.replace(/^Microsoft\.\w+\//, '')}${schema}`,
    of: names.get(id.toLowerCase()) ?? id.split('/').at(-1) ?? '',
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
