import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { containsCidr, overlaps } from '../../shared/core/cidr.ts';
import { isClaiming, sharesDomain } from '../../shared/core/claims/bounds.ts';
import { type GuardedPlan, guardPlan, type Memory } from '../../shared/core/guard/guard.ts';
import type { Change, Node, Observation, Route, RouteTable } from '../../shared/core/model.ts';
import { planRoutes } from '../../shared/core/plan/plan.ts';
import { hopOf, route, settings, show } from './builders.ts';
import { clouds, crowded, IDS, memories, withdrawn } from './random-clouds.ts';
import { checkUnproven, coversMost } from './unproven-rules.ts';

const chosen = settings();

const RUNS = { numRuns: 1000 };

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

/** Whether a node's route holds its place: a range of most others holds nothing. */
function isLeftTo(seen: Observation, one: Node, { target, state, ourKind, destination }: Route): boolean {
  return (
    ourKind &&
    state === 'active' &&
    target.kind === 'node' &&
    target.id === one.id &&
    chosen.clusterCidrs.some((range) => containsCidr(range, destination)) &&
    !coversMost(seen, one, destination)
  );
}

/** Whether the plan would be another one if tables took whatever is claimed. */
function isShortOfRoom(seen: Observation): boolean {
  const tables = seen.tables.map((each) => ({ ...each, quotas: [] }));
  const shown = (given: Observation): string[] =>
    planRoutes(given, chosen).changes.map((change) => `${change.evidence} ${show(change)}`);
  return !isDeepStrictEqual(shown(seen), shown({ ...seen, tables }));
}

/** Whether a claim of the node in that family has its route. */
function hasAnother(one: Node, routes: readonly Route[], { destination: { family } }: Route): boolean {
  const claimed = new Set(one.claims.map(({ cidr }) => cidr.text));
  return routes.some(
    ({ target, destination }) =>
      destination.family === family &&
      claimed.has(destination.text) &&
      target.kind === 'node' &&
      target.id === one.id,
  );
}

describe('whatever the cloud looks like', () => {
  it('R2: nothing changes outside the cluster CIDRs, nor what is not ours', () => {
    fc.assert(
      fc.property(clouds, (seen) => {
        const wrong = decide(seen).changes.filter((change) => {
          const isInside = chosen.clusterCidrs.some((range) => containsCidr(range, change.destination));
          const existing = routeOf(seen, change);
          if (!isInside || (existing === undefined) !== (change.action === 'create')) return true;
          const isOurs = existing?.ourKind && ['node', 'gone', 'vacant'].includes(existing.target.kind);
          return existing !== undefined && !isOurs;
        });
        expect(wrong).toEqual([]);
      }),
      RUNS,
    );
  });

  it('R2: nothing is deleted that a live node of the domain claims, but a range of most others', () => {
    fc.assert(
      fc.property(clouds, fc.option(memories, { nil: FORCED }), (seen, memory) => {
        const live = seen.nodes.filter((one) => isClaiming(one, chosen.stoppedNodes));
        const deleted = decide(seen, memory).changes.filter(({ action }) => action === 'delete');
        const claimants = deleted.flatMap((change) => {
          const within = seen.tables.find(({ id }) => id === change.table);
          return live.filter(
            (one) =>
              within !== undefined &&
              sharesDomain(one, within) &&
              one.claims.some((each) => each.cidr.text === change.destination.text) &&
              !coversMost(seen, one, change.destination),
          );
        });
        expect(claimants).toEqual([]);
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
        const unproven = taken.filter((change) => {
          const { target } = routeOf(seen, change) ?? { target: { kind: 'unread' } };
          const owner =
            target.kind === 'node' ? seen.nodes.find(({ id }) => id === target.id)?.state : target.kind;
          return owner !== 'gone';
        });
        expect(unproven).toEqual([]);
      }),
      RUNS,
    );
  });

  it('R4: without a ledger nothing goes that is not proven', () => {
    fc.assert(
      fc.property(clouds, (seen) => {
        const none: Memory = { kind: 'none', reason: 'no-ledger' };
        const { changes } = decide(seen, none);
        expect(changes.filter(({ evidence }) => evidence !== null && evidence !== 'proven')).toEqual([]);
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
        const crowded = made.filter((a) => {
          const inner = made.filter((b) => b.table === a.table && containsCidr(a.destination, b.destination));
          return new Set(inner.map((b) => b.node)).size !== 1;
        });
        expect(crowded).toEqual([]);
      }),
      RUNS,
    );
  });

  it('R5: a claim that has no room in the table is not in force, so its node keeps what it had', () => {
    fc.assert(
      fc.property(crowded, (seen) => {
        const { guarded, changes } = decide(seen);
        const after = applyAll(seen, changes);
        for (const { change: refused } of guarded.vetoed.filter(({ change }) => change.action === 'create')) {
          const one = seen.nodes.find(({ id }) => id === refused.node);
          const had = seen.tables.find(({ id }) => id === refused.table)?.routes ?? [];
          const has = after.tables.find(({ id }) => id === refused.table)?.routes ?? [];
          if (one === undefined) continue;
          const left = had.filter((each) => isLeftTo(seen, one, each) && !hasAnother(one, has, each));
          expect(has).toEqual(expect.arrayContaining(left));
          const taken = changes.filter(
            ({ table: id, node: taker, action, destination }) =>
              id === refused.table &&
              action !== 'delete' &&
              taker !== one.id &&
              left.some((each) => overlaps(each.destination, destination)),
          );
          expect(taken.map(show)).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('R6: a live node with claims that was served is served afterwards', () => {
    fc.assert(
      fc.property(clouds, (seen) => {
        const after = applyAll(seen, decide(seen).changes);
        const lost = seen.tables.flatMap((before, i) => {
          const was = served(before);
          const now = served(after.tables[i] ?? before);
          return seen.nodes.filter((one) => {
            // A range of the cluster is nobody's to keep.
            const hasRange = before.routes.some(
              ({ target, destination }) =>
                target.kind === 'node' && target.id === one.id && coversMost(seen, one, destination),
            );
            const wants =
              one.claims.length > 0 && sharesDomain(one, before) && !claimsMost(seen, one) && !hasRange;
            return wants && one.state === 'running' && was.has(one.id) && !now.has(one.id);
          });
        });
        expect(lost).toEqual([]);
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
        // So does the room that is left by what is dropped.
        fc.pre(!isShortOfRoom(seen));
        const again = planRoutes(applyAll(seen, changes), chosen).changes;
        // What a node holds is no change before a ledger says whose it was.
        expect(again.filter(({ evidence }) => evidence !== 'kept').map(show)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('R10: no table holds more routes than it takes, but for what it held before', () => {
    fc.assert(
      fc.property(clouds, (seen) => {
        const after = applyAll(seen, decide(seen).changes);
        const overfull = after.tables.filter(({ routes: list, quotas }, i) => {
          const limit = Math.max(quotas[0]?.limit ?? 0, seen.tables[i]?.routes.length ?? 0);
          return list.length > limit;
        });
        expect(overfull).toEqual([]);
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
