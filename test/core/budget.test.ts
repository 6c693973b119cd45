import { describe, expect, it } from '@jest/globals';
import { checkBudget, DAY_MS } from '../../shared/core/guard/budget.ts';
import type { Spending } from '../../shared/core/ledger/table-memory.ts';
import type { Node, Route } from '../../shared/core/model.ts';
import { node, route, settings, table } from './builders.ts';

const NOW = Date.UTC(2026, 10, 21, 3);
const HOUR = 60 * 60_000;

const NODES = ['a', 'b', 'c', 'd'].map((id) => node(id, [], { name: `worker-${id}` }));
const ROUTES = NODES.map(({ id }, i) => route(`10.200.${i}.0/24`, id));

function paid(id: string, hours = 1, family: 4 | 6 = 4): Spending {
  return { node: id, family, at: NOW - hours * HOUR };
}

interface Circumstances {
  readonly holders?: readonly string[];
  readonly nodes?: readonly Node[];
  readonly routes?: readonly Route[];
  readonly spent?: readonly Spending[];
  readonly percent?: number;
}

function check({ holders = ['a'], nodes = [], routes = [], spent = [], percent = 100 }: Circumstances) {
  return checkBudget(table([...ROUTES, ...routes]), 4, holders, {
    nodes: [...NODES, ...nodes].toReversed(),
    settings: settings({ maxDeletes: { percent } }),
    spent,
  });
}

describe('R4 the living nodes that the budget is a share of', () => {
  const another = node('e');
  const text = '10.200.9.0/24';

  it.each<[string, number, Circumstances]>([
    ['has a route', 5, { nodes: [another], routes: [route(text, 'e')] }],
    ['has several', 5, { nodes: [another], routes: [route(text, 'e'), route('10.200.10.0/24', 'e')] }],
    ['has none any more and was paid for', 5, { nodes: [another], spent: [paid('e')] }],
    ['has one and was paid for', 5, { nodes: [another], routes: [route(text, 'e')], spent: [paid('e')] }],
    ['has none', 4, { nodes: [another] }],
    ['was paid for in the other family', 4, { nodes: [another], spent: [paid('e', 1, 6)] }],
    ['has only a blackhole', 4, { nodes: [another], routes: [route(text, 'e', { state: 'blackhole' })] }],
    ['has only one of another kind', 4, { nodes: [another], routes: [route(text, 'e', { ourKind: false })] }],
    ['has only one of the other family', 4, { nodes: [another], routes: [route('fd00:200::/64', 'e')] }],
    ['has only one outside the cluster', 4, { nodes: [another], routes: [route('192.0.2.0/24', 'e')] }],
    ['is gone', 4, { nodes: [node('e', [], { state: 'gone' })], routes: [route(text, 'e')] }],
    ['is gone and was paid for', 4, { nodes: [node('e', [], { state: 'gone' })], spent: [paid('e')] }],
    ['was not read', 4, { routes: [route(text, 'e')] }],
    ['is none of ours', 4, { routes: [route(text, 'e', { target: { kind: 'stranger' } })] }],
  ])('are four and one that %s: %i', (_, living, more) => {
    const over = check({ ...more, holders: ['a', 'b', 'c', 'd', 'x', 'y'] });
    expect(over?.allowed).toBe(living - 1);
  });
});

describe('R4 the budget', () => {
  it.each<[string, Circumstances]>([
    ['nobody would lose anything', { holders: [], spent: NODES.map(({ id }) => paid(id)) }],
    [
      'all who would lose something were paid for, though it is used up',
      { holders: ['a', 'b'], spent: NODES.map(({ id }) => paid(id)), percent: 0 },
    ],
    ['those whom it covers would', { holders: ['a', 'b'], percent: 50 }],
    ['one would, and another was paid for', { holders: ['a'], spent: [paid('b')], percent: 50 }],
    ['who was paid for twice counts once', { holders: ['a'], spent: [paid('b'), paid('b')], percent: 50 }],
    [
      'who was paid for in the other family does not count',
      { holders: ['a', 'b'], spent: [paid('c', 1, 6)], percent: 50 },
    ],
  ])('is kept where %s', (_, more) => {
    expect(check(more)).toBeNull();
  });

  it('of one family is not that of the other', () => {
    expect(check({ spent: [paid('a', 1, 6)], percent: 0 })).toMatchObject({
      nodes: ['worker-a'],
      allowed: 0,
    });
  });

  it('is not kept where a node loses more than it was paid for, and says by how much', () => {
    expect(check({ holders: ['c', 'a', 'b', 'a'], percent: 50 })).toEqual({
      family: 4,
      nodes: ['worker-a', 'worker-b', 'worker-c'],
      allowed: 2,
      spent: 0,
      until: null,
    });
  });

  it('is free again from when the oldest payment is a day old', () => {
    const over = check({
      holders: ['d', 'c'],
      spent: [paid('a', 2), paid('b', 5), paid('b', 1)],
      percent: 50,
    });
    expect(over).toEqual({
      family: 4,
      nodes: ['worker-c', 'worker-d'],
      allowed: 2,
      spent: 2,
      until: NOW - 5 * HOUR + DAY_MS,
    });
  });
});
