import fc from 'fast-check';
import { COMMON_STEPS, delivery, interval, pick, podCidr } from './story.ts';

export const PUT_TABLE = 'RouteTables_CreateOrUpdate';
export const WRITES = [PUT_TABLE, 'NetworkInterfaces_CreateOrUpdate'];
/** Without these nobody can say what is claimed, or who is behind an address. */
const LISTS = ['VirtualMachines_List', 'NetworkInterfaces_List', 'VirtualMachineScaleSets_List'];
const READS = [
  ...LISTS,
  'VirtualMachines_ListAll',
  'VirtualMachines_Get',
  'NetworkInterfaces_Get',
  'RouteTables_List',
  'VirtualNetworks_Get',
];
const CODES = [
  'AuthorizationFailed',
  'ServiceUnavailable',
  'SubscriptionRequestsThrottled',
  'RetryableErrorDueToAnotherOperation',
  'PreconditionFailedEtagMismatch',
];

/** What somebody else does to a route of their own while podroutes is at work, after so many turns of the loop. */
const foreignWrite = fc.record({
  pick,
  route: fc.nat({ max: 2 }),
  prefix: fc.oneof(fc.constantFrom('172.16.0.0/24', '172.16.1.0/24'), podCidr),
  action: fc.constantFrom('put' as const, 'put' as const, 'delete' as const),
  /** The machine that the route leads to: the stranger, nobody at all, or one that was launched. */
  hop: fc.constantFrom('stranger' as const, 'nobody' as const, 'machine' as const),
  after: fc.nat({ max: 40 }),
});
export type ForeignWrite = typeof foreignWrite extends fc.Arbitrary<infer T> ? T : never;

const others = fc.array(foreignWrite, { maxLength: 4 });
const fault = {
  code: fc.constantFrom(...CODES),
  when: fc.constantFrom('before' as const, 'after' as const),
  times: fc.integer({ min: 1, max: 5 }),
};
const instances = fc.integer({ min: 1, max: 3 });

const step = fc.oneof(
  { weight: 6, arbitrary: COMMON_STEPS.launch },
  { weight: 5, arbitrary: COMMON_STEPS.power },
  { weight: 3, arbitrary: COMMON_STEPS.retag },
  { weight: 1, arbitrary: COMMON_STEPS.swap },
  { weight: 2, arbitrary: COMMON_STEPS.untag },
  { weight: 4, arbitrary: COMMON_STEPS.pass },
  { weight: 1, arbitrary: COMMON_STEPS.force },
  { weight: 1, arbitrary: COMMON_STEPS.ledger },
  { weight: 1, arbitrary: COMMON_STEPS.select },
  { weight: 1, arbitrary: COMMON_STEPS.meddle },
  { weight: 8, arbitrary: fc.record({ op: fc.constant('deliver'), ...delivery, instances, others }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('reconcile'), instances, others }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('fault'),
      operation: fc.constantFrom(...WRITES, ...READS),
      answer: fc.constantFrom('error' as const, 'error' as const, 'reset' as const),
      ...fault,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('late-fault'), operation: fc.constantFrom(...WRITES), ...fault }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('crash'), after: fc.nat({ max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('blind'), list: fc.constantFrom(...LISTS) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('split'), pick }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('exodus'), how: fc.constantFrom('untag', 'delete') }) },
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** How Azure behaves, how many nodes have a route from the start, and what happens one after another. */
export const story = fc.record({
  initialNodes: fc.constantFrom(0, 2, 3, 5, 12),
  interval,
  /** How many routes fit into a table beside those of others. */
  room: fc.constantFrom(400, 400, 3, 6),
  options: fc.record({
    operationMs: fc.constantFrom(0, 0, 2),
    pollFinished: fc.boolean(),
    lockAnswer: fc.constantFrom('retryable-error' as const, 'another-operation-in-progress' as const),
    eventSchema: fc.constantFrom('EventGridSchema' as const, 'CloudEventSchemaV1_0' as const),
    upperCaseGroups: fc.boolean(),
  }),
  steps: fc.array(step, { minLength: 5, maxLength: 25, size: 'large' }),
});
