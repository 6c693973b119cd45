import { describe, expect, it } from '@jest/globals';
import { type GuardSettings, guardPlan, type Memory } from '../../shared/core/guard/guard.ts';
import { countManaged } from '../../shared/core/guard/managed.ts';
import type { Node, Observation, ReadFailure, Route } from '../../shared/core/model.ts';
import { planRoutes } from '../../shared/core/plan/plan.ts';
import { cidr, deadRoute, node, observation, route, settings, show, table, tableOf } from './builders.ts';

const EMPTY: Memory = { kind: 'read', tables: new Map(), unreadable: new Map(), now: 0, isGone: () => false };
const NO_LEDGER: Memory = { kind: 'none', reason: 'no-ledger' };

function unnamed(more: Parameters<typeof settings>[0] = {}): ReturnType<typeof settings> & GuardSettings {
  return { ...settings(more), named: null };
}

function guard(
  seen: Observation,
  { named = null, ...more }: Parameters<typeof settings>[0] & Partial<Pick<GuardSettings, 'named'>> = {},
  memory: Memory = EMPTY,
) {
  const chosen = { ...unnamed(more), named };
  const { steps, vetoed, findings } = guardPlan(planRoutes(seen, chosen), seen, chosen, memory);
  return {
    makeRoom: steps.flatMap(({ makeRoom }) => makeRoom.map(show)),
    writes: steps.flatMap(({ writes }) => writes.map(show)),
    deletes: steps.flatMap(({ deletes }) => deletes.map(show)),
    vetoed: vetoed.map(({ change, outcome, failure }) =>
      failure === null ? `${outcome}: ${show(change)}` : `${outcome} ${failure.code}: ${show(change)}`,
    ),
    waits: vetoed.map(({ wait }) => wait),
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
  const seen = observation([node('w'), node('a', [B])], [table([route(A, 'w')])]);
  const unknown = node('unknown', [], { claimsKnown: false });
  const scope = { kind: 'nodes', ids: ['w'] } as const;
  const forced = unnamed({ force: true });

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
    const { steps, vetoed } = guardPlan(planRoutes(seen, settings()), { ...seen, scope }, forced, EMPTY);
    expect(steps.flatMap(({ makeRoom, deletes }) => [...makeRoom, ...deletes])).toEqual([]);
    expect(vetoed.map(({ change }) => show(change))).toEqual([`delete ${A} w (claim-withdrawn)`]);
  });

  it('says what was not read and that the deletion is to be tried again', () => {
    const failures = [{ what: 'claims', id: 'a', failure: failed }] as const;
    const { vetoed, findings } = guard({ ...seen, failures }, { force: true });
    expect(vetoed).toEqual([`skipped read-incomplete: delete ${A} w (claim-withdrawn)`]);
    expect(findings).toMatchObject([{ code: 'read-incomplete', node: 'a', table: null }]);
  });

  it.each<[string, Partial<Observation>]>([
    ['another table was not read', { failures: [{ what: 'table', id: 'rtb-2', failure: failed }] }],
    ['the claims of a gone node are unknown', { nodes: [...seen.nodes, { ...gone, claimsKnown: false }] }],
  ])('deletes although %s', (_, more) => {
    expect(guard({ ...seen, ...more }, { force: true }).deletes).toEqual([`delete ${A} w (claim-withdrawn)`]);
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
    const { reasons } = guard({ ...seen, failures }, { force: true });
    expect(reasons).toMatchObject([{ kind, code: 'read-incomplete' }]);
    for (const who of named) expect(reasons[0]?.message).toContain(who);
  });

  it('is worth another try when it was only the scope that was too narrow', () => {
    const { vetoed } = guardPlan(planRoutes(seen, settings()), { ...seen, scope }, forced, EMPTY);
    expect(vetoed).toMatchObject([{ failure: { kind: 'transient', code: 'read-incomplete' } }]);
  });

  it('makes one finding of many claims that were not read for one reason', () => {
    const unread = (id: string, failure: ReadFailure['failure']): ReadFailure => ({
      what: 'claims',
      id,
      failure,
    });
    const failures = [unread('n1', failed), unread('n2', denied), unread('n3', failed), unread('n4', failed)];
    const { findings } = guard({ ...seen, failures }, { force: true });
    expect(findings).toMatchObject([
      { code: 'read-incomplete', node: 'n1 and 2 more' },
      { code: 'read-incomplete', node: 'n2' },
    ]);
  });

  it.each([
    ['does not say', 'one table', 'rtb-2', false],
    ['says', 'the list of tables', null, true],
  ])('%s that only what is proven was deleted where %s was not read', (_, __, id, says) => {
    const { findings } = guard({ ...seen, failures: [{ what: 'table', id, failure: failed }] });
    expect(findings).toMatchObject([{ code: 'read-incomplete', table: id }]);
    expect(findings[0]?.message.includes('only proven deletions')).toBe(says);
  });
});

describe('R4 what is proven goes at once, whatever else is known', () => {
  const gone = node('gone', [], { state: 'gone' });
  const proven = observation(
    [gone, node('a')],
    [table([route(A, 'gone'), deadRoute(B), ...routesTo('a', 3, 7)])],
  );

  it.each<[string, Partial<Observation>, Memory]>([
    ['without a ledger', {}, NO_LEDGER],
    ['in a run for events', {}, { kind: 'events', gone: 0 }],
    ['with an empty ledger', {}, EMPTY],
    ['though a node was not read', { failures: [{ what: 'claims', id: 'a', failure: failed }] }, EMPTY],
    [
      'though the nodes were not read',
      { failures: [{ what: 'nodes', id: null, failure: failed }] },
      NO_LEDGER,
    ],
  ])('%s', (_, more, memory) => {
    const { deletes } = guard({ ...proven, ...more }, {}, memory);
    expect(deletes).toEqual([`delete ${A} gone (node-gone)`, `delete ${B} - (node-gone)`]);
  });

  it('in any number', () => {
    const seen = observation([gone, node('a', [A])], [table([route(A, 'a'), ...routesTo('gone', 200, 1)])]);
    expect(guard(seen, { maxDeletes: { count: 0 } }, NO_LEDGER).deletes).toHaveLength(200);
  });
});

describe('R4 what is not proven waits', () => {
  const vacant = (destination: string, agreed = true): Route =>
    route(destination, 'x', { target: { kind: 'vacant', agreed } });
  const seen = observation(
    [node('a'), node('b', [B])],
    [table([route(A, 'a'), route(B, 'b'), vacant('10.200.2.0/24')])],
  );
  const both = [`delete ${A} a (claim-withdrawn)`, 'delete 10.200.2.0/24 x (next-hop-unknown)'];

  it.each<[string, Memory, string]>([
    ['without a ledger', NO_LEDGER, 'no-ledger'],
    ['where the ledger was not read', { kind: 'none', reason: 'ledger-not-read' }, 'ledger-not-read'],
    ['in a run for events', { kind: 'events', gone: 0 }, 'left-to-schedule'],
  ])('%s, and is no finding', (_, memory, reason) => {
    const { deletes, vetoed, waits, codes } = guard(seen, {}, memory);
    expect({ deletes, codes }).toEqual({ deletes: [], codes: [] });
    expect(vetoed).toEqual(both.map((line) => `waiting: ${line}`));
    expect(waits).toEqual([reason, reason].map((why) => ({ since: null, notBefore: null, reason: why })));
  });

  it.each<[string, Memory]>([
    ['without a ledger', NO_LEDGER],
    ['where the ledger was not read', { kind: 'none', reason: 'ledger-not-read' }],
    ['with a ledger', EMPTY],
  ])('but for force, %s', (_, memory) => {
    const disputed = {
      ...seen,
      tables: [table([route(A, 'a'), route(B, 'b'), vacant('10.200.2.0/24', false)])],
    };
    expect(guard(disputed, { force: true, maxDeletes: { count: 0 } }, memory).deletes).toEqual(both);
  });

  it('but for force that names its node, which is for no other', () => {
    const two = observation(
      [node('a'), node('b')],
      [table([route(A, 'a'), route(B, 'b'), vacant('10.200.2.0/24')])],
    );
    const { deletes, vetoed } = guard(two, { force: true, named: new Set(['a']) }, NO_LEDGER);
    expect(deletes).toEqual([`delete ${A} a (claim-withdrawn)`]);
    expect(vetoed).toHaveLength(2);
  });

  it('in a run for events, but for one vacant IPv4 route of each table for each id that it read as gone', () => {
    const routes = [
      vacant(A),
      vacant(B),
      vacant('10.200.2.0/24'),
      vacant('fd00:200::/64'),
      route('10.200.3.0/24', 'a'),
    ];
    const tables = [table(routes), table(routes, { id: 'rtb-2' })];
    const { deletes, vetoed } = guard(observation([node('a')], tables), {}, { kind: 'events', gone: 2 });
    expect(deletes).toEqual([A, B, A, B].map((text) => `delete ${text} x (next-hop-unknown)`));
    expect(vetoed).toHaveLength(6);
  });

  it('and later looks of the run decide nothing anew', () => {
    const allowed = guardPlan(planRoutes(seen, settings()), seen, unnamed(), { kind: 'events', gone: 1 });
    const more = { ...seen, tables: [table([vacant('10.200.2.0/24'), vacant('10.200.7.0/24')])] };
    const { deletes, waits } = guard(more, {}, { kind: 'decided', guarded: allowed });
    expect(deletes).toEqual(['delete 10.200.2.0/24 x (next-hop-unknown)']);
    expect(waits).toMatchObject([{ reason: 'left-to-schedule' }]);
  });

  it('and a later look that read too little lets nothing go of what was allowed', () => {
    const allowed = guardPlan(planRoutes(seen, settings()), seen, unnamed(), { kind: 'events', gone: 1 });
    const less = { ...seen, failures: [{ what: 'claims', id: 'b', failure: failed }] } as const;
    expect(guard(less, {}, { kind: 'decided', guarded: allowed }).deletes).toEqual([]);
  });
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

describe('R6 no gap', () => {
  const gone = node('gone', [], { state: 'gone' });

  it('keeps what a node moves from until it has waited', () => {
    const seen = observation([node('a', [B])], [tableOf(2, [route(A, 'a')])]);
    expect(guard(seen)).toMatchObject({
      makeRoom: [],
      writes: [`create ${B} a (claimed)`],
      deletes: [],
      vetoed: [`waiting: delete ${A} a (claim-withdrawn)`],
    });
  });

  it('lets the routes of nodes that are gone make room in a full table, and no more than needed', () => {
    const routes = [route(A, 'a'), route('10.200.7.0/24', 'gone'), route('10.200.8.0/24', 'gone')];
    expect(guard(observation([node('a', [B]), gone], [tableOf(3, routes)]), { force: true })).toMatchObject({
      makeRoom: ['delete 10.200.7.0/24 gone (node-gone)'],
      writes: [`create ${B} a (claimed)`],
      deletes: [`delete ${A} a (claim-withdrawn)`, 'delete 10.200.8.0/24 gone (node-gone)'],
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

  it('lets no living node make room by its own route, though force lets it go', () => {
    const seen = observation(
      [node('new', ['10.200.0.128/25']), node('a', [B])],
      [tableOf(1, [route(A, 'a')])],
    );
    for (const force of [false, true]) {
      expect(guard(seen, { force })).toMatchObject({
        makeRoom: [],
        writes: [],
        deletes: [],
        codes: ['conflicting-claim', 'route-table-full'].slice(1),
      });
    }
  });

  it('keeps the IPv4 route of a node whose IPv6 route does not fit', () => {
    const quotas = [
      { families: [4], used: 1, limit: 10 },
      { families: [6], used: 10, limit: 10 },
    ] as const;
    const seen = observation([node('a', ['fd00:200::/64'])], [table([route(A, 'a')], { quotas })]);
    expect(guard(seen, { force: true })).toMatchObject({ makeRoom: [], writes: [], deletes: [] });
  });

  it('gives nobody the route of a node whose new one does not fit', () => {
    const seen = observation([node('a', [B]), node('next', [A])], [tableOf(1, [route(A, 'a')])]);
    expect(guard(seen, { force: true })).toMatchObject({ makeRoom: [], writes: [], deletes: [] });
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
