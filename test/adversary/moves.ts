import fc from 'fast-check';

/** The blocks that the cluster gives to its nodes, one for each, and the least one free first. */
export const BLOCKS = Array.from({ length: 10 }, (_, i) => ({
  4: `10.200.${i}.0/24`,
  6: `fd00:200:0:${i + 1}::/64`,
}));
export const CLUSTER_CIDRS = ['10.200.0.0/20', 'fd00:200::/48'];
export const RESERVED = '10.200.15.0/24';
export const MAX_CLAIMS = 3;

const block = fc.nat({ max: BLOCKS.length - 1 });
/** Which machine is meant, of however many there are by then. */
const pick = fc.nat({ max: 20 });

/** What the hostile node may write about itself; `block` is one of the cluster's. */
const hostileClaims = block.chain((i) =>
  fc.constantFrom<readonly string[]>(
    [],
    [`10.200.${i}.0/24`],
    [`10.200.${i}.0/25`, `10.200.${i}.128/25`],
    [`10.200.${i}.64/26`],
    [`fd00:200:0:${i + 1}::/64`, `10.200.${i}.0/24`],
    [`fd00:200:0:${i + 1}::/65`],
    ['10.200.0.0/20'],
    ['10.200.0.0/21', '10.200.8.0/21'],
    ['10.200.0.0/22'],
    ['fd00:200::/48'],
    ['fd00:200::/60'],
    [RESERVED, '10.200.14.0/23'],
    ['10.201.0.0/24'],
    ['10.200.14.0/24'],
    Array.from({ length: 6 }, (_, n) => `10.200.${(i + n) % 16}.0/24`),
    Array.from({ length: 9 }, (_, n) => `10.200.14.${n * 16}/28`),
  ),
);

/** What the operator may put in the place of a node's claim; null for nothing. */
const clumsyClaim = fc.oneof(
  fc.constant(null),
  fc.constant('10.200.12.0/24'),
  fc.constant('10.200.0.0/21'),
  fc.constant('malformed' as const),
  block.map((i) => `10.200.${i}.0/24`),
);

const move = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('launch' as const), vpc: fc.nat({ max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constantFrom('kill' as const, 'stop' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('start' as const), pick }) },
  { weight: 6, arbitrary: fc.record({ op: fc.constant('claim' as const), claims: hostileClaims }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('power' as const) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('retag' as const), pick, claim: clumsyClaim }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('detag-all' as const) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('misspell' as const) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('mend' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('settings' as const),
      maxDeletes: fc.constantFrom({ percent: 0 }, { percent: 30 }, { percent: 100 }, { count: 2 }),
      stoppedNodes: fc.constantFrom('keep' as const, 'keep' as const, 'remove' as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ op: fc.constant('event' as const), pick, invented: fc.nat({ max: 2 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ op: fc.constant('ticks' as const), count: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('pause' as const), ticks: fc.integer({ min: 2, max: 12 }) }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('lag' as const) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('fail' as const), vpc: fc.nat({ max: 3 }), block }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('ledger' as const),
      how: fc.constantFrom('lost' as const, 'old' as const, 'unreadable' as const, 'unwritable' as const),
    }),
  },
);
export type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

/** How the cloud is, how many honest nodes there are from the start, and what is done one after another. */
export const game = fc.record({
  hops: fc.constantFrom('ids' as const, 'addresses' as const),
  limit: fc.constantFrom(7, 9, 500, 500),
  isDual: fc.boolean(),
  initialNodes: fc.integer({ min: 2, max: 7 }),
  moves: fc.array(move, { minLength: 10, maxLength: 40 }),
});
export type Game = typeof game extends fc.Arbitrary<infer T> ? T : never;
