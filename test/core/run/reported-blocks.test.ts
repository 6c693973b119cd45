import { describe, expect, it } from '@jest/globals';
import type { Block } from '../../../shared/core/claims/holders.ts';
import { type ReportedBlocks, toReportedBlocks } from '../../../shared/core/run/reported-blocks.ts';
import { cidr } from '../builders.ts';

const OFF = { 4: null, 6: null };
const BLOCK: Block = {
  cidr: cidr('10.200.8.0/24'),
  kind: 'allocated',
  holder: { node: 'i-0', name: 'worker-0', incarnation: null },
  since: 0,
  leaving: null,
};
const SHOWN = {
  ...{ cidr: '10.200.8.0/24', kind: 'allocated', node: 'worker-0', nodeId: 'i-0' },
  ...{ since: '1970-01-01T00:00:00.000Z', leaving: null },
};

describe('A report shows the blocks of the ledger', () => {
  it.each<[string, Block, Partial<ReportedBlocks['kept'][number]>]>([
    ['handed out', BLOCK, {}],
    ['leaving', { ...BLOCK, leaving: 1000 }, { leaving: '1970-01-01T00:00:01.000Z' }],
    ['leaving from the first moment on', { ...BLOCK, leaving: 0 }, { leaving: '1970-01-01T00:00:00.000Z' }],
    ['claimed', { ...BLOCK, kind: 'claimed' }, { kind: 'claimed' }],
    [
      'only routed',
      { ...BLOCK, kind: 'claimed', holder: null },
      { kind: 'claimed', node: null, nodeId: null },
    ],
  ])('that is %s', (_, block, more) => {
    const known = { isAdopted: true, kept: [block] };
    expect(toReportedBlocks(known, { reservedCidrs: [cidr('10.200.240.0/20')], allocate: OFF })).toEqual({
      ...{ sizes: [], reserved: ['10.200.240.0/20'], adopted: true, kept: [{ ...SHOWN, ...more }] },
    });
  });

  it.each<[string, number, { 4: number | null; 6: number | null }, number[] | null]>([
    ['not where there are none, and none are handed out', 0, OFF, null],
    ['where some are handed out', 0, { 4: null, 6: 64 }, [64]],
    ['where there are some', 1, OFF, []],
    ['where there is one, of the one size that is handed out', 1, { 4: 24, 6: null }, [24]],
  ])('%s', (_, count, allocate, sizes) => {
    const known = { isAdopted: false, kept: [BLOCK].slice(0, count) };
    const reported = toReportedBlocks(known, { reservedCidrs: [], allocate });
    expect(reported && [reported.sizes, reported.adopted]).toEqual(
      sizes === null ? undefined : [sizes, false],
    );
  });

  it('not where it was not read', () => {
    expect(toReportedBlocks(undefined, { reservedCidrs: [], allocate: { 4: 24, 6: null } })).toBeUndefined();
  });
});
