import { compareCidrs } from '../cidr.ts';
import type { CloudFailure } from '../errors.ts';
import { tableFilling, tableFull } from '../findings.ts';
import type { Change, ChangeResult, Finding, RouteQuota, RouteTable } from '../model.ts';
import { findBereaving } from './dependents.ts';

const FILLING_PERCENT = 80;

const FULL: CloudFailure = {
  kind: 'full',
  code: 'route-table-full',
  message: 'The route table has no room left.',
};

/** What fits into one table, in the order in which it is to be done. */
export interface FittingChanges {
  /** Deletions that must go first, because the table has no room for the creations (R6). */
  readonly makeRoom: readonly Change[];
  readonly writes: readonly Change[];
  readonly deletes: readonly Change[];
  readonly vetoed: readonly ChangeResult[];
  readonly findings: readonly Finding[];
}

/**
 * R10: creations beyond the room left are not tried. A node that one of them is for keeps what it has (R6),
 * whose room is then not to be had either.
 */
export function guardCapacity(
  table: RouteTable,
  changes: readonly Change[],
  deletes: readonly Change[],
  names: ReadonlyMap<string, string>,
): FittingChanges {
  const replaces = changes.filter(({ action }) => action === 'replace');
  const fitInto = (freeing: readonly Change[], keptSoFar: ReadonlySet<Change>): Fit => {
    const fits = table.quotas.map((quota) => fitQuota(quota, changes, freeing));
    const tooMany = fits.flatMap((fit) => fit.tooMany);
    const kept = new Set([...keptSoFar, ...findBereaving(tooMany, [...replaces, ...deletes])]);
    const left = freeing.filter((change) => !kept.has(change));
    return left.length === freeing.length ? { fits, tooMany, kept } : fitInto(left, kept);
  };
  const { fits, tooMany, kept } = fitInto(deletes, new Set());
  const ordered = fits.map(orderDeletes);
  return {
    makeRoom: ordered.flatMap(({ makeRoom }) => makeRoom),
    writes: [...replaces.filter((change) => !kept.has(change)), ...fits.flatMap(({ creates }) => creates)],
    deletes: ordered.flatMap((order) => order.deletes),
    vetoed: [...tooMany, ...kept].map((change) => ({ change, outcome: 'skipped', failure: FULL })),
    findings: fits.flatMap((fit) => capacityFindings(table, fit, names)),
  };
}

/** What fits into a table, and what has to stay as it is for want of room. */
interface Fit {
  readonly fits: readonly QuotaFit[];
  readonly tooMany: readonly Change[];
  readonly kept: ReadonlySet<Change>;
}

/** What of a plan counts against one quota, and which creations fit. */
interface QuotaFit {
  readonly quota: RouteQuota;
  readonly creates: readonly Change[];
  readonly tooMany: readonly Change[];
  readonly freeing: readonly Change[];
}

function fitQuota(quota: RouteQuota, changes: readonly Change[], deletes: readonly Change[]): QuotaFit {
  const counts = ({ destination }: Change): boolean => quota.families.includes(destination.family);
  const creates = changes.filter((change) => change.action === 'create' && counts(change));
  const freeing = deletes.filter(counts);
  const leaving = new Set(freeing.map(({ node }) => node));
  // A node that gives up a route for another brings its own room, so it comes before newcomers.
  creates.sort((a, b) => Number(leaving.has(b.node)) - Number(leaving.has(a.node)));
  const room = Math.max(0, quota.limit - quota.used + freeing.length);
  return { quota, creates: creates.slice(0, room), tooMany: creates.slice(room), freeing };
}

/** R6: deletions wait for creations, but for as many as have to make room for them. */
function orderDeletes({ quota, creates, freeing }: QuotaFit): Pick<FittingChanges, 'makeRoom' | 'deletes'> {
  const early = creates.length === 0 ? 0 : Math.max(0, quota.used + creates.length - quota.limit);
  const moving = new Set(creates.map(({ node }) => node));
  const order = [...freeing].sort((a, b) => urgency(a, moving) - urgency(b, moving) || byDestination(a, b));
  return { makeRoom: order.slice(0, early), deletes: order.slice(early) };
}

/** What goes first must not depend on the order of reading. */
function byDestination(a: Change, b: Change): number {
  return compareCidrs(a.destination, b.destination);
}

/** Where a deletion must go before a creation: routes of gone nodes first, those of moving nodes last (R6). */
function urgency({ evidence, node }: Change, moving: ReadonlySet<string | null>): number {
  if (evidence === 'proven') return 0;
  return moving.has(node) ? 2 : 1;
}

function capacityFindings(
  table: RouteTable,
  { quota: { used, limit }, creates, tooMany, freeing }: QuotaFit,
  names: ReadonlyMap<string, string>,
): Finding[] {
  const label = ({ node }: Change): string => names.get(node ?? '') ?? node ?? '';
  if (tooMany.length > 0) return [tableFull(table, [...new Set(tooMany.map(label))])];
  const after = used + creates.length - freeing.length;
  return after * 100 < limit * FILLING_PERCENT ? [] : [tableFilling(table, after, limit)];
}
