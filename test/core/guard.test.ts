import { describe, expect, it } from '@jest/globals';
import { countManaged, type GuardSettings, guardPlan } from '../../shared/core/guard/guard.ts';
import type { Node, Observation, ReadFailure, Route } from '../../shared/core/model.ts';
import { planRoutes } from '../../shared/core/plan/plan.ts';
import { cidr, deadRoute, node, observation, route, settings, show, table, tableOf } from './builders.ts';

function guard(
  seen: Observation,
  { named = null, ...more }: Parameters<typeof settings>[0] & Pick<GuardSettings, 'named'> = {},
  alreadyDeleted?: ReadonlyMap<string, readonly string[]>,
) {
  const chosen = { ...settings(more), named };
  const { steps, vetoed, findings } = guardPlan(planRoutes(seen, chosen), seen, chosen, alreadyDeleted);
  return {
    makeRoom: steps.flatMap(({ makeRoom }) => makeRoom.map(show)),
    writes: steps.flatMap(({ writes }) => writes.map(show)),
    deletes: steps.flatMap(({ deletes }) => deletes.map(show)),
    vetoed: vetoed.map(({ change, outcome, failure }) => `${outcome} ${failure?.code}: ${show(change)}`),
    reasons: vetoed.map(({ failure }) => failure),
    codes: findings.map(({ code }) => code),
    findings,
  };
}

const A = '10.200.0.0/24';
const B = '10.200.1.0/24';
const failed = { kind: 'transient', code: 'x', message: 'x' } as const;

/** Routes 10.200.0.0/24, 10.200.1.0/24 and so on, to one node. */
function routesTo(id: string, count: number, from = 0): Route[] {
  return Array.from({ length: count }, (_, i) => route(`10.200.${from + i}.0/24`, id));
}

describe('R3 no knowledge, no deletion', () => {
  const gone = node('gone', [], { state: 'gone' });
  const seen = observation([gone, node('a', [B])], [table([route(A, 'gone')])]);
  const unknown = node('unknown', [], { claimsKnown: false });

  it.each<[string, Partial<Observation>]>([
    ['the list of nodes failed', { failures: [{ what: 'nodes', id: null, failure: failed }] }],
    ['a part of the nodes was not read', { failures: [{ what: 'nodes', id: 'i-1', failure: failed }] }],
    ['the claims of one node were not read', { failures: [{ what: 'claims', id: 'a', failure: failed }] }],
    ['the list of tables failed', { failures: [{ what: 'table', id: null, failure: failed }] }],
    ['only some nodes were looked at', { scope: { kind: 'nodes', ids: ['a'] } }],
    ['a node says that its claims are unknown', { nodes: [...seen.nodes, unknown] }],
    ['a stopped node says so', { nodes: [...seen.nodes, { ...unknown, state: 'stopped' }] }],
  ])('deletes nothing when %s, and still creates', (_, more) => {
    const { writes, makeRoom, deletes } = guard({ ...seen, ...more }, { force: true });
    expect({ writes, makeRoom, deletes }).toEqual({
      writes: [`create ${B} a (claimed)`],
      makeRoom: [],
      deletes: [],
    });
  });

  it('holds back the deletions of a plan that rests on more than was read', () => {
    const scope = { kind: 'nodes', ids: ['gone'] } as const;
    const { steps, vetoed } = guardPlan(planRoutes(seen, settings()), { ...seen, scope }, settings());
    expect(steps.flatMap(({ makeRoom, deletes }) => [...makeRoom, ...deletes])).toEqual([]);
    expect(vetoed.map(({ change }) => show(change))).toEqual([`delete ${A} gone (node-gone)`]);
  });

  it('says what was not read and that the deletion is to be tried again', () => {
    const failures = [{ what: 'claims', id: 'a', failure: failed }] as const;
    const { vetoed, findings } = guard({ ...seen, failures });
    expect(vetoed).toEqual([`skipped read-incomplete: delete ${A} gone (node-gone)`]);
    expect(findings).toMatchObject([{ code: 'read-incomplete', node: 'a', table: null }]);
  });

  it.each<[string, Partial<Observation>]>([
    ['another table was not read', { failures: [{ what: 'table', id: 'rtb-2', failure: failed }] }],
    ['the claims of a gone node are unknown', { nodes: [{ ...gone, claimsKnown: false }] }],
  ])('deletes although %s', (_, more) => {
    expect(guard({ ...seen, ...more }).deletes).toEqual([`delete ${A} gone (node-gone)`]);
  });

  const denied = { kind: 'permanent', code: 'denied', message: 'x' } as const;

  it.each<[string, readonly ReadFailure[], 'transient' | 'permanent', readonly string[]]>([
    [
      'in vain, when all that failed will fail again',
      [
        { what: 'nodes', id: null, failure: denied },
        { what: 'claims', id: 'a', failure: denied },
      ],
      'permanent',
      ['nodes (denied)', 'a (denied)'],
    ],
    [
      'with hope, when a part of it may not',
      [
        { what: 'claims', id: 'a', failure: denied },
        { what: 'claims', id: 'b', failure: failed },
      ],
      'transient',
      ['a (denied)', 'b (x)'],
    ],
  ])('would be tried again %s, and says who was not read', (_, failures, kind, named) => {
    const { reasons } = guard({ ...seen, failures });
    expect(reasons).toMatchObject([{ kind, code: 'read-incomplete' }]);
    for (const who of named) expect(reasons[0]?.message).toContain(who);
  });

  it('is worth another try when it was only the scope that was too narrow', () => {
    const scope = { kind: 'nodes', ids: ['gone'] } as const;
    const { vetoed } = guardPlan(planRoutes(seen, settings()), { ...seen, scope }, settings());
    expect(vetoed).toMatchObject([{ failure: { kind: 'transient', code: 'read-incomplete' } }]);
  });

  it('makes one finding of many claims that were not read for one reason', () => {
    const unread = (id: string, failure: ReadFailure['failure']): ReadFailure => ({
      what: 'claims',
      id,
      failure,
    });
    const failures = [unread('n1', failed), unread('n2', denied), unread('n3', failed), unread('n4', failed)];
    const { findings } = guard({ ...seen, failures });
    expect(findings).toMatchObject([
      { code: 'read-incomplete', node: 'n1 and 2 more' },
      { code: 'read-incomplete', node: 'n2' },
    ]);
  });

  it.each([
    ['does not say', 'one table', 'rtb-2', false],
    ['says', 'the list of tables', null, true],
  ])('%s that nothing was deleted where %s was not read', (_, __, id, says) => {
    const { findings } = guard({ ...seen, failures: [{ what: 'table', id, failure: failed }] });
    expect(findings).toMatchObject([{ code: 'read-incomplete', table: id }]);
    expect(findings[0]?.message.includes('nothing was deleted')).toBe(says);
  });
});

describe('R4 deletion breaker', () => {
  const silent = node('a');

  it.each<[string, number, Parameters<typeof settings>[0], boolean]>([
    ['five of five', 5, {}, true],
    ['six of six', 6, {}, false],
    ['six, with force', 6, { force: true }, true],
    ['as many as the count', 2, { maxDeletes: { count: 2 } }, true],
    ['one more than the count', 3, { maxDeletes: { count: 2 } }, false],
    ['one where none may go', 1, { maxDeletes: { count: 0 } }, false],
    ['one at 0 %', 1, { maxDeletes: { percent: 0 } }, false],
    ['one at 1 %', 1, { maxDeletes: { percent: 1 } }, true],
  ])('lets routes without a claim go or stay: %s', (_, count, more, go) => {
    const { deletes, vetoed, codes } = guard(observation([silent], [table(routesTo('a', count))]), more);
    expect(deletes).toHaveLength(go ? count : 0);
    expect(vetoed).toHaveLength(go ? 0 : count);
    expect(codes).toEqual(go ? [] : ['deletion-breaker']);
  });

  it.each([
    [30, 30, true],
    [31, 30, false],
    [39, 40, true],
  ])('counts the percentage of the managed routes: %i of 100 at %i%%', (count, percent, go) => {
    const keeper = node(
      'b',
      routesTo('b', 100 - count, count).map(({ destination }) => destination.text),
    );
    const foreign = Array.from({ length: 100 }, (_, i) =>
      route(`10.200.${100 + i}.0/24`, 'x', { target: { kind: 'stranger' } }),
    );
    const routes = [...routesTo('a', count), ...routesTo('b', 100 - count, count), ...foreign];
    const { deletes } = guard(observation([silent, keeper], [table(routes)]), { maxDeletes: { percent } });
    expect(deletes).toHaveLength(go ? count : 0);
  });

  it('deletes on positive evidence however much that is, and names what it leaves', () => {
    const gone = node('gone', [], { state: 'gone' });
    const routes = [...routesTo('gone', 20), ...routesTo('a', 6, 20), deadRoute('10.200.99.0/24')];
    const { deletes, findings } = guard(observation([silent, gone], [table(routes)]), {
      maxDeletes: { count: 5 },
    });
    expect(deletes).toHaveLength(21);
    expect(findings).toMatchObject([{ code: 'deletion-breaker', table: 'rtb-1' }]);
    for (const { destination } of routesTo('a', 6, 20))
      expect(findings[0]?.message).toContain(destination.text);
  });

  it('counts each table for itself', () => {
    const tables = [table(routesTo('a', 5)), table(routesTo('a', 6), { id: 'rtb-2' })];
    expect(guard(observation([silent], tables)).deletes).toHaveLength(5);
  });

  it('counts what earlier rounds of the run deleted, once', () => {
    const seen = observation([silent], [table(routesTo('a', 3))]);
    const after = (...destinations: string[]) =>
      guard(seen, {}, new Map([['rtb-1', destinations]])).deletes.length;
    expect(after('10.200.7.0/24', '10.200.8.0/24')).toBe(3);
    expect(after('10.200.7.0/24', '10.200.8.0/24', '10.200.9.0/24')).toBe(0);
    expect(after('10.200.0.0/24', '10.200.1.0/24', '10.200.9.0/24')).toBe(3);
  });

  it.each([
    ['without an owner go', 'one was read as gone', 1, { kind: 'absent' } as const, true],
    ['without an owner stay', 'none was read as gone', 0, { kind: 'absent' } as const, false],
    ['that another has by now go', 'one was read as gone', 1, { kind: 'node', id: 'a' } as const, true],
  ])('lets six routes to addresses %s when of their nodes %s', (_, __, dead, target, go) => {
    const gone = Array.from({ length: dead }, (___, i) => node(`gone-${i}`, [], { state: 'gone' }));
    const routes = routesTo('a', 6).map((lost) => ({ ...lost, target }));
    const byAddress = table(routes, { byAddress: true });
    const { deletes, codes } = guard(observation([silent, ...gone], [byAddress]));
    expect(deletes).toHaveLength(go ? 6 : 0);
    expect(codes).toEqual(go ? [] : ['deletion-breaker']);
  });

  it('allows nothing more for deaths where every route names its node', () => {
    const gone = node('gone', [], { state: 'gone' });
    expect(guard(observation([silent, gone], [table(routesTo('a', 6))])).deletes).toHaveLength(0);
  });

  it('counts as managed only what may be changed', () => {
    const routes = [
      route(A, 'a'),
      deadRoute(B),
      route('10.200.2.0/24', 'x', { target: { kind: 'stranger' } }),
      route('10.200.3.0/24', 'a', { ourKind: false }),
      route('10.201.0.0/24', 'a'),
    ];
    expect(countManaged(table(routes), [cidr('10.200.0.0/16')])).toBe(2);
  });
});

describe('R4 deletion breaker, over runs that follow each other closely', () => {
  const defect = {
    source: 'tag',
    text: 'x',
    problem: 'is wrong',
    corrected: null,
    correctedList: null,
  } as const;
  const silent = (count: number, more: Partial<Node> = {}): Node[] =>
    Array.from({ length: count }, (_, i) => node(`silent-${i}`, [], more));
  const claiming = Array.from({ length: 9 }, (_, i) => node(`claiming-${i}`, [`10.200.${50 + i}.0/24`]));
  const withdrawn = (others: readonly Node[], count = 3): Observation =>
    observation([node('a'), ...others], [table(routesTo('a', count))]);

  it.each<[string, Observation, boolean]>([
    ['go with as many silent nodes as the bound allows', withdrawn(silent(2)), true],
    ['stay with one more', withdrawn(silent(3)), false],
    ['stay though these are stopped', withdrawn(silent(3, { state: 'stopped' })), false],
    ['go though more nodes are gone', withdrawn(silent(9, { state: 'gone' })), true],
    ['go though more nodes have a claim', withdrawn(claiming), true],
    ['go though more nodes have a malformed claim', withdrawn(silent(9, { defects: [defect] })), true],
    ['go, their own node not counted twice', withdrawn([], 5), true],
  ])('withdrawals %s', (_, seen, go) => {
    const { deletes, vetoed, codes } = guard(seen, { inBursts: true });
    expect(deletes.length > 0).toBe(go);
    expect(vetoed.length > 0).toBe(!go);
    expect(vetoed.every((line) => line.startsWith('skipped left-to-schedule: delete'))).toBe(true);
    expect(codes).toEqual([]);
  });

  it('deletes on positive evidence however many are silent', () => {
    const gone = node('gone', [], { state: 'gone' });
    const routes = [route(A, 'gone'), deadRoute(B), route('10.200.2.0/24', 'a')];
    const seen = observation([node('a'), gone, ...silent(9)], [table(routes)]);
    expect(guard(seen, { inBursts: true })).toMatchObject({
      deletes: [`delete ${A} gone (node-gone)`, `delete ${B} - (node-gone)`],
      vetoed: ['skipped left-to-schedule: delete 10.200.2.0/24 a (claim-withdrawn)'],
      codes: [],
    });
  });

  it.each([
    ['force', { inBursts: true, force: true }],
    ['a run that does not come in bursts', { inBursts: false }],
  ])('does not count silent nodes with %s', (_, more) => {
    expect(guard(withdrawn(silent(9)), more)).toMatchObject({ vetoed: [], codes: [] });
  });

  it('still reports one run that is to delete more than the bound by itself', () => {
    const { deletes, codes } = guard(withdrawn([], 6), { inBursts: true });
    expect({ deletes, codes }).toEqual({ deletes: [], codes: ['deletion-breaker'] });
  });
});

describe('a run that was asked about some nodes', () => {
  const named = new Set(['a']);

  it('withdraws their routes, and leaves those of others to the schedule', () => {
    const absent = route('10.200.2.0/24', 'x', { target: { kind: 'absent' } });
    const seen = observation([node('a'), node('b')], [table([route(A, 'a'), route(B, 'b'), absent])]);
    expect(guard(seen, { named })).toMatchObject({
      deletes: [`delete ${A} a (claim-withdrawn)`],
      vetoed: [
        `skipped left-to-schedule: delete ${B} b (claim-withdrawn)`,
        'skipped left-to-schedule: delete 10.200.2.0/24 x (next-hop-unknown)',
      ],
      codes: [],
    });
    expect(guard(seen).deletes).toHaveLength(3);
  });

  it('deletes the routes of others on positive evidence', () => {
    const nodes = [node('gone', [], { state: 'gone' }), node('off', [B], { state: 'stopped' })];
    const routes = [route(A, 'gone'), route(B, 'off'), deadRoute('10.200.2.0/24')];
    const { deletes, vetoed } = guard(observation(nodes, [table(routes)]), {
      named,
      stoppedNodes: 'remove',
    });
    expect(deletes).toHaveLength(3);
    expect(vetoed).toEqual([]);
  });

  it('does not count the routes of others against the bound', () => {
    const seen = observation([node('a'), node('b')], [table([...routesTo('a', 5), ...routesTo('b', 5, 5)])]);
    const { deletes, codes } = guard(seen, { named });
    expect(deletes).toHaveLength(5);
    expect(codes).toEqual([]);
  });
});

describe('R6 no gap', () => {
  it('deletes after it creates while there is room', () => {
    const seen = observation([node('a', [B])], [tableOf(2, [route(A, 'a')])]);
    expect(guard(seen)).toMatchObject({
      makeRoom: [],
      writes: [`create ${B} a (claimed)`],
      deletes: [`delete ${A} a (claim-withdrawn)`],
    });
  });

  it('lets a deletion go first only when the table is full, and no more than needed', () => {
    const gone = node('gone', [], { state: 'gone' });
    const routes = [route(A, 'a'), route('10.200.7.0/24', 'gone'), route('10.200.8.0/24', 'gone')];
    expect(guard(observation([node('a', [B]), gone], [tableOf(3, routes)]))).toMatchObject({
      makeRoom: ['delete 10.200.7.0/24 gone (node-gone)'],
      writes: [`create ${B} a (claimed)`],
      deletes: ['delete 10.200.8.0/24 gone (node-gone)', `delete ${A} a (claim-withdrawn)`],
    });
  });

  it('takes the same deletions first whatever the order of reading', () => {
    const routes = [deadRoute('10.200.7.0/24'), deadRoute('10.200.8.0/24')];
    for (const order of [routes, routes.toReversed()]) {
      expect(guard(observation([node('a', [B])], [tableOf(2, order)])).makeRoom).toEqual([
        'delete 10.200.7.0/24 - (node-gone)',
      ]);
    }
  });

  it('moves a node in a full table by its own room, before a newcomer gets any', () => {
    const seen = observation(
      [node('new', ['10.200.0.128/25']), node('a', [B])],
      [tableOf(1, [route(A, 'a')])],
    );
    expect(guard(seen)).toMatchObject({
      makeRoom: [`delete ${A} a (claim-withdrawn)`],
      writes: [`create ${B} a (claimed)`],
      vetoed: ['skipped route-table-full: create 10.200.0.128/25 new (claimed)'],
    });
  });

  it('keeps the route of a node whose new ones do not all fit, and does not count on its room', () => {
    const seen = observation([node('a', [B, '10.200.2.0/24'])], [tableOf(1, [route(A, 'a')])]);
    expect(guard(seen)).toMatchObject({ makeRoom: [], writes: [], deletes: [], codes: ['route-table-full'] });
  });

  it('keeps the IPv4 route of a node whose IPv6 route does not fit', () => {
    const quotas = [
      { families: [4], used: 1, limit: 10 },
      { families: [6], used: 10, limit: 10 },
    ] as const;
    const seen = observation([node('a', ['fd00:200::/64'])], [table([route(A, 'a')], { quotas })]);
    expect(guard(seen)).toMatchObject({ makeRoom: [], writes: [], deletes: [] });
  });

  it('gives nobody the route of a node whose new one does not fit', () => {
    const seen = observation([node('a', [B]), node('next', [A])], [tableOf(1, [route(A, 'a')])]);
    expect(guard(seen)).toMatchObject({ makeRoom: [], writes: [], deletes: [] });
  });
});

describe('R10 capacity', () => {
  const nodes: Node[] = Array.from({ length: 4 }, (_, i) => node(`n${i}`, [`10.200.${i}.0/24`]));

  it('creates what fits, the older nodes first, and names who is left', () => {
    for (const order of [nodes, nodes.toReversed()]) {
      const { writes, findings } = guard(observation(order, [tableOf(3, [])]));
      expect(writes).toHaveLength(3);
      expect(findings).toMatchObject([{ code: 'route-table-full', table: 'rtb-1' }]);
      expect(findings[0]?.message).toContain('n3');
    }
  });

  it('replaces in a full table', () => {
    const seen = observation([node('a', [A])], [tableOf(1, [deadRoute(A)])]);
    expect(guard(seen).writes).toEqual([`replace ${A} a (blackhole)`]);
  });

  it.each([
    [4, 5, ['route-table-filling']],
    [4, 6, []],
  ])('warns from 80%%: %i routes of %i', (count, limit, codes) => {
    expect(guard(observation(nodes.slice(0, count), [tableOf(limit, [])])).codes).toEqual(codes);
  });

  it('uses the room that deletions leave', () => {
    const routes = [deadRoute('10.200.8.0/24'), deadRoute('10.200.9.0/24')];
    const { makeRoom, writes, vetoed } = guard(observation(nodes.slice(0, 2), [tableOf(2, routes)]));
    expect([makeRoom.length, writes.length, vetoed.length]).toEqual([2, 2, 0]);
  });

  it('counts the families apart where their quotas are', () => {
    const quotas = [
      { families: [4], used: 10, limit: 10 },
      { families: [6], used: 0, limit: 10 },
    ] as const;
    const seen = observation([node('a', [A, 'fd00:200::/64'])], [table([], { quotas })]);
    expect(guard(seen)).toMatchObject({
      writes: ['create fd00:200::/64 a (claimed)'],
      vetoed: [`skipped route-table-full: create ${A} a (claimed)`],
    });
  });
});
