import fc from 'fast-check';

/** Claims that nodes make: some valid, some contested, some out of bounds, some not readable. */
const CLAIMS = [
  '10.200.0.0/24',
  '10.200.1.0/24',
  '10.200.2.0/24',
  '10.200.3.0/24',
  '10.200.4.0/24',
  '10.200.5.0/24',
  '10.200.6.0/24',
  '10.200.0.0/23',
  '10.200.2.128/25',
  '10.200.250.0/24',
  '10.200.252.0/24',
  '10.200.0.0/16',
  '10.99.0.0/24',
  '10.0.3.0/24',
  '10.200.225.0/24',
  '10.200.7.9/24',
  'not-a-cidr',
];

const claim = fc.constantFrom(...CLAIMS);
/** Which machine or table is meant, of however many there are by then. */
export const pick = fc.nat({ max: 30 });
/** A claim inside the cluster that can be read. */
export const podCidr = fc.constantFrom(...CLAIMS.slice(0, 11));

/** What happens in every cloud: the life of machines, and what others do to routes of podroutes. */
export const COMMON_STEPS = {
  launch: fc.record({
    op: fc.constant('launch' as const),
    claim: fc.option(claim),
    via: fc.constantFrom('tag' as const, 'user-data' as const),
    isNode: fc.nat({ max: 9 }).map((die) => die > 0),
  }),
  power: fc.record({ op: fc.constantFrom('stop', 'start', 'terminate'), pick }),
  retag: fc.record({ op: fc.constant('retag'), pick, claim: fc.option(claim) }),
  select: fc.record({ op: fc.constant('select'), pick, on: fc.boolean() }),
  ticks: fc.record({ op: fc.constant('ticks' as const), count: fc.integer({ min: 1, max: 4 }) }),
  meddle: fc.record({ op: fc.constantFrom('remove', 'misroute', 'intrude'), pick, claim: podCidr }),
};

/** How waiting events are delivered: in which order, and which of them never. */
export const delivery = {
  order: fc.array(fc.nat(), { maxLength: 12 }),
  lost: fc.nat({ max: 9 }),
};

/** What waits without the one that is lost, in the order of delivery. */
export function shuffle<T>(
  waiting: readonly T[],
  { order, lost }: { readonly order: readonly number[]; readonly lost: number },
): T[] {
  return waiting
    .filter((_, i) => i !== lost)
    .map((item, i) => ({ item, rank: order[i] ?? i }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
