// @ts-nocheck
import { ignored, type NodeEvent, originOf, unreadable } from '../core/events/node-event.ts';
import { parseJson, readEnvelope } from './events/envelope.ts';
import type { EventContext, ReceivedEvent } from './events/hint.ts';
import { NOTIFIED_KINDS, readNotification } from './events/notifications.ts';
import { OPERATION_FAMILIES } from './events/operations.ts';
import { readOperation } from './events/resource-events.ts';
import { RESOURCE_TYPES, type ResourceKind } from './events/resource-ids.ts';

export type { EventContext } from './events/hint.ts';

/** One condition on a field: some value has to be in it, or to be it. Azure compares without regard to case. */
interface AdvancedFilter {
  readonly operatorType: 'StringIn' | 'StringContains';
  readonly key: string;
  readonly values: readonly string[];
}

/**
 * The filter of one Event Grid subscription, all conditions of which an event has to meet.
 * @see https://learn.microsoft.com/azure/event-grid/event-filtering
 */
export interface EventFilter {
  /** What the subscription lets in: a short name, unique among the filters. */
  readonly name: string;
  /** The kind of system topic that it belongs on. */
  readonly topic: 'resource-manager' | 'resource-notifications';
  readonly includedEventTypes: readonly string[];
  readonly advancedFilters: readonly AdvancedFilter[];
}

interface EventType {
  readonly what: string;
  readonly read: (event: ReceivedEvent) => NodeEvent;
}

const SUCCESSES: Readonly<Record<string, EventType>> = {
  'Microsoft.Resources.ResourceWriteSuccess': { what: 'operation', read: readOperation },
  'Microsoft.Resources.ResourceDeleteSuccess': { what: 'operation', read: readOperation },
  'Microsoft.Resources.ResourceActionSuccess': { what: 'operation', read: readOperation },
};

const NOTIFICATIONS: Readonly<Record<string, EventType>> = {
  'Microsoft.ResourceNotifications.Resources.CreatedOrUpdated': {
    what: 'notification-created-or-updated',
    read: (event) => readNotification(event, 'present'),
  },
  'Microsoft.ResourceNotifications.Resources.Deleted': {
    what: 'notification-deleted',
    read: (event) => readNotification(event, 'gone'),
  },
};

const FAILED: EventType = { what: 'failed-operation', read: ({ origin }) => ignored(origin, 'failed-call') };

const EVENT_TYPES: ReadonlyMap<string, EventType> = new Map([
  ...Object.entries(SUCCESSES),
  ...Object.entries(NOTIFICATIONS),
  ...['Write', 'Delete', 'Action'].flatMap((verb): [string, EventType][] => [
    [`Microsoft.Resources.Resource${verb}Failure`, FAILED],
    [`Microsoft.Resources.Resource${verb}Cancel`, FAILED],
  ]),
  [
    'Microsoft.EventGrid.SubscriptionValidationEvent',
    {
      what: 'subscription-validation',
      read: ({ origin }: ReceivedEvent) => ignored(origin, 'subscription-validation'),
    },
  ],
]);

/**
 * The filters of all events that `parseEventGridMessage` acts on, made from the same lists that it reads by. An
 * event that no filter matches is at most `ignored`. They look at `data` alone, where both schemas are the same:
 * conditions on the subject are not documented for CloudEvents.
 */
export const acceptedFilters: readonly EventFilter[] = [
  ...OPERATION_FAMILIES.map(
    ({ name, kinds, operations }): EventFilter => ({
      name,
      topic: 'resource-manager',
      includedEventTypes: Object.keys(SUCCESSES),
      advancedFilters: [
        { operatorType: 'StringIn', key: 'data.operationName', values: Object.keys(operations) },
        { operatorType: 'StringContains', key: 'data.resourceUri', values: pathsOf(kinds) },
      ],
    }),
  ),
  {
    name: 'notifications',
    topic: 'resource-notifications',
    includedEventTypes: Object.keys(NOTIFICATIONS),
    advancedFilters: [
      { operatorType: 'StringContains', key: 'data.resourceInfo.id', values: pathsOf(NOTIFIED_KINDS) },
    ],
  },
];

function pathsOf(kinds: readonly ResourceKind[]): string[] {
  return [...new Set(kinds.map((kind) => `/providers/${RESOURCE_TYPES[kind]}/`))];
}

/**
 * Reads the body of one Service Bus message, as text, as bytes, or as the value that it is JSON of: one event in
 * the Event Grid schema or in CloudEvents 1.0, or a list of them. Gives one result for each event, and never
 * throws; what it cannot read is `unreadable`.
 * @example
 * parseEventGridMessage('[]', context); //=> [{ kind: 'unreadable', problem: 'unknown-envelope' }]
 */
export function parseEventGridMessage(body: unknown, context: EventContext): NodeEvent[] {
  const document = readBody(body);
  if (document === undefined) return [unreadable('not-json')];
  const events: readonly unknown[] = Array.isArray(document) ? document : [document];
  if (events.length === 0) return [unreadable('unknown-envelope')];
  return events.map((event) => readEvent(event, context));
}

function readBody(body: unknown): unknown {
  if (typeof body === 'string') return parseJson(body);
  return body instanceof Uint8Array ? parseJson(new TextDecoder().decode(body)) : body;
}

function readEvent(event: unknown, context: EventContext): NodeEvent {
  const result = readEnvelope(event);
  if (!result.ok) return unreadable(result.problem);
  const { id, time, type, data } = result.envelope;
  const known = EVENT_TYPES.get(type);
  const origin = originOf(id, time, known?.what ?? 'other');
  return known === undefined ? ignored(origin, 'unknown-event-type') : known.read({ origin, data, context });
}
