import type { Cidr } from '../cidr.ts';
import type { Change, RouteQuota } from '../model.ts';

interface Placed {
  readonly destination: Cidr;
}

/** What of a plan counts against one quota, and which creations fit. */
export interface QuotaFit<Freeing extends Placed> {
  readonly quota: RouteQuota;
  readonly creates: readonly Change[];
  readonly tooMany: readonly Change[];
  /** What goes before the creations where it has to. */
  readonly freeing: readonly Freeing[];
}

/** R10: creations have the room that is left, in their order; replacements need none. */
export function fitQuota<Freeing extends Placed>(
  quota: RouteQuota,
  changes: readonly Change[],
  makingRoom: readonly Freeing[],
): QuotaFit<Freeing> {
  const counts = ({ destination }: Placed): boolean => quota.families.includes(destination.family);
  const creates = changes.filter((change) => change.action === 'create' && counts(change));
  const freeing = makingRoom.filter(counts);
  const room = Math.max(0, quota.limit - quota.used + freeing.length);
  return { quota, creates: creates.slice(0, room), tooMany: creates.slice(room), freeing };
}
