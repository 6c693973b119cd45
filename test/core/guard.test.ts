import { describe, expect, it } from '@jest/globals';
import { countManaged, guardPlan } from '../../shared/guard.ts';
import type { Node, Observation, Route } from '../../shared/model.ts';
import { planRoutes } from '../../shared/plan.ts';
import { cidr, deadRoute, node, observation, route, settings, show, table, tableOf } from './builders.ts';

function guard(
  seen: Observation,
  more: Parameters<typeof settings>[0] = {},
  alreadyDeleted?: ReadonlyMap<string, readonly string[]>,
) {
  const chosen = settings(more);
  const { steps, vetoed, findings } = guardPlan(planRoutes(seen, chosen), seen, chosen, alreadyDeleted);
  return {
    makeRoom: steps.flatMap(({ makeRoom }) => makeRoom.map(show)),
    writes: steps.flatMap(({ writes }) => writes.map(show)),
    deletes: steps.flatMap(({ deletes }) => deletes.map(show)),
    vetoed: vetoed.map(({ change, outcome, failure }) => `${outcome} ${failure?.code}: ${show(change)}`),
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
    ['none was read as gone', 0, false],
    ['one was read as gone', 1, true],
  ])('lets six routes to addresses without an owner go or stay when of their nodes %s', (_, dead, go) => {
    const gone = Array.from({ length: dead }, (__, i) => node(`gone-${i}`, [], { state: 'gone' }));
    const routes = routesTo('a', 6).map((lost) => ({ ...lost, target: { kind: 'absent' } as const }));
    const { deletes, codes } = guard(observation([silent, ...gone], [table(routes)]));
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
