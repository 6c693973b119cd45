import { describe, expect, it } from '@jest/globals';
import {
  findPressing,
  type GuardedPlan,
  type GuardSettings,
  guardPlan,
  type Memory,
  withhold,
} from '../../shared/core/guard/guard.ts';
import type { TableMemory } from '../../shared/core/ledger/table-memory.ts';
import type { Observation, ReadFailure, Route } from '../../shared/core/model.ts';
import { planRoutes } from '../../shared/core/plan/plan.ts';
import { hopOf, node, observation, route, settings, show, table, tableOf } from './builders.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 21, 3);
const [A, B, C] = ['10.200.0.0/24', '10.200.1.0/24', '10.200.2.0/24'] as const;
const failed = { kind: 'transient', code: 'x', message: 'x' } as const;

const vacant = (destination: string, more: Partial<Route> = {}): Route =>
  route(destination, 'x', { target: { kind: 'vacant', agreed: true }, ...more });

/** What is remembered of a table: vacant routes, each seen so for some minutes. */
function remember(
  minutes: Readonly<Record<string, number>>,
  nextHop: string | null = hopOf('x').id,
): TableMemory {
  const sightings = Object.entries(minutes).map(
    ([text, ago]) =>
      [text, { nextHop, grounds: 'vacant', since: NOW - ago * MINUTE, seen: NOW - MINUTE }] as const,
  );
  return { claimants: new Map(), sightings: new Map(sightings), spending: [] };
}

function read(tables: Readonly<Record<string, TableMemory>>, unreadable: readonly string[] = []): Memory {
  return {
    kind: 'read',
    tables: new Map(Object.entries(tables)),
    unreadable: new Set(unreadable),
    now: NOW,
    isGone: () => false,
  };
}

function guard(seen: Observation, memory: Memory, more: Partial<GuardSettings> = {}): GuardedPlan {
  const chosen = { ...settings(), named: null, ...more };
  return guardPlan(planRoutes(seen, chosen), seen, chosen, memory);
}

function tell({ steps, vetoed, findings }: GuardedPlan) {
  return {
    goes: steps.flatMap((step) =>
      [...step.makeRoom, ...step.writes, ...step.deletes].map((change) => `${step.table.id} ${show(change)}`),
    ),
    left: vetoed.map(({ change, outcome, wait, failure }) =>
      [outcome, wait?.reason ?? failure?.code, change.table, show(change)].join(' '),
    ),
    codes: findings.map(({ code }) => code),
  };
}

describe('R4 what has waited goes only once the ledger has taken it', () => {
  const tables = ['rtb-1', 'rtb-2'].map((id) => table([vacant(A), vacant(B)], { id }));
  const seen = observation([node('a')], tables);
  const due = guard(seen, read({ 'rtb-1': remember({ [A]: 15, [B]: 5 }), 'rtb-2': remember({ [A]: 15 }) }));

  it('from the tables where something does', () => {
    expect([...findPressing(due)]).toEqual(['rtb-1', 'rtb-2']);
    expect([...findPressing(guard(seen, read({ 'rtb-2': remember({ [A]: 15 }) })))]).toEqual(['rtb-2']);
    expect([...findPressing(guard(seen, { kind: 'events', gone: 1 }))]).toEqual([]);
    expect([...findPressing(guard(seen, read({}), { force: true }))]).toEqual([]);
  });

  it('and waits on in a table whose entry was refused, alone', () => {
    const withheld = withhold(due, new Set(['rtb-1']), seen);
    expect(tell(withheld)).toStrictEqual({
      goes: [`rtb-2 delete ${A} x (next-hop-unknown)`],
      left: [
        `waiting second-look rtb-1 delete ${B} x (next-hop-unknown)`,
        `waiting ledger-not-written rtb-1 delete ${A} x (next-hop-unknown)`,
        `waiting second-look rtb-2 delete ${B} x (next-hop-unknown)`,
      ],
      codes: [],
    });
    expect([...findPressing(withheld)]).toEqual(['rtb-2']);
  });

  it('and nothing changes where what was refused concerns nothing that goes', () => {
    expect(withhold(due, new Set(['rtb-3']), seen)).toBe(due);
    const waiting = guard(seen, read({ 'rtb-1': remember({ [A]: 5 }) }));
    expect(withhold(waiting, new Set(['rtb-1', 'rtb-2']), seen)).toBe(waiting);
  });

  it('but for what a person has forced', () => {
    const look = observation([node('a')], [table([vacant(A), route(B, 'a')])]);
    const forced = guard(look, read({ 'rtb-1': remember({ [A]: 15 }) }), {
      force: true,
      named: new Set(['a']),
    });
    expect(tell(withhold(forced, new Set(['rtb-1']), look)).goes).toEqual([
      `rtb-1 delete ${B} a (claim-withdrawn)`,
    ]);
  });

  it('and findings are told once', () => {
    const failures: ReadFailure[] = [{ what: 'table', id: 'rtb-2', failure: failed }];
    const look = observation([node('a', [C])], [tableOf(2, [vacant(A), vacant(B)])], { failures });
    const guarded = guard(look, read({ 'rtb-1': remember({ [A]: 15 }) }));
    expect(tell(guarded)).toMatchObject({ codes: ['read-incomplete', 'route-table-filling'] });
    expect(tell(withhold(guarded, new Set(['rtb-1']), look))).toMatchObject({
      goes: [],
      codes: ['read-incomplete', 'route-table-full'],
    });
  });
});

describe('R4 later looks of a run', () => {
  const seen = observation([node('a')], [table([vacant(A), vacant(B)])]);
  const line = (text: string): string => `delete ${text} x (next-hop-unknown)`;
  const first = guard(seen, read({ 'rtb-1': remember({ [A]: 15, [B]: 5 }) }));

  function lookAgain(routes: readonly Route[], guarded = first, more: Partial<Observation> = {}) {
    return guard({ ...seen, tables: [table(routes)], ...more }, { kind: 'decided', guarded });
  }

  it('let go what the first did, and say of the rest what it waits for', () => {
    const later = lookAgain([vacant(A), vacant(B), vacant(C)]);
    expect(tell(later)).toMatchObject({
      goes: [`rtb-1 ${line(A)}`],
      left: [`waiting second-look rtb-1 ${line(B)}`, `waiting left-to-schedule rtb-1 ${line(C)}`],
    });
    expect(later.vetoed.map(({ wait }) => wait)).toMatchObject([
      { since: NOW - 5 * MINUTE, notBefore: NOW + 10 * MINUTE },
      { since: null, notBefore: null },
    ]);
  });

  it.each<[string, readonly Route[]]>([
    ['of another next hop', [vacant(A, { nextHop: hopOf('y') })]],
    ['of none any more', [vacant(A, { nextHop: null })]],
    ['on other grounds', [vacant(A, { target: { kind: 'vacant', agreed: false } })]],
  ])('leave a route %s to the schedule', (_, routes) => {
    expect(tell(lookAgain(routes))).toMatchObject({
      goes: [],
      left: [expect.stringContaining('waiting left-to-schedule rtb-1')],
    });
  });

  it('let a blackhole go that names nothing, as the first did', () => {
    const nameless = vacant(A, { nextHop: null, state: 'blackhole' });
    const look = observation([node('a')], [table([nameless])]);
    const guarded = guard(look, read({ 'rtb-1': remember({ [A]: 15 }, null) }));
    expect(tell(lookAgain([nameless], guarded)).goes).toEqual([`rtb-1 delete ${A} - (next-hop-unknown)`]);
  });

  it('let go, and give to who claims it by then, what was made for a node that is gone', () => {
    const routes = [route(A, 'h'), route(B, 'h')];
    const made = { node: 'dead', incarnation: null, nextHop: hopOf('h').id };
    const past = remember({ [A]: 15, [B]: 15 }, hopOf('h').id);
    const claimants = new Map([A, B].map((text) => [text, made]));
    const memory = {
      kind: 'read',
      tables: new Map([['rtb-1', { ...past, claimants }]]),
      unreadable: new Set<string>(),
      now: NOW,
      isGone: () => true,
    } as const;
    const guarded = guard(observation([node('h'), node('next', [A])], [table(routes)]), memory);
    const later = guard(observation([node('h'), node('other', [A])], [table(routes)]), {
      kind: 'decided',
      guarded,
    });
    expect(later.steps.flatMap(({ writes, deletes }) => [...writes, ...deletes])).toMatchObject([
      { action: 'replace', node: 'other', reason: 'claimant-gone', evidence: 'vacant' },
      { action: 'delete', node: null, reason: 'claimant-gone', evidence: 'vacant' },
    ]);
  });

  it('leave a table to the schedule that the first could not read', () => {
    const later = guard(
      { ...seen, tables: [table([vacant(A)], { id: 'rtb-2' })] },
      { kind: 'decided', guarded: first },
    );
    expect(tell(later)).toStrictEqual({
      goes: [],
      left: [`waiting left-to-schedule rtb-2 ${line(A)}`],
      codes: [],
    });
  });

  it('do not tell of a route that its node holds', () => {
    const look = observation([node('a', ['192.0.2.0/24'])], [table([route(A, 'a')])]);
    expect(tell(guard(look, { kind: 'decided', guarded: first })).left).toEqual([]);
  });

  it('say again that the budget is used up', () => {
    const look = observation([node('a')], [table([route(A, 'a')])]);
    const claimants = new Map([[A, { node: 'a', incarnation: null, nextHop: hopOf('a').id }]]);
    const sightings = new Map([
      [A, { nextHop: hopOf('a').id, grounds: 'withdrawn', since: NOW - 15 * MINUTE, seen: NOW } as const],
    ]);
    const guarded = guard(look, read({ 'rtb-1': { claimants, sightings, spending: [] } }));
    for (const each of [guarded, guard(look, { kind: 'decided', guarded })]) {
      expect(tell(each)).toStrictEqual({
        goes: [],
        left: [`skipped deletion-breaker rtb-1 delete ${A} a (claim-withdrawn)`],
        codes: ['deletion-breaker'],
      });
      expect(each.vetoed[0]?.failure).toMatchObject({
        kind: 'permanent',
        message: expect.stringContaining('PODROUTES_MAX_DELETES'),
      });
    }
  });
});

describe('R6 what a node holds', () => {
  const look = observation([node('a', ['192.0.2.0/24'])], [table([route(A, 'a')])]);

  it.each<[string, Memory, Partial<Observation>]>([
    ['without a ledger', { kind: 'none', reason: 'no-ledger' }, {}],
    ['in a run for events', { kind: 'events', gone: 1 }, {}],
    ['with a ledger', read({}), {}],
    ['with an entry that cannot be read', read({}, ['rtb-1']), {}],
    ['where a claim was not read', read({}), { failures: [{ what: 'claims', id: 'b', failure: failed }] }],
  ])('neither goes nor waits %s', (_, memory, more) => {
    for (const force of [false, true]) {
      expect(tell(guard({ ...look, ...more }, memory, { force }))).toMatchObject({ goes: [], left: [] });
    }
  });
});

describe('R4 force that names a node', () => {
  const taken = observation(
    [node('a'), node('heir', [A], { launchedAt: 1 }), node('b')],
    [table([route(A, 'a'), route(B, 'b'), vacant(C)])],
  );
  const replacement = `rtb-1 replace ${A} heir (wrong-next-hop)`;

  it.each([
    ['the one that has the route', 'a', [replacement]],
    ['the one that it is for', 'heir', [replacement]],
    ['another', 'b', [`rtb-1 delete ${B} b (claim-withdrawn)`]],
    ['none that there is', 'c', []],
  ])('takes what concerns %s', (_, named, goes) => {
    const guarded = guard(
      taken,
      { kind: 'none', reason: 'no-ledger' },
      { force: true, named: new Set([named]) },
    );
    expect(tell(guarded).goes).toEqual(goes);
  });
});

describe('R4 a run for events', () => {
  it('lets vacant IPv4 routes go in the order of their destinations, and no other', () => {
    const routes = [vacant('fd00:200::/64'), vacant(C), vacant(A), vacant(B)];
    for (const [gone, texts] of [
      [2, [A, B]],
      [9, [A, B, C]],
    ] as const) {
      const { steps } = guard(observation([node('a')], [table(routes)]), { kind: 'events', gone });
      expect(steps.flatMap(({ deletes }) => deletes.map(({ destination }) => destination.text))).toEqual(
        texts,
      );
    }
  });
});

describe('R3 what was not read', () => {
  const seen = observation([node('w'), node('a', [B])], [table([route(A, 'w')])]);

  function reasonOf(more: Partial<Observation>): string | undefined {
    const plan = planRoutes(seen, settings());
    const chosen = { ...settings(), named: null };
    return guardPlan(plan, { ...seen, ...more }, chosen, read({})).vetoed[0]?.failure?.message;
  }

  it.each<[string, Partial<Observation>, string]>([
    [
      'node by node',
      {
        failures: [
          { what: 'claims', id: 'a', failure: failed },
          { what: 'claims', id: 'b', failure: { ...failed, code: 'y' } },
        ],
      },
      'a (x), b (y)',
    ],
    ['as a list', { failures: [{ what: 'nodes', id: null, failure: failed }] }, 'nodes (x)'],
    ['as what lay outside', { scope: { kind: 'nodes', ids: ['w'] } }, 'nodes outside the scope'],
  ])('is named %s', (_, more, named) => {
    expect(reasonOf(more)).toBe(
      `Until every claim is read, only proven deletions are made; not read: ${named}.`,
    );
  });

  it('is named as people know it', () => {
    const named = { ...seen, nodes: [node('a', [], { name: 'worker-a' })] };
    const failures = ['a', 'b'].map(
      (id): ReadFailure => ({ what: 'claims', id, failure: { ...failed, code: id } }),
    );
    expect(guard({ ...named, failures }, read({})).findings.map(({ node: who }) => who)).toEqual([
      'worker-a',
      'b',
    ]);
  });

  it.each<[string, readonly ReadFailure[], readonly (string | null)[]]>([
    [
      'each table by itself',
      [
        { what: 'table', id: 'rtb-2', failure: failed },
        { what: 'table', id: 'rtb-3', failure: failed },
      ],
      ['rtb-2', 'rtb-3'],
    ],
    [
      'tables and nodes apart',
      [
        { what: 'table', id: null, failure: failed },
        { what: 'nodes', id: null, failure: failed },
      ],
      [null, null],
    ],
    [
      'what failed twice once',
      [
        { what: 'nodes', id: null, failure: failed },
        { what: 'nodes', id: null, failure: failed },
      ],
      [null],
    ],
  ])('makes findings: %s', (_, failures, subjects) => {
    const { findings } = guard({ ...seen, failures }, read({}));
    expect(findings.map(({ node: id, table: of }) => id ?? of)).toEqual(subjects);
  });
});

describe('R4 a run that read too little', () => {
  const look = observation([node('a', [C])], [table([vacant(A), vacant(B), route(C, 'a')])], {
    failures: [{ what: 'claims', id: 'a', failure: failed }],
  });
  const before = remember({ [A]: 5, [B]: 5, [C]: 5, '10.200.9.0/24': 5 });

  it('forgets sightings of routes that it sees claimed, changed or gone, and no others', () => {
    const changed = new Map([...before.sightings].map(([text, seen]) => [text, seen]));
    changed.set(B, { nextHop: 'eni-other', grounds: 'vacant', since: NOW, seen: NOW });
    const { memories } = guard(look, read({ 'rtb-1': { ...before, sightings: changed } }));
    expect([...(memories.get('rtb-1')?.sightings ?? [])]).toEqual([[A, before.sightings.get(A)]]);
  });

  it('keeps the sighting of a blackhole that names nothing', () => {
    const nameless = { ...look, tables: [table([vacant(A, { nextHop: null, state: 'blackhole' })])] };
    const { memories } = guard(nameless, read({ 'rtb-1': remember({ [A]: 5 }, null) }));
    expect([...(memories.get('rtb-1')?.sightings.keys() ?? [])]).toEqual([A]);
  });

  it('remembers nothing of what it did not know, nor where it looked at some nodes only', () => {
    expect(guard(look, read({})).memories.size).toBe(0);
    const scoped = { ...look, scope: { kind: 'nodes', ids: ['a'] } } as const;
    expect(guard(scoped, read({ 'rtb-1': before })).memories.size).toBe(0);
  });
});
