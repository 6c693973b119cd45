import { describe, expect, it } from '@jest/globals';
import type { EventPattern } from '../../../shared/aws/events/family.ts';
import { acceptedPatterns } from '../../../shared/aws/events.ts';
import { awsEntries, bodyOf, busEvent, matchesSome } from '../../aws/event-fixtures.ts';
import { EVERYTHING, MINIMAL, propertiesOf, synthesize } from './synthesis.ts';

function patternsOf(template: ReturnType<typeof synthesize>): EventPattern[] {
  return propertiesOf(template, 'AWS::Events::Rule').map(
    ({ EventPattern: pattern }) => pattern as EventPattern,
  );
}

const minimal = patternsOf(synthesize(MINIMAL));
const everything = patternsOf(synthesize(EVERYTHING));

/** Kinds that have a rule only where they were asked for, or none because the schedule needs no queue. */
const OPTIONAL = [
  'EC2 Instance-launch Lifecycle Action',
  'EC2 Instance-terminate Lifecycle Action',
  'AWS API Call via CloudTrail',
  'Scheduled Event',
];

/** Every event of the list that the function acts on. */
const ACTED_ON = awsEntries.flatMap(({ file, expect: { kind } }) => {
  const event = busEvent(bodyOf(file));
  const isActedOn = kind === 'nodes' || kind === 'all';
  return event === null || !isActedOn ? [] : [{ file, event, type: String(event['detail-type']) }];
});

describe('The rules of the least deployment', () => {
  it('are those of the list that the function reads by, but for what has to be asked for', () => {
    const accepted = acceptedPatterns({
      podCidrTag: 'pod-cidr',
      selectionTagKeys: ['kubernetes.io/cluster/kthw'],
    });
    const wanted = accepted.filter((pattern) => !OPTIONAL.includes(pattern['detail-type'].join()));
    expect(minimal).toHaveLength(wanted.length);
    expect(minimal).toEqual(expect.arrayContaining(wanted));
  });

  it.each(ACTED_ON.filter(({ type }) => !OPTIONAL.includes(type)))('let $file through', ({ event }) => {
    expect(matchesSome(minimal, event)).toBe(true);
  });

  it.each(ACTED_ON.filter(({ type }) => OPTIONAL.includes(type)))('let no $file through', ({ event }) => {
    expect(matchesSome(minimal, event)).toBe(false);
  });
});

describe('The rules of a deployment with everything', () => {
  function detailOf(type: string): unknown {
    return everything.find((pattern) => pattern['detail-type'].join() === type)?.detail;
  }

  it('have one for every kind but the schedule', () => {
    const kinds = acceptedPatterns({ podCidrTag: '', selectionTagKeys: [] }).flatMap((p) => p['detail-type']);
    const ruled = everything.flatMap((pattern) => pattern['detail-type']);
    expect([...ruled].sort()).toEqual(kinds.filter((kind) => kind !== 'Scheduled Event').sort());
  });

  it('let hooks of our name in the named groups through', () => {
    const hooks = { AutoScalingGroupName: ['workers-a', 'workers-b'], LifecycleHookName: ['routes-first'] };
    expect(detailOf('EC2 Instance-launch Lifecycle Action')).toEqual(hooks);
    expect(detailOf('EC2 Instance-terminate Lifecycle Action')).toEqual(hooks);
  });

  it("let calls of others through, be they another cluster's, and none of this deployment's own", () => {
    expect(detailOf('AWS API Call via CloudTrail')).toMatchObject({
      errorCode: [{ exists: false }],
      $or: [
        { userAgent: [{ 'anything-but': { wildcard: '*podroutes-of/kthw podroutes/*' } }] },
        { userAgent: [{ exists: false }] },
      ],
    });
  });

  it('watch the tags that say what a node is', () => {
    expect(detailOf('Tag Change on Resource')).toMatchObject({
      'changed-tag-keys': ['example.com/pod-cidr', 'role', 'kubernetes.io/cluster/kthw'],
    });
  });
});
