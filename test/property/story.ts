import fc from 'fast-check';
import { LEDGER_FAULTS } from './ledger.ts';

/** Blocks inside the cluster that can be read, some contested, some in the way of routes of others. */
const BLOCKS = [
  '10.200.0.0/24',
  '10.200.1.0/24',
  '10.200.2.0/24',
  '10.200.3.0/24',
  '10.200.4.0/24',
  '10.200.5.0/24',
  '10.200.6.0/24',
  '10.200.7.0/24',
  '10.200.0.0/23',
  '10.200.2.128/25',
  '10.200.250.0/24',
  '10.200.252.0/24',
];
/** Claims that nodes make besides: lists, in a foreign range, reserved, out of bounds, not readable. */
const OTHERS = [
  '10.200.1.0/24,10.200.5.0/24',
  '10.200.3.0/24,10.200.4.0/24',
  '10.200.249.0/24',
  '10.200.241.0/24',
  '10.200.0.0/16',
  '10.99.0.0/24',
  '10.0.3.0/24',
  '10.200.225.0/24',
  '10.200.7.9/24',
  'not-a-cidr',
];

const claim = fc.constantFrom(...BLOCKS, ...OTHERS);
/** Which machine or table is meant, of however many there are by then. */
export const pick = fc.nat({ max: 30 });
/** A claim inside the cluster that can be read. */
export const podCidr = fc.constantFrom(...BLOCKS);
/** Ranges of the cluster that lead to somebody else from the start. */
export const FOREIGN_CIDRS = ['10.200.248.0/23', '10.200.250.0/24'];

/** How nodes that are there from the start are numbered: a block of their own each. */
export function initialBlock(i: number): string {
  return `10.200.${100 + i}.0/24`;
}

/** Minutes between two runs of the schedule: a story of days is short where they are many. */
export const interval = fc.constantFrom(10, 120, 120, 360, 360);

/** What happens in every cloud: the life of machines, time, and what others do to routes of podroutes. */
export const COMMON_STEPS = {
  launch: fc.record({
    op: fc.constant('launch' as const),
    claim: fc.option(claim),
    via: fc.constantFrom('tag' as const, 'user-data' as const),
    isNode: fc.nat({ max: 9 }).map((die) => die > 0),
  }),
  power: fc.record({ op: fc.constantFrom('stop', 'start', 'terminate'), pick }),
  /** In two steps, the claim is removed, and written anew only after the next run. */
  retag: fc.record({ op: fc.constant('retag'), pick, claim: fc.option(claim), inTwo: fc.boolean() }),
  swap: fc.record({ op: fc.constant('swap'), pick, other: pick }),
  select: fc.record({ op: fc.constant('select'), pick, on: fc.boolean() }),
  ticks: fc.record({ op: fc.constant('ticks' as const), count: fc.integer({ min: 1, max: 4 }) }),
  meddle: fc.record({ op: fc.constantFrom('remove', 'misroute', 'intrude'), pick, claim: podCidr }),
  /** Tags removed one by one, or all at once. */
  untag: fc.record({ op: fc.constant('untag'), pick, count: fc.constantFrom(1, 2, 4, 40) }),
  /** The schedule runs so often; where it is paused, time passes without. */
  pass: fc.record({
    op: fc.constant('pass' as const),
    runs: fc.constantFrom(1, 2, 2, 3, 6),
    paused: fc.constantFrom(0, 0, 0, 25, 23 * 60),
    /** Which of the runs finds the ledger broken. */
    broken: fc.option(fc.record({ run: fc.nat({ max: 2 }), fault: fc.constantFrom(...LEDGER_FAULTS) })),
  }),
  force: fc.record({ op: fc.constant('force' as const), pick, isNamed: fc.boolean() }),
  ledger: fc.record({ op: fc.constant('ledger' as const), fault: fc.constantFrom(...LEDGER_FAULTS) }),
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
