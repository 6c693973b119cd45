import { describe, expect, it } from '@jest/globals';
import { template } from '../../../infra/azure/template.ts';
import { acceptedFilters, type EventFilter } from '../../../shared/azure/events.ts';
import { azureEntries, bodyOf, eventsIn, passes } from '../../azure/event-fixtures.ts';
import { deployTemplate } from './arm-deployment.ts';
import { CASES, deployCase, PLACE } from './template-cases.ts';

const SUBSCRIPTIONS = 'Microsoft.EventGrid/systemTopics/eventSubscriptions';

function subscriptionsOf(name: string) {
  return deployCase(name).resources.filter(({ type }) => type === SUBSCRIPTIONS);
}

function topicsOf(name: string) {
  return deployCase(name)
    .resources.filter(({ type }) => type === 'Microsoft.EventGrid/systemTopics')
    .map(({ name: topic, body }) => ({ topic, ...Object(body['properties']) }));
}

const everything = subscriptionsOf('named tables and everything on');

describe('The event subscriptions', () => {
  it('let through what the parser acts on, for every group', () => {
    const [first, second] = topicsOf('named tables and everything on');
    const filtersOn = (topic: string) =>
      everything
        .filter(({ name }) => name.startsWith(`${topic}/`))
        .map(({ body }) => Object(body['properties']).filter);
    const expected = acceptedFilters
      .filter(({ topic }) => topic === 'resource-manager')
      .map(({ includedEventTypes, advancedFilters }) => ({ includedEventTypes, advancedFilters }));
    expect(filtersOn(first?.topic)).toEqual(expected);
    expect(filtersOn(second?.topic)).toEqual(expected);
  });

  it.each([
    ['the least', ['podroutes-app'], 0],
    ['nodes in other groups than the app', ['nodes-a', 'nodes-b', 'network'], 0],
    ['named tables and everything on', ['nodes', 'network'], 1],
  ])(
    'are on one topic for each group, and on one of notifications if asked for: %s',
    (name, groups, count) => {
      const topics = topicsOf(name);
      const ofGroups = topics.filter(({ topicType }) => topicType === 'Microsoft.Resources.ResourceGroups');
      expect(ofGroups.map(({ source }) => source.split('/').at(-1))).toEqual(groups);
      const rest = topics.filter((topic) => !ofGroups.includes(topic));
      expect(rest).toHaveLength(count);
      for (const { source, topicType } of rest) {
        expect(topicType).toBe('Microsoft.ResourceNotifications.Resources');
        expect(source).toMatch(/^\/subscriptions\/[^/]+$/);
      }
    },
  );

  it('keep the name of a topic when groups are listed in another order', () => {
    const topicsFor = (nodeResourceGroups: string[]) =>
      deployTemplate(template, { ...CASES['the least'], nodeResourceGroups }, PLACE)
        .resources.filter(({ type }) => type === 'Microsoft.EventGrid/systemTopics')
        .map(({ name, body }) => `${name} ${Object(body['properties']).source}`)
        .sort();
    expect(topicsFor(['a', 'b'])).toEqual(topicsFor(['b', 'a']));
  });

  it('name one session, the cluster', () => {
    for (const { body } of everything) {
      const { destination } = Object(body['properties']).deliveryWithResourceIdentity;
      expect(destination).toMatchObject({ endpointType: 'ServiceBusQueue' });
      expect(destination.properties.resourceId).toMatch(/queues\/node-events$/);
      expect(destination.properties.deliveryAttributeMappings).toEqual([
        { name: 'SessionId', type: 'Static', properties: { value: 'k'.repeat(100), isSecret: false } },
      ]);
    }
  });

  it('deliver as their own identity, try for a day, and keep what could not be delivered', () => {
    for (const { body } of everything) {
      const { filter: _, deliveryWithResourceIdentity, ...rest } = Object(body['properties']);
      const identity = { type: 'UserAssigned', userAssignedIdentity: expect.stringMatching(/-events$/) };
      const { destination: __, ...delivery } = deliveryWithResourceIdentity;
      expect(delivery).toEqual({ identity });
      expect(rest).toEqual({
        eventDeliverySchema: 'CloudEventSchemaV1_0',
        retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 },
        deadLetterWithResourceIdentity: {
          identity,
          deadLetterDestination: {
            endpointType: 'StorageBlob',
            properties: {
              resourceId: expect.stringMatching(/\/storageAccounts\/\w+$/),
              blobContainerName: 'dead-letters',
            },
          },
        },
      });
    }
  });

  it('keep the bounds of Event Grid: 25 filters and 25 values, each of at most 512 characters', () => {
    for (const { body } of everything) {
      const { advancedFilters } = Object(body['properties']).filter;
      const values: string[] = advancedFilters.flatMap((filter: { values: string[] }) => filter.values);
      expect(advancedFilters.length).toBeLessThanOrEqual(25);
      expect(values.length).toBeLessThanOrEqual(25);
      expect(Math.max(...values.map(({ length }) => length))).toBeLessThanOrEqual(512);
    }
  });
});

/** Event Grid delivers JSON alone. */
const readable = azureEntries.filter(({ file }) => file.endsWith('.json'));

describe('Every event in events/azure', () => {
  const filters = everything.map(({ body }): EventFilter => Object(body['properties']).filter);

  it.each(readable)('arrives where it is one to act on: $file', ({ file, expect: results }) => {
    const arrived = eventsIn(bodyOf(file)).map((event) => filters.some((filter) => passes(filter, event)));
    for (const [i, { kind }] of results.entries()) {
      if (kind === 'nodes' || kind === 'all')
        expect({ file, arrived: arrived[i] }).toEqual({ file, arrived: true });
    }
  });
});
