// @ts-nocheck
import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { acceptedPatterns, type EventContext, parseSqsBody } from '../../shared/aws/events.ts';
import type { NodeEvent } from '../../shared/core/events/node-event.ts';
import { cidr } from '../core/builders.ts';
import { bodyOf, busEvent, CONTEXT, awsEntries as entries, matchesSome } from './event-fixtures.ts';

/** The result as the manifest writes it: with a time that people can read. */
function printable(event: NodeEvent): unknown {
  if (event.kind === 'unreadable' || event.occurredAt === null) return event;
  return { ...event, occurredAt: new Date(event.occurredAt).toISOString() };
}

function parseWith(changes: Partial<EventContext>, file: string): NodeEvent {
  return parseSqsBody(bodyOf(file), { ...CONTEXT, ...changes });
}

describe('the event manifest', () => {
  it('has one entry for every file and one file for every entry', () => {
    const files = readdirSync(new URL('../../events/aws/', import.meta.url)).map((name) => `aws/${name}`);
    expect(entries.map(({ file }) => file).sort()).toEqual(files.sort());
  });

  it.each(entries)('says what comes of $file', (entry) => {
    expect(printable(parseWith(entry.context ?? {}, entry.file))).toEqual(entry.expect);
  });
});

describe('the accepted patterns', () => {
  const patterns = acceptedPatterns(CONTEXT);

  it.each(entries.filter(({ expect: { kind } }) => kind === 'nodes' || kind === 'all'))(
    'let $file in, if it comes by EventBridge',
    ({ file }) => {
      const event = busEvent(bodyOf(file));
      if (event !== null) expect(matchesSome(patterns, event)).toBe(true);
      else expect(file).toMatch(/^aws\/(direct|sns)-/);
    },
  );

  it.each([
    'aws/state-pending.json',
    'aws/tag-unrelated.json',
    'aws/tag-pod-cidr-on-volume.json',
    'aws/tag-pod-cidr-on-database.json',
    'aws/launch-unsuccessful.json',
    'aws/health-scheduled-change.json',
    'aws/call-failed-delete-route.json',
    'aws/call-create-route-table.json',
  ])('keep %s out, so that it costs nothing', (file) => {
    expect(matchesSome(patterns, busEvent(bodyOf(file)) ?? {})).toBe(false);
  });

  it('each let some file in', () => {
    const events = entries.map(({ file }) => busEvent(bodyOf(file))).filter((event) => event !== null);
    const unused = patterns.filter((pattern) => !events.some((event) => matchesSome([pattern], event)));
    expect(unused).toEqual([]);
  });

  it('are the JSON that EventBridge takes', () => {
    const tags = { podCidrTag: 'pods', selectionTagKeys: ['role', 'pods'] };
    expect(acceptedPatterns(tags)).toContainEqual({
      source: ['aws.tag'],
      'detail-type': ['Tag Change on Resource'],
      detail: { service: ['ec2'], 'resource-type': ['instance'], 'changed-tag-keys': ['pods', 'role'] },
    });
    expect(acceptedPatterns(tags)).toContainEqual({
      source: ['aws.ec2'],
      'detail-type': ['EC2 Spot Instance Interruption Warning'],
    });
  });
});

describe('parsing an SQS body', () => {
  it('takes events of every account where ours is not known', () => {
    const file = 'aws/state-running-other-account.json';
    expect(parseWith({ account: null }, file)).toMatchObject({ kind: 'nodes', what: 'running' });
    expect(parseWith({ account: null }, 'aws/direct-lifecycle-other-account.json')).toMatchObject({
      kind: 'nodes',
    });
  });

  it('goes by the tag keys of the configuration', () => {
    const file = 'aws/tag-unrelated.json';
    expect(parseWith({ podCidrTag: 'CostCentre' }, file)).toMatchObject({ kind: 'nodes' });
    expect(parseWith({ selectionTagKeys: ['CostCentre'] }, file)).toMatchObject({ kind: 'nodes' });
    expect(parseWith({ podCidrTag: 'pods' }, 'aws/tag-pod-cidr-set.json')).toMatchObject({
      reason: 'tag-not-ours',
    });
  });

  it('looks at every instance that a tag change names', () => {
    const arns = ['i-0cb0e48788838daa4', 'i-001c9deec822b1325'].map(
      (id) => `arn:aws:ec2:us-east-1:123456789012:instance/${id}`,
    );
    expect(parseChanged('aws/tag-pod-cidr-set.json', { resources: arns })).toMatchObject({
      nodes: ['i-0cb0e48788838daa4', 'i-001c9deec822b1325'],
    });
  });

  it.each([
    ['no resources', { resources: [] }, { kind: 'unreadable', problem: 'bad-shape' }],
    [
      'a resource that is no instance',
      { resources: ['arn:aws:ec2:us-east-1:123456789012:volume/i-0cb0e48788838daa4'] },
      { kind: 'unreadable', problem: 'bad-shape' },
    ],
    ['an id that is no id', { id: 'x y\n{}' }, { kind: 'nodes', id: null }],
    ['a time that is no time', { time: 'yesterday' }, { kind: 'nodes', occurredAt: null }],
    ['a time that is no date', { time: '2026-13-45T00:00:00Z' }, { kind: 'nodes', occurredAt: null }],
    ['a detail type of the object prototype', { 'detail-type': 'constructor' }, { kind: 'ignored' }],
    ['a detail type of another source', { source: 'aws.ec2' }, { reason: 'unknown-detail-type' }],
  ])('copes with a tag change that has %s', (_what, changes, expected) => {
    expect(parseChanged('aws/tag-pod-cidr-set.json', changes)).toMatchObject(expected);
  });

  it.each(['__proto__', 'constructor', 'toString', 'rebooting', ''])('ignores the state "%s"', (state) => {
    const detail = { 'instance-id': 'i-0cb0e48788838daa4', state };
    expect(parseChanged('aws/state-running.json', { detail })).toMatchObject({ reason: 'unknown-state' });
  });

  it.each([
    'i-0cb0e48788838daa4\n',
    'i-0CB0E48788838DAA4',
    'i-0cb0e48',
    'i-0cb0e48788838daa4f',
    ' i-0cb0e48788838daa4',
    'mi-0cb0e48788838daa4',
  ])('refuses the instance id %j', (id) => {
    const detail = { 'instance-id': id, state: 'running' };
    expect(parseChanged('aws/state-running.json', { detail })).toEqual({
      kind: 'unreadable',
      problem: 'bad-shape',
    });
  });

  it('takes the short instance ids of old accounts', () => {
    const detail = { 'instance-id': 'i-12345678', state: 'running' };
    expect(parseChanged('aws/state-running.json', { detail })).toMatchObject({ nodes: ['i-12345678'] });
  });

  it('unwraps SNS once only', () => {
    const wrapped = JSON.stringify({
      Type: 'Notification',
      Message: bodyOf('aws/sns-lifecycle-launch.json'),
    });
    expect(parseSqsBody(wrapped, CONTEXT)).toEqual({ kind: 'unreadable', problem: 'unknown-envelope' });
  });

  it('survives nesting as deep as a body can hold', () => {
    expect(parseSqsBody('['.repeat(1_000_000), CONTEXT)).toEqual({ kind: 'unreadable', problem: 'not-json' });
    const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
    expect(parseSqsBody(deep, CONTEXT).kind).toBe('unreadable');
    expect(parseSqsBody(`{"detail-type":${deep}}`, CONTEXT).kind).toBe('unreadable');
  });
});

describe('a call that changes a route, by somebody else', () => {
  const clusterCidrs = [cidr('10.200.0.0/16'), cidr('fd00:200::/48')];
  const call = (eventName: string, requestParameters: unknown, context: Partial<EventContext>): NodeEvent => {
    const detail = { eventName, userAgent: 'console.ec2.amazonaws.com', requestParameters };
    return parseChanged('aws/call-create-route.json', { detail }, context);
  };

  describe.each(['CreateRoute', 'ReplaceRoute', 'DeleteRoute'])('by %s', (eventName) => {
    it.each([
      { destinationCidrBlock: '192.0.2.0/24' },
      { destinationCidrBlock: '10.201.0.0/24' },
      { destinationIpv6CidrBlock: 'fd00:201::/64' },
      { destinationIpv6CidrBlock: '2001:db8::/32' },
    ])('is ignored outside the cluster CIDRs: %j', (parameters) => {
      expect(call(eventName, parameters, { clusterCidrs })).toMatchObject({
        kind: 'ignored',
        reason: 'route-not-ours',
        what: eventName,
      });
    });

    it.each<[string, unknown]>([
      ['inside a cluster CIDR', { destinationCidrBlock: '10.200.7.0/24' }],
      ['inside an IPv6 one', { destinationIpv6CidrBlock: 'fd00:200:0:7::/64' }],
      ['across a cluster CIDR', { destinationCidrBlock: '10.0.0.0/8' }],
      ['everywhere', { destinationCidrBlock: '0.0.0.0/0' }],
      ['that cannot be read', { destinationCidrBlock: '192.0.2.1/24' }],
      ['of another type', { destinationCidrBlock: 7 }],
      ['of another kind', { destinationPrefixListId: 'pl-0123456789abcdef0' }],
      ['that is not said', null],
    ])('is drift with a destination %s', (_, parameters) => {
      expect(call(eventName, parameters, { clusterCidrs })).toMatchObject({ kind: 'all', cause: 'drift' });
    });

    it('is drift wherever it is while the cluster CIDRs are not known', () => {
      const event = call(eventName, { destinationCidrBlock: '192.0.2.0/24' }, {});
      expect(event).toMatchObject({ kind: 'all', cause: 'drift' });
    });
  });
});

function parseChanged(file: string, changes: object, context: Partial<EventContext> = {}): NodeEvent {
  const body = JSON.stringify({ ...JSON.parse(bodyOf(file)), ...changes });
  return parseSqsBody(body, { ...CONTEXT, ...context });
}
