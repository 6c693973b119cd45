import { acceptedFilters, type EventFilter } from '../../shared/azure/events.ts';
import { NODE_EVENTS_QUEUE } from '../../shared/azure/queues.ts';
import { type Expression, evaluate, type Json, type Resource, resourceId } from './arm.ts';
import { grantIdsOf } from './identity.ts';
import { CONTAINERS, containerId, IDS, queueId, typed, variable } from './names.ts';
import { parameter } from './parameters.ts';

/** That there is one for each group, or one if asked for. */
type Presence =
  | { readonly copy: { readonly name: string; readonly count: string } }
  | { readonly condition: string };

interface Topic {
  readonly name: Expression;
  readonly topicType: string;
  readonly source: Expression;
  readonly presence: Presence;
}

const group = `${variable('resourceGroups')}[copyIndex()]`;

const TOPICS: Readonly<Record<EventFilter['topic'], Topic>> = {
  'resource-manager': {
    // By the group's name and not its place in the list: a group has one topic, and it cannot be renamed.
    name: `format('podroutes-{0}', uniqueString(${variable('unique')}, ${group}))`,
    topicType: 'Microsoft.Resources.ResourceGroups',
    source: `format('{0}/resourceGroups/{1}', subscription().id, ${group})`,
    presence: { copy: { name: 'topics', count: evaluate(`length(${variable('resourceGroups')})`) } },
  },
  'resource-notifications': {
    name: `format('podroutes-{0}', uniqueString(${variable('unique')}))`,
    topicType: 'Microsoft.ResourceNotifications.Resources',
    source: 'subscription().id',
    presence: { condition: evaluate(parameter('resourceNotifications')) },
  },
};

function topicResource({ name, topicType, source, presence }: Topic): Resource {
  return {
    ...typed('Microsoft.EventGrid/systemTopics'),
    ...presence,
    name: evaluate(name),
    location: 'global',
    identity: {
      type: 'UserAssigned',
      userAssignedIdentities: { [evaluate(`format('{0}', ${IDS.deliveryIdentity})`)]: {} },
    },
    dependsOn: [evaluate(IDS.deliveryIdentity)],
    properties: { source: evaluate(source), topicType },
  };
}

const IDENTITY = { type: 'UserAssigned', userAssignedIdentity: evaluate(IDS.deliveryIdentity) };

const DELIVERY = {
  identity: IDENTITY,
  destination: {
    endpointType: 'ServiceBusQueue',
    properties: {
      resourceId: evaluate(queueId(NODE_EVENTS_QUEUE)),
      deliveryAttributeMappings: [
        {
          name: 'SessionId',
          type: 'Static',
          properties: { value: evaluate(parameter('cluster')), isSecret: false },
        },
      ],
    },
  },
};

const DEAD_LETTERS = {
  identity: IDENTITY,
  deadLetterDestination: {
    endpointType: 'StorageBlob',
    properties: { resourceId: evaluate(IDS.storage), blobContainerName: CONTAINERS.deadLetters },
  },
};

function copied({ name, count }: { readonly name: string; readonly count: string }, filter: string) {
  return { copy: { name: `${name}-${filter}`, count } };
}

function subscriptionResource({ name, topic, includedEventTypes, advancedFilters }: EventFilter): Resource {
  const { name: topicName, presence } = TOPICS[topic];
  return {
    ...typed('Microsoft.EventGrid/systemTopics/eventSubscriptions'),
    ...('copy' in presence ? copied(presence.copy, name) : presence),
    name: evaluate(`format('{0}/podroutes-${name}', ${topicName})`),
    dependsOn: [
      evaluate(resourceId('Microsoft.EventGrid/systemTopics', topicName)),
      evaluate(queueId(NODE_EVENTS_QUEUE)),
      evaluate(containerId(CONTAINERS.deadLetters)),
      ...grantIdsOf('deliveryIdentity'),
    ],
    properties: {
      eventDeliverySchema: 'CloudEventSchemaV1_0',
      deliveryWithResourceIdentity: DELIVERY,
      deadLetterWithResourceIdentity: DEAD_LETTERS,
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 },
      filter: {
        includedEventTypes: [...includedEventTypes],
        advancedFilters: advancedFilters.map(
          ({ operatorType, key, values }): Json => ({ operatorType, key, values: [...values] }),
        ),
      },
    },
  };
}

/** The topics of the groups, and the subscriptions that let through what the parser acts on. */
export const eventGrid: readonly Resource[] = [
  ...Object.values(TOPICS).map(topicResource),
  ...acceptedFilters.map(subscriptionResource),
];

/** The id of a topic: of one group, in a copy over all groups, or of the notifications. */
export function topicId(topic: EventFilter['topic']): Expression {
  return resourceId('Microsoft.EventGrid/systemTopics', TOPICS[topic].name);
}
