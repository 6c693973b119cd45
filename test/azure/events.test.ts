import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { acceptedFilters, parseEventGridMessage } from '../../shared/azure/events.ts';
import { isOwnRequestId, newRequestId, requestMarkOf } from '../../shared/azure/request-ids.ts';
import type { NodeEvent } from '../../shared/core/events/node-event.ts';
import { bodyOf, CONTEXT, azureEntries as entries, eventsIn, passes } from './event-fixtures.ts';

const GROUP = '/subscriptions/5f2d1c9a-7c1e-4a57-9d3b-0c7f4e2b8a61/resourceGroups/kubernetes';
const VM = `${GROUP}/providers/Microsoft.Compute/virtualMachines`;
const OWN = requestMarkOf({ cluster: 'kthw', routeTables: [] });
const OTHER = requestMarkOf({ cluster: 'other', routeTables: [] });
const BAD_SHAPE: NodeEvent = { kind: 'unreadable', problem: 'bad-shape' };

/** The result as the manifest writes it: with a time that people can read. */
function printable(event: NodeEvent): unknown {
  if (event.kind === 'unreadable' || event.occurredAt === null) return event;
  return { ...event, occurredAt: new Date(event.occurredAt).toISOString() };
}

/** What comes of the one event in a file, after changes to its envelope and to its data. */
function parseChanged(file: string, changes: object, data: object = {}): NodeEvent | undefined {
  const event = JSON.parse(bodyOf(file));
  const [result] = parseEventGridMessage({ ...event, ...changes, data: { ...event.data, ...data } }, CONTEXT);
  return result;
}

describe('the event manifest', () => {
  it('has one entry for every file and one file for every entry', () => {
    const files = readdirSync(new URL('../../events/azure/', import.meta.url)).map((name) => `azure/${name}`);
    expect(entries.map(({ file }) => file).sort()).toEqual(files.sort());
  });

  it.each(entries)('says what comes of $file', ({ file, expect: expected }) => {
    expect(parseEventGridMessage(bodyOf(file), CONTEXT).map(printable)).toEqual(expected);
  });
});

describe('the accepted filters', () => {
  const readable = entries.filter(({ file }) => file.endsWith('.json') && !file.includes('unreadable'));
  const events = readable.flatMap(({ file, expect: results }) =>
    eventsIn(bodyOf(file)).map((event, index) => ({ file, event, kind: results[index]?.kind })),
  );

  it.each(events.filter(({ kind }) => kind === 'nodes' || kind === 'all'))(
    'let $kind of $file in, once',
    ({ event }) => {
      expect(acceptedFilters.filter((filter) => passes(filter, event))).toHaveLength(1);
    },
  );

  it.each([
    'azure/vm-write-failed.json',
    'azure/vm-delete-cancelled.json',
    'azure/vm-extension-write.json',
    'azure/vm-run-command.json',
    'azure/scale-set-restart.json',
    'azure/tags-write-on-disk.json',
    'azure/tags-write-on-group.json',
    'azure/network-interface-write.json',
    'azure/subnet-write.json',
    'azure/deployment-write.json',
    'azure/notification-route-table-updated.json',
    'azure/notification-storage-account-updated.json',
    'azure/blob-created.json',
  ])('keep %s out, so that it costs nothing', (file) => {
    const [event] = eventsIn(bodyOf(file));
    expect(acceptedFilters.filter((filter) => passes(filter, event))).toEqual([]);
  });

  it('have no event type and no operation that no file is let in by', () => {
    const narrow = acceptedFilters.flatMap((filter) => [
      ...filter.includedEventTypes.map((type) => ({ ...filter, includedEventTypes: [type] })),
      ...filter.advancedFilters.flatMap((condition) =>
        condition.values.map((value) => ({
          ...filter,
          advancedFilters: [
            ...filter.advancedFilters.filter((other) => other !== condition),
            { ...condition, values: [value] },
          ],
        })),
      ),
    ]);
    const unused = narrow.filter((filter) => !events.some(({ event }) => passes(filter, event)));
    // One list of types serves every operation, and neither tags nor routes are acted on by POST.
    expect(unused.map(({ name, includedEventTypes }) => [name, includedEventTypes])).toEqual([
      ['tags', ['Microsoft.Resources.ResourceActionSuccess']],
      ['routes', ['Microsoft.Resources.ResourceActionSuccess']],
    ]);
  });

  it.each(acceptedFilters)('stay within what one subscription may hold: $name', ({ advancedFilters }) => {
    expect(advancedFilters.flatMap(({ values }) => values).length).toBeLessThanOrEqual(25);
    for (const { values } of advancedFilters)
      expect(Math.max(...values.map((v) => v.length))).toBeLessThan(512);
  });

  it('are told apart by their names', () => {
    expect(acceptedFilters.map(({ name }) => name)).toEqual([
      'nodes',
      'scale-sets',
      'tags',
      'routes',
      'notifications',
    ]);
  });

  it('are the JSON that Event Grid takes', () => {
    expect(acceptedFilters).toContainEqual({
      name: 'tags',
      topic: 'resource-manager',
      includedEventTypes: [
        'Microsoft.Resources.ResourceWriteSuccess',
        'Microsoft.Resources.ResourceDeleteSuccess',
        'Microsoft.Resources.ResourceActionSuccess',
      ],
      advancedFilters: [
        {
          operatorType: 'StringIn',
          key: 'data.operationName',
          values: ['Microsoft.Resources/tags/write', 'Microsoft.Resources/tags/delete'],
        },
        {
          operatorType: 'StringContains',
          key: 'data.resourceUri',
          values: [
            '/providers/Microsoft.Compute/virtualMachines/',
            '/providers/Microsoft.Compute/virtualMachineScaleSets/',
            '/providers/Microsoft.Network/routeTables/',
          ],
        },
      ],
    });
  });
});

describe('parsing a message', () => {
  const body = bodyOf('azure/vm-write.json');

  it('takes text, bytes and the value itself', () => {
    const expected = parseEventGridMessage(body, CONTEXT);
    expect(expected).toMatchObject([{ kind: 'nodes' }]);
    expect(parseEventGridMessage(Buffer.from(body), CONTEXT)).toEqual(expected);
    expect(parseEventGridMessage(JSON.parse(body), CONTEXT)).toEqual(expected);
  });

  it.each([undefined, Buffer.from([0xff, 0x00]), '', '\u0000'])('cannot read %j as JSON', (value) => {
    expect(parseEventGridMessage(value, CONTEXT)).toEqual([{ kind: 'unreadable', problem: 'not-json' }]);
  });

  it.each([null, 0, true, {}, [[]], [null]])('knows no envelope in %j', (value) => {
    expect(parseEventGridMessage(value, CONTEXT)).toEqual([
      { kind: 'unreadable', problem: 'unknown-envelope' },
    ]);
  });

  it('goes by the subscription and the groups of the configuration', () => {
    const parse = (file: string, changes: object): unknown =>
      parseEventGridMessage(bodyOf(file), { ...CONTEXT, ...changes })[0];
    const other = 'b1946ac9-2492-4d23-8f0e-3a5d7c9e1f02';
    expect(parse('azure/vm-write-other-subscription.json', { subscription: other })).toMatchObject({
      kind: 'nodes',
    });
    expect(parse('azure/vm-write-other-group.json', { resourceGroups: ['Databases'] })).toMatchObject({
      kind: 'nodes',
    });
    expect(parse('azure/vm-write.json', { resourceGroups: [] })).toMatchObject({
      reason: 'other-resource-group',
    });
    expect(parse('azure/vm-write.json', { resourceGroups: [], tableGroups: ['kubernetes'] })).toMatchObject({
      reason: 'other-resource-group',
    });
    expect(
      parse('azure/route-table-write.json', { resourceGroups: [], tableGroups: ['Kubernetes'] }),
    ).toMatchObject({ kind: 'all' });
    expect(parse('azure/vm-write.json', { subscription: '' })).toMatchObject({
      reason: 'other-subscription',
    });
  });

  it.each([
    ['an id that is no id', { id: 'x y\n{}' }, { kind: 'nodes', id: null }],
    ['a time that is no time', { eventTime: 'yesterday' }, { kind: 'nodes', occurredAt: null }],
    ['a time that is no date', { eventTime: '2026-13-45T00:00:00Z' }, { kind: 'nodes', occurredAt: null }],
    ['a type of the object prototype', { eventType: 'constructor' }, { reason: 'unknown-event-type' }],
    [
      'a type in another case',
      { eventType: 'microsoft.resources.resourcewritesuccess' },
      { kind: 'ignored' },
    ],
    ['another subject', { subject: `${VM}/worker-9` }, { kind: 'nodes' }],
    ['both envelopes, one broken', { specversion: '1.0' }, BAD_SHAPE],
  ])('copes with an event that has %s', (_what, changes, expected) => {
    expect(parseChanged('azure/vm-write.json', changes)).toMatchObject(expected);
  });

  it.each(['constructor', '__proto__', '', 'Microsoft.Compute/virtualMachines'])(
    'ignores the operation "%s"',
    (operationName) => {
      expect(parseChanged('azure/vm-write.json', {}, { operationName })).toMatchObject({
        reason: 'unknown-call',
      });
    },
  );

  it.each([
    `${VM}/..`,
    `${VM}/.`,
    `${VM}/worker-0/`,
    `${VM}/worker-0\n`,
    `${VM}/worker%2f0`,
    `${VM}/worker-0?x=1`,
    `${VM}/${'w'.repeat(81)}`,
    `${VM}/`,
    `${VM}/worker-0/extensions/agent`,
    `${VM}/worker-0`.replace('Microsoft.Compute', 'Microsoft-Compute'),
    `${GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/../virtualMachines/3`,
    `${GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/workers/virtualMachines/${'3'.repeat(81)}`,
    `x${VM}/worker-0`,
    'worker-0',
    '',
  ])('refuses the virtual machine %j', (resourceUri) => {
    expect(parseChanged('azure/vm-write.json', {}, { resourceUri })).toEqual(BAD_SHAPE);
  });

  it.each([
    ['somebody else', { clientRequestId: '9c4d50ee-2d56-4cd3-8152-34347dc9f2b0' }, 'all'],
    ['nobody', {}, 'all'],
    ['nobody, in text that is not JSON', '{', 'all'],
    ['a number', { clientRequestId: 706 }, 'all'],
    ['this deployment', { clientRequestId: newRequestId(OWN) }, 'ignored'],
    ['this deployment, in text', JSON.stringify({ clientRequestId: newRequestId(OWN) }), 'ignored'],
    ["another cluster's podroutes", { clientRequestId: newRequestId(OTHER) }, 'all'],
    ['the command line', { clientRequestId: newRequestId('') }, 'all'],
  ])('knows a route table write of %s', (_who, httpRequest, kind) => {
    expect(parseChanged('azure/route-table-write.json', {}, { httpRequest })).toMatchObject({ kind });
  });
});

describe('the id of a request of ours', () => {
  const id = newRequestId(OWN);

  it('is a UUID of its own', () => {
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(newRequestId(OWN)).not.toBe(id);
  });

  it('is known again by its deployment, and no other is', () => {
    expect([id, id.toUpperCase()].map((each) => isOwnRequestId(each, OWN))).toEqual([true, true]);
    const others = [
      '',
      `${OWN.slice(0, -1)}x-9d51-7be0a4f8c2e6`,
      `x${id}`,
      newRequestId(OTHER),
      newRequestId(''),
    ];
    expect(others.filter((each) => isOwnRequestId(each, OWN))).toEqual([]);
    expect(isOwnRequestId(id, '')).toBe(false);
  });

  it('begins as those of the same cluster or, without one, of the same tables', () => {
    const marks = [
      { cluster: 'a', routeTables: [] },
      { cluster: 'b', routeTables: [] },
      { cluster: null, routeTables: ['g/t'] },
      { cluster: null, routeTables: ['g/u'] },
    ].map(requestMarkOf);
    expect(new Set(marks).size).toBe(marks.length);
    expect(requestMarkOf({ cluster: 'a', routeTables: ['g/t'] })).toBe(marks[0]);
  });
});
