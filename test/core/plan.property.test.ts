import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { containsCidr } from '../../shared/core/cidr.ts';
import { isClaiming, sharesDomain } from '../../shared/core/claims/bounds.ts';
import { type GuardedPlan, guardPlan, type Memory } from '../../shared/core/guard/guard.ts';
import type { Sighting, Spending, TableMemory } from '../../shared/core/ledger/table-memory.ts';
import type { Change, Node, Observation, Route, RouteTable } from '../../shared/core/model.ts';
import { planRoutes } from '../../shared/core/plan/plan.ts';
import { hopOf, node, observation, route, settings, show, table } from './builders.ts';
import { checkUnproven, coversMost, DAY, HOUR, NOW } from './unproven-rules.ts';

const chosen = settings();
const RUNS = { numRuns: 1000 };
const IDS = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5'];
const INSIDE = [
  ...Array.from({ length: 8 }, (_, i) => `10.200.${i}.0/24`),
  ...[
    '10.200.0.0/23',
    '10.200.2.0/25',
    '10.200.2.128/25',
    '10.200.0.0/16',
    'fd00:200::/64',
    'fd00:200:0:1::/64',
  ],
];
const OUTSIDE = ['10.201.0.0/24', '10.192.0.0/12', 'fd00:201::/64'];

const networks = fc.constantFrom('vpc-1', 'vpc-1', 'vpc-1', 'vpc-2');
const states = fc.constantFrom('running', 'running', 'running', 'pending', 'stopped', 'gone');

function nodes(): fc.Arbitrary<Node[]> {
  const more = fc.record({
    claims: fc.uniqueArray(fc.constantFrom(...INSIDE, ...INSIDE, ...OUTSIDE), { maxLength: 2 }),
    state: states,
    launchedAt: fc.integer({ min: 0, max: 2 }),
    reachable: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
    defective: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    network: networks,
  });
  return fc.tuple(fc.subarray(IDS), fc.array(more, { minLength: 6, maxLength: 6 })).map(([ids, all]) =>
    ids.flatMap((id, i) => {
      const one = all[i];
      if (one === undefined) return [];
      const { claims, state, launchedAt, reachable, defective, network } = one;
      const hop = reachable && state !== 'gone' ? hopOf(id) : null;
      const defects = defective
        ? [{ source: 'tag', text: null, problem: 'is wrong', corrected: null, correctedList: null } as const]
        : [];
      return node(id, claims, {
        state,
        launchedAt,
        nextHops: { 4: hop, 6: hop },
        defects,
        network,
        domain: network,
      });
    }),
  );
}

function routes(all: readonly Node[]): fc.Arbitrary<Route[]> {
  const alive = new Set(all.filter(({ state }) => state === 'running').map(({ id }) => id));
  const known = new Set(all.map(({ id }) => id));
  const one = fc.tuple(
    fc.constantFrom(...INSIDE, ...INSIDE, ...INSIDE, ...OUTSIDE),
    fc.constantFrom(...IDS, ...IDS, 'stranger', 'unread', 'dead'),
    fc.integer({ min: 0, max: 9 }),
  );
  return fc.uniqueArray(one, { selector: ([text]) => text, maxLength: 12 }).map((picked) =>
    picked.map(([text, to, kind]): Route => {
      if (kind === 0) return route(text, to, { ourKind: false, target: { kind: 'stranger' } });
      if (to === 'stranger' || to === 'unread') return route(text, to, { target: { kind: to } });
      if (!known.has(to) && kind > 6) {
        return route(text, to, { target: { kind: 'vacant', agreed: kind > 7 } });
      }
      if (!known.has(to)) {
        return route(text, to, { nextHop: null, state: 'blackhole', target: { kind: 'gone' } });
      }
      const second = kind === 1 ? { nextHop: { id: `eni-2-${to}`, shown: `eni-2-${to}` } } : {};
      return route(text, to, { state: alive.has(to) && kind > 2 ? 'active' : 'blackhole', ...second });
    }),
  );
}

const clouds: fc.Arbitrary<Observation> = nodes().chain((all) =>
  fc
    .array(fc.tuple(routes(all), networks, fc.integer({ min: 0, max: 14 })), { minLength: 1, maxLength: 2 })
    .map((tables) =>
      observation(
        all,
        tables.map(([list, network, room]) => {
          const id = `rtb-${tables.findIndex(([other]) => other === list)}`;
          const limit = room > 8 ? 500 : list.length + room;
          return table(list, {
            id,
            network,
            domain: network,
            quotas: [{ families: [4, 6], used: list.length, limit }],
          });
        }),
      ),
    ),
);

/** What full runs have left in the ledger: right or wrong, fresh or old. */
const memories: fc.Arbitrary<Memory> = fc
  .record({
    claimants: fc.dictionary(fc.constantFrom(...INSIDE), fc.constantFrom(...IDS, 'lost')),
    sightings: fc.array(
      fc.record({
        at: fc.constantFrom(...INSIDE),
        to: fc.constantFrom(...IDS, 'dead'),
        grounds: fc.constantFrom('vacant' as const, 'withdrawn' as const, 'withdrawn' as const),
        age: fc.constantFrom(0, HOUR / 5, HOUR / 4, HOUR, DAY - 1, DAY, 2 * DAY),
        seenAgo: fc.constantFrom(-HOUR, 0, HOUR / 6, HOUR / 4, HOUR / 4 + 1, HOUR),
      }),
      { maxLength: 12 },
    ),
    spending: fc.array(
      fc.record({
        node: fc.constantFrom(...IDS),
        family: fc.constantFrom(4 as const, 6 as const),
        at: fc.constantFrom(NOW + HOUR, NOW - HOUR, NOW - DAY),
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ claimants, sightings, spending }) => {
    const memory = toMemory(claimants, sightings, spending);
    const tables = new Map(['rtb-0', 'rtb-1'].map((id) => [id, memory]));
    return { kind: 'read', tables, now: NOW, isGone: ({ node: id }) => id === 'lost' };
  });

interface Noted {
  readonly at: string;
  readonly to: string;
  readonly grounds: Sighting['grounds'];
  readonly age: number;
  readonly seenAgo: number;
}

function toMemory(
  claimants: Readonly<Record<string, string>>,
  sightings: readonly Noted[],
  spending: readonly Spending[],
): TableMemory {
  return {
    claimants: new Map(
      Object.entries(claimants).map(([at, id]) => [
        at,
        { node: id, incarnation: null, nextHop: hopOf(id).id },
      ]),
    ),
    sightings: new Map(
      sightings.map(({ at, to, grounds, age, seenAgo }) => [
        at,
        { nextHop: hopOf(to).id, grounds, since: NOW - seenAgo - age, seen: NOW - seenAgo },
      ]),
    ),
    spending,
  };
}

/** By force everything is due, which shows what a run does in which order. */
const FORCED: Memory = { kind: 'none', reason: 'no-ledger' };

const changesOf = ({ steps }: GuardedPlan): Change[] =>
  steps.flatMap(({ makeRoom, writes, deletes }) => [...makeRoom, ...writes, ...deletes]);

function decide(seen: Observation, memory: Memory = FORCED): { guarded: GuardedPlan; changes: Change[] } {
  const force = memory === FORCED;
  const guarded = guardPlan(planRoutes(seen, chosen), seen, { ...chosen, force, named: null }, memory);
  return { guarded, changes: changesOf(guarded) };
}

function routeOf(seen: Observation, change: Change): Route | undefined {
  const within = seen.tables.find(({ id }) => id === change.table);
  return within?.routes.find(({ destination }) => destination.text === change.destination.text);
}

function isOfIdle(seen: Observation, change: Change): boolean {
  const target = routeOf(seen, change)?.target;
  const owner = target?.kind === 'node' ? seen.nodes.find(({ id }) => id === target.id) : undefined;
  return owner !== undefined && ['pending', 'stopped'].includes(owner.state);
}

/** The observation after the changes. */
function applyAll(seen: Observation, changes: readonly Change[]): Observation {
  const tables = seen.tables.map((before): RouteTable => {
    const after = new Map(before.routes.map((one) => [one.destination.text, one]));
    for (const { table: id, action, destination, nextHop, node: owner } of changes) {
      if (id !== before.id) continue;
      if (action === 'delete') after.delete(destination.text);
      else after.set(destination.text, route(destination.text, owner ?? '', { nextHop }));
    }
    const quotas = before.quotas.map((quota) => ({ ...quota, used: after.size }));
    return { ...before, routes: [...after.values()], quotas };
  });
  return { ...seen, tables };
}

/** A range of most others is no claim, and what it had waits like what is withdrawn. */
function claimsMost(seen: Observation, one: Node): boolean {
  return one.claims.some((each) => coversMost(seen, one, each.cidr));
}

/** So many nodes with a route, of which some claim nothing any more, which a run has seen long enough. */
function withdrawn(count: number, left: number): { seen: Observation; memory: Memory } {
  const at = (i: number): string => `10.200.${i}.0/24`;
  const all = Array.from({ length: count }, (_, i) => node(`w${i}`, i < left ? [at(i)] : []));
  const routes = all.map(({ id }, i) => route(at(i), id));
  const noted = all.map(
    ({ id }, i): Noted => ({ at: at(i), to: id, grounds: 'withdrawn', age: HOUR, seenAgo: 0 }),
  );
  const claimants = Object.fromEntries(all.map(({ id }, i) => [at(i), id]));
  const tables = new Map([['rtb-1', toMemory(claimants, noted, [])]]);
  return {
    seen: observation(all, [table(routes)]),
    memory: { kind: 'read', tables, now: NOW, isGone: () => false },
  };
}

/** Nodes that a table leads to, by an active route inside the cluster CIDRs, be it a foreign one. */
function served({ routes: all }: RouteTable): Set<string> {
  const active = all.filter(
    ({ state, destination }) =>
      state === 'active' && chosen.clusterCidrs.some((range) => containsCidr(range, destination)),
  );
  return new Set(
    active.flatMap(
      ({ target, nextHop }) =>
        (target.kind === 'node' ? target.id : IDS.find((id) => hopOf(id).id === nextHop?.id)) ?? [],
    ),
  );
}

describe('whatever the cloud looks like', () => {
  it('R2: nothing changes outside the cluster CIDRs, nor what is not ours', () => {
    fc.assert(
      fc.property(clouds, (seen) => {
        for (const change of decide(seen).changes) {
          expect(chosen.clusterCidrs.some((range) => containsCidr(range, change.destination))).toBe(true);
          const existing = routeOf(seen, change);
          expect(existing === undefined).toBe(change.action === 'create');
          if (existing === undefined) continue;
          expect(existing.ourKind).toBe(true);
          expect(['node', 'gone', 'vacant']).toContain(existing.target.kind);
        }
      }),
      RUNS,
    );
  });

  it('R2: nothing is deleted that a live node of the domain claims, but a range of most others', () => {
    fc.assert(
      fc.property(clouds, fc.option(memories, { nil: FORCED }), (seen, memory) => {
        const live = seen.nodes.filter((one) => isClaiming(one, chosen.stoppedNodes));
        for (const change of decide(seen, memory).changes.filter(({ action }) => action === 'delete')) {
          const within = seen.tables.find(({ id }) => id === change.table);
          const claimants = live.filter(
            (one) =>
              within !== undefined &&
              sharesDomain(one, within) &&
              one.claims.some((each) => each.cidr.text === change.destination.text) &&
              !coversMost(seen, one, change.destination),
          );
          expect(claimants).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('R3: on a part of the picture only what is proven goes', () => {
    const failure = { kind: 'transient', code: 'x', message: 'x' } as const;
    const gaps = fc.constantFrom<Partial<Observation>>(
      { scope: { kind: 'nodes', ids: IDS } },
      { failures: [{ what: 'nodes', id: null, failure }] },
      { failures: [{ what: 'claims', id: 'n0', failure }] },
      { failures: [{ what: 'table', id: null, failure }] },
    );
    fc.assert(
      fc.property(clouds, gaps, fc.option(memories, { nil: FORCED }), (seen, gap, memory) => {
        const taken = decide({ ...seen, ...gap }, memory).changes.filter(({ evidence }) => evidence !== null);
        for (const change of taken) {
          const { target } = routeOf(seen, change) ?? { target: { kind: 'unread' } };
          const owner =
            target.kind === 'node' ? seen.nodes.find(({ id }) => id === target.id)?.state : target.kind;
          expect(owner).toBe('gone');
        }
      }),
      RUNS,
    );
  });

  it('R4: without a ledger nothing goes that is not proven', () => {
    fc.assert(
      fc.property(clouds, (seen) => {
        const none: Memory = { kind: 'none', reason: 'no-ledger' };
        for (const { evidence } of decide(seen, none).changes) expect([null, 'proven']).toContain(evidence);
      }),
      RUNS,
    );
  });

  it('R4: whatever the ledger says, what waits goes after a second look and within the budget', () => {
    const many = fc
      .integer({ min: 2, max: 40 })
      .chain((count) => fc.integer({ min: 0, max: count }).map((left) => withdrawn(count, left)));
    fc.assert(
      fc.property(
        fc.oneof(
          clouds.map((seen) => ({ seen })),
          many,
        ),
        memories,
        ({ seen, ...more }, memory) => {
          const given = 'memory' in more ? more.memory : memory;
          checkUnproven(seen, decide(seen, given).changes, given, chosen);
        },
      ),
      RUNS,
    );
  });

  it('R5: no two live nodes get overlapping routes in one table, nor one destination twice', () => {
    fc.assert(
      fc.property(clouds, (seen) => {
        const { changes } = decide(seen);
        const places = changes.map((change) => `${change.table} ${change.destination.text}`);
        expect(new Set(places).size).toBe(places.length);
        const made = changes.filter(({ action }) => action !== 'delete');
        for (const a of made) {
          const inner = made.filter((b) => b.table === a.table && containsCidr(a.destination, b.destination));
          expect(new Set(inner.map((b) => b.node)).size).toBe(1);
        }
      }),
      RUNS,
    );
  });

  it('R6: a live node with claims that was served is served afterwards', () => {
    fc.assert(
      fc.property(clouds, (seen) => {
        const after = applyAll(seen, decide(seen).changes);
        for (const [i, before] of seen.tables.entries()) {
          const was = served(before);
          const now = served(after.tables[i] ?? before);
          for (const one of seen.nodes) {
            // A range of the cluster is nobody's to keep.
            const hasRange = before.routes.some(
              ({ target, destination }) =>
                target.kind === 'node' && target.id === one.id && coversMost(seen, one, destination),
            );
            const wants =
              one.claims.length > 0 && sharesDomain(one, before) && !claimsMost(seen, one) && !hasRange;
            if (wants && one.state === 'running' && was.has(one.id)) expect(now).toContain(one.id);
          }
        }
      }),
      RUNS,
    );
  });

  it('R8: planning again after the changes finds nothing to do', () => {
    fc.assert(
      fc.property(clouds, (seen) => {
        const { guarded, changes } = decide(seen);
        // What by force makes room for others lets the next look see it.
        fc.pre(
          guarded.vetoed.length === 0 && guarded.decisions.flatMap(({ allowed }) => allowed).length === 0,
        );
        // So does what a node that does not run yields: its route stood against wider claims in this look.
        fc.pre(!changes.some((change) => change.action === 'replace' && isOfIdle(seen, change)));
        const again = planRoutes(applyAll(seen, changes), chosen).changes;
        // What a node holds is no change before a ledger says whose it was.
        expect(again.filter(({ evidence }) => evidence !== 'held').map(show)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('R10: no table holds more routes than it takes, but for what it held before', () => {
    fc.assert(
      fc.property(clouds, (seen) => {
        const after = applyAll(seen, decide(seen).changes);
        for (const [i, { routes: list, quotas }] of after.tables.entries()) {
          const limit = Math.max(quotas[0]?.limit ?? 0, seen.tables[i]?.routes.length ?? 0);
          expect(list.length).toBeLessThanOrEqual(limit);
        }
      }),
      RUNS,
    );
  });

  it('decides the same whatever the order of reading', () => {
    const shuffled = clouds.chain((seen) =>
      fc
        .record({
          nodes: fc.shuffledSubarray([...seen.nodes], { minLength: seen.nodes.length }),
          tables: fc
            .tuple(
              ...seen.tables.map(({ routes: list }) =>
                fc.shuffledSubarray([...list], { minLength: list.length }),
              ),
            )
            .map((lists) => seen.tables.map((one, i) => ({ ...one, routes: lists[i] ?? [] })).reverse()),
        })
        .map((more) => ({ seen, other: { ...seen, ...more } })),
    );
    const shown = (all: readonly Change[]): string[] => all.map((one) => `${one.table} ${show(one)}`).sort();
    fc.assert(
      fc.property(shuffled, ({ seen, other }) => {
        const [first, second] = [decide(seen), decide(other)];
        expect(shown(second.changes)).toEqual(shown(first.changes));
        const early = ({ steps }: GuardedPlan): Change[] => steps.flatMap(({ makeRoom }) => [...makeRoom]);
        expect(shown(early(second.guarded))).toEqual(shown(early(first.guarded)));
        expect(shown(second.guarded.vetoed.map(({ change }) => change))).toEqual(
          shown(first.guarded.vetoed.map(({ change }) => change)),
        );
      }),
      RUNS,
    );
  });
});
