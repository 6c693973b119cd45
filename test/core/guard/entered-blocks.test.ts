import { describe, expect, it } from '@jest/globals';
import { cidr, node, route } from '../builders.ts';
import { failure } from '../memory-cloud.ts';
import {
  block,
  CIDR,
  changes,
  holder,
  minutesAgo,
  NOW,
  OFF,
  plan,
  type Seen,
  show,
  unread,
} from './planned-blocks.ts';

describe('R13 what is claimed is entered', () => {
  it('as it is, and once', () => {
    const { changes: entered } = plan({ nodes: [node('a', [CIDR], { incarnation: 'I' })] });
    expect(entered).toEqual([
      { cidr: cidr(CIDR), next: block('claimed', { holder: holder('a', 'I'), since: NOW }) },
    ]);
    const blocks = entered.flatMap(({ next }) => next ?? []);
    expect(changes({ nodes: [node('a', [CIDR], { incarnation: 'I' })], blocks })).toEqual([]);
  });

  it.each<[string, Seen, string[]]>([
    ['anew where its mark is to be erased', { blocks: [block('claimed', minutesAgo(5))] }, ['claimed b']],
    ['anew for whoever claims it now', { nodes: [node('a', [CIDR])] }, ['claimed a']],
    [
      'anew for the machine that has the id now',
      { nodes: [node('b', [CIDR], { incarnation: 'J' })] },
      ['claimed b J'],
    ],
    ['not for a machine whose incarnation was not read', { nodes: [node('b', [CIDR])] }, []],
    ['not where only a route leads there', { nodes: [], routes: [[route(CIDR, 'x')]] }, []],
    [
      'not where it is known that only a route leads there',
      {
        nodes: [],
        routes: [[route(CIDR, 'x')]],
        blocks: [block('claimed', { holder: null })],
      },
      [],
    ],
    [
      'for the first whom a route leads to',
      {
        nodes: [node('a')],
        routes: [[route(CIDR, 'a')]],
        blocks: [block('claimed', { holder: null })],
      },
      ['claimed a'],
    ],
    ['not where it was handed out', { nodes: [node('a', [CIDR])], blocks: [block('allocated')] }, []],
  ])('%s', (_, seen, expected) => {
    const nodes = [node('b', [CIDR])];
    const blocks = [block('claimed', { holder: holder('b', 'I') })];
    expect(changes({ nodes, blocks, ...seen })).toEqual(expected.map((line) => `${CIDR} ${line}`));
  });

  it.each<[string, Seen]>([
    ['in a run for events', { isFull: false }],
    ['where a table was not read', { failures: [unread('table')] }],
    [
      'where claims of a node were not read',
      { nodes: [node('a', [CIDR]), node('c', [], { claimsKnown: false })] },
    ],
    ['where Kubernetes did not answer', { registry: { ok: false, failure: failure('transient') } }],
  ])('never %s, which adopts nothing either', (_, seen) => {
    const { changes: entered, isAdopted } = plan({ nodes: [node('a', [CIDR])], isAdopted: false, ...seen });
    expect(entered).toEqual([]);
    expect(isAdopted).toBe(false);
  });

  it('though claims of machines that are gone were not read', () => {
    const gone = node('c', [], { claimsKnown: false, state: 'gone' });
    const { changes: entered, isAdopted } = plan({ nodes: [node('a', [CIDR]), gone], isAdopted: false });
    expect(entered.map(show)).toEqual([`${CIDR} claimed a`]);
    expect(isAdopted).toBe(true);
  });
});

describe('R13 what is claimed no more', () => {
  it.each<[string, Seen, string[]]>([
    ['is marked where the node is listed', { nodes: [node('b')] }, ['claimed b leaving 0']],
    [
      'is marked where only a route led there',
      { blocks: [block('claimed', { holder: null })] },
      ['claimed - leaving 0'],
    ],
    ['is marked where its node is gone', { liveness: 'gone' }, ['claimed b leaving 0']],
    ['is kept where its node lives, though no list has it', { liveness: 'alive' }, []],
    [
      'loses its mark there',
      { liveness: 'alive', blocks: [block('claimed', minutesAgo(50))] },
      ['claimed b'],
    ],
    ['is kept as it is where nobody knows', { blocks: [block('claimed', minutesAgo(50))] }, []],
    [
      'is left alone outside the ranges of the cluster',
      {
        blocks: [block('claimed', { cidr: cidr('10.202.1.0/24'), holder: null })],
      },
      [],
    ],
    [
      'is freed 40 minutes after its mark',
      {
        liveness: 'gone',
        blocks: [block('claimed', minutesAgo(40))],
      },
      ['freed'],
    ],
    ['is not freed before', { liveness: 'gone', blocks: [block('claimed', minutesAgo(39.9))] }, []],
    ['is not marked twice at once', { liveness: 'gone', blocks: [block('claimed', minutesAgo(0))] }, []],
    [
      'is marked anew where its mark is of a time to come',
      {
        liveness: 'gone',
        blocks: [block('claimed', minutesAgo(-1))],
      },
      ['claimed b leaving 0'],
    ],
  ])('%s', (_, seen, expected) => {
    expect(changes({ blocks: [block('claimed')], ...seen }, OFF)).toEqual(
      expected.map((line) => `${CIDR} ${line}`),
    );
  });
});
