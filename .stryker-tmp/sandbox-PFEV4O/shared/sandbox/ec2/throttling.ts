// @ts-nocheck
import { ApiError, type Params, readList, readValues } from '../query.ts';

/** A token bucket: at most `capacity` tokens, `refill` more every second. */
interface Bucket {
  readonly capacity: number;
  readonly refill: number;
}

/**
 * Buckets by what they limit: an action's name; `action:unfiltered` for a describe call with neither filter
 * nor paging; `action:resources` for a token per instance; `Describe*` and `*` for the rest. Each action has
 * a bucket of its own, whichever entry gives its size.
 */
export type BucketTable = Readonly<Record<string, Bucket>>;

/**
 * What a new account and region have.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export const EC2_BUCKETS: BucketTable = {
  'Describe*': { capacity: 100, refill: 20 },
  'DescribeInstances:unfiltered': { capacity: 50, refill: 10 },
  'DescribeNetworkInterfaces:unfiltered': { capacity: 50, refill: 10 },
  '*': { capacity: 50, refill: 5 },
  ModifyNetworkInterfaceAttribute: { capacity: 100, refill: 5 },
  CreateTags: { capacity: 100, refill: 10 },
  DeleteTags: { capacity: 100, refill: 10 },
  RunInstances: { capacity: 5, refill: 2 },
  'RunInstances:resources': { capacity: 1000, refill: 2 },
  StartInstances: { capacity: 5, refill: 2 },
  'StartInstances:resources': { capacity: 1000, refill: 2 },
  StopInstances: { capacity: 5, refill: 0.5 },
  TerminateInstances: { capacity: 100, refill: 5 },
  'TerminateInstances:resources': { capacity: 1000, refill: 20 },
};

/** The same buckets for a clock that runs `factor` times as fast, so that a bench need not wait. */
export function scaleBuckets(table: BucketTable, factor: number): BucketTable {
  const scaled = Object.entries(table).map(([name, { capacity, refill }]) => [
    name,
    { capacity, refill: refill * factor },
  ]);
  return Object.fromEntries(scaled);
}

/** Takes the tokens of one call, or throws RequestLimitExceeded and takes none. */
export type Throttle = (action: string, params: Params) => void;

/** Creates the buckets of one account and region, full. */
export function createThrottle(table: BucketTable, now: () => number): Throttle {
  const levels = new Map<string, { tokens: number; at: number }>();
  return (action, params) => {
    const charges = chargesOf(table, action, params).map(({ name, bucket, cost }) => {
      const level = levels.get(name) ?? { tokens: bucket.capacity, at: now() };
      const refilled = level.tokens + ((now() - level.at) / 1000) * bucket.refill;
      return { name, tokens: Math.min(bucket.capacity, refilled) - cost };
    });
    if (charges.some(({ tokens }) => tokens < 0)) {
      throw new ApiError('RequestLimitExceeded', 'Request limit exceeded.');
    }
    for (const { name, tokens } of charges) levels.set(name, { tokens, at: now() });
  };
}

interface Charge {
  readonly name: string;
  readonly bucket: Bucket;
  readonly cost: number;
}

function chargesOf(table: BucketTable, action: string, params: Params): readonly Charge[] {
  const charge = (name: string, bucket: Bucket | undefined, cost: number) =>
    bucket === undefined ? [] : [{ name, bucket, cost }];
  const unfiltered = `${action}:unfiltered`;
  if (table[unfiltered] !== undefined && !isNarrowed(params)) return charge(unfiltered, table[unfiltered], 1);
  const general = action.startsWith('Describe') ? table['Describe*'] : table['*'];
  const resources = `${action}:resources`;
  return [
    ...charge(action, table[action] ?? general, 1),
    ...charge(resources, table[resources], countResources(params)),
  ];
}

function isNarrowed(params: Params): boolean {
  return params.has('MaxResults') || readList(params, 'Filter').length > 0;
}

function countResources(params: Params): number {
  const listed = readValues(params, 'InstanceId').length;
  return listed > 0 ? listed : Number(params.get('MaxCount') ?? 1);
}
