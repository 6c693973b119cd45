import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { containsCidr } from '../../shared/core/cidr.ts';
import { isClaiming, sharesNetwork } from '../../shared/core/claims/judge.ts';
import { deletionBound, type GuardedPlan, guardPlan } from '../../shared/core/guard/guard.ts';
import type { Change, Node, Observation, Route, RouteTable } from '../../shared/core/model.ts';
import { planRoutes } from '../../shared/core/plan/plan.ts';
import { hopOf, node, observation, route, settings, show, table } from './builders.ts';

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
      return node(id, claims, { state, launchedAt, nextHops: { 4: hop, 6: hop }, defects, network });
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
          return table(list, { id, network, quotas: [{ families: [4, 6], used: list.length, limit }] });
        }),
      ),
    ),
);

const changesOf = ({ steps }: GuardedPlan): Change[] =>
  steps.flatMap(({ makeRoom, writes, deletes }) => [...makeRoom, ...writes, ...deletes]);

function decide(seen: Observation): { guarded: GuardedPlan; changes: Change[] } {
  const guarded = guardPlan(planRoutes(seen, chosen), seen, chosen);
  return { guarded, changes: changesOf(guarded) };
}

function routeOf(seen: Observation, change: Change): Route | undefined {
  const within = seen.tables.find(({ id }) => id === change.table);
  return within?.routes.find(({ destination }) => destination.text === change.destination.text);
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
          expect(['node', 'gone']).toContain(existing.target.kind);
        }
      }),
      RUNS,
    );
  });

  it('R2: nothing is deleted that a live node claims', () => {
    fc.assert(
      fc.property(clouds, (seen) => {
        const live = seen.nodes.filter((one) => isClaiming(one, chosen.stoppedNodes));
        const claimed = new Set(live.flatMap(({ claims }) => claims.map((one) => one.cidr.text)));
        for (const { action, destination } of decide(seen).changes) {
          expect(action === 'delete' && claimed.has(destination.text)).toBe(false);
        }
      }),
      RUNS,
    );
  });

  it('R3: nothing is deleted on a part of the picture', () => {
    const failure = { kind: 'transient', code: 'x', message: 'x' } as const;
    const gaps = fc.constantFrom<Partial<Observation>>(
      { scope: { kind: 'nodes', ids: IDS } },
      { failures: [{ what: 'nodes', id: null, failure }] },
      { failures: [{ what: 'claims', id: 'n0', failure }] },
      { failures: [{ what: 'table', id: null, failure }] },
    );
    fc.assert(
      fc.property(clouds, gaps, (seen, gap) => {
        expect(decide({ ...seen, ...gap }).changes.filter(({ action }) => action === 'delete')).toEqual([]);
      }),
      RUNS,
    );
  });

  it('R4: no table loses more routes without evidence than the bound', () => {
    const withdrawn = fc.integer({ min: 0, max: 60 }).map((count) => {
      const list = Array.from({ length: count }, (_, i) =>
        route(`10.200.${i}.0/24`, i % 2 === 0 ? 'n0' : 'n1'),
      );
      return observation([node('n0'), node('n1', ['10.200.1.0/24'])], [table(list)]);
    });
    fc.assert(
      fc.property(fc.oneof(clouds, withdrawn), (seen) => {
        const { changes } = decide(seen);
        for (const one of seen.tables) {
          const unproven = changes.filter(
            ({ table: id, action, evidence }) =>
              id === one.id && action === 'delete' && evidence !== 'positive',
          );
          expect(unproven.length).toBeLessThanOrEqual(deletionBound(one, chosen));
        }
      }),
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
            const wants = one.claims.length > 0 && sharesNetwork(one, before);
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
        fc.pre(guarded.vetoed.length === 0);
        expect(planRoutes(applyAll(seen, changes), chosen).changes.map(show)).toEqual([]);
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
