import type { NetworkInterface } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { gatherMembers, rankGroups } from '../../shared/aws/group-members.ts';
import { NODES } from '../doctor/patient.ts';

function networkInterface(
  id: string,
  owner: string | undefined,
  ...groups: readonly string[]
): NetworkInterface {
  return {
    NetworkInterfaceId: id,
    ...(owner === undefined ? {} : { Attachment: { InstanceId: owner } }),
    Groups: groups.map((GroupId) => ({ GroupId })),
  };
}

describe('The members of a security group', () => {
  it('is a node once, with all its interfaces, and every interface that is on none', () => {
    const interfaces = [
      networkInterface('eni-0', 'i-0', 'sg-1', 'sg-2'),
      networkInterface('eni-1', 'i-1', 'sg-1'),
      networkInterface('eni-1b', 'i-1', 'sg-1'),
      networkInterface('eni-8', 'i-8', 'sg-1'),
      networkInterface('eni-9', undefined, 'sg-2'),
      networkInterface('eni-0', 'i-0', 'sg-1', 'sg-2'),
    ];
    expect(gatherMembers(interfaces, NODES)).toEqual(
      new Map([
        ['sg-1', { nodes: ['i-0', 'i-1'], others: ['eni-8'] }],
        ['sg-2', { nodes: ['i-0'], others: ['eni-9'] }],
      ]),
    );
  });
});

describe('Of the security groups of a node, a rule goes into', () => {
  const LONELY = { nodes: ['i-0'], others: [] };
  const COMMON = { nodes: ['i-0', 'i-1'], others: [] };
  const SHARED = { nodes: ['i-0', 'i-1', 'i-2'], others: ['eni-9'] };

  it.each([
    { what: 'the one without other members', members: { 'sg-a': SHARED, 'sg-b': LONELY }, first: 'sg-b' },
    { what: 'then the one of the most nodes', members: { 'sg-a': LONELY, 'sg-b': COMMON }, first: 'sg-b' },
    { what: 'then the first', members: { 'sg-a': COMMON, 'sg-b': COMMON }, first: 'sg-a' },
    {
      what: 'the one of the fewest others, where all have some',
      members: { 'sg-a': { nodes: ['i-0'], others: ['eni-8', 'eni-9'] }, 'sg-b': SHARED },
      first: 'sg-b',
    },
  ])('$what', ({ members, first }) => {
    expect(rankGroups(['sg-a', 'sg-b'], new Map(Object.entries(members)))[0]).toBe(first);
  });
});
