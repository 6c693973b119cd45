import { describe, expect, it } from '@jest/globals';
import { type AllocationRequest, allocateBlocks } from '../../../shared/core/claims/allocation.ts';
import type { Node } from '../../../shared/core/model.ts';
import { cidr, node } from '../builders.ts';

function allocate(more: Partial<AllocationRequest>) {
  return allocateBlocks({
    sizes: { 4: 24, 6: null },
    clusterCidrs: [cidr('10.200.0.0/22')],
    waiting: { 4: [], 6: [] },
    unusable: [],
    taken: [],
    ...more,
  });
}

describe('Where there are not enough blocks', () => {
  const [oldest, older, low, high] = [
    node('d', [], { launchedAt: 1 }),
    node('c', [], { launchedAt: 2 }),
    node('a', [], { launchedAt: 3 }),
    node('b', [], { launchedAt: 3 }),
  ];

  it.each<[string, Node[]]>([
    ['as they are', [oldest, older, low, high]],
    ['the other way round', [high, low, older, oldest]],
    ['mixed', [low, oldest, high, older]],
    ['otherwise mixed', [older, high, oldest, low]],
  ])('the older nodes have them, then those of the lower id, read %s', (_, waiting) => {
    for (const [range, expected] of [
      ['10.200.0.0/22', ['d', 'c', 'a', 'b']],
      ['10.200.0.0/23', ['d', 'c']],
    ] as const) {
      const clusterCidrs = [cidr(range)];
      const { blocks, usage } = allocate({ clusterCidrs, waiting: { 4: waiting, 6: [] } });
      expect(blocks.map((block) => block.node.id)).toEqual(expected);
      const left = ['d', 'c', 'a', 'b'].slice(expected.length);
      expect(usage.map(({ short }) => short)).toEqual([left]);
    }
    const three = allocate({ waiting: { 4: waiting, 6: [] }, taken: [cidr('10.200.0.0/24')] });
    expect(three.blocks.map((block) => block.node.id)).toEqual(['d', 'c', 'a']);
  });

  it('what is used is told from what cannot be had', () => {
    const { usage } = allocate({
      waiting: { 4: [oldest], 6: [] },
      unusable: [cidr('10.200.0.0/24')],
      taken: [cidr('10.200.1.0/24')],
    });
    expect(usage).toEqual([{ family: 4, size: 24, capacity: 3n, used: 2n, short: [] }]);
  });

  it('each family has its own, from its own ranges', () => {
    const { blocks, usage } = allocate({
      sizes: { 4: 24, 6: 64 },
      clusterCidrs: [cidr('10.200.0.0/23'), cidr('fd00:200::/63')],
      waiting: { 4: [], 6: [oldest] },
    });
    expect(blocks.map(({ cidr: { family } }) => family)).toEqual([6]);
    expect(usage.map(({ family, capacity, used }) => [family, capacity, used])).toEqual([
      [4, 2n, 0n],
      [6, 2n, 1n],
    ]);
  });
});
