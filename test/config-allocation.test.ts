import { describe, expect, it } from '@jest/globals';
import { describeProblems, readConfig } from '../shared/core/config/config.ts';
import type { BlockSizes } from '../shared/core/config/values.ts';

const ALLOCATING = {
  PODROUTES_CLUSTER: 'kthw',
  PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16',
  PODROUTES_LEDGER: 'file:ledger.db',
  PODROUTES_ALLOCATE: '/24',
};

type Environment = Readonly<Record<string, string | undefined>>;

function read(more: Environment): BlockSizes {
  const result = readConfig({ ...ALLOCATING, ...more }, 'aws');
  if (!result.ok) throw new Error(describeProblems(result.problems));
  return result.config.allocate;
}

function problemsOf(more: Environment): readonly string[] {
  const result = readConfig({ ...ALLOCATING, ...more }, 'aws');
  return result.ok ? [] : result.problems;
}

describe('PODROUTES_ALLOCATE', () => {
  it.each<[string, string, BlockSizes]>([
    ['10.200.0.0/16', '/24', { 4: 24, 6: null }],
    ['10.200.0.0/16', '/17', { 4: 17, 6: null }],
    ['fd00::/16', '/24', { 4: null, 6: 24 }],
    ['fd00::/16', '/64', { 4: null, 6: 64 }],
    ['10.200.0.0/16,fd00:200::/48', '/24', { 4: 24, 6: null }],
    ['10.200.0.0/16,fd00:200::/48', '/64', { 4: null, 6: 64 }],
    ['10.200.0.0/16,fd00:200::/48', '/24,/64', { 4: 24, 6: 64 }],
    // The narrow range has none to give, and the wide one has.
    ['10.200.0.0/16,10.201.0.0/24', '/24', { 4: 24, 6: null }],
  ])('cuts blocks out of %s by %s, each of the family that it fits', (ranges, size, sizes) => {
    expect(read({ PODROUTES_CLUSTER_CIDRS: ranges, PODROUTES_ALLOCATE: size })).toEqual(sizes);
  });

  it.each<[string, Environment, string]>([
    ['a block as wide as the cluster CIDR', { PODROUTES_ALLOCATE: '/16' }, 'no part of 10.200.0.0/16'],
    ['a block wider than that', { PODROUTES_ALLOCATE: '/8' }, 'no part of 10.200.0.0/16'],
    [
      'a block wider than each of several',
      { PODROUTES_CLUSTER_CIDRS: '10.200.0.0/24,10.201.0.0/25', PODROUTES_ALLOCATE: '/24' },
      'no part of 10.200.0.0/24 or 10.201.0.0/25',
    ],
    ['a family without a range', { PODROUTES_ALLOCATE: '/24,/64' }, 'but there are none of that family'],
    ['no ledger', { PODROUTES_LEDGER: undefined }, 'expected PODROUTES_LEDGER beside it; found nothing'],
    [
      'no name of the cluster',
      { PODROUTES_CLUSTER: undefined, PODROUTES_ROUTE_TABLES: 'rtb-1', PODROUTES_NODE_TAG: 'role' },
      'expected PODROUTES_CLUSTER beside it; found nothing',
    ],
  ])('is refused with %s', (_, env, expected) => {
    const problems = problemsOf(env).filter((problem) => problem.startsWith('PODROUTES_ALLOCATE: '));
    expect(problems).toEqual([expect.stringContaining(expected)]);
  });

  it.each([
    [
      'tag,kubernetes',
      'no kubernetes beside PODROUTES_ALLOCATE, since one of the two has to hand out blocks',
    ],
    ['user-data', 'tag beside PODROUTES_ALLOCATE, which writes it'],
  ])('is refused beside the sources %s', (sources, expected) => {
    const kubernetes = {
      PODROUTES_KUBERNETES: 'https://10.0.0.10:6443',
      PODROUTES_KUBERNETES_TOKEN: 'secret:kubernetes',
    };
    expect(problemsOf({ PODROUTES_POD_CIDR_SOURCES: sources, ...kubernetes })).toEqual([
      `PODROUTES_POD_CIDR_SOURCES: expected ${expected}; found "${sources}"`,
    ]);
  });

  it('asks for nothing besides where it is off', () => {
    const env = {
      PODROUTES_ALLOCATE: 'off',
      PODROUTES_LEDGER: undefined,
      PODROUTES_POD_CIDR_SOURCES: 'user-data',
    };
    expect(problemsOf(env)).toEqual([]);
  });
});
