import fc from 'fast-check';
import type { Memory } from '../../shared/core/guard/guard.ts';
import type { Sighting, Spending, TableMemory } from '../../shared/core/ledger/table-memory.ts';
import type { Node, Observation, Route } from '../../shared/core/model.ts';
import { hopOf, node, observation, route, table, tableOf } from './builders.ts';
import { DAY, HOUR, NOW } from './unproven-rules.ts';

export const IDS = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5'];

const BLOCKS = Array.from({ length: 8 }, (_, i) => `10.200.${i}.0/24`);

const INSIDE = [
  ...BLOCKS,
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

export const clouds: fc.Arbitrary<Observation> = nodes().chain((all) =>
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

/** Nodes with one route each, whatever they claim, in a table with little room. */
export const crowded: fc.Arbitrary<Observation> = fc
  .record({
    claims: fc.array(fc.uniqueArray(fc.constantFrom(...INSIDE), { maxLength: 2 }), {
      minLength: 2,
      maxLength: IDS.length,
    }),
    places: fc.shuffledSubarray(BLOCKS, { minLength: BLOCKS.length }),
    room: fc.integer({ min: 0, max: 2 }),
    died: fc.nat({ max: 1 }),
  })
  .map(({ claims, places, room, died }) => {
    const all = claims.map((each, i) => node(IDS[i] ?? '', each));
    const routes = places
      .slice(0, all.length + died)
      .map((place, i) => route(place, all[i]?.id ?? 'dead', all[i] ? {} : { target: { kind: 'gone' } }));
    return observation(all, [tableOf(routes.length + room, routes)]);
  });

/** What full runs have left in the ledger: right or wrong, fresh or old. */
export const memories: fc.Arbitrary<Memory> = fc
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
    return { kind: 'read', tables, unreadable: new Map(), now: NOW, isGone: ({ node: id }) => id === 'lost' };
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

/** So many nodes with a route, of which some claim nothing any more, which a run has seen long enough. */
export function withdrawn(count: number, left: number): { seen: Observation; memory: Memory } {
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
    memory: { kind: 'read', tables, unreadable: new Map(), now: NOW, isGone: () => false },
  };
}
