import type { Family } from '../cidr.ts';
import { sharesDomain } from '../claims/bounds.ts';
import type { CloudFailure } from '../errors.ts';
import { deletionBreaker } from '../findings/tables.ts';
import {
  type Claimant,
  claimantOf,
  type Grounds,
  isGrounds,
  type Sighting,
  type Spending,
  type TableMemory,
} from '../ledger/table-memory.ts';
import type {
  AcceptedClaim,
  Change,
  ChangeResult,
  Finding,
  Observation,
  RouteTable,
  WaitReason,
} from '../model.ts';
import { type BudgetSettings, checkBudget, currentSpending, DAY_MS } from './budget.ts';

export interface SecondLookSettings extends BudgetSettings {
  /** Milliseconds that a route must have been seen unclaimed. */
  readonly grace: number;
  /** Milliseconds between two runs of the schedule. */
  readonly scheduleInterval: number;
}

/** What a full run remembers and knows of one table's past. */
export interface Past {
  readonly memory: TableMemory;
  /** Milliseconds since the epoch, by the ledger's clock. */
  readonly now: number;
  /** Whether a recorded claimant was read as ended, or its id as unknown or another machine's by now. */
  readonly isGone: (claimant: Claimant) => boolean;
}

/** What becomes of the deletions of one table that are not proven. */
export interface Decision {
  /** What may go once `memory` is written. */
  readonly due: readonly Change[];
  /** What waits, or is over the budget. */
  readonly left: readonly ChangeResult[];
  readonly findings: readonly Finding[];
  readonly memory: TableMemory;
}

/** One deletion, with all that decides when it goes. */
interface Case {
  readonly change: Change;
  /** Id of the living node that the route leads to. */
  readonly holder: string | null;
  readonly sighting: Sighting;
  /** Milliseconds that it waits; null where only a person may, and why. */
  readonly delay: number | null;
  readonly reason: WaitReason;
  readonly needsBudget: boolean;
}

/** A schedule that is late by half an interval has not been paused. */
const RENEWED_WITHIN = 1.5;

/**
 * R4: a route goes when full runs have found it so for long enough, and not more of the living nodes' routes than the
 * budget of 24 hours allows. All of them stay where it does not.
 *
 * @param unproven deletions, and replacements that take a living node's route, of this table
 * @param inForce claims of this table whose routes are as they should be
 */
export function decideUnproven(
  table: RouteTable,
  unproven: readonly Change[],
  inForce: readonly AcceptedClaim[],
  { observation, settings, past }: { observation: Observation; settings: SecondLookSettings; past: Past },
): Decision {
  const { memory, now } = past;
  const isAlive = hasLife(table, observation);
  const holders = findHolders(table);
  const cases = unproven.flatMap(
    (change) =>
      toCase(change, { past, settings, isAlive, holder: holders.get(change.destination.text) ?? null }) ?? [],
  );
  const spent = currentSpending(memory.spending, now);
  const waited = cases.filter(({ sighting, delay }) => delay !== null && now - sighting.since >= delay);
  const charged = waited.filter(({ needsBudget }) => needsBudget);
  const over = ([4, 6] as const).flatMap(
    (family) =>
      checkBudget(table, family, holdersOf(charged, family), {
        nodes: observation.nodes,
        settings,
        spent,
      }) ?? [],
  );
  const stays = new Set(
    charged.filter(({ change }) => over.some(({ family }) => family === change.destination.family)),
  );
  const due = waited.filter((each) => !stays.has(each));
  const goes = new Set(due);
  return {
    due: due.map(({ change }) => change),
    left: cases
      .filter((each) => !goes.has(each))
      .map((each) => (stays.has(each) ? overBudget(each) : wait(each))),
    findings: over.map((each) => deletionBreaker(table, each)),
    memory: {
      claimants: recordClaimants(table, inForce, memory),
      sightings: new Map(cases.map(({ change, sighting }) => [change.destination.text, sighting])),
      spending: charge(due, spent, now),
    },
  };
}

/** Whether any node of the table's domain was read alive: where none was, what was read says little. */
function hasLife(table: RouteTable, { nodes }: Pick<Observation, 'nodes'>): boolean {
  return nodes.some((node) => node.state !== 'gone' && sharesDomain(node, table));
}

/** Ids of the nodes that routes of our kind lead to, by destination. */
export function findHolders({ routes }: RouteTable): Map<string, string> {
  return new Map(
    routes.flatMap(({ destination, target, ourKind }): [string, string][] =>
      ourKind && target.kind === 'node' ? [[destination.text, target.id]] : [],
    ),
  );
}

function holdersOf(cases: readonly Case[], family: Family): string[] {
  return cases.flatMap(({ change: { destination }, holder }) =>
    destination.family === family && holder !== null ? holder : [],
  );
}

/** Null where the node keeps the route for as long as it claims something in vain. */
function toCase(
  given: Change,
  {
    past,
    settings,
    isAlive,
    holder,
  }: { past: Past; settings: SecondLookSettings; isAlive: boolean; holder: string | null },
): Case | null {
  const claimant = claimantOf(past.memory, given.destination.text, given.previousNextHop?.id ?? null);
  // A machine made anew under its id and address is that node still where it would be left without a route.
  const isRenewed = claimant?.node === holder && given.evidence !== 'moved';
  const isOrphan = claimant !== undefined && !isRenewed && past.isGone(claimant);
  const change = isOrphan ? orphan(given) : given;
  const { evidence } = change;
  if (!isGrounds(evidence)) return null;
  const sighting = sight(change, evidence, past, settings);
  const delay = DELAYS[evidence]({ grace: settings.grace, isAlive, isRecorded: claimant !== undefined });
  return { change, holder, sighting, ...delay };
}

/** R4: a route whose recorded claimant is gone is nobody's, whoever has its next hop by now. */
function orphan(change: Change): Change {
  const node = change.action === 'delete' ? null : change.node;
  return { ...change, node, reason: 'claimant-gone', evidence: 'vacant' };
}

interface Circumstances {
  readonly grace: number;
  readonly isAlive: boolean;
  readonly isRecorded: boolean;
}

type Delay = Pick<Case, 'delay' | 'reason' | 'needsBudget'>;

const DELAYS: Readonly<Record<Grounds, (circumstances: Circumstances) => Delay>> = {
  vacant: ({ grace, isAlive }) => ({
    delay: isAlive ? grace : DAY_MS,
    reason: 'second-look',
    needsBudget: false,
  }),
  disputed: () => ({ delay: null, reason: 'reads-disagree', needsBudget: false }),
  moved: () => ({ delay: DAY_MS, reason: 'second-look', needsBudget: false }),
  withdrawn: ({ grace, isRecorded }) =>
    isRecorded
      ? { delay: grace, reason: 'second-look', needsBudget: true }
      : { delay: null, reason: 'never-recorded', needsBudget: false },
};

/** The sighting that goes on, or one that begins: no run renewed the old one, or the route has changed. */
function sight(
  { destination, previousNextHop }: Change,
  grounds: Grounds,
  { memory, now }: Past,
  { scheduleInterval }: SecondLookSettings,
): Sighting {
  const nextHop = previousNextHop?.id ?? null;
  const before = memory.sightings.get(destination.text);
  const goesOn =
    before !== undefined &&
    before.nextHop === nextHop &&
    before.grounds === grounds &&
    before.since <= before.seen &&
    before.seen <= now &&
    now - before.seen <= RENEWED_WITHIN * scheduleInterval;
  return { nextHop, grounds, since: goesOn ? before.since : now, seen: now };
}

function wait({ change, sighting: { since }, delay, reason }: Case): ChangeResult {
  const notBefore = delay === null ? null : since + delay;
  return { change, outcome: 'waiting', failure: null, wait: { since, notBefore, reason } };
}

const OVER_BUDGET: CloudFailure = {
  kind: 'permanent',
  code: 'deletion-breaker',
  message: 'More live nodes would be left without a route than PODROUTES_MAX_DELETES allows in 24 hours.',
};

function overBudget({ change }: Case): ChangeResult {
  return { change, outcome: 'skipped', failure: OVER_BUDGET };
}

/** A node pays once, from its last loss on: what was paid for and could not be carried out is lost only now. */
function charge(due: readonly Case[], spent: readonly Spending[], now: number): Spending[] {
  const payments = due.flatMap(({ needsBudget, holder, change: { destination } }): Spending[] =>
    needsBudget && holder !== null ? [{ node: holder, family: destination.family, at: now }] : [],
  );
  const keyOf = ({ node, family }: Spending): string => `${family} ${node}`;
  return [...new Map([...spent, ...payments].map((each) => [keyOf(each), each])).values()];
}

/**
 * What a run that read too little may still say: routes that it sees claimed, changed or gone have not been unclaimed all
 * the time.
 */
export function forgetRefuted(
  { routes }: RouteTable,
  inForce: readonly AcceptedClaim[],
  memory: TableMemory,
): TableMemory {
  const hops = new Map(routes.map(({ destination, nextHop }) => [destination.text, nextHop?.id ?? null]));
  const claimed = new Set(inForce.map(({ cidr }) => cidr.text));
  const sightings = [...memory.sightings].filter(
    ([destination, { nextHop }]) => hops.get(destination) === nextHop && !claimed.has(destination),
  );
  return { ...memory, sightings: new Map(sightings) };
}

/** Claimed routes have their claimant noted; those that are still there keep the one that they had. */
function recordClaimants(
  table: RouteTable,
  inForce: readonly AcceptedClaim[],
  memory: TableMemory,
): Map<string, Claimant> {
  const noted = new Map<string, Claimant>();
  for (const { destination, nextHop } of table.routes) {
    const before = claimantOf(memory, destination.text, nextHop?.id ?? null);
    if (before !== undefined) noted.set(destination.text, before);
  }
  for (const { node, cidr } of inForce) {
    const nextHop = node.nextHops[cidr.family];
    if (nextHop === null) continue;
    noted.set(cidr.text, { node: node.id, incarnation: node.incarnation, nextHop: nextHop.id });
  }
  return noted;
}
