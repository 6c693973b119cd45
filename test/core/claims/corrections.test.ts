import { describe, expect, it } from '@jest/globals';
import { findCorrections, indexCorrectable, objectTo } from '../../../shared/core/claims/corrections.ts';
import type { ClaimDefect, Node } from '../../../shared/core/model.ts';
import { cidr, node, observation, settings, table } from '../builders.ts';

const A = '10.200.0.0/24';

function defect(corrected: string | null, more: Partial<ClaimDefect> = {}): ClaimDefect {
  return {
    source: 'tag',
    text: 'x',
    problem: 'has host bits set',
    corrected,
    correctedList: corrected,
    ...more,
  };
}

function wrong(id: string, ...defects: ClaimDefect[]): Node {
  return node(id, [], { defects });
}

describe('What the tag of a node has to say', () => {
  it.each<[string, readonly Node[], Readonly<Record<string, string>>]>([
    ['is told for a claim with host bits', [wrong('a', defect(A))], { a: A }],
    [
      'is the whole list',
      [wrong('a', defect(A, { correctedList: `${A},fd00:200::/64` }), defect('fd00:200::/64'))],
      { a: `${A},fd00:200::/64` },
    ],
    ['is told for each node by itself', [wrong('a', defect(A)), node('b', ['10.200.1.0/24'])], { a: A }],
    ['is not told where nothing is wrong', [node('a', [A])], {}],
    ['is not told where more than host bits is wrong', [wrong('a', defect(null))], {}],
    ['is not told where it stands elsewhere', [wrong('a', defect(A, { source: 'user-data' }))], {}],
    [
      'is not told where something else is wrong, too',
      [wrong('a', defect(A), defect('10.200.1.0/24', { source: 'user-data' }))],
      {},
    ],
    ['is not told where another claims it', [wrong('a', defect(A)), node('b', [A])], {}],
    ['is not told where another seems to mean it, too', [wrong('a', defect(A)), wrong('b', defect(A))], {}],
    ['is not told where it would be refused', [wrong('a', defect('192.0.2.0/24'))], {}],
    ['is not told of a node that is gone', [{ ...wrong('a', defect(A)), state: 'gone' }], {}],
    ['is told where the other is gone', [wrong('a', defect(A)), node('b', [A], { state: 'gone' })], { a: A }],
  ])('%s', (_, nodes, expected) => {
    expect(Object.fromEntries(findCorrections(observation(nodes, [table()]), settings()))).toEqual(expected);
  });
});

describe('An objection to what a defect seems to mean', () => {
  const bounds = {
    settings: settings({ reservedCidrs: [cidr('10.200.99.0/24')] }),
    tables: [table([], { networkCidrs: [cidr('10.200.50.0/24')] })],
    alone: false,
  };

  it.each<[string, string | null, readonly Node[], string | null]>([
    ['has none where it is free', A, [], null],
    ['has none where it is not known', null, [node('b', [A])], null],
    ['is that it lies outside', '192.0.2.0/24', [], 'lies outside the cluster CIDRs'],
    ['is that it is all', '10.200.0.0/16', [], 'is the whole cluster CIDR'],
    ["is that it is the network's", '10.200.50.0/24', [], 'overlaps addresses of the network itself'],
    ['is that it is reserved', '10.200.99.0/24', [], 'lies in a reserved range'],
    ['is who claims it', A, [node('b', [A], { name: 'worker-b' })], 'worker-b (b) claims'],
    ['is who seems to mean it', A, [wrong('b', defect(A))], 'b seems to mean, too'],
    ['is what overlaps it', A, [node('b', ['10.200.0.0/25'])], 'overlaps 10.200.0.0/25, which b claims'],
    ['is none of its own', A, [node('a', [A])], null],
    ['is none of others', A, [wrong('b', defect(null)), node('c', ['10.200.1.0/24'])], null],
  ])('%s', (_, corrected, others, expected) => {
    const own = wrong('a', defect(corrected));
    expect(objectTo(own, defect(corrected), indexCorrectable([own, ...others]), bounds)).toBe(expected);
  });

  it('is looked for only where something is to be corrected', () => {
    expect(indexCorrectable([node('b', [A])]).overlapping(cidr(A))).toEqual([]);
    expect(indexCorrectable([wrong('a', defect(null)), node('b', [A])]).overlapping(cidr(A))).toMatchObject([
      { how: 'claims' },
    ]);
  });
});
