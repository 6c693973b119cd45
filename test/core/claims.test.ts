import { describe, expect, it } from '@jest/globals';
import { sharesDomain } from '../../shared/core/claims/bounds.ts';
import { measureCoverage } from '../../shared/core/claims/coverage.ts';
import { judgeClaims } from '../../shared/core/claims/judge.ts';
import { readTagClaims } from '../../shared/core/claims/pod-cidr.ts';
import type { Node, Observation, Route } from '../../shared/core/model.ts';
import { cidr, node, observation, route, settings, table } from './builders.ts';

function judge(seen: Observation, more: Parameters<typeof settings>[0] = {}) {
  const verdict = judgeClaims(seen, settings(more));
  return {
    accepted: verdict.accepted.map((claim) => `${claim.node.id} ${claim.cidr.text}`),
    findings: verdict.findings.map(({ code, node: name, cidr: text }) => `${code} ${name} ${text}`),
    unmet: [...verdict.unmet],
    widen: verdict.widen,
  };
}

const A = '10.200.0.0/24';
const other = node('other', ['10.200.9.0/24']);

describe('R5 the incumbent wins', () => {
  const younger = node('younger', ['10.200.0.0/24'], { launchedAt: 2 });
  const older = node('older', ['10.200.0.0/24'], { launchedAt: 1 });

  it.each<[string, Node[], string]>([
    ['the older node without a route on either side', [younger, older], 'older'],
    [
      'the lower id where both are of one age',
      [node('b', ['10.200.0.0/24']), node('a', ['10.200.0.0/24'])],
      'a',
    ],
    [
      'the running node rather than an older stopped one',
      [younger, { ...older, state: 'stopped' }],
      'younger',
    ],
    [
      'the running node rather than an older pending one',
      [younger, { ...older, state: 'pending' }],
      'younger',
    ],
  ])('gives the CIDR to %s', (_, nodes, winner) => {
    for (const order of [nodes, nodes.toReversed()]) {
      const { accepted, findings } = judge(observation(order, [table()]));
      expect(accepted).toEqual([`${winner} 10.200.0.0/24`]);
      const loser = nodes.find(({ id }) => id !== winner)?.id;
      expect(findings).toEqual([`conflicting-claim ${loser} 10.200.0.0/24`]);
    }
  });

  it('leaves the CIDR to the node with the active route, however young', () => {
    const seen = observation([older, younger], [table([route('10.200.0.0/24', 'younger')])]);
    expect(judge(seen).accepted).toEqual(['younger 10.200.0.0/24']);
  });

  it('does not count a blackhole as a route that a node has', () => {
    const dead = route('10.200.0.0/24', 'younger', { state: 'blackhole' });
    expect(judge(observation([older, younger], [table([dead])])).accepted).toEqual(['older 10.200.0.0/24']);
  });

  it.each([
    ['wider', '10.200.0.0/23'],
    ['narrower', '10.200.0.128/25'],
  ])('counts a %s claim as the same', (_, text) => {
    const late = node('late', [text], { launchedAt: 9 });
    const { accepted, findings, unmet } = judge(observation([late, older], [table()]));
    expect(accepted).toEqual(['older 10.200.0.0/24']);
    expect(findings).toEqual([`conflicting-claim late ${text}`]);
    expect(unmet).toEqual(['late']);
  });

  it('lets one node hold a network inside its own', () => {
    const nested = node('a', ['10.200.0.0/23', '10.200.0.0/24']);
    expect(judge(observation([nested, other], [table()])).accepted).toHaveLength(3);
  });

  it('leaves room for a third where the second lost', () => {
    const nodes = [
      node('a', ['10.200.0.0/25'], { launchedAt: 1 }),
      node('b', ['10.200.0.0/24'], { launchedAt: 2 }),
      node('c', ['10.200.0.128/25'], { launchedAt: 3 }),
    ];
    expect(judge(observation(nodes, [table()])).accepted).toEqual(['a 10.200.0.0/25', 'c 10.200.0.128/25']);
  });

  it('tells thousands of claims to one wide range from the blocks inside it', () => {
    const wide = Array.from({ length: 5000 }, (_, i) => node(`w${i}`, ['10.200.0.0/17'], { launchedAt: 9 }));
    const narrow = Array.from({ length: 2048 }, (_, i) =>
      node(`n${i}`, [`10.200.${i >> 4}.${(i & 15) * 16}/28`], { launchedAt: 1 }),
    );
    const { accepted, unmet } = judge(observation([...wide, ...narrow], [table()]));
    expect(accepted).toHaveLength(2048);
    expect(unmet).toHaveLength(5000);
  });
});

describe('R5 a range that covers most other nodes is no claim of one node', () => {
  const workers = ['10.200.1.0/24', '10.200.2.0/24'].map((text, i) => node(`w${i}`, [text]));
  const controller = node('controller', ['10.200.0.0/17'], { launchedAt: -1 });
  const inForce = table([route('10.200.0.0/17', 'controller')]);

  it.each<[string, readonly Node[], readonly string[]]>([
    ['of the first of three', [controller, ...workers], ['controller 10.200.0.0/17']],
    [
      'of three that all name it',
      [controller, node('c2', ['10.200.0.0/17']), node('c3', ['10.200.0.0/17']), ...workers],
      ['controller 10.200.0.0/17', 'c2 10.200.0.0/17', 'c3 10.200.0.0/17'],
    ],
  ])('%s, with a route or without', (_, nodes, refused) => {
    for (const tables of [[], [inForce]]) {
      const { accepted, findings, unmet } = judge(observation(nodes, tables));
      expect(accepted).toEqual(['w0 10.200.1.0/24', 'w1 10.200.2.0/24']);
      expect(findings).toEqual(refused.map((who) => `claim-covers-nodes ${who}`));
      expect(unmet).toEqual(refused.map((who) => who.split(' ')[0]));
    }
  });

  it.each<[string, readonly Node[], readonly string[]]>([
    ['one node claims a part of it', [controller, ...workers.slice(0, 1)], ['controller 10.200.0.0/17']],
    [
      'parts of it are claimed by fewer than half',
      [controller, ...workers, ...[5, 6].map((i) => node(`o${i}`, [`10.200.20${i}.0/24`]))],
      ['controller 10.200.0.0/17', 'o5 10.200.205.0/24', 'o6 10.200.206.0/24'],
    ],
    ['others claim the very same, and no part', [node('a', [A]), node('b', [A]), node('c', [A])], [`a ${A}`]],
  ])('but keeps it where %s', (_, nodes, held) => {
    expect(judge(observation(nodes, [table()])).accepted.sort()).toEqual([...held].sort());
  });

  it('does not count nodes of another domain', () => {
    const elsewhere = workers.map((each) => ({ ...each, domain: 'vpc-2' }));
    expect(judge(observation([controller, ...elsewhere], [table()])).accepted).toHaveLength(3);
  });
});

describe('R5 conflicts end at the border of a routing domain', () => {
  it('lets nodes of two networks claim the same', () => {
    const nodes = [node('a', [A]), node('b', [A], { network: 'vpc-2' })];
    expect(judge(observation(nodes, [table()])).accepted).toEqual([`a ${A}`, `b ${A}`]);
  });
});

describe('R5 a node that does not run', () => {
  const halves = node('halves', ['10.200.0.0/25', '10.200.0.128/25'], { launchedAt: -9 });

  it.each<[Node['state'], 'blackhole' | 'active']>([
    ['stopped', 'blackhole'],
    ['pending', 'blackhole'],
    ['stopped', 'active'],
  ])('keeps its block against claims to parts of it: %s, its route %s', (state, shown) => {
    const worker = node('worker', [A], { state });
    const tables = [table([route(A, 'worker', { state: shown })])];
    expect(judge(observation([halves, worker], tables)).accepted).toEqual([`worker ${A}`]);
  });

  it('yields to a running node that claims the very same', () => {
    const worker = node('worker', [A], { state: 'stopped' });
    const tables = [table([route(A, 'worker', { state: 'blackhole' })])];
    expect(judge(observation([worker, node('heir', [A])], tables)).accepted).toEqual([`heir ${A}`]);
  });
});

describe('R7 bounds on claims', () => {
  it.each([
    ['inside it', '10.200.64.0/28'],
    ['around it', '10.200.0.0/17'],
  ])('refuses a claim %s to a reserved range', (_, text) => {
    const seen = observation([node('a', [text]), other], [table()]);
    const { accepted, findings } = judge(seen, { reservedCidrs: [cidr('10.200.64.0/24')] });
    expect(accepted).toEqual(['other 10.200.9.0/24']);
    expect(findings).toEqual([`claim-reserved a ${text}`]);
  });

  it('counts so many claims of a node, those with a route of their own first', () => {
    const texts = Array.from({ length: 500 }, (_, i) => `10.200.${i >> 8}.${i & 255}/32`);
    const seen = observation([node('a', texts), other], [table([route('10.200.1.200/32', 'a')])]);
    const { accepted, findings, unmet } = judge(seen, { maxClaims: 2 });
    expect(accepted).toEqual(['a 10.200.1.200/32', 'a 10.200.0.0/32', 'other 10.200.9.0/24']);
    expect(findings).toEqual(['too-many-claims a null']);
    expect(unmet).toEqual(['a']);
  });

  it.each([
    ['claim-outside-cluster', '10.201.0.0/24'],
    ['claim-outside-cluster', '10.192.0.0/12'],
    ['claim-outside-cluster', 'fd00:201::/64'],
    ['claim-covers-cluster', '10.200.0.0/16'],
    ['claim-covers-cluster', 'fd00:200::/48'],
    ['claim-overlaps-network', '10.200.64.0/20'],
    ['claim-overlaps-network', '10.200.64.0/28'],
  ])('refuses with %s a claim to %s', (code, text) => {
    const seen = observation(
      [node('a', [text]), other],
      [table([], { networkCidrs: [cidr('10.0.0.0/16'), cidr('10.200.64.0/24')] })],
    );
    const { accepted, findings, unmet } = judge(seen);
    expect(accepted).toEqual(['other 10.200.9.0/24']);
    expect(findings).toEqual([`${code} a ${text}`]);
    expect(unmet).toEqual(['a']);
  });

  it.each([
    [
      '10.244.0.0/16',
      ['10.244.0.0/24', '10.244.10.0/24', '10.244.255.0/24'],
      ['10.224.0.0/24', '10.0.10.0/24', '10.255.255.0/24'],
    ],
    ['10.244.0.0/14', ['10.244.0.0/24', '10.247.255.0/24'], ['10.248.0.0/24', '10.243.255.0/24']],
    ['a00:100::/24', ['a00:100::/32'], ['b00:100::/32']],
  ])('takes for the cluster %s what Kubernetes takes', (range, inside, outside) => {
    const clusterCidrs = [cidr(range)];
    for (const text of inside)
      expect(judge(observation([node('a', [text])], []), { clusterCidrs }).accepted).toHaveLength(1);
    for (const text of outside)
      expect(judge(observation([node('a', [text])], []), { clusterCidrs }).accepted).toEqual([]);
  });

  it('lets the only node have the whole cluster CIDR', () => {
    expect(judge(observation([node('a', ['10.200.0.0/16'])], [table()])).accepted).toEqual([
      'a 10.200.0.0/16',
    ]);
  });

  it('does not take a node for the only one when others may not have been read', () => {
    const failures = [
      { what: 'nodes', id: null, failure: { kind: 'transient', code: 'x', message: 'x' } },
    ] as const;
    const seen = observation([node('a', ['10.200.0.0/16'])], [table()], { failures });
    expect(judge(seen).accepted).toEqual([]);
  });

  it('counts neither gone nodes nor, where those are removed, stopped ones', () => {
    const nodes = [
      node('a', ['10.200.0.0/16']),
      node('b', [], { state: 'gone' }),
      node('c', [], { state: 'stopped' }),
    ];
    expect(judge(observation(nodes, []), { stoppedNodes: 'remove' }).accepted).toEqual(['a 10.200.0.0/16']);
    expect(judge(observation(nodes, [])).accepted).toEqual([]);
  });

  it('lets a second node in when the first has the whole cluster CIDR', () => {
    const seen = observation([node('a', ['10.200.0.0/16']), other], [table([route('10.200.0.0/16', 'a')])]);
    expect(judge(seen).accepted).toEqual(['other 10.200.9.0/24']);
  });

  it('lets others in beside a node that has the whole cluster CIDR and no longer says so clearly', () => {
    const defects = [
      { source: 'tag', text: null, problem: 'is wrong', corrected: null, correctedList: null },
    ] as const;
    const seen = observation([node('a', [], { defects }), other], [table([route('10.200.0.0/16', 'a')])]);
    expect(judge(seen).accepted).toEqual(['other 10.200.9.0/24']);
  });

  it('looks at everything before it gives a cluster CIDR away', () => {
    const scope = { kind: 'nodes', ids: ['a'] } as const;
    expect(judge(observation([node('a', ['10.200.0.0/16'])], [], { scope })).widen).not.toBeNull();
  });

  it('minds only the address space of the networks that the node is in', () => {
    const tables = [table([], { network: 'vpc-2', networkCidrs: [cidr('10.200.0.0/24')] })];
    expect(judge(observation([node('a', ['10.200.0.0/24']), other], tables)).findings).toEqual([]);
  });

  it('names the corrected form of a claim with host bits', () => {
    const defects = [
      {
        source: 'tag',
        text: '10.200.0.5/24',
        problem: 'has host bits set',
        corrected: '10.200.0.0/24',
        correctedList: '10.200.0.0/24',
      },
    ] as const;
    const verdict = judgeClaims(observation([node('a', [], { defects })], []), settings());
    expect(verdict.findings).toMatchObject([{ code: 'malformed-claim', remedy: 'Set it to 10.200.0.0/24.' }]);
  });

  it.each([
    ['10.200.3.9/24', [], 'Set it to 10.200.3.0/24.'],
    [
      '10.200.3.9/24,10.200.4.0/24',
      [],
      'Write 10.200.3.0/24 in place of 10.200.3.9/24, and keep the rest of the list.',
    ],
    [
      '10.200.3.9/24',
      ['10.200.3.0/24'],
      'It probably means 10.200.3.0/24, which b claims: give a a free pod CIDR.',
    ],
    [
      '10.200.3.9/24',
      ['10.200.3.0/25'],
      'It probably means 10.200.3.0/24, which overlaps 10.200.3.0/25, which b claims: give a a free pod CIDR.',
    ],
    [
      '10.9.3.9/24',
      [],
      'It probably means 10.9.3.0/24, which lies outside the cluster CIDRs: give a a free pod CIDR.',
    ],
    [
      '10.200.3.9/16',
      [],
      'It probably means 10.200.0.0/16, which is the whole cluster CIDR: give a a free pod CIDR.',
    ],
  ])('says of the tag %s, where another node claims %j: %s', (tag, claims, remedy) => {
    const { defects } = readTagClaims(tag);
    const seen = observation([node('a', [], { defects }), node('b', claims)], []);
    expect(judgeClaims(seen, settings()).findings).toMatchObject([{ code: 'malformed-claim', remedy }]);
  });

  it.each<{ what: string; tag: string; routes: Route[]; effect: string }>([
    { what: 'has nothing', tag: '10.200.3.9/24', routes: [], effect: 'it gets no route for it.' },
    {
      what: 'has the route already',
      tag: '10.200.3.9/24',
      routes: [route('10.200.3.0/24', 'a')],
      effect: 'it gets no route for it, and keeps those that it has until its claim can be read.',
    },
    {
      what: 'claims the same block in its right form, too',
      tag: '10.200.3.9/24,10.200.3.0/24',
      routes: [],
      effect: 'what counts is its claim of 10.200.3.0/24.',
    },
    {
      what: 'claims something else, too',
      tag: '10.200.3.9/24,10.200.4.0/24',
      routes: [],
      effect: 'it gets no route for it, and its other claims are checked separately.',
    },
  ])('says of a malformed claim what comes of it where the node $what', ({ tag, routes, effect }) => {
    const { claims, defects } = readTagClaims(tag);
    const seen = observation(
      [
        node(
          'a',
          claims.map(({ cidr }) => cidr.text),
          { defects },
        ),
        node('b', ['10.200.9.0/24']),
      ],
      [table(routes)],
    );
    const [finding] = judgeClaims(seen, settings()).findings;
    expect(finding?.message).toBe(`a has "10.200.3.9/24" in its tag, which has host bits set; ${effect}`);
  });

  it.each([
    [true, ['missing-claim a null']],
    [false, []],
  ])('mentions a silent node where claims are expected: %s', (expectClaims, findings) => {
    expect(judge(observation([node('a')], []), { expectClaims }).findings).toEqual(findings);
  });

  it('tells a silent node whose tags do not stay what to do instead', () => {
    const claimAdvice = 'Use another kind of machine.';
    const { findings } = judgeClaims(observation([node('a', [], { claimAdvice })], []), {
      ...settings(),
      expectClaims: true,
    });
    expect(findings).toMatchObject([{ code: 'missing-claim', remedy: claimAdvice }]);
  });

  it('warns of a silent node in whose user data a claim may be that was not seen', () => {
    const [finding, ...others] = judgeClaims(
      observation([node('a', [], { unsearched: 'names other places' })], []),
      settings({ expectClaims: true }),
    ).findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: 'missing-claim',
      severity: 'warning',
      message: expect.stringContaining('its user data names other places; it gets no route'),
    });
  });

  it('does not call a node silent whose claims were not read', () => {
    const seen = observation([node('a', [], { claimsKnown: false })], []);
    expect(judge(seen, { expectClaims: true }).findings).toEqual([]);
  });
});

describe('R5 what a node that does not run has', () => {
  const off = node('off', [A], { state: 'stopped', launchedAt: 9 });

  it.each<[string, Node, Route, readonly string[]]>([
    [
      'is kept against one that is not running yet',
      node('next', [A], { state: 'pending', launchedAt: 1 }),
      route(A, 'off', { state: 'blackhole' }),
      [`off ${A}`],
    ],
    [
      'is kept against a running one that claims a part of it',
      node('next', ['10.200.0.0/25'], { launchedAt: 1 }),
      route(A, 'off', { state: 'blackhole' }),
      [`off ${A}`],
    ],
    [
      'goes to a running one that claims the same, though its route is active',
      node('next', [A], { launchedAt: 99 }),
      route(A, 'off'),
      [`next ${A}`],
    ],
  ])('%s', (_, next, existing, accepted) => {
    for (const order of [
      [off, next],
      [next, off],
    ]) {
      expect(judge(observation(order, [table([existing])])).accepted).toEqual(accepted);
    }
  });

  it('and a running node has in one table, though it is a blackhole in another, counts as in force', () => {
    const nodes = [node('older', [A]), node('holder', [A], { launchedAt: 9 })];
    const tables = [table([route(A, 'holder')]), table([route(A, 'holder', { state: 'blackhole' })])];
    for (const order of [tables, tables.toReversed()]) {
      expect(judge(observation(nodes, order)).accepted).toEqual([`holder ${A}`]);
    }
  });

  it('and a running node has as a blackhole is kept against an older one that overlaps it', () => {
    const nodes = [node('older', ['10.200.0.0/25']), node('holder', [A], { launchedAt: 9 })];
    const tables = [table([route(A, 'holder', { state: 'blackhole' })])];
    expect(judge(observation(nodes, tables)).accepted).toEqual([`holder ${A}`]);
  });
});

describe('R5 claims of one node', () => {
  it.each([[['10.200.0.0/25', A]], [[A, '10.200.0.0/25']]])(
    'are taken in one order, the wider first: %j',
    (claims) => {
      expect(judge(observation([node('a', claims)], [table()])).accepted).toEqual([
        `a ${A}`,
        'a 10.200.0.0/25',
      ]);
    },
  );
});

describe('R7 a claim of a whole cluster CIDR', () => {
  const whole = node('whole', ['10.200.0.0/16']);
  const failed = { kind: 'transient', code: 'x', message: 'x' } as const;

  it.each<[string, Partial<Observation>, readonly string[]]>([
    ['is one node alone', {}, ['whole 10.200.0.0/16']],
    [
      'is one node alone, a claim of which was not read',
      { failures: [{ what: 'claims', id: 'whole', failure: failed }] },
      ['whole 10.200.0.0/16'],
    ],
    ['may not be alone', { failures: [{ what: 'nodes', id: null, failure: failed }] }, []],
  ])('holds where there %s', (_, more, accepted) => {
    expect(judge(observation([whole], [table()], more)).accepted).toEqual(accepted);
  });

  it('makes a look at some nodes too narrow, beside others of the node, too', () => {
    const both = node('both', [A, '10.200.0.0/16'], { name: 'worker' });
    const scope = { kind: 'nodes', ids: ['both', 'other'] } as const;
    expect(judge(observation([other, both], [table()], { scope })).widen).toBe(
      'worker (both) claims a whole cluster CIDR',
    );
    expect(judge(observation([other, both], [table()])).widen).toBeNull();
  });

  it('and so a range, unless its node is alone', () => {
    const verdict = (nodes: readonly Node[]) => judgeClaims(observation(nodes, [table()]), settings());
    const range = cidr('10.200.0.0/16');
    expect(verdict([whole, other]).isRange(whole, range)).toBe(true);
    expect(verdict([whole, other]).claimed.get(range.text)?.size).toBe(0);
    expect(verdict([whole]).isRange(whole, range)).toBe(false);
    expect(verdict([whole]).claimed.get(range.text)?.size).toBe(1);
    expect(verdict([whole, other]).isRange(other, cidr(A))).toBe(false);
  });

  it('and one that is refused for something else stays claimed', () => {
    const seen = observation([node('a', ['192.0.2.0/24']), other], [table()]);
    expect(judgeClaims(seen, settings()).claimed.get('192.0.2.0/24')?.size).toBe(1);
  });
});

describe('A node without a claim', () => {
  const defect = { source: 'tag', text: 'x', problem: 'x', corrected: null, correctedList: null } as const;

  it.each<[string, Node, readonly string[]]>([
    ['is named', node('a'), ['missing-claim a null']],
    ['is none where it has one', node('a', [A]), []],
    [
      'is none where it has a malformed one',
      node('a', [], { defects: [defect] }),
      ['malformed-claim a null'],
    ],
    ['is none where its claims were not read', node('a', [], { claimsKnown: false }), []],
  ])('where claims are expected %s', (_, given, findings) => {
    expect(judge(observation([given], [table()]), { expectClaims: true }).findings).toEqual(findings);
  });
});

describe('A routing domain', () => {
  it.each([
    ['vpc-1', 'vpc-1', true],
    ['vpc-1', 'vpc-2', false],
    [null, 'vpc-2', true],
    ['vpc-1', null, true],
  ])('%s of a node, and %s of a table, are one or not: %s', (ofNode, ofTable, expected) => {
    expect(sharesDomain(node('a', [], { domain: ofNode }), table([], { domain: ofTable }))).toBe(expected);
  });
});

describe('R5 what covers most other nodes', () => {
  const four = ['a', 'b', 'c', 'd'].map((id, i) => node(id, [`10.200.${i}.0/24`]));
  const six = Array.from({ length: 9 }, (_, i) => node(`six${i}`, [`fd00:200:0:${i}::/64`]));

  it.each([
    ['two of three others', '10.200.0.0/23', 3, true],
    ['two of four others', '10.200.0.0/23', 4, false],
    ['one other', '10.200.0.0/24', 1, false],
  ])('is judged among those of its family: %s', (_, text, count, expected) => {
    const nodes = [node('wide', [text]), ...four.slice(0, count), ...six];
    const covers = measureCoverage(
      nodes.flatMap((each) => each.claims.map(({ cidr: claimed }) => ({ node: each, cidr: claimed }))),
    );
    expect(nodes[0] && covers(nodes[0], cidr(text))).toBe(expected);
  });
});
