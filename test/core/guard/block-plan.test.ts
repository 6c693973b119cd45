import { describe, expect, it } from '@jest/globals';
import { cidr, node, route, settings } from '../builders.ts';
import { failure } from '../memory-cloud.ts';
import {
  block,
  CIDR,
  changes,
  holder,
  minutesAgo,
  NOW,
  ON,
  plan,
  type Seen,
  unread,
} from './planned-blocks.ts';

describe('R13 a block that was handed out', () => {
  const leaving = block('allocated', minutesAgo(40));

  it.each<[string, Seen, string[]]>([
    [
      'is marked where its holder is gone',
      { liveness: 'gone', blocks: [block('allocated')] },
      ['allocated b leaving 0'],
    ],
    ['is freed 40 minutes after', { liveness: 'gone' }, ['freed']],
    ['stays as it is where nobody knows of its holder', {}, []],
    [
      'stays marked where nobody knows of its holder, though a route leads there',
      {
        routes: [[route(CIDR, 'x')]],
      },
      [],
    ],
    ['loses its mark where its holder lives', { liveness: 'alive' }, ['allocated b']],
    [
      'loses its mark where its holder lives, in a run for events',
      { liveness: 'alive', isFull: false },
      ['allocated b'],
    ],
    [
      'loses its mark where a table has a route to it, or to a part of it',
      {
        liveness: 'gone',
        routes: [[], [route('10.200.1.128/25', 'x')]],
      },
      ['10.200.1.128/25 claimed -', 'allocated b'],
    ],
    [
      'is freed though a route leads past it',
      {
        liveness: 'gone',
        routes: [[route('10.200.0.0/23', 'x')]],
      },
      ['10.200.0.0/23 claimed -', 'freed'],
    ],
    ['is not freed by a run for events', { liveness: 'gone', isFull: false }, []],
    ['is not freed where a table was not read', { liveness: 'gone', failures: [unread('table')] }, []],
    [
      'is not freed where the nodes were not read',
      {
        liveness: 'gone',
        failures: [unread('claims'), unread('nodes')],
      },
      [],
    ],
    [
      'is freed where only claims were not read',
      { liveness: 'gone', failures: [unread('claims')] },
      ['freed'],
    ],
    [
      'becomes the claim of who has the very same in its tag',
      {
        nodes: [node('a', [CIDR])],
        liveness: 'gone',
      },
      ['claimed a'],
    ],
    [
      'is kept from who claims the very same until then',
      {
        nodes: [node('a', [CIDR])],
        liveness: 'gone',
        blocks: [block('allocated', minutesAgo(39))],
      },
      [],
    ],
    [
      'is marked before that',
      {
        nodes: [node('a', [CIDR])],
        liveness: 'gone',
        blocks: [block('allocated')],
      },
      ['allocated b leaving 0'],
    ],
  ])('%s', (_, seen, expected) => {
    expect(changes({ blocks: [leaving], ...seen })).toEqual(
      expected.map((line) => (line.startsWith('10.') ? line : `${CIDR} ${line}`)),
    );
  });
});

describe('R13 a block is handed out', () => {
  const waits = (seen: Seen, how = ON) => {
    const { handed, waiting, usage } = plan({ nodes: [node('a')], ...seen }, how);
    return { handed, waiting: [...waiting], usage: usage.length };
  };

  it('to a node that waits, which is told from its like', () => {
    const { changes: made, handed } = plan({ nodes: [node('a', [], { incarnation: 'I' })] });
    expect(handed).toEqual(['a']);
    expect(made).toMatchObject([
      { next: { kind: 'allocated', holder: holder('a', 'I'), since: NOW, leaving: null } },
    ]);
  });

  it('once for a node that gets one of each family', () => {
    const both = settings({
      clusterCidrs: [cidr('10.200.0.0/22'), cidr('fd00:200::/62')],
      allocate: { 4: 24, 6: 64 },
    });
    const { changes: made, handed } = plan({ nodes: [node('a')] }, both);
    expect(made).toHaveLength(2);
    expect(handed).toEqual(['a']);
  });

  it('beside all that is claimed, entered or not', () => {
    const others = ['10.200.0.0/24', '10.200.1.0/24'].map((text, i) => node(`n${i}`, [text]));
    const blocks = [block('claimed', { cidr: cidr('10.200.2.0/24') })];
    const narrow = settings({ clusterCidrs: [cidr('10.200.0.0/22')], allocate: { 4: 24, 6: null } });
    const waiting = ['a', 'b', 'c', 'd'].map((id) => node(id));
    const seen = { nodes: [...others, ...waiting], blocks, isFull: false };
    expect(changes(seen, narrow)).toEqual(['10.200.3.0/24 allocated a']);
  });

  it.each<[string, Seen, string]>([
    [
      'all was adopted',
      { isAdopted: false },
      'no scheduled run has entered all claims and routes of the cluster in the ledger yet',
    ],
    [
      'all nodes and tables were read',
      { failures: [unread('claims'), unread('table')] },
      'not all nodes and tables could be read (Throttling)',
    ],
    [
      'the Node objects were read',
      { registry: { ok: false, failure: failure('transient', 'timeout') } },
      'the Node objects could not be read (timeout)',
    ],
  ])('not before %s', (_, seen, why) => {
    expect(waits(seen)).toEqual({ handed: [], waiting: [['a', why]], usage: 0 });
  });

  it('though claims of others were not read', () => {
    expect(waits({ failures: [unread('claims')] })).toEqual({ handed: ['a'], waiting: [], usage: 1 });
  });
});
