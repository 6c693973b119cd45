import { type Cidr, containsCidr, type Family } from '../../shared/core/cidr.ts';
import type { Memory } from '../../shared/core/guard/guard.ts';
import type { TableMemory } from '../../shared/core/ledger/table-memory.ts';
import type { Change, Node, Observation, Route, RouteTable } from '../../shared/core/model.ts';
import { settings } from './builders.ts';

export const HOUR = 60 * 60_000;
export const DAY = 24 * HOUR;
export const NOW = Date.UTC(2026, 10, 21);

type Settings = ReturnType<typeof settings>;
type Past = Extract<Memory, { kind: 'read' }>;

/**
 * R4, told anew: each change that takes a living node's route, or one that is not proven to be dead, has waited, and
 * together they leave no more nodes without a route than the budget allows. Throws what breaks it.
 */
export function checkUnproven(
  seen: Observation,
  changes: readonly Change[],
  memory: Memory,
  settings: Settings,
): void {
  if (memory.kind !== 'read') throw new Error('There is nothing to hold the changes against.');
  for (const table of seen.tables) {
    const own = changes.filter((change) => change.table === table.id);
    const taken = own.filter((change) => isUnproven(seen, table, change));
    const context = { seen, table, memory, settings, changes: own };
    const withdrawn = taken.filter((change) => needsBudget(change, context));
    for (const family of [4, 6] as const) checkBudget(withdrawn, family, context);
  }
}

interface Context {
  readonly seen: Observation;
  readonly table: RouteTable;
  readonly memory: Past;
  readonly settings: Settings;
  readonly changes: readonly Change[];
}

function routeAt({ routes }: RouteTable, { destination }: Change): Route | undefined {
  return routes.find((route) => route.destination.text === destination.text);
}

function ownerOf({ nodes }: Observation, route: Route | undefined): Node | undefined {
  const target = route?.target;
  return target?.kind === 'node' ? nodes.find(({ id }) => id === target.id) : undefined;
}

/** Whether the route that goes was not read as that of something that has ended. */
function isUnproven(seen: Observation, table: RouteTable, change: Change): boolean {
  const route = routeAt(table, change);
  const owner = ownerOf(seen, route);
  if (change.action !== 'delete' || route?.target.kind === 'gone') return false;
  return owner === undefined || owner.state !== 'gone';
}

/** Holds the waiting of one change; says whether it needs budget. */
function needsBudget(change: Change, context: Context): boolean {
  const { seen, table, memory, settings, changes } = context;
  const route = routeAt(table, change);
  const owner = ownerOf(seen, route);
  const past = memory.tables.get(table.id);
  const claimant = past?.claimants.get(change.destination.text);
  const isOrphan = claimant !== undefined && memory.isGone(claimant);
  if (owner === undefined || isOrphan) {
    if (route?.target.kind === 'vacant' && !route.target.agreed && !isOrphan)
      throw new Error(`${change.destination.text} went though the reads disagree.`);
    const lives = seen.nodes.some(({ state, domain }) => state !== 'gone' && domain === table.domain);
    checkWait(change, past, 'vacant', lives ? settings.grace : DAY, settings);
    return false;
  }
  const hasOther =
    changes.some(
      (other) => other.action !== 'delete' && other.node === owner.id && isSameFamily(other, change),
    ) || table.routes.some((other) => other !== route && leadsAsClaimed(owner, other, change));
  if (hasOther && change.evidence === 'moved') {
    checkWait(change, past, 'withdrawn', DAY, settings);
    return false;
  }
  if (claimant === undefined)
    throw new Error(`${change.destination.text} went though nobody was ever recorded.`);
  checkWait(change, past, 'withdrawn', settings.grace, settings);
  return true;
}

function isSameFamily(a: { destination: Cidr }, b: { destination: Cidr }): boolean {
  return a.destination.family === b.destination.family;
}

function leadsAsClaimed(owner: Node, route: Route, change: Change): boolean {
  return (
    isSameFamily(route, change) &&
    route.target.kind === 'node' &&
    route.target.id === owner.id &&
    owner.claims.some(({ cidr }) => cidr.text === route.destination.text)
  );
}

function checkWait(
  change: Change,
  past: TableMemory | undefined,
  grounds: 'vacant' | 'withdrawn',
  wait: number,
  { scheduleInterval }: Settings,
): void {
  const sighting = past?.sightings.get(change.destination.text);
  const isLong =
    sighting !== undefined &&
    sighting.grounds === grounds &&
    sighting.nextHop === (change.previousNextHop?.id ?? null) &&
    sighting.seen <= NOW &&
    NOW - sighting.seen <= 1.5 * scheduleInterval &&
    NOW - sighting.since >= wait;
  if (!isLong)
    throw new Error(`${change.destination.text} went without a second look: ${JSON.stringify(sighting)}`);
}

function checkBudget(
  withdrawn: readonly Change[],
  family: Family,
  { seen, table, memory, settings }: Context,
): void {
  const losers = new Set(
    withdrawn
      .filter(({ destination }) => destination.family === family)
      .map((change) => ownerOf(seen, routeAt(table, change))?.id ?? ''),
  );
  const living = new Set(seen.nodes.filter(({ state }) => state !== 'gone').map(({ id }) => id));
  const paid = (memory.tables.get(table.id)?.spending ?? []).filter(
    (each) => each.family === family && living.has(each.node) && NOW - Math.min(each.at, NOW) < DAY,
  );
  const payers = new Set(paid.map((each) => each.node));
  if ([...losers].every((id) => payers.has(id))) return;
  const served = table.routes.filter(
    ({ destination, state, ourKind }) => destination.family === family && state === 'active' && ourKind,
  );
  const base = new Set([...payers, ...served.flatMap((route) => ownerOf(seen, route)?.id ?? [])]);
  const spent = new Set([...payers, ...losers]);
  const { maxDeletes } = settings;
  const most = 'count' in maxDeletes ? maxDeletes.count : Math.max(1, (base.size * maxDeletes.percent) / 100);
  if (spent.size > Math.min(most, base.size - 1))
    throw new Error(`${spent.size} of ${base.size} nodes lose their IPv${family} route.`);
}

/**
 * R5, R7: whether the range is the cluster's own where it has several nodes, or covers what other nodes of the domain
 * claim, of which two claim parts of it.
 */
export function coversMost({ nodes, tables }: Observation, claimant: Node, wide: Cidr): boolean {
  const others = nodes.filter(
    ({ id, domain, state, claims }) =>
      id !== claimant.id &&
      domain === claimant.domain &&
      state !== 'gone' &&
      claims.some(({ cidr }) => cidr.family === wide.family),
  );
  const isWhole = settings().clusterCidrs.some(({ text }) => text === wide.text);
  // A route of our kind to somebody alive may be that of a node which the list lacks.
  const isOther = ({ ourKind, target, destination }: Route): boolean =>
    ourKind &&
    target.kind === 'stranger' &&
    settings().clusterCidrs.some((all) => containsCidr(all, destination));
  const hasOthers = nodes.filter(({ state }) => state !== 'gone').length > 1;
  if (isWhole && (hasOthers || tables.some(({ routes }) => routes.some(isOther)))) return true;
  const inside = (isPart: boolean): number =>
    others.filter(({ claims }) =>
      claims.some(({ cidr }) => containsCidr(wide, cidr) && (!isPart || cidr.text !== wide.text)),
    ).length;
  return inside(true) >= 2;
}
