import { findBereaving } from './bereave.ts';
import { type Cidr, compareCidrs, containsCidr } from './cidr.ts';
import type { MaxDeletes } from './config-values.ts';
import { type CloudFailure, isRetryable } from './errors.ts';
import { deletionBreaker, readIncomplete, tableFilling, tableFull } from './findings.ts';
import type {
  Change,
  ChangeResult,
  Finding,
  Node,
  Observation,
  ReadFailure,
  RouteQuota,
  RouteTable,
} from './model.ts';
import type { Plan } from './plan.ts';

export interface GuardSettings {
  readonly clusterCidrs: readonly Cidr[];
  readonly maxDeletes: MaxDeletes;
  /** Lifts the deletion breaker, and nothing else. */
  readonly force: boolean;
  /**
   * Whether runs like this one follow each other closely, as events do. A bound for each would then be no
   * bound, so living nodes that are without a claim already count against it.
   * @default false
   */
  readonly inBursts?: boolean;
  /**
   * Ids of the only nodes that the run was asked to look at: it withdraws no other's route.
   * @default null, for all
   */
  readonly named?: ReadonlySet<string> | null;
}

/** What may be done to one table, in this order. */
export interface TableSteps {
  readonly table: RouteTable;
  /** Deletions that must go first, because the table has no room for the creations (R6). */
  readonly makeRoom: readonly Change[];
  readonly writes: readonly Change[];
  readonly deletes: readonly Change[];
}

export interface GuardedPlan {
  readonly steps: readonly TableSteps[];
  readonly vetoed: readonly ChangeResult[];
  readonly findings: readonly Finding[];
}

/** A percentage never lowers the bound below this, or small clusters could not lose a node's claim. */
const FEWEST_DELETES = 5;
const FILLING_PERCENT = 80;

const VETO = {
  breaker: { kind: 'permanent', code: 'deletion-breaker', message: 'Too many deletions without evidence.' },
  later: {
    kind: 'permanent',
    code: 'left-to-schedule',
    message: 'It has time until the scheduled run, which sees all withdrawn claims at once.',
  },
  full: { kind: 'full', code: 'route-table-full', message: 'The route table has no room left.' },
} as const satisfies Record<string, CloudFailure>;

/**
 * Holds a plan against what must never happen: deletion without knowledge (R3), mass deletion without
 * evidence (R4), more routes than a table takes (R10).
 *
 * @param alreadyDeleted per table id, destinations that earlier rounds of this run deleted without evidence
 */
export function guardPlan(
  plan: Plan,
  observation: Observation,
  settings: GuardSettings,
  alreadyDeleted: ReadonlyMap<string, readonly string[]> = new Map(),
): GuardedPlan {
  const names = new Map(observation.nodes.map((node: Node) => [node.id, node.name]));
  const guarded = observation.tables.map((table) => {
    const changes = plan.changes.filter((change) => change.table === table.id);
    const deletes = guardDeletes(table, changes, observation, settings, alreadyDeleted.get(table.id) ?? []);
    const room = guardCapacity(table, changes, deletes.approved, names);
    return {
      steps: { table, makeRoom: room.makeRoom, writes: room.writes, deletes: room.deletes },
      vetoed: [...deletes.vetoed, ...room.vetoed],
      findings: [...deletes.findings, ...room.findings],
    };
  });
  return {
    steps: guarded.map(({ steps }) => steps),
    vetoed: guarded.flatMap(({ vetoed }) => vetoed),
    findings: [
      ...groupFailures(observation).map(readIncomplete),
      ...guarded.flatMap(({ findings }) => findings),
    ],
  };
}

/** Many nodes that failed for one reason are one thing to look at. */
function groupFailures({ failures }: Pick<Observation, 'failures'>): ReadFailure[] {
  const groups = Map.groupBy(failures, ({ what, id, failure }) =>
    what === 'claims' ? failure.code : `${what} ${id} ${failure.code}`,
  );
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return first ?? [];
    return { ...first, id: `${first.id} and ${others.length} more` };
  });
}

interface GuardedDeletes {
  readonly approved: readonly Change[];
  readonly vetoed: readonly ChangeResult[];
  readonly findings: readonly Finding[];
}

function guardDeletes(
  table: RouteTable,
  changes: readonly Change[],
  observation: Observation,
  settings: GuardSettings,
  alreadyDeleted: readonly string[],
): GuardedDeletes {
  const deletes = changes.filter((change) => change.action === 'delete');
  if (!knowsEveryClaim(observation)) {
    const failure = explainIgnorance(observation);
    return { approved: [], vetoed: deletes.map((change) => veto(change, failure)), findings: [] };
  }
  const { named = null } = settings;
  const isOthers = ({ evidence, node }: Change): boolean =>
    evidence !== 'positive' && named !== null && (node === null || !named.has(node));
  const others = deletes.filter(isOthers).map((change) => veto(change, VETO.later));
  const guarded = guardUnproven(
    table,
    deletes.filter((change) => !isOthers(change)),
    {
      observation,
      settings,
      alreadyDeleted,
    },
  );
  return { ...guarded, vetoed: [...guarded.vetoed, ...others] };
}

/** R4 for the deletions that the run is entitled to think of. */
function guardUnproven(
  table: RouteTable,
  deletes: readonly Change[],
  {
    observation,
    settings,
    alreadyDeleted,
  }: { observation: Observation; settings: GuardSettings; alreadyDeleted: readonly string[] },
): GuardedDeletes {
  const unproven = deletes.filter((change) => change.evidence !== 'positive');
  const bound = deletionBound(table, settings) + indistinctDeaths(table, observation);
  // A read that lags behind may show once more what an earlier round deleted.
  const destinations = new Set([...alreadyDeleted, ...unproven.map(({ destination }) => destination.text)]);
  if (settings.force || destinations.size <= bound) {
    if (settings.force || !settings.inBursts || unproven.length === 0)
      return { approved: deletes, vetoed: [], findings: [] };
    const silent = countSilent(observation, unproven);
    if (destinations.size + silent <= bound) return { approved: deletes, vetoed: [], findings: [] };
    return {
      approved: deletes.filter((change) => change.evidence === 'positive'),
      vetoed: unproven.map((change) => veto(change, VETO.later)),
      findings: [],
    };
  }
  return {
    approved: deletes.filter((change) => change.evidence === 'positive'),
    vetoed: unproven.map((change) => veto(change, VETO.breaker)),
    findings: [
      deletionBreaker(
        table,
        unproven.map(({ destination }) => destination.text),
        bound,
      ),
    ],
  };
}

/** Living nodes that claim nothing, beside those whose routes are in question. */
function countSilent({ nodes }: Observation, unproven: readonly Change[]): number {
  const counted = new Set(unproven.map(({ node }) => node));
  return nodes.filter(
    ({ id, state, claims, defects }) =>
      state !== 'gone' && claims.length === 0 && defects.length === 0 && !counted.has(id),
  ).length;
}

/** R3: that nobody claims a destination can be said only when every claim was read. */
function knowsEveryClaim({ scope, failures, nodes }: Observation): boolean {
  if (scope.kind !== 'all') return false;
  // A table that could not be read gets no changes, and says nothing about claims.
  if (!failures.every(({ what, id }) => what === 'table' && id !== null)) return false;
  return nodes.every(({ claimsKnown, state }) => claimsKnown || state === 'gone');
}

/** It is worth another try unless everything that failed will fail again. */
function explainIgnorance({ failures }: Observation): CloudFailure {
  const temporary = failures.length === 0 || failures.some(({ failure }) => isRetryable(failure));
  const unread = groupFailures({ failures })
    .map(({ id, what, failure }) => `${id ?? what} (${failure.code})`)
    .join(', ');
  const message = `Nothing is deleted before every claim was read; not read: ${unread || 'nodes outside the scope'}.`;
  return { kind: temporary ? 'transient' : 'permanent', code: 'read-incomplete', message };
}

/** R4: how many deletions without positive evidence one run may make in this table. */
export function deletionBound(table: RouteTable, { maxDeletes, clusterCidrs }: GuardSettings): number {
  if ('count' in maxDeletes) return maxDeletes.count;
  if (maxDeletes.percent === 0) return 0;
  const managed = countManaged(table, clusterCidrs);
  return Math.max(FEWEST_DELETES, Math.floor((managed * maxDeletes.percent) / 100));
}

/**
 * R4: where a route names an address alone, that of a node read as gone cannot be told from the others whose
 * owner is not known. Each such death allows one more deletion.
 */
function indistinctDeaths(table: RouteTable, { nodes, missing }: Observation): number {
  if (!table.routes.some(({ target }) => target.kind === 'absent')) return 0;
  return nodes.filter(({ state }) => state === 'gone').length + missing.length;
}

/** Routes that podroutes may change (R2). */
export function countManaged(table: RouteTable, clusterCidrs: readonly Cidr[]): number {
  return table.routes.filter(
    ({ ourKind, target, destination }) =>
      ourKind && target.kind !== 'stranger' && clusterCidrs.some((range) => containsCidr(range, destination)),
  ).length;
}

interface GuardedCapacity extends Omit<TableSteps, 'table'> {
  readonly vetoed: readonly ChangeResult[];
  readonly findings: readonly Finding[];
}

/**
 * R10: creations beyond the room left are not tried. A node that one of them is for keeps what it has (R6),
 * whose room is then not to be had either.
 */
function guardCapacity(
  table: RouteTable,
  changes: readonly Change[],
  deletes: readonly Change[],
  names: ReadonlyMap<string, string>,
): GuardedCapacity {
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
    vetoed: [...tooMany, ...kept].map((change) => veto(change, VETO.full)),
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
function orderDeletes({ quota, creates, freeing }: QuotaFit): Pick<TableSteps, 'makeRoom' | 'deletes'> {
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
  if (evidence === 'positive') return 0;
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

function veto(change: Change, failure: CloudFailure): ChangeResult {
  return { change, outcome: 'skipped', failure };
}
