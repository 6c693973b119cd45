import fc from 'fast-check';
import { COMMON_STEPS, delivery, interval } from './story.ts';

export const WRITES = ['CreateRoute', 'ReplaceRoute', 'DeleteRoute', 'ModifyNetworkInterfaceAttribute'];
const READS = [
  'DescribeInstances',
  'DescribeRouteTables',
  'DescribeInstanceAttribute',
  'DescribeNetworkInterfaces',
];
const step = fc.oneof(
  { weight: 6, arbitrary: COMMON_STEPS.launch },
  { weight: 5, arbitrary: COMMON_STEPS.power },
  { weight: 3, arbitrary: COMMON_STEPS.retag },
  { weight: 1, arbitrary: COMMON_STEPS.swap },
  { weight: 2, arbitrary: COMMON_STEPS.untag },
  { weight: 1, arbitrary: COMMON_STEPS.select },
  { weight: 1, arbitrary: COMMON_STEPS.meddle },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('complete') }) },
  { weight: 8, arbitrary: fc.record({ op: fc.constant('deliver'), ...delivery }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('reconcile') }) },
  { weight: 4, arbitrary: COMMON_STEPS.pass },
  { weight: 1, arbitrary: COMMON_STEPS.force },
  { weight: 1, arbitrary: COMMON_STEPS.ledger },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('fault'),
      action: fc.constantFrom(...WRITES, ...READS),
      code: fc.constantFrom('RequestLimitExceeded', 'InternalError', 'UnauthorizedOperation'),
      when: fc.constantFrom('before' as const, 'after' as const),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('crash'), after: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('stale'), writes: fc.integer({ min: 1, max: 4 }) }) },
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** How EC2 behaves, how many nodes have a route from the start, and what happens one after another. */
export const story = fc.record({
  blackholeShows: fc.constantFrom('instance' as const, 'interface' as const, 'nothing' as const),
  /** The first is what a table has from the start. */
  room: fc.constantFrom(500, 500, 3, 6),
  terminatedVisibleMs: fc.constantFrom(3_600_000, 0),
  interval,
  initialNodes: fc.constantFrom(0, 2, 3, 5, 11),
  steps: fc.array(step, { minLength: 5, maxLength: 30, size: 'large' }),
});
