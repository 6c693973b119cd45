import { compareCidrs } from '../cidr.ts';
import type { CloudFailure } from '../errors.ts';
import { tableFilling, tableFull } from '../findings/tables.ts';
import type { Change, ChangeResult, Evidence, Finding, RouteTable } from '../model.ts';
import { findDependents } from '../plan/dependents.ts';
import { fitQuota, type QuotaFit } from '../plan/room.ts';

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

/** R6: only routes of others that are gone make room; a living node's own route never does. */
const MAKES_ROOM: Readonly<Record<Evidence, boolean>> = {
  proven: true,
  vacant: true,
  disputed: true,
  moved: false,
  withdrawn: false,
  kept: false,
};

/** R10: creations beyond the room left are not tried. A node that one of them is for keeps what it has (R6). */
export function guardCapacity(
  table: RouteTable,
  changes: readonly Change[],
  names: ReadonlyMap<string, string>,
): FittingChanges {
  const replaces = changes.filter(({ action }) => action === 'replace');
  const deletes = changes.filter(({ action }) => action === 'delete');
  const making = deletes.filter(({ evidence }) => evidence !== null && MAKES_ROOM[evidence]);
  const fits = table.quotas.map((quota) => fitQuota(quota, changes, making));
  const tooMany = fits.flatMap((fit) => fit.tooMany);
  const kept = findDependents(tooMany, [...replaces, ...deletes]);
  // What makes room is no living node's, so none of it is kept.
  const makeRoom = fits.flatMap(chooseRoom);
  const first = new Set(makeRoom);
  return {
    makeRoom,
    writes: [...replaces.filter((change) => !kept.has(change)), ...fits.flatMap(({ creates }) => creates)],
    deletes: deletes.filter((change) => !first.has(change) && !kept.has(change)).sort(byDestination),
    vetoed: [...tooMany, ...kept].map((change) => ({ change, outcome: 'skipped', failure: FULL })),
    findings: fits.flatMap((fit) => capacityFindings(table, fit, deletes, names)),
  };
}

/** R6: deletions wait for creations, but for as many as have to make room for them, the proven ones first. */
function chooseRoom({ quota, creates, freeing }: QuotaFit<Change>): Change[] {
  const early = creates.length === 0 ? 0 : Math.max(0, quota.used + creates.length - quota.limit);
  const proven = ({ evidence }: Change): number => (evidence === 'proven' ? 0 : 1);
  return [...freeing].sort((a, b) => proven(a) - proven(b) || byDestination(a, b)).slice(0, early);
}

/** What goes first must not depend on the order of reading. */
function byDestination(a: Change, b: Change): number {
  return compareCidrs(a.destination, b.destination);
}

function capacityFindings(
  table: RouteTable,
  { quota: { families, used, limit }, creates, tooMany }: QuotaFit<Change>,
  deletes: readonly Change[],
  names: ReadonlyMap<string, string>,
): Finding[] {
  const label = ({ node }: Change): string => names.get(node ?? '') ?? '';
  if (tooMany.length > 0) return [tableFull(table, [...new Set(tooMany.map(label))])];
  const going = deletes.filter(({ destination }) => families.includes(destination.family));
  const after = used + creates.length - going.length;
  return after * 100 < limit * FILLING_PERCENT ? [] : [tableFilling(table, after, limit)];
}
