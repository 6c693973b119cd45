import { describe, expect, it } from '@jest/globals';
import { guardPlan } from '../../shared/core/guard/guard.ts';
import type { Claimant, Sighting, Spending, TableMemory } from '../../shared/core/ledger/table-memory.ts';
import { NO_MEMORY } from '../../shared/core/ledger/table-memory.ts';
import type { Node, Observation, Route } from '../../shared/core/model.ts';
import { planRoutes } from '../../shared/core/plan/plan.ts';
import { hopOf, node, observation, route, settings, show, table } from './builders.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 10, 21, 3);
const A = '10.200.0.0/24';
const B = '10.200.1.0/24';

function claimedBy(id: string, incarnation: string | null = null): Claimant {
  return { node: id, incarnation, nextHop: hopOf(id).id };
}

/** A route that was first seen so some minutes ago, and again by the run before this one. */
function seenFor(minutes: number, id: string | null, more: Partial<Sighting> = {}): Sighting {
  const nextHop = id === null ? null : hopOf(id).id;
  return { nextHop, grounds: 'withdrawn', since: NOW - minutes * MINUTE, seen: NOW - 10 * MINUTE, ...more };
}

interface Remembered {
  readonly claimants?: Readonly<Record<string, Claimant>>;
  readonly sightings?: Readonly<Record<string, Sighting>>;
  readonly spending?: readonly Spending[];
}

function remember({ claimants = {}, sightings = {}, spending = [] }: Remembered): TableMemory {
  return {
    claimants: new Map(Object.entries(claimants)),
    sightings: new Map(Object.entries(sightings)),
    spending,
  };
}

function guard(
  seen: Observation,
  memory: TableMemory,
  { gone = [], ...more }: Parameters<typeof settings>[0] & { gone?: readonly string[] } = {},
) {
  const chosen = { ...settings(more), named: null };
  const guarded = guardPlan(planRoutes(seen, chosen), seen, chosen, {
    kind: 'read',
    unreadable: new Map(),
    tables: new Map([['rtb-1', memory]]),
    now: NOW,
    isGone: (claimant) => gone.includes(claimant.node),
  });
  const { steps, vetoed, findings, memories } = guarded;
  return {
    goes: steps.flatMap(({ makeRoom, writes, deletes }) => [...makeRoom, ...writes, ...deletes].map(show)),
    waits: vetoed.map(({ change, outcome, wait, failure }) => {
      const until = wait?.notBefore == null ? wait?.reason : `${(wait.notBefore - NOW) / MINUTE} min`;
      return `${outcome} ${failure?.code ?? until}: ${show(change)}`;
    }),
    results: vetoed,
    changes: steps.flatMap(({ writes, deletes }) => [...writes, ...deletes]),
    findings: findings.filter(({ code }) => code === 'deletion-breaker'),
    memory: memories.get('rtb-1') ?? NO_MEMORY,
  };
}

const vacant = (destination: string, more: Partial<Route> = {}): Route =>
  route(destination, 'x', { target: { kind: 'vacant', agreed: true }, ...more });

/** Ten nodes that claim 10.200.20.0/24 and on, and have it. */
const HONEST = Array.from({ length: 10 }, (_, i) => node(`h${i}`, [`10.200.${20 + i}.0/24`]));
const KEPT = HONEST.map(({ id }, i) => route(`10.200.${20 + i}.0/24`, id));

describe('R4 a vacant route', () => {
  const seen = observation(HONEST, [table([...KEPT, vacant(A)])]);

  it.each<[string, Observation, Remembered, string]>([
    ['begins to wait', seen, {}, 'waiting 15 min'],
    ['waits on', seen, { sightings: { [A]: seenFor(14, 'x', { grounds: 'vacant' }) } }, 'waiting 1 min'],
    [
      'waits for 24 hours where no node of its network was read alive',
      observation([], [table([vacant(A)])]),
      { sightings: { [A]: seenFor(16, 'x', { grounds: 'vacant' }) } },
      `waiting ${24 * 60 - 16} min`,
    ],
    [
      'waits for 24 hours where all nodes of its network are gone',
      observation([node('h0', [], { state: 'gone' })], [table([vacant(A)])]),
      {},
      `waiting ${24 * 60} min`,
    ],
    [
      'waits for 24 hours where only nodes of another network live',
      observation([node('h0', [], { network: 'vpc-2' })], [table([vacant(A)])]),
      {},
      `waiting ${24 * 60} min`,
    ],
    [
      'waits for force where the reads disagree',
      observation(HONEST, [table([...KEPT, vacant(A, { target: { kind: 'vacant', agreed: false } })])]),
      { sightings: { [A]: seenFor(60 * 48, 'x', { grounds: 'vacant' }) } },
      'waiting reads-disagree',
    ],
  ])('%s', (_, look, memory, expected) => {
    const { goes, waits } = guard(look, remember(memory));
    expect(goes).toEqual([]);
    expect(waits).toEqual([`${expected}: delete ${A} x (next-hop-unknown)`]);
  });

  it('waits for its time, too, where it is a blackhole that names nothing', () => {
    const nameless = vacant(A, { nextHop: null, state: 'blackhole' });
    const look = observation(HONEST, [table([...KEPT, nameless])]);
    const since = (minutes: number) => ({
      sightings: { [A]: seenFor(minutes, null, { grounds: 'vacant' }) },
    });
    expect(guard(look, remember(since(14))).waits).toEqual([
      `waiting 1 min: delete ${A} - (next-hop-unknown)`,
    ]);
    expect(guard(look, remember(since(15))).goes).toEqual([`delete ${A} - (next-hop-unknown)`]);
  });

  it('says that it waits for a second look', () => {
    const { results } = guard(seen, NO_MEMORY);
    expect(results).toMatchObject([{ wait: { since: NOW, reason: 'second-look' } }]);
  });

  it('goes once it was seen so for long enough, in any number', () => {
    const many = Array.from({ length: 180 }, (_, i) => `10.200.${70 + i}.0/24`);
    const sightings = Object.fromEntries(many.map((text) => [text, seenFor(15, 'x', { grounds: 'vacant' })]));
    const look = observation(HONEST, [table([...KEPT, ...many.map((text) => vacant(text))])]);
    expect(guard(look, remember({ sightings }), { maxDeletes: { count: 0 } }).goes).toHaveLength(180);
  });

  it('is one whose recorded claimant is gone, whoever has its next hop by now', () => {
    const look = observation(HONEST, [table([...KEPT, route(A, 'h0')])]);
    const claimants = { [A]: { ...claimedBy('dead', 'first'), nextHop: hopOf('h0').id } };
    const before = remember({ claimants, sightings: { [A]: seenFor(15, 'h0', { grounds: 'vacant' }) } });
    const { goes, changes } = guard(look, before, { gone: ['dead'] });
    expect(goes).toEqual([`delete ${A} h0 (claimant-gone)`]);
    expect(changes).toMatchObject([{ node: null, evidence: 'vacant' }]);
    expect(guard(look, before).goes).toEqual([]);
  });

  it('is none whose next hop has been changed since its claimant was recorded', () => {
    const look = observation(
      HONEST.map((each) => ({ ...each, claims: [] })),
      [table(KEPT)],
    );
    const claimants = Object.fromEntries(KEPT.map(({ destination: { text } }) => [text, claimedBy('dead')]));
    const { goes, waits } = guard(look, remember({ claimants }), { gone: ['dead'] });
    expect(goes).toEqual([]);
    expect(waits.map((line) => line.split(':')[0])).toEqual(Array(10).fill('waiting never-recorded'));
  });

  it('is one that its node holds, once whoever it was made for is gone', () => {
    const failing = node('heir', ['192.0.2.0/24']);
    const look = observation([...HONEST, failing], [table([...KEPT, route(A, 'heir')])]);
    const claimants = { [A]: { ...claimedBy('dead'), nextHop: hopOf('heir').id } };
    const before = remember({ claimants, sightings: { [A]: seenFor(15, 'heir', { grounds: 'vacant' }) } });
    expect(guard(look, before, { gone: ['dead'] }).goes).toEqual([`delete ${A} heir (claimant-gone)`]);
    expect(guard(look, before)).toMatchObject({ goes: [], waits: [] });
    expect(guard(look, before, { force: true })).toMatchObject({ goes: [], waits: [] });
  });

  it('is given to who claims it without a price, once whoever it was made for is gone', () => {
    const look = observation(
      [...HONEST, node('heir'), node('next', [A])],
      [table([...KEPT, route(A, 'heir')])],
    );
    const claimants = { [A]: { ...claimedBy('dead'), nextHop: hopOf('heir').id } };
    const before = remember({ claimants, sightings: { [A]: seenFor(15, 'heir', { grounds: 'vacant' }) } });
    const none = { maxDeletes: { count: 0 } };
    const given = guard(look, before, { ...none, gone: ['dead'] });
    expect(given.goes).toEqual([`replace ${A} next (claimant-gone)`]);
    expect(given.changes).toMatchObject([{ node: 'next', evidence: 'vacant' }]);
    expect(guard(look, before, none).goes).toEqual([]);
  });
});

describe('R4 a withdrawn route', () => {
  const seen = observation([...HONEST, node('a')], [table([...KEPT, route(A, 'a')])]);
  const recorded = { claimants: { [A]: claimedBy('a') } };
  const line = `delete ${A} a (claim-withdrawn)`;

  it.each<[string, Remembered, string]>([
    ['begins to wait where its claimant was recorded', recorded, 'waiting 15 min'],
    [
      'takes force where nobody was ever recorded',
      { sightings: { [A]: seenFor(600, 'a') } },
      'waiting never-recorded',
    ],
  ])('%s', (_, memory, expected) => {
    const { goes, waits, findings } = guard(seen, remember(memory));
    expect({ goes, waits, findings }).toEqual({ goes: [], waits: [`${expected}: ${line}`], findings: [] });
  });

  it('goes once it was seen so for long enough, and is paid for', () => {
    const { goes, memory } = guard(seen, remember({ ...recorded, sightings: { [A]: seenFor(15, 'a') } }));
    expect(goes).toEqual([line]);
    expect(memory.spending).toEqual([{ node: 'a', family: 4, at: NOW }]);
  });

  it('is paid for by its node, whatever the cloud itself routes to the same destination', () => {
    const propagated = route(A, 'h0', { ourKind: false, propagated: true });
    const look = observation([...HONEST, node('a')], [table([...KEPT, route(A, 'a'), propagated])]);
    const { goes, memory } = guard(look, remember({ ...recorded, sightings: { [A]: seenFor(15, 'a') } }));
    expect(goes).toEqual([line]);
    expect(memory.spending).toEqual([{ node: 'a', family: 4, at: NOW }]);
  });

  it('waits for 24 hours, without a price, where its node has another claim in force', () => {
    const moved = observation([...HONEST, node('a', [B])], [table([...KEPT, route(A, 'a'), route(B, 'a')])]);
    for (const claimants of [recorded.claimants, {}]) {
      const since = (minutes: number) => ({ [A]: seenFor(minutes, 'a', { grounds: 'moved' }) });
      const early = guard(moved, remember({ claimants, sightings: since(23 * 60) }));
      expect(early.waits).toEqual([`waiting 60 min: ${line}`]);
      const late = guard(moved, remember({ claimants, sightings: since(24 * 60) }), {
        maxDeletes: { count: 0 },
      });
      expect(late).toMatchObject({ goes: [line], memory: { spending: [] } });
    }
  });

  it('is replaced for who claims it by then, on the same terms', () => {
    const heir = node('heir', [A], { launchedAt: 1 });
    const look = observation([...HONEST, node('a'), heir], [table([...KEPT, route(A, 'a')])]);
    const replacement = `replace ${A} heir (wrong-next-hop)`;
    expect(guard(look, remember(recorded)).waits).toEqual([`waiting 15 min: ${replacement}`]);
    const due = guard(look, remember({ ...recorded, sightings: { [A]: seenFor(15, 'a') } }));
    expect(due).toMatchObject({ goes: [replacement], memory: { spending: [{ node: 'a' }] } });
  });
});

describe('R4 a sighting', () => {
  const seen = observation([...HONEST, node('a')], [table([...KEPT, route(A, 'a')])]);
  const claimants = { [A]: claimedBy('a') };
  const old = 20 * MINUTE;

  it.each<[string, Partial<Sighting>]>([
    ['that no run renewed within one and a half intervals', { seen: NOW - 15 * MINUTE - 1 }],
    ['of another next hop', { nextHop: 'eni-other' }],
    ['on other grounds', { grounds: 'vacant' }],
    ['when another claim of its node was in force', { grounds: 'moved' }],
    ['that is dated in the future', { seen: NOW + 1 }],
    ['whose beginning is later than its end', { since: NOW - MINUTE }],
  ])('is void: one %s', (_, more) => {
    const sightings = { [A]: { ...seenFor(20, 'a'), ...more } };
    const { goes, memory } = guard(seen, remember({ claimants, sightings }));
    expect(goes).toEqual([]);
    expect(memory.sightings.get(A)).toEqual({
      nextHop: 'eni-a',
      grounds: 'withdrawn',
      since: NOW,
      seen: NOW,
    });
  });

  it('goes on while runs renew it', () => {
    const sightings = { [A]: { ...seenFor(20, 'a'), seen: NOW - 15 * MINUTE } };
    const { goes, memory } = guard(seen, remember({ claimants, sightings }));
    expect(goes).toHaveLength(1);
    expect(memory.sightings.get(A)).toMatchObject({ since: NOW - old, seen: NOW });
  });

  it.each<[string, Observation]>([
    ['claimed', observation([...HONEST, node('a', [A])], [table([...KEPT, route(A, 'a')])])],
    ['gone', observation([...HONEST, node('a')], [table(KEPT)])],
  ])('is erased by a full run that sees the route %s', (_, look) => {
    expect(
      guard(look, remember({ claimants, sightings: { [A]: seenFor(10, 'a') } })).memory.sightings.size,
    ).toBe(0);
  });

  it('is left as it is by a run that read too little', () => {
    const failure = { kind: 'transient', code: 'x', message: 'x' } as const;
    const chosen = { ...settings(), named: null };
    const less = { ...seen, failures: [{ what: 'claims', id: 'h0', failure }] } as const;
    const memory = {
      kind: 'read',
      tables: new Map(),
      unreadable: new Map(),
      now: NOW,
      isGone: () => false,
    } as const;
    expect(guardPlan(planRoutes(less, chosen), less, chosen, memory).memories.size).toBe(0);
  });

  it('is erased, too, by a run that read too little and sees the route claimed', () => {
    const failure = { kind: 'transient', code: 'x', message: 'x' } as const;
    const look = observation([...HONEST, node('a', [A])], [table([...KEPT, route(A, 'a')])], {
      failures: [{ what: 'claims', id: 'h0', failure }],
    });
    const before = remember({ claimants, sightings: { [A]: seenFor(10, 'a') } });
    expect(guard(look, before).memory).toMatchObject({ sightings: new Map(), claimants: before.claimants });
  });
});

describe('R4 a machine made anew under its id and address', () => {
  const gone = ['a'];
  const claimants = { [A]: claimedBy('a', 'first') };
  const look = (claims: readonly string[]): Observation =>
    observation(
      [...HONEST, node('a', claims, { incarnation: 'second' })],
      [table([...KEPT, route(A, 'a'), ...claims.map((claim) => route(claim, 'a'))])],
    );

  it('loses its only route as withdrawn, within the budget', () => {
    const memory = remember({ claimants, sightings: { [A]: seenFor(15, 'a') } });
    const line = `delete ${A} a (claim-withdrawn)`;
    const { goes, memory: after } = guard(look([]), memory, { gone });
    expect({ goes, spending: after.spending }).toEqual({
      goes: [line],
      spending: [{ node: 'a', family: 4, at: NOW }],
    });
    const none = guard(look([]), memory, { gone, maxDeletes: { count: 0 } });
    expect(none).toMatchObject({ goes: [], waits: [`skipped deletion-breaker: ${line}`] });
  });

  it('loses what its predecessor had as vacant, where another claim of its own is in force', () => {
    const memory = remember({ claimants, sightings: { [A]: seenFor(15, 'a', { grounds: 'vacant' }) } });
    const { goes, memory: after } = guard(look([B]), memory, { gone, maxDeletes: { count: 0 } });
    expect({ goes, spending: after.spending }).toEqual({
      goes: [`delete ${A} a (claimant-gone)`],
      spending: [],
    });
  });

  it('is told from another machine that has come to the address of one that is gone', () => {
    const others = { [A]: { ...claimedBy('a'), node: 'before' } };
    const memory = remember({
      claimants: others,
      sightings: { [A]: seenFor(15, 'a', { grounds: 'vacant' }) },
    });
    expect(guard(look([]), memory, { gone: ['before'] }).goes).toEqual([`delete ${A} a (claimant-gone)`]);
  });
});

describe('R4 the claimant of a route', () => {
  const a = node('a', [A], { incarnation: 'first' });

  it('is noted where a full run sees the route as claimed', () => {
    const { memory } = guard(observation([a], [table([route(A, 'a')])]), NO_MEMORY);
    expect([...memory.claimants]).toEqual([[A, claimedBy('a', 'first')]]);
  });

  it('stays noted while the route is there, and no longer', () => {
    const before = remember({ claimants: { [A]: claimedBy('a', 'first'), [B]: claimedBy('b') } });
    const { memory } = guard(observation([node('a')], [table([route(A, 'a')])]), before);
    expect([...memory.claimants.keys()]).toEqual([A]);
  });

  it('is not noted before the route is made', () => {
    expect(guard(observation([a], [table()]), NO_MEMORY).memory.claimants.size).toBe(0);
  });
});

describe('R4 the budget', () => {
  /** Nodes that gave up their claims, each with its routes. */
  function withdrawn(count: number, each = 1, family: 4 | 6 = 4): { nodes: Node[]; routes: Route[] } {
    const nodes = Array.from({ length: count }, (_, i) => node(`w${i}`));
    const text = (i: number): string => (family === 4 ? `10.200.${100 + i}.0/24` : `fd00:200:0:${i}::/64`);
    return {
      nodes,
      routes: nodes.flatMap(({ id }, i) =>
        Array.from({ length: each }, (_, k) => route(text(i * each + k), id)),
      ),
    };
  }

  function run(
    { nodes, routes }: ReturnType<typeof withdrawn>,
    { spending = [], ...more }: Parameters<typeof settings>[0] & { spending?: readonly Spending[] } = {},
    others: { nodes: readonly Node[]; routes: readonly Route[] } = { nodes: HONEST, routes: KEPT },
  ) {
    const targets = routes.map(({ destination, target }) => [
      destination.text,
      target.kind === 'node' ? target.id : '',
    ]);
    const memory = remember({
      claimants: Object.fromEntries(targets.map(([text = '', id = '']) => [text, claimedBy(id)])),
      sightings: Object.fromEntries(targets.map(([text = '', id = '']) => [text, seenFor(15, id)])),
      spending,
    });
    return guard(
      observation([...others.nodes, ...nodes], [table([...others.routes, ...routes])]),
      memory,
      more,
    );
  }

  it.each<[string, number, Parameters<typeof settings>[0], boolean]>([
    ['four of fourteen', 4, {}, true],
    ['five of fifteen', 5, {}, false],
    ['as many as the count', 5, { maxDeletes: { count: 5 } }, true],
    ['one more than the count', 6, { maxDeletes: { count: 5 } }, false],
    ['one where none may go', 1, { maxDeletes: { count: 0 } }, false],
    ['one at 0 %', 1, { maxDeletes: { percent: 0 } }, false],
    ['one at 1 %', 1, { maxDeletes: { percent: 1 } }, true],
  ])('lets nodes lose their routes or not: %s', (_, count, more, go) => {
    const { goes, waits, findings } = run(withdrawn(count), more);
    expect(goes).toHaveLength(go ? count : 0);
    expect(waits.map((line) => line.split(':')[0])).toEqual(
      go ? [] : Array(count).fill('skipped deletion-breaker'),
    );
    expect(findings).toHaveLength(go ? 0 : 1);
  });

  it.each([
    ['one of one', 1, { nodes: [], routes: [] }, {}],
    ['all of three', 3, { nodes: [], routes: [] }, { maxDeletes: { percent: 100 } }],
    ['all of three, by a count', 3, { nodes: [], routes: [] }, { maxDeletes: { count: 100 } }],
  ])('never lets all go: %s', (_, count, others, more) => {
    expect(run(withdrawn(count), more, others).goes).toEqual([]);
  });

  it('counts nodes, not routes', () => {
    const { goes, memory } = run(withdrawn(4, 8));
    expect(goes).toHaveLength(32);
    expect(memory.spending).toHaveLength(4);
    expect(run(withdrawn(5, 8)).goes).toEqual([]);
  });

  it('counts what was spent in the last 24 hours, once for each node and family', () => {
    const spent = (id: string, hours: number, family: 4 | 6 = 4): Spending => ({
      node: id,
      family,
      at: NOW - hours * HOUR,
    });
    const four = ['h0', 'h1', 'h2', 'h3'];
    expect(run(withdrawn(1), { spending: four.map((id) => spent(id, 23)) }).goes).toEqual([]);
    expect(run(withdrawn(1), { spending: four.map((id) => spent(id, 24)) }).goes).toHaveLength(1);
    expect(run(withdrawn(1), { spending: four.map((id) => spent(id, 23, 6)) }).goes).toHaveLength(1);
    expect(
      run(withdrawn(4), { spending: ['w0', 'w1', 'w2', 'w3'].map((id) => spent(id, 1)) }).goes,
    ).toHaveLength(4);
  });

  it('counts for 24 hours from the loss, not from a payment that could not be carried out', () => {
    const paid = (id: string): Spending => ({ node: id, family: 4, at: NOW - 23 * HOUR });
    const { memory } = run(withdrawn(1), { spending: [paid('w0'), paid('h0')] });
    expect(memory.spending).toEqual([{ ...paid('w0'), at: NOW }, paid('h0')]);
  });

  it('counts what is dated in the future as spent now', () => {
    const spending = ['h0', 'h1', 'h2', 'h3'].map(
      (id): Spending => ({ node: id, family: 4, at: NOW + 99 * HOUR }),
    );
    const { goes, memory, findings } = run(withdrawn(1), { spending });
    expect(goes).toEqual([]);
    expect(memory.spending.map(({ at }) => at)).toEqual([NOW, NOW, NOW, NOW]);
    expect(findings[0]?.message).toContain(new Date(NOW + 24 * HOUR).toISOString());
  });

  it('is for each family by itself', () => {
    const four = withdrawn(4);
    const six = withdrawn(4, 1, 6);
    expect(run({ nodes: four.nodes, routes: [...four.routes, ...six.routes] }).goes).toHaveLength(4);
    expect(run(six, {}, { nodes: [], routes: [] }).goes).toEqual([]);
  });

  it('is not inflated by dead routes beside the living', () => {
    const dead = Array.from({ length: 180 }, (_, i) =>
      route(`10.200.${200 + (i >> 2)}.${(i & 3) * 64}/26`, 'gone', {
        target: { kind: 'vacant', agreed: false },
      }),
    );
    const { goes, findings } = run(withdrawn(5), {}, { nodes: HONEST, routes: [...KEPT, ...dead] });
    expect(goes).toEqual([]);
    expect(findings).toHaveLength(1);
  });

  it('is not exceeded by what still waits', () => {
    const { nodes, routes } = withdrawn(5);
    const claimants = Object.fromEntries(
      routes.map(({ destination: { text } }, i) => [text, claimedBy(`w${i}`)]),
    );
    const look = observation([...HONEST, ...nodes], [table([...KEPT, ...routes])]);
    const { waits, findings } = guard(look, remember({ claimants }));
    expect(waits.every((line) => line.startsWith('waiting 15 min'))).toBe(true);
    expect(findings).toEqual([]);
  });

  it('names the nodes, what is left of it and until when', () => {
    const spending = [{ node: 'h0', family: 4, at: NOW - HOUR } as const];
    const [{ severity, message } = {}] = run(withdrawn(5), { spending }).findings;
    expect(severity).toBe('error');
    expect(message).toContain('5 living nodes would lose their last claimed IPv4 route, and 3 of 4 may');
    expect(message).toContain('w0, w1, w2, w3, w4');
    expect(message).toContain(new Date(NOW + 23 * HOUR).toISOString());
  });
});
