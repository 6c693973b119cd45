import { describe, expect, it } from '@jest/globals';
import type { FailureKind } from '../../../shared/core/errors.ts';
import {
  blockNotWritten,
  blocksFilling,
  blocksUnavailable,
  noFreeCidr,
  type Usage,
} from '../../../shared/core/findings/blocks.ts';
import { cidr, node } from '../builders.ts';
import { failure } from '../memory-cloud.ts';

const RANGES = ['10.200.0.0/16', 'fd00:200::/48', '10.201.0.0/24', '10.202.0.0/25', '10.203.0.0/22'].map(
  cidr,
);
const USAGE: Usage = { family: 4, size: 24, capacity: 260n, used: 260n, short: ['i-1', 'i-2'] };
const ALL = '260 blocks of /24 in 10.200.0.0/16, 10.203.0.0/22';
const ONE = { capacity: 1n, used: 1n };
const AT_NODE = { node: 'worker', nodeId: 'i-1', table: null };
const OF_RUN = { node: null, nodeId: null, table: null, cidr: null };
const MORE =
  'Add a range to PODROUTES_CLUSTER_CIDRS, free what PODROUTES_RESERVED_CIDRS keeps, or remove nodes: their blocks are free after two scheduled runs at least 40 minutes apart.';

describe('That no block is free', () => {
  it('is an error of the run, with what to do', () => {
    expect(noFreeCidr(USAGE, RANGES)).toEqual({
      ...{ code: 'no-free-cidr', severity: 'error', ...OF_RUN, remedy: MORE },
      message: `No block is free: the ${ALL} are all taken, and 2 nodes wait for one.`,
    });
  });

  it.each<[string, Partial<Usage>, string]>([
    ['one node', { short: ['i-1'] }, `the ${ALL} are all taken, and 1 node waits for one`],
    [
      'one block',
      { ...ONE, size: 17 },
      'the 1 block of /17 in 10.200.0.0/16 is taken, and 2 nodes wait for one',
    ],
    [
      'the other family',
      { family: 6, size: 64, capacity: 65536n },
      'the 65536 blocks of /64 in fd00:200::/48 are all taken, and 2 nodes wait for one',
    ],
  ])('is said of %s', (_, more, expected) => {
    expect(noFreeCidr({ ...USAGE, ...more }, RANGES).message).toBe(`No block is free: ${expected}.`);
  });
});

describe('That few blocks are free', () => {
  it('is a warning of the run, with what to do', () => {
    expect(blocksFilling({ ...USAGE, used: 250n }, RANGES)).toEqual({
      ...{ code: 'blocks-filling', severity: 'warning', ...OF_RUN, remedy: MORE },
      message: `Of the ${ALL}, 250 are taken; 10 are left for new nodes.`,
    });
  });

  it.each<[string, Partial<Usage>, string]>([
    ['one is left', { used: 259n }, `Of the ${ALL}, 259 are taken; 1 is left for new nodes.`],
    ['none is left', {}, `Of the ${ALL}, 260 are taken; none is left for new nodes.`],
    [
      'there is only one',
      { ...ONE, size: 17 },
      'Of the 1 block of /17 in 10.200.0.0/16, 1 is taken; none is left for new nodes.',
    ],
  ])('is said where %s', (_, more, expected) => {
    expect(blocksFilling({ ...USAGE, ...more }, RANGES).message).toBe(expected);
  });
});

describe('That a node was not told its block', () => {
  const worker = node('i-1', [], { name: 'worker' });
  const denied = failure('permanent', 'Denied');

  it.each([
    ['tag', 'tag'],
    ['node-object', 'Node object'],
  ] as const)('names the place: %s', (place, shown) => {
    const cidrs = [cidr('10.200.0.0/24'), cidr('fd00:200::/64')];
    expect(blockNotWritten(worker, cidrs, place, denied)).toEqual({
      ...{ code: 'block-not-written', severity: 'error', ...AT_NODE, cidr: '10.200.0.0/24' },
      message: `worker (i-1) has been given 10.200.0.0/24, fd00:200::/64, but that could not be written to its ${shown}: Denied: Denied.`,
      remedy: 'Fix what the message names; the next run tries again.',
    });
  });
});

describe('That the blocks of the ledger are not known', () => {
  it.each<[FailureKind, string]>([
    ['permanent', 'Check PODROUTES_LEDGER and the permissions on what it names.'],
    ['transient', 'Nothing, if the failure is temporary: the next run catches up.'],
  ])('is an error of the run; where it is %s: %s', (kind, remedy) => {
    expect(blocksUnavailable(failure(kind, 'Broken'))).toEqual({
      ...{ code: 'ledger-unavailable', severity: 'error', ...OF_RUN, remedy },
      message:
        'The ledger could not be used, so no block is handed out or freed, and nodes without one wait: Broken: Broken.',
    });
  });
});
