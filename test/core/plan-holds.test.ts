import { describe, expect, it } from '@jest/globals';
import type { Node, Route, RouteTable } from '../../shared/core/model.ts';
import { planRoutes } from '../../shared/core/plan/plan.ts';
import { cidr, deadRoute, node, observation, route, settings, show, table, tableOf } from './builders.ts';

const [A, B, C, D] = ['10.200.0.0/24', '10.200.1.0/24', '10.200.2.0/24', '10.200.3.0/24'] as const;
const HALF = '10.200.0.0/25';

function plan(
  nodes: readonly Node[],
  tables: readonly RouteTable[],
  more: Parameters<typeof settings>[0] = {},
) {
  const { changes, findings, unmet } = planRoutes(observation(nodes, tables), settings(more));
  return {
    changes: changes.map((change) => `${change.table} ${show(change)} ${change.evidence ?? 'at once'}`),
    codes: findings.map(({ code, node: name }) => `${code} ${name}`),
    unmet: [...unmet].sort(),
  };
}

describe('R5 what holds no block against others', () => {
  it.each([
    ['a running node that is a blackhole', route(A, 'holder', { state: 'blackhole' })],
    ['a node that is of another kind', route(A, 'holder', { ourKind: false })],
    ['a node that was not read', route(A, 'nobody')],
  ])('is a route to %s', (_, existing) => {
    const { changes, codes } = plan([node('holder'), node('next', [HALF])], [table([existing])]);
    expect(changes.filter((change) => !change.includes('delete'))).toEqual([
      `rtb-1 create ${HALF} next (claimed) at once`,
    ]);
    expect(codes).toEqual([]);
  });

  it('is a blackhole of a running node, which the next that claims it takes over at once', () => {
    const dead = route(A, 'holder', { state: 'blackhole' });
    expect(plan([node('holder'), node('next', [A])], [table([dead])])).toEqual({
      changes: [`rtb-1 replace ${A} next (blackhole) at once`],
      codes: [],
      unmet: [],
    });
  });

  it('is a route to a range of most other nodes', () => {
    const nodes = [node('wide'), node('a', [A]), node('b', [B]), node('c', [C])];
    expect(plan(nodes, [table([route('10.200.0.0/22', 'wide')])])).toEqual({
      changes: [
        `rtb-1 create ${A} a (claimed) at once`,
        `rtb-1 create ${B} b (claimed) at once`,
        `rtb-1 create ${C} c (claimed) at once`,
        'rtb-1 delete 10.200.0.0/22 wide (claim-withdrawn) withdrawn',
      ],
      codes: [],
      unmet: [],
    });
  });

  it('is a route in the table of another domain', () => {
    const tables = [table([route(A, 'holder')]), table([], { id: 'rtb-2', network: 'vpc-2' })];
    const { changes } = plan([node('holder'), node('next', [A], { network: 'vpc-2' })], tables);
    expect(changes).toContain(`rtb-2 create ${A} next (claimed) at once`);
  });

  it('is a route of the node itself', () => {
    const both = node('a', [A, HALF]);
    const { changes } = plan([both], [table([route(A, 'a')])], { reservedCidrs: [cidr('10.200.0.128/25')] });
    expect(changes).toContain(`rtb-1 create ${HALF} a (claimed) at once`);
  });
});

describe('R5 what holds a block against others', () => {
  it('is a route in a table of several domains, against nodes of each', () => {
    const shared = table([route(A, 'holder')], { network: null });
    expect(plan([node('holder'), node('next', [HALF], { network: 'vpc-2' })], [shared])).toEqual({
      changes: [`rtb-1 delete ${A} holder (claim-withdrawn) withdrawn`],
      codes: ['conflicting-claim next'],
      unmet: ['next'],
    });
  });

  it('is told once, of however many routes that a claim would take from', () => {
    const routes = [route(A, 'a'), route(B, 'b')];
    expect(plan([node('a'), node('b'), node('next', ['10.200.0.0/23'])], [table(routes)]).codes).toEqual([
      'conflicting-claim next',
    ]);
  });

  const holders = [node('h1'), node('h2')];
  const held = [route(A, 'h1'), route(B, 'h2'), route(D, 'mover')];
  const heir = node('heir', [D]);

  it('is the route of a node none of whose new claims is met', () => {
    const { changes, unmet } = plan([...holders, node('mover', [A, B]), heir], [table(held)]);
    expect(changes.filter((change) => change.includes(D))).toEqual([
      `rtb-1 replace ${D} heir (wrong-next-hop) kept`,
    ]);
    expect(unmet).toEqual(['heir', 'mover']);
  });

  it('is no more the route of a node one of whose new claims is met', () => {
    const { changes, unmet } = plan([...holders, node('mover', [A, C]), heir], [table(held)]);
    expect(changes.filter((change) => change.includes(D))).toEqual([
      `rtb-1 replace ${D} heir (wrong-next-hop) at once`,
    ]);
    expect(unmet).toEqual(['mover']);
  });

  it('is a range of the cluster not, though its node claims it in vain', () => {
    const withdrawn = plan(
      [node('wide', ['10.200.0.0/16']), node('a', [A])],
      [table([route('10.200.0.0/16', 'wide'), route(A, 'a')])],
    );
    expect(withdrawn.changes).toEqual(['rtb-1 delete 10.200.0.0/16 wide (claim-withdrawn) withdrawn']);
    const alone = plan([node('wide', ['10.200.0.0/16'])], [table([route('10.200.0.0/16', 'wide')])]);
    expect(alone).toEqual({ changes: [], codes: [], unmet: [] });
  });
});

describe('R5 a claim that has no room in the table', () => {
  const mover = node('mover', [B], { launchedAt: 1 });
  const narrow = node('next', [HALF]);

  function full(...routes: Route[]): RouteTable {
    const { quotas } = table(routes);
    return table(routes, { quotas: quotas.map((quota) => ({ ...quota, limit: quota.used })) });
  }

  it('leaves its node what it had, and others without a part of that', () => {
    expect(plan([narrow, mover], [tableOf(2, [route(A, 'mover')])])).toEqual({
      changes: [
        `rtb-1 create ${B} mover (claimed) at once`,
        `rtb-1 delete ${A} mover (claim-withdrawn) kept`,
      ],
      codes: ['conflicting-claim next'],
      unmet: ['next'],
    });
  });

  it('does so in all tables of the domain', () => {
    const tables = [table([], { id: 'rtb-2' }), full(route(A, 'mover'))];
    const { changes } = plan([narrow, mover], tables);
    expect(changes.filter((change) => change.includes('next'))).toEqual([]);
  });

  it.each<[string, boolean, Route, Parameters<typeof settings>[0]?]>([
    ['of a target that is gone', true, deadRoute(C)],
    ['of a node that is gone', true, route(C, 'dead')],
    ['of a stopped node, where those give up theirs', true, route(C, 'stopped'), { stoppedNodes: 'remove' }],
    ['of a stopped node', false, route(C, 'stopped')],
    ['that another waits for', false, deadRoute(D)],
    ['that waits for a second look', false, route(C, 'x', { target: { kind: 'vacant', agreed: true } })],
    ['of a living node', false, route(C, 'other')],
    ['of another kind', false, { ...deadRoute(C), ourKind: false }],
    ['of the other family', false, deadRoute('fd00:200::/64')],
  ])('beside a route %s: another takes what its node had: %s', (_, isTaken, existing, more = {}) => {
    const nodes = [
      node('dead', [], { state: 'gone' }),
      node('stopped', [], { state: 'stopped' }),
      node('waits', [D], { state: 'pending' }),
      node('other'),
      node('heir', [A]),
      mover,
    ];
    const { changes } = plan(nodes, [full(route(A, 'mover'), existing)], more);
    expect(changes.filter((change) => change.includes(A))).toEqual([
      `rtb-1 replace ${A} heir (wrong-next-hop) ${isTaken ? 'at once' : 'kept'}`,
    ]);
  });

  it('takes nothing with it where another claim of its node gets the room', () => {
    const nodes = [node('holder'), node('mover', [B, C]), node('heir', [A])];
    const routes = [route(A, 'mover'), route('10.200.2.0/25', 'holder')];
    const { changes } = plan(nodes, [tableOf(3, routes)]);
    expect(changes.filter((change) => change.includes('heir'))).toEqual([
      `rtb-1 replace ${A} heir (wrong-next-hop) at once`,
    ]);
  });

  it('stands for all of its node, which keeps what another was to have, who keeps its own in turn', () => {
    const nodes = [narrow, node('mover', [B, C], { launchedAt: 1 }), node('swaps', [D])];
    const routes = [route(A, 'mover'), route(D, 'mover'), route(B, 'swaps')];
    const { changes } = plan(nodes, [tableOf(4, routes)]);
    expect(changes).toEqual([
      `rtb-1 create ${C} mover (claimed) at once`,
      `rtb-1 replace ${D} swaps (wrong-next-hop) kept`,
      `rtb-1 replace ${B} mover (wrong-next-hop) kept`,
      `rtb-1 delete ${A} mover (claim-withdrawn) kept`,
    ]);
  });
});
