// @ts-nocheck
import { ArmError } from './errors.ts';

/** A token bucket: at most `capacity` tokens, `refill` more every second. */
interface Bucket {
  readonly capacity: number;
  readonly refill: number;
}

export type RequestKind = 'reads' | 'writes' | 'deletes';

/** The buckets that all requests of a subscription share; a kind that is left out is not limited. */
export type BucketTable = Readonly<Partial<Record<RequestKind, Bucket>>>;

/**
 * What a subscription has for each region and principal.
 *
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 */
export const ARM_BUCKETS: BucketTable = {
  reads: { capacity: 250, refill: 25 },
  writes: { capacity: 200, refill: 10 },
  deletes: { capacity: 200, refill: 10 },
};

/** Takes the token of one request and gives what is left, or null where nothing limits it; else throws 429. */
export type Throttle = (kind: RequestKind) => number | null;

/** Creates the buckets of one subscription, full. */
export function createThrottle(table: BucketTable, subscription: string, now: () => number): Throttle {
  const levels = new Map<RequestKind, { readonly tokens: number; readonly at: number }>();
  return (kind) => {
    const bucket = table[kind];
    if (bucket === undefined) return null;
    const level = levels.get(kind) ?? { tokens: bucket.capacity, at: now() };
    const tokens = Math.min(bucket.capacity, level.tokens + ((now() - level.at) / 1000) * bucket.refill);
    if (tokens < 1) throw throttled(kind, subscription, Math.ceil((1 - tokens) / bucket.refill));
    levels.set(kind, { tokens: tokens - 1, at: now() });
    return Math.floor(tokens - 1);
  };
}

/** The refusal of a request for which no token is left. */
export function throttled(kind: RequestKind, subscription: string, retryAfterSeconds: number): ArmError {
  const noun = kind.slice(0, -1);
  const message = `Number of '${noun}' requests for subscription '${subscription}' exceeded. Please try again after '${retryAfterSeconds}' seconds.`;
  return new ArmError(429, 'SubscriptionRequestsThrottled', message, { retryAfterSeconds });
}

const KINDS: Readonly<Record<string, RequestKind>> = { GET: 'reads', DELETE: 'deletes' };

/** What a request counts as, by its method. */
export function requestKind(method: string): RequestKind {
  return KINDS[method] ?? 'writes';
}
