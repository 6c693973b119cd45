import type { Ids } from '../ids.ts';

/** Who made a call, as far as the request tells. */
export interface Caller {
  /** The application id in the token, where it is a readable one. */
  readonly appId: string;
  readonly userAgent: string;
  readonly clientRequestId: string;
  readonly correlationId: string;
  readonly method: string;
  readonly url: string;
}

type Verb = 'Write' | 'Delete' | 'Action';

/** What Event Grid tells about one operation, before it is put into either schema. */
export interface EventContent {
  readonly verb: Verb;
  readonly outcome: 'Success' | 'Failure';
  /** The id of the resource that the operation was about. */
  readonly target: string;
  /** As role definitions name it: 'Microsoft.Network/routeTables/write'. */
  readonly action: string;
  /** Whether the resource was there before: only then is the request described. */
  readonly existed: boolean;
  readonly caller: Caller;
}

/** An event together with what all schemas of it share. */
export interface RecordedEvent extends EventContent {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly subscription: string;
  readonly tenant: string;
}

/** The schemas that an Event Grid subscription can ask for, by Azure's names. */
export type EventSchema = 'EventGridSchema' | 'CloudEventSchemaV1_0';

/** An event as it is delivered. */
export type ArmEvent = Readonly<Record<string, unknown>>;

/** Who changes things when no request does: the portal's user, or the platform. */
export function platformCaller(
  { ids }: { readonly ids: Ids },
  appId = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
): Caller {
  return {
    appId,
    userAgent: '',
    clientRequestId: ids.uuid(),
    correlationId: ids.uuid(),
    method: 'PUT',
    url: '',
  };
}

const VERBS: readonly (readonly [suffix: string, verb: Verb])[] = [
  ['/write', 'Write'],
  ['/delete', 'Delete'],
  ['/action', 'Action'],
];

/** The verb of an action's name. */
export function verbOf(action: string): Verb {
  return VERBS.find(([suffix]) => action.endsWith(suffix))?.[1] ?? 'Action';
}

const RENDERERS: Readonly<Record<EventSchema, (event: RecordedEvent) => ArmEvent>> = {
  EventGridSchema: (event) => ({
    id: event.id,
    topic: `/subscriptions/${event.subscription}`,
    subject: event.target,
    eventType: eventType(event),
    eventTime: eventTime(event),
    dataVersion: '2',
    metadataVersion: '1',
    data: eventData(event),
  }),
  CloudEventSchemaV1_0: (event) => ({
    specversion: '1.0',
    id: event.id,
    source: `/subscriptions/${event.subscription}`,
    subject: event.target,
    type: eventType(event),
    time: eventTime(event),
    data: eventData(event),
  }),
};

/** The event in the schema that was asked for. */
export function renderEvent(event: RecordedEvent, schema: EventSchema): ArmEvent {
  return RENDERERS[schema](event);
}

function eventType({ verb, outcome }: RecordedEvent): string {
  return `Microsoft.Resources.Resource${verb}${outcome}`;
}

/** Event Grid writes seven digits of a second. */
function eventTime({ at }: RecordedEvent): string {
  return new Date(at).toISOString().replace('Z', '0000Z');
}

/** @see https://learn.microsoft.com/azure/event-grid/event-schema-subscriptions */
function eventData(event: RecordedEvent): Readonly<Record<string, unknown>> {
  const { target, action, caller, existed, outcome } = event;
  return {
    authorization: {
      scope: target,
      action,
      evidence: { role: 'Contributor', principalId: caller.appId, principalType: 'ServicePrincipal' },
    },
    claims: { aud: 'https://management.azure.com/', appid: caller.appId, ver: '1.0' },
    correlationId: caller.correlationId,
    ...(existed && {
      httpRequest: {
        clientRequestId: caller.clientRequestId,
        clientIpAddress: '127.0.0.1',
        method: caller.method,
        url: caller.url,
      },
    }),
    resourceProvider: action.split('/')[0],
    resourceUri: target,
    operationName: action,
    status: outcome === 'Success' ? 'Succeeded' : 'Failed',
    subscriptionId: event.subscription,
    tenantId: event.tenant,
  };
}
