import { describe, expect, it } from '@jest/globals';
import type { Node, Observation, Route } from '../../shared/core/model.ts';
import { planRoutes } from '../../shared/core/plan/plan.ts';
import { cidr, deadRoute, hopOf, node, observation, route, settings, show, table } from './builders.ts';

function plan(seen: Observation, more: Parameters<typeof settings>[0] = {}) {
  const { changes: all, findings, unmet, unchanged, widen, forwarding } = planRoutes(seen, settings(more));
  // What a node holds goes only where a ledger knows that whoever it was made for is gone.
  const changes = all.filter(({ evidence }) => evidence !== 'kept');
  return {
    changes: changes.map((change) => `${change.table === 'rtb-1' ? '' : `${change.table} `}${show(change)}`),
    evidence: changes.map(({ evidence }) => evidence),
    kept: all.filter(({ evidence }) => evidence === 'kept').map(show),
    findings,
    codes: findings.map(({ code }) => code),
    unmet: [...unmet],
    unchanged,
    widen,
    forwarding: forwarding.map(({ id }) => id),
  };
}

const A = '10.200.0.0/24';
const B = '10.200.1.0/24';
const C = '10.200.2.0/24';
const stranger: Partial<Route> = { target: { kind: 'stranger' }, nextHop: { id: 'eni-x', shown: 'i-x' } };

describe('a claim becomes a route', () => {
  it('in every table of the node, in both families', () => {
    const tables = [table(), table([], { id: 'rtb-2' }), table([], { id: 'rtb-3', network: 'vpc-2' })];
    const seen = plan(observation([node('a', [A, 'fd00:200::/64']), node('b')], tables));
    expect(seen.unmet).toEqual([]);
    expect(seen.changes).toEqual([
      `create ${A} a (claimed)`,
      'create fd00:200::/64 a (claimed)',
      `rtb-2 create ${A} a (claimed)`,
      'rtb-2 create fd00:200::/64 a (claimed)',
    ]);
  });

  it.each<[string, Route, string]>([
    ['that leads to another node', route(A, 'b'), `replace ${A} a (wrong-next-hop)`],
    ['that leads to a node that is gone', route(A, 'c'), `replace ${A} a (wrong-next-hop)`],
    ['that is a blackhole', deadRoute(A), `replace ${A} a (blackhole)`],
    ['to itself that is a blackhole', route(A, 'a', { state: 'blackhole' }), `replace ${A} a (blackhole)`],
    [
      'to its other interface',
      route(A, 'a', { nextHop: { id: 'eni-2', shown: 'eni-2' } }),
      `replace ${A} a (wrong-next-hop)`,
    ],
    ['whose last write failed', route(A, 'a', { writeFailed: true }), `replace ${A} a (write-failed)`],
    [
      'to another node whose last write failed',
      route(A, 'b', { writeFailed: true }),
      `replace ${A} a (wrong-next-hop)`,
    ],
    [
      'that names no next hop',
      route(A, 'x', { nextHop: null, target: { kind: 'vacant', agreed: true } }),
      `replace ${A} a (wrong-next-hop)`,
    ],
  ])('in the place of one %s', (_, existing, change) => {
    const nodes = [node('a', [A]), node('b'), node('c', [], { state: 'gone' })];
    expect(plan(observation(nodes, [table([existing])])).changes).toEqual([change]);
  });

  it.each(['pending', 'stopped'] as const)('only once the node runs, not while it is %s', (state) => {
    const seen = observation([node('a', [A], { state })], [table()]);
    expect(plan(seen)).toMatchObject({ changes: [], unmet: ['a'] });
  });

  it('and stays as it is while its node is stopped, blackhole or not', () => {
    for (const state of ['active', 'blackhole'] as const) {
      const seen = observation([node('a', [A], { state: 'stopped' })], [table([route(A, 'a', { state })])]);
      expect(plan(seen)).toMatchObject({ changes: [], unchanged: 1, unmet: [] });
    }
  });

  it('but not in the place of another without a next hop', () => {
    const cut = node('a', [A], { nextHops: { 4: null, 6: null } });
    expect(plan(observation([cut], [table([deadRoute(A)])]))).toMatchObject({
      changes: [],
      codes: ['node-unreachable'],
      unmet: ['a'],
    });
  });

  it('and what is wrong with it alike in all tables is told once', () => {
    const cut = node('a', [A], { nextHops: { 4: null, 6: null } });
    const tables = [table(), table([], { id: 'rtb-2' })];
    expect(plan(observation([cut], tables)).codes).toEqual(['node-unreachable']);
  });

  it('but not without a next hop of its family', () => {
    const seen = observation(
      [node('a', [A, 'fd00:200::/64'], { nextHops: { 4: hopOf('a'), 6: null } })],
      [table()],
    );
    expect(plan(seen)).toMatchObject({
      changes: [`create ${A} a (claimed)`],
      codes: ['node-unreachable'],
      unmet: ['a'],
    });
  });
});

describe('R2 only our own routes', () => {
  const live = node('live', [C]);

  it.each<[string, Route]>([
    ['of a gone node outside the cluster CIDRs', route('10.201.0.0/24', 'gone')],
    ['that is a blackhole outside the cluster CIDRs', deadRoute('192.0.2.0/24')],
    ['that is wider than the cluster CIDR', deadRoute('10.192.0.0/12')],
    ['of another kind', route(A, 'gone', { ourKind: false })],
    ['that is a blackhole of another kind', { ...deadRoute(A), ourKind: false }],
    ['to a living target that is none of our nodes', route(A, 'x', stranger)],
    ['whose target was not read', route(A, 'x', { target: { kind: 'unread' } })],
    ['to a node that was not read after all', route(A, 'nobody')],
  ])('leaves a route alone %s', (_, existing) => {
    const seen = observation(
      [live, node('gone', [], { state: 'gone' })],
      [table([existing, route(C, 'live')])],
    );
    expect(plan(seen)).toMatchObject({ changes: [], unchanged: 1 });
  });

  it.each<[string, Route]>([
    ['to a living target that is none of our nodes', route(A, 'x', stranger)],
    ['of another kind', route(A, 'b', { ourKind: false })],
    ['that is a blackhole of another kind', { ...deadRoute(A), ourKind: false }],
  ])('reports, and does not overwrite, a route in the way %s', (_, existing) => {
    const seen = observation([node('a', [A]), node('b')], [table([existing])]);
    expect(plan(seen)).toMatchObject({ changes: [], codes: ['foreign-route'], unmet: ['a'] });
  });

  it.each([
    ["at once where it is nobody's", true, [null], []],
    ['by force alone where the reads disagree', false, ['disputed'], ['foreign-route']],
  ])("takes a next hop that seems to be nobody's for a claim: %s", (_, agreed, evidence, codes) => {
    const lost = route(A, 'x', { target: { kind: 'vacant', agreed } });
    const { changes, findings, ...seen } = plan(observation([node('a', [A])], [table([lost])]));
    expect(changes).toEqual([`replace ${A} a (wrong-next-hop)`]);
    expect(seen.evidence).toEqual(evidence);
    expect(findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual(
      codes.map((code) => `${code} error`),
    );
  });

  it('is content with a foreign route that does what the claim needs', () => {
    const seen = observation([node('a', [A])], [table([route(A, 'a', { ourKind: false })])]);
    expect(plan(seen)).toMatchObject({ changes: [], codes: [], unchanged: 1, unmet: [] });
  });

  it('takes our route for the one in force beside a propagated one', () => {
    const propagated = route(A, 'x', { ...stranger, ourKind: false, propagated: true });
    for (const routes of [
      [propagated, route(A, 'a')],
      [route(A, 'a'), propagated],
    ]) {
      expect(plan(observation([node('a', [A])], [table(routes)]))).toMatchObject({
        changes: [],
        codes: [],
        unchanged: 1,
      });
    }
  });

  it('makes the route of a claim beside a propagated one to the same destination', () => {
    const propagated = route(A, 'x', { ...stranger, ourKind: false, propagated: true });
    expect(plan(observation([node('a', [A])], [table([propagated])]))).toMatchObject({
      changes: [`create ${A} a (claimed)`],
      codes: [],
    });
  });

  it.each([
    [
      'propagated',
      { propagated: true as const, nextHop: null },
      'the cloud does not show',
      'Stop its propagation',
    ],
    ['static', { nextHop: null }, 'the cloud does not show', 'Remove that route'],
    ['static and dead', { nextHop: null, state: 'blackhole' as const }, 'is gone', 'Remove that route'],
  ])('says of a foreign route whose next hop is not shown what can be done: %s', (_, more, hop, remedy) => {
    const wider = route('10.200.0.0/20', 'x', { ...stranger, ourKind: false, ...more });
    const { findings } = plan(observation([node('a', [A])], [table([wider])]));
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'foreign-route',
        node: 'a',
        message: expect.stringContaining(`leads to a next hop that ${hop}, and`),
        remedy: expect.stringContaining(remedy),
      }),
    ]);
  });

  describe('R2: a dead route of others inside a cluster CIDR', () => {
    const dead = (text: string) => route(text, 'pcx', { ...stranger, ourKind: false, state: 'blackhole' });

    it.each([
      ['beside all claims', C, 1],
      ['as wide as the cluster CIDR', '10.200.0.0/16', 1],
      ['outside the cluster CIDRs', '10.9.0.0/24', 0],
    ])('is left alone, and told of once: %s', (_, destination, count) => {
      const { changes, findings } = plan(
        observation([node('a', [A])], [table([route(A, 'a'), dead(destination)])]),
      );
      expect(changes).toEqual([]);
      expect(findings).toHaveLength(count);
      for (const finding of findings) {
        expect(finding).toMatchObject({
          code: 'foreign-route',
          severity: 'warning',
          node: null,
          cidr: destination,
        });
      }
    });

    it('is told of with the claim that it stands against, and not again', () => {
      const { findings } = plan(observation([node('a', [A])], [table([dead('10.200.0.128/25')])]));
      expect(findings).toMatchObject([{ code: 'foreign-route', severity: 'warning', node: 'a' }]);
    });

    it('is left to runs for everything', () => {
      const seen = observation([node('a', [A])], [table([route(A, 'a'), dead(C)])], {
        scope: { kind: 'nodes', ids: ['a'] },
      });
      expect(plan(seen).findings).toEqual([]);
    });
  });

  it.each([
    ['a narrower one', '10.200.0.128/25', 'warning'],
    ['the cluster CIDR itself', '10.200.0.0/16', null],
    ['a wide one to a gateway', '10.0.0.0/8', null],
    ['a default route', '0.0.0.0/0', null],
  ])('makes the route of a claim that overlaps a foreign route: %s', (_, text, severity) => {
    for (const more of [stranger, { ...stranger, ourKind: false }]) {
      const { changes, findings } = plan(observation([node('a', [A])], [table([route(text, 'x', more)])]));
      expect(changes).toEqual([`create ${A} a (claimed)`]);
      expect(findings.map((finding) => finding.severity)).toEqual(severity === null ? [] : [severity]);
    }
  });

  const halves = ['10.200.0.0/25', '10.200.0.128/25'];

  it.each([
    ['two halves of it', halves],
    ['all of it', [A]],
  ])('makes no route inside a foreign one, which would lose its traffic: %s', (_, claims) => {
    for (const more of [stranger, { ...stranger, ourKind: false }]) {
      const seen = observation([node('a', claims), node('c', [C])], [table([route(A, 'x', more)])]);
      const { changes, findings, unmet } = plan(seen);
      expect({ changes, unmet }).toEqual({ changes: [`create ${C} c (claimed)`], unmet: ['a'] });
      expect(new Set(findings.map(({ code, severity }) => `${code} ${severity}`))).toEqual(
        new Set(['foreign-route error']),
      );
    }
  });

  it('makes no route inside a foreign one for a node whose destination another has', () => {
    const routes = [route(A, 'b'), route('10.200.0.0/20', 'x', stranger)];
    const { changes, findings, unmet } = plan(observation([node('a', [A]), node('b')], [table(routes)]));
    expect(changes.filter((change) => !change.startsWith('delete'))).toEqual([]);
    expect(findings).toMatchObject([{ code: 'foreign-route', severity: 'error', node: 'a' }]);
    expect(unmet).toEqual(['a']);
  });

  it.each([
    [
      'is of our kind, as a node may have left it',
      true,
      'warning',
      [A, B, C].map((text) => `create ${text}`),
    ],
    ['is of another kind', false, 'error', []],
  ])(
    'makes routes inside one to a stranger that covers most claims where it %s',
    (_, ourKind, severity, made) => {
      const wide = route('10.200.0.0/22', 'x', { ...stranger, ourKind });
      const nodes = [node('a', [A]), node('b', [B]), node('c', [C])];
      const { changes, findings } = plan(observation(nodes, [table([wide])]));
      expect(changes.map((change) => change.split(' ').slice(0, 2).join(' '))).toEqual(made);
      expect(findings).toMatchObject(nodes.map(({ id }) => ({ code: 'foreign-route', severity, node: id })));
    },
  );

  it('leaves its route to a node around which somebody makes a foreign one', () => {
    const seen = observation(
      [node('a', [A])],
      [table([route(A, 'a'), route('10.200.0.0/20', 'x', stranger)])],
    );
    expect(plan(seen)).toMatchObject({ changes: [], codes: ['foreign-route'], unchanged: 1, unmet: [] });
  });

  it.each<[string, Route, string]>([
    ['of a node read as gone', route(A, 'gone'), `delete ${A} gone (node-gone)`],
    ['whose target is gone', deadRoute(A), `delete ${A} - (node-gone)`],
    [
      "that is nobody's",
      route(A, 'x', { target: { kind: 'vacant', agreed: true } }),
      `delete ${A} x (next-hop-unknown)`,
    ],
    ['that its node no longer claims', route(A, 'live'), `delete ${A} live (claim-withdrawn)`],
  ])('deletes a route %s', (_, existing, change) => {
    const seen = observation(
      [live, node('gone', [A], { state: 'gone' })],
      [table([existing, route(C, 'live')])],
    );
    expect(plan(seen).changes).toEqual([change]);
  });

  it.each<[string, Node]>([
    ['wrongly, being in conflict', node('a', [A], { launchedAt: 9 })],
    ['while it is stopped', node('a', [A], { state: 'stopped' })],
    ['while it is pending', node('a', [A], { state: 'pending' })],
    ['without a next hop', node('a', [A], { nextHops: { 4: null, 6: null } })],
  ])('deletes no route to what a live node claims %s', (_, claimant) => {
    const wide = node('wide', ['10.200.0.0/23']);
    const seen = observation([wide, claimant], [table([deadRoute(A), route('10.200.0.0/23', 'wide')])]);
    expect(plan(seen).changes.filter((change) => change.startsWith('delete'))).toEqual([]);
  });

  it.each([
    ['keep', []],
    ['remove', [`delete ${A} a (node-stopped)`]],
  ] as const)('treats the route of a stopped node by setting: %s', (stoppedNodes, changes) => {
    const seen = observation(
      [node('a', [A], { state: 'stopped' })],
      [table([route(A, 'a', { state: 'blackhole' })])],
    );
    const { evidence, ...planned } = plan(seen, { stoppedNodes });
    expect(planned.changes).toEqual(changes);
    expect(evidence).toEqual(changes.map(() => 'proven'));
  });
});

describe('R2 what nobody claims in the domain of a table', () => {
  it('goes, though a node of another domain claims the same', () => {
    const nodes = [node('here', [B]), node('elsewhere', [A], { network: 'vpc-2' })];
    const tables = [
      table([deadRoute(A), route(B, 'here')]),
      table([route(A, 'elsewhere')], { id: 'rtb-2', network: 'vpc-2' }),
    ];
    expect(plan(observation(nodes, tables)).changes).toEqual([`delete ${A} - (node-gone)`]);
  });

  it('goes from a table of several domains, and stays there while any node of them claims it', () => {
    const shared = [table([deadRoute(A), deadRoute(B)], { network: null })];
    const pending = node('elsewhere', [A], { network: 'vpc-2', state: 'pending' });
    expect(plan(observation([pending], shared)).changes).toEqual([`delete ${B} - (node-gone)`]);
  });
});

describe('R5 a route in force stays the claim of its node', () => {
  const defect = {
    source: 'tag',
    text: 'x',
    problem: 'is wrong',
    corrected: null,
    correctedList: null,
  } as const;

  it.each<[string, Partial<Node>, 'wait' | 'stay']>([
    ['is untagged for a moment', {}, 'wait'],
    ['has claims that cannot be read', { claimsKnown: false }, 'stay'],
    ['has a malformed claim', { defects: [defect] }, 'stay'],
    ['has a claim that is refused', { claims: [{ cidr: cidr('192.0.2.0/24'), source: 'tag' }] }, 'stay'],
  ])('while the node %s', (_, more, then) => {
    const holder = node('holder', [], more);
    for (const text of [A, '10.200.0.0/25', '10.200.0.0/23']) {
      const seen = observation([holder, node('thief', [text])], [table([route(A, 'holder')])]);
      const { changes, codes, unmet, evidence, kept } = plan(seen);
      const takes =
        text === A ? `replace ${A} thief (wrong-next-hop)` : `delete ${A} holder (claim-withdrawn)`;
      expect(changes).toEqual(then === 'wait' ? [takes] : []);
      expect(evidence).toEqual(then === 'wait' ? ['withdrawn'] : []);
      expect(kept).toEqual(then === 'wait' ? [] : [takes]);
      expect(codes).toContain('conflicting-claim');
      expect(unmet).toContain('thief');
    }
  });

  it('in all tables of the domain, also where it is in one alone', () => {
    const tables = [table([route(A, 'holder')]), table([], { id: 'rtb-2' })];
    const { changes } = plan(observation([node('holder'), node('thief', [A])], tables));
    expect(changes).toEqual([`replace ${A} thief (wrong-next-hop)`]);
  });

  it.each([
    ['in force', [route(A, 'holder'), route(B, 'holder')]],
    ['made so by the plan', [route(A, 'holder')]],
  ])('until another claim of the node is %s', (_, routes) => {
    const seen = observation([node('holder', [B]), node('heir', [A])], [table(routes)]);
    expect(plan(seen).changes).toContain(`replace ${A} heir (wrong-next-hop)`);
    expect(plan(seen).evidence).toEqual([null, null].slice(routes.length - 1));
  });

  it('whatever claim of the other family it has', () => {
    const seen = observation(
      [node('holder', ['fd00:200::/64']), node('thief', [A])],
      [table([route(A, 'holder')])],
    );
    expect(plan(seen).evidence).toContain('withdrawn');
  });

  it.each<[string, string, string[]]>([
    ['the very same', A, [`replace ${A} heir (wrong-next-hop)`]],
    ['a part of it', '10.200.0.0/25', [`delete ${A} off (claim-withdrawn)`]],
  ])('when it is stopped, but for a running node that claims %s', (_, text, changes) => {
    for (const state of ['active', 'blackhole'] as const) {
      const seen = observation(
        [node('off', [], { state: 'stopped' }), node('heir', [text])],
        [table([route(A, 'off', { state })])],
      );
      const planned = plan(seen);
      expect(planned.changes.map((change) => change.replace('blackhole', 'wrong-next-hop'))).toEqual(changes);
      expect(planned.evidence).toEqual([text === A ? null : 'withdrawn']);
    }
  });

  it('in each of two tables, and is taken over in each when R4 lets it go', () => {
    const nodes = [node('a'), node('b'), node('heir', [A])];
    const tables = [table([route(A, 'a')]), table([route(A, 'b')], { id: 'rtb-2' })];
    const seen = plan(observation(nodes, tables));
    expect(seen.changes).toEqual([
      `replace ${A} heir (wrong-next-hop)`,
      `rtb-2 replace ${A} heir (wrong-next-hop)`,
    ]);
    expect(seen.evidence).toEqual(['withdrawn', 'withdrawn']);
  });

  it('where a table serves several domains, of the older node if the other’s route is not in force', () => {
    const older = node('a', [A], { launchedAt: 1, network: 'vpc-1', domain: 'vpc-1' });
    const newer = node('b', [A], { launchedAt: 2, network: 'vpc-2', domain: 'vpc-2' });
    const shared = table([route(A, 'b', { state: 'blackhole' })], { network: null });
    const seen = plan(observation([older, newer], [shared]));
    expect(seen.changes).toEqual([`replace ${A} a (blackhole)`]);
    expect(seen.findings).toMatchObject([{ code: 'conflicting-claim', node: 'b' }]);
  });

  it('where a table serves several domains, of whoever has it', () => {
    const nodes = [node('a', [A]), node('b', [A], { network: 'vpc-2' })];
    const shared = table([route(A, 'b')], { network: null });
    expect(plan(observation(nodes, [shared]))).toMatchObject({ changes: [], codes: ['conflicting-claim'] });
  });
});

describe('R7 claims that come and go', () => {
  const leftovers = (count: number): Route[] =>
    Array.from({ length: count }, (_, i) => route(`10.200.${100 + i}.0/24`, 'a'));

  it.each([
    [8, 8, [`create ${A} a (claimed)`], []],
    [9, 8, [], ['too-many-claims']],
    [1, 1, [`create ${A} a (claimed)`], []],
    [2, 1, [], ['too-many-claims']],
  ])(
    'leave %i routes behind where %i claims count, and the next is made or not',
    (count, maxClaims, creates, codes) => {
      const seen = plan(observation([node('a', [A])], [table(leftovers(count))]), { maxClaims });
      expect(seen.changes.filter((change) => change.startsWith('create'))).toEqual(creates);
      expect(seen.codes).toEqual(codes);
    },
  );

  it('are not counted with what is claimed, of another kind or of nobody', () => {
    const claimed = node('a', [A, B]);
    const others = [
      route(B, 'a'),
      route(C, 'a', { ourKind: false }),
      route('10.200.3.0/24', 'b'),
      route('10.200.4.0/24', 'x', { target: { kind: 'vacant', agreed: true } }),
    ];
    for (const [count, codes] of [
      [2, []],
      [3, ['too-many-claims']],
    ] as const) {
      const seen = observation([claimed, node('b')], [table([...leftovers(count), ...others])]);
      expect(plan(seen, { maxClaims: 2 }).codes).toEqual(codes);
    }
  });

  it('let what is too much go, so that the node gets a claim again', () => {
    const { evidence, kept } = plan(observation([node('a', [A])], [table(leftovers(9))]));
    expect(evidence).toEqual(['moved']);
    expect(kept).toHaveLength(8);
  });
});

describe('R4 nobody claims anything any more', () => {
  const tables = [table([route(A, 'a'), route(B, 'b')])];

  it.each<[string, readonly Node[], number]>([
    ['is said', [node('a'), node('b')], 1],
    ['is not said where one node still does', [node('a'), node('b', [B])], 0],
    [
      'is not said where a claim is malformed',
      [
        node('a'),
        node('b', [], {
          defects: [{ source: 'tag', text: 'x', problem: 'x', corrected: null, correctedList: null }],
        }),
      ],
      0,
    ],
    ['is not said where a claim was not read', [node('a'), node('b', [], { claimsKnown: false })], 0],
    [
      'is not said of nodes that are gone',
      [node('a', [], { state: 'gone' }), node('b', [], { state: 'gone' })],
      0,
    ],
  ])('%s', (_, nodes, count) => {
    const { findings } = plan(observation(nodes, tables));
    expect(
      findings.filter(({ code, severity }) => code === 'no-claims' && severity === 'error'),
    ).toHaveLength(count);
  });

  it('is said with the number of routes that lead to nodes and are of our kind', () => {
    const routes = [
      route(A, 'a'),
      route(B, 'b', { ourKind: false }),
      route(C, 'x', stranger),
      route('10.200.3.0/24', 'elsewhere'),
      route('192.0.2.0/24', 'a'),
    ];
    const { findings } = plan(observation([node('a'), node('b')], [table(routes)]));
    expect(findings.map(({ message }) => message)).toEqual([
      'None of 2 nodes claims a pod CIDR any more, though 1 route lead to them. No route of a living node is removed at once.',
    ]);
  });

  it.each<[string, Observation]>([
    ['where no route leads to them', observation([node('a'), node('b')], [table([deadRoute(A)])])],
    [
      'where only some were looked at',
      observation([node('a'), node('b')], tables, { scope: { kind: 'nodes', ids: ['a', 'b'] } }),
    ],
    [
      'where something was not read',
      observation([node('a'), node('b')], tables, {
        failures: [{ what: 'table', id: 'rtb-2', failure: { kind: 'transient', code: 'x', message: 'x' } }],
      }),
    ],
  ])('is not said %s', (_, seen) => {
    expect(plan(seen).findings).toEqual([]);
  });
});

describe('R3 no knowledge, no deletion', () => {
  it('leaves its routes to a node whose claims were not read', () => {
    const seen = observation([node('a', [], { claimsKnown: false })], [table([route(A, 'a')])]);
    expect(plan(seen).changes).toEqual([]);
  });

  it.each<[string, Observation]>([
    [
      'the route in the way was not read',
      observation([node('a', [A])], [table([route(A, 'x', { target: { kind: 'unread' } })])]),
    ],
    [
      'an overlapping route was not read',
      observation([node('a', [A])], [table([route('10.200.0.0/25', 'x', { target: { kind: 'unread' } })])]),
    ],
  ])('asks for a whole look when %s', (_, seen) => {
    for (const tables of [seen.tables, [table([], { id: 'rtb-0' }), ...seen.tables]]) {
      const { widen } = plan({ ...seen, tables, scope: { kind: 'nodes', ids: ['a'] } });
      expect(widen).toMatch(/^the target of the route to 10\.200\.0\.0\/2[45] was not read$/);
    }
    const narrow = plan({ ...seen, scope: { kind: 'nodes', ids: ['a'] } });
    expect(narrow.changes.filter((change) => change.startsWith('delete'))).toEqual([]);
    expect(plan(seen).widen).toBeNull();
  });

  it('asks for a whole look where a node claims a whole cluster CIDR, as it may be alone or not', () => {
    const nodes = [node('b', [B]), node('a', [A, '10.200.0.0/16'], { name: 'worker-a' })];
    const scope = { kind: 'nodes', ids: ['a', 'b'] } as const;
    expect(plan(observation(nodes, [table()], { scope })).widen).toBe(
      'worker-a (a) claims a whole cluster CIDR',
    );
    expect(plan(observation(nodes, [table()])).widen).toBeNull();
    expect(plan(observation(nodes.slice(0, 1), [table()], { scope })).widen).toBeNull();
  });

  it('deletes what is proven in a look at some nodes, and nothing else', () => {
    const routes = [
      route(A, 'gone'),
      route(B, 'a'),
      route('10.200.7.0/24', 'x', { target: { kind: 'vacant', agreed: true } }),
    ];
    const seen = observation([node('gone', [], { state: 'gone' }), node('a', [C])], [table(routes)], {
      scope: { kind: 'nodes', ids: ['gone', 'a'] },
    });
    expect(plan(seen)).toMatchObject({
      changes: [`create ${C} a (claimed)`, `delete ${A} gone (node-gone)`],
      widen: null,
    });
  });

  const unread = (text: string, more: Partial<Route> = {}) =>
    route(text, 'x', { state: 'blackhole', target: { kind: 'unread' }, ...more });

  it.each<[string, Partial<Observation>, Route, boolean]>([
    ['a node is gone', { nodes: [node('a', [], { state: 'gone' })] }, unread(B), true],
    [
      'a node is gone beside others',
      { nodes: [node('b'), node('a', [], { state: 'gone' })] },
      unread(B),
      true,
    ],
    ['a node is missing', { missing: ['a'] }, unread(B), true],
    [
      "a node is missing, and it is nobody's",
      { missing: ['a'] },
      unread(B, { target: { kind: 'vacant', agreed: true } }),
      true,
    ],
    ['a node is missing, and it is known to be dead', { missing: ['a'] }, deadRoute(B), false],
    ['all nodes live', { nodes: [node('a', [A])] }, unread(B), false],
    ['the route is active', { missing: ['a'] }, unread(B, { state: 'active' }), false],
    ['the route is of another kind', { missing: ['a'] }, unread(B, { ourKind: false }), false],
  ])('may ask for a whole look for a blackhole that was not read: %s', (_, more, blackhole, wide) => {
    const scope = { kind: 'nodes', ids: ['a'] } as const;
    const { widen, changes } = plan(observation([], [table([blackhole])], { scope, ...more }));
    expect(widen === null).toBe(!wide);
    if (wide) expect(widen).toBe(`the route to ${B} has lost its target`);
    expect(changes.filter((change) => change.startsWith(`delete ${B} x`))).toEqual([]);
  });

  it.each(['10.200.0.0/25', '10.200.0.0/23'])('makes no route across %s of our kind, not read', (text) => {
    const seen = observation([node('a', [A]), node('c', [C])], [table([unread(text, { state: 'active' })])]);
    expect(plan(seen)).toMatchObject({ changes: [`create ${C} c (claimed)`], codes: [], unmet: ['a'] });
  });

  it('makes a route across one of another kind, not read', () => {
    const existing = unread('10.200.0.0/25', { state: 'active', ourKind: false });
    expect(plan(observation([node('a', [A])], [table([existing])]))).toMatchObject({
      changes: [`create ${A} a (claimed)`],
      codes: ['foreign-route'],
      unmet: [],
    });
  });

  it('does not say that a claim is met when the route in its way was not read', () => {
    const seen = observation([node('a', [A])], [table([route(A, 'x', { target: { kind: 'unread' } })])]);
    expect(plan(seen)).toMatchObject({ changes: [], unmet: ['a'] });
  });
});

describe('R6 no gap', () => {
  it('plans the new route of a node that moved beside the deletion of the old one', () => {
    const seen = observation([node('a', [B])], [table([route(A, 'a')])]);
    expect(plan(seen).changes).toEqual([`create ${B} a (claimed)`, `delete ${A} a (claim-withdrawn)`]);
  });

  it.each<[string, Node, Route[]]>([
    ['is in conflict', node('a', [C], { launchedAt: 9 }), [route(C, 'c')]],
    ['lies outside the cluster', node('a', ['192.0.2.0/24']), []],
    [
      'is malformed',
      node('a', [], {
        defects: [{ source: 'tag', text: 'x', problem: 'is wrong', corrected: null, correctedList: null }],
      }),
      [],
    ],
    ['meets a foreign route', node('a', [B]), [route(B, 'x', stranger)]],
    ['has no next hop', node('a', ['fd00:200::/64'], { nextHops: { 4: hopOf('a'), 6: null } }), []],
    ['waits for the node to run', node('a', [B], { state: 'stopped' }), []],
    ['waits for the node to take over', node('a', [B], { state: 'stopped' }), [deadRoute(B)]],
  ])('leaves the old route while the new claim %s', (_, moved, routes) => {
    const seen = observation(
      [moved, node('c', [C])],
      [table([route(A, 'a'), route(C, 'c'), ...routes.filter(({ destination }) => destination.text !== C)])],
    );
    expect(plan(seen).changes).toEqual([]);
  });

  it('keeps another node off what a node has that does not get its new claim', () => {
    const seen = observation(
      [node('a', [C], { launchedAt: 9 }), node('c', [C]), node('next', [A])],
      [table([route(A, 'a'), route(C, 'c')])],
    );
    expect(plan(seen)).toMatchObject({ changes: [], unmet: ['a', 'next'] });
  });

  it('goes on so along a chain, whatever the order', () => {
    const nodes = [node('a', [C], { launchedAt: 9 }), node('b', [A]), node('d', [B]), node('c', [C])];
    const routes = [route(A, 'a'), route(B, 'b'), route('10.200.3.0/24', 'd'), route(C, 'c')];
    for (const order of [nodes, nodes.toReversed()]) {
      const { changes, unmet } = plan(observation(order, [table(routes)]));
      expect(changes).toEqual([]);
      expect(unmet.sort()).toEqual(['a', 'b', 'd']);
    }
  });

  it('replaces both routes of nodes that swap', () => {
    const seen = observation([node('a', [B]), node('b', [A])], [table([route(A, 'a'), route(B, 'b')])]);
    expect(plan(seen).changes.sort()).toEqual([
      `replace ${A} b (wrong-next-hop)`,
      `replace ${B} a (wrong-next-hop)`,
    ]);
  });
});

describe('R8 idempotent', () => {
  it('plans nothing where everything is as claimed', () => {
    const seen = observation([node('a', [A]), node('b', [B])], [table([route(A, 'a'), route(B, 'b')])]);
    expect(plan(seen)).toEqual({
      changes: [],
      evidence: [],
      kept: [],
      findings: [],
      codes: [],
      unmet: [],
      unchanged: 2,
      widen: null,
      forwarding: [],
    });
  });

  it('compares IPv6 destinations by value', () => {
    const seen = observation(
      [node('a', ['fd00:200:0::/64'])],
      [table([route('fd00:0200:0000:0000::/64', 'a')])],
    );
    expect(plan(seen).changes).toEqual([]);
  });
});

describe('forwarding', () => {
  const shut = node('a', [A], { forwarding: 'off' });

  it.each([
    ['ensure', ['a'], []],
    ['report', [], ['forwarding-disabled']],
    ['ignore', [], []],
  ] as const)('follows the setting %s', (forwarding, switched, codes) => {
    expect(plan(observation([shut], [table([route(A, 'a')])]), { forwarding })).toMatchObject({
      forwarding: switched,
      codes,
    });
  });

  it.each<[string, Node]>([
    ['is on already', { ...shut, forwarding: 'on' }],
    ['is unknown', { ...shut, forwarding: 'unknown' }],
    ['is of a node without a claim', { ...shut, claims: [] }],
    ['is of a node that does not run', { ...shut, state: 'stopped' }],
  ])('is left alone where it %s', (_, other) => {
    expect(plan(observation([other], [table()])).forwarding).toEqual([]);
  });
});

describe('subnets', () => {
  const placed = node('a', [A], { subnet: 'subnet-1' });

  it.each<[string, readonly string[] | null, string[]]>([
    ['served by a managed table', ['subnet-1'], []],
    ['served by a main table', null, []],
    ['served by none', ['subnet-2'], ['subnet-not-routed']],
  ])('of nodes that are %s', (_, subnets, codes) => {
    expect(plan(observation([placed], [table([route(A, 'a')], { subnets })])).codes).toEqual(codes);
  });

  it('of nodes that are served by one table of several are in order, and those not known', () => {
    const tables = ['subnet-2', 'subnet-1'].map((id) => table([route(A, 'a')], { id, subnets: [id] }));
    for (const subnet of ['subnet-1', null]) {
      expect(plan(observation([{ ...placed, subnet }], tables)).findings).toEqual([]);
    }
  });

  it('of nodes that do not run, or claim nothing, are not judged', () => {
    for (const more of [{ state: 'pending' }, { claims: [] }] as const) {
      const seen = observation([{ ...placed, ...more }], [table([], { subnets: ['subnet-2'] })]);
      expect(plan(seen).findings).toEqual([]);
    }
  });

  it.each(['ensure', 'report'] as const)(
    'of a network without a managed table are an error, with forwarding by setting %s',
    (forwarding) => {
      const astray = node('a', [A], { network: 'vpc-2', subnet: 'subnet-1', forwarding: 'off' });
      const planned = planRoutes(observation([astray], [table()]), settings({ forwarding }));
      expect(planned).toMatchObject({
        changes: [],
        forwarding: [],
        findings: [{ code: 'subnet-not-routed', severity: 'error', node: 'a' }],
      });
      expect(planned.findings[0]?.message).toContain('vpc-2');
      expect([...planned.unmet]).toEqual(['a']);
    },
  );

  it.each([
    ['not judged when a table', 'table', []],
    ['judged when a claim', 'claims', ['subnet-not-routed']],
  ] as const)('are %s was not read', (_, what, codes) => {
    const failures = [{ what, id: 'x', failure: { kind: 'transient', code: 'x', message: 'x' } }] as const;
    const seen = observation([placed], [table([route(A, 'a')], { subnets: [] })], { failures });
    expect(plan(seen).codes).toEqual(codes);
  });
});

it('keeps a host route at the edge of a cluster CIDR inside it', () => {
  const seen = observation([], [table([deadRoute('10.200.255.255/32'), deadRoute('10.201.0.0/32')])]);
  expect(plan(seen, { clusterCidrs: [cidr('10.200.0.0/16')] }).changes).toEqual([
    'delete 10.200.255.255/32 - (node-gone)',
  ]);
});
