import { type Cidr, containsCidr } from '../cidr.ts';
import { allocateBlocks, type NewBlock } from '../claims/allocation.ts';
import { type Claimed, findClaimed, holderOf } from '../claims/claimed-blocks.ts';
import {
  type AllocatedBlock,
  type Block,
  type Holder,
  indexHoldings,
  isAllocated,
} from '../claims/holders.ts';
import type { Usage } from '../findings/blocks.ts';
import type { BlockChange, BlockReading } from '../ledger/blocks.ts';
import type { Observation, Route } from '../model.ts';
import { type BlockSettings, type BlockView, isSwitchedOn } from './block-view.ts';
import { findRouted, sortNeedy } from './needy-nodes.ts';

/** What is to become of the ledger's blocks. */
export interface BlockPlan {
  readonly changes: readonly BlockChange[];
  /** Whether the ledger is to say, once all of these changes are made, that it has adopted what there is. */
  readonly isAdopted: boolean;
  /** Nodes that wait for a block that cannot be decided yet, by id: why, as a clause. */
  readonly waiting: ReadonlyMap<string, string>;
  /** Ids of nodes that blocks are handed to. */
  readonly handed: readonly string[];
  readonly usage: readonly Usage[];
}

/** No run lasts longer: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html */
export const LONGEST_RUN_MS = 15 * 60_000;
/** What a cloud has known for so long, every read of it shows. */
const READS_LAG_MS = 10 * 60_000;
/**
 * R13: a mark bears the time at which its run read the ledger, may be written as late as that run may end, and has to
 * outlast every run that was under way then and what such a run did.
 */
const LEAVING_MS = 2 * LONGEST_RUN_MS + READS_LAG_MS;

/** R13. Pure: what is to be entered, handed out and freed, on one reading of everything. */
export function planBlocks(view: BlockView, settings: BlockSettings): BlockPlan {
  const { reading, observation } = view;
  const isOn = isSwitchedOn(settings);
  const blocks = [...reading.kept.values()].map(({ block }) => block);
  const holdings = indexHoldings(blocks);
  // What was once entered is kept true, or it could not be relied on when allocation is switched on again.
  const isKept = (isOn || reading.isAdopted) && isComplete(view);
  const claimed = findClaimed(view, holdings, settings);
  const changes = [
    ...(isKept ? enterClaims(claimed, view, settings) : []),
    ...blocks.flatMap((block) =>
      isAllocated(block) ? reviewHolder(block, view, claimed.get(block.cidr.text)) : [],
    ),
  ];
  const isAdopted = reading.isAdopted || (isOn && isKept);
  const needy = sortNeedy(view, holdings, settings, findRouted(view, settings));
  const obstacle = reading.isAdopted ? whyUnsure(view) : NOT_ADOPTED;
  if (obstacle !== null) {
    const waiting = new Map([...needy[4], ...needy[6]].map(({ id }) => [id, obstacle]));
    return { changes, isAdopted, waiting, handed: [], usage: [] };
  }
  const { blocks: handed, usage } = allocateBlocks({
    sizes: settings.allocate,
    clusterCidrs: settings.clusterCidrs,
    waiting: needy,
    unusable: [...settings.reservedCidrs, ...observation.tables.flatMap(({ networkCidrs }) => networkCidrs)],
    taken: [...blocks.map(({ cidr }) => cidr), ...[...claimed.values()].map(({ cidr }) => cidr)],
  });
  const entered = handed.map((block) => handOut(block, reading));
  const ids = [...new Set(handed.map(({ node }) => node.id))];
  return { changes: [...changes, ...entered], isAdopted, waiting: new Map(), handed: ids, usage };
}

const NOT_ADOPTED = 'no scheduled run has entered all claims and routes of the cluster in the ledger yet';

/** Why no block is handed out in this run, as a clause: an unread table may have routes in it, a Node object a block. */
function whyUnsure({ observation: { failures }, registry }: BlockView): string | null {
  if (registry?.ok === false) return `the Node objects could not be read (${registry.failure.code})`;
  const unread = failures.find(({ what }) => what !== 'claims');
  return unread === undefined ? null : `not all nodes and tables could be read (${unread.failure.code})`;
}

/** Whether every claim and every route that there is was read. */
function isComplete({ isFull, observation: { failures, nodes }, registry }: BlockView): boolean {
  const knowsClaims = nodes.every(({ claimsKnown, state }) => claimsKnown || state === 'gone');
  return isFull && failures.length === 0 && knowsClaims && (registry?.ok ?? true);
}

/** Enters what is claimed, and frees what full runs have found unclaimed for long enough. */
function enterClaims(
  claimed: ReadonlyMap<string, Claimed>,
  view: BlockView,
  { clusterCidrs }: BlockSettings,
): BlockChange[] {
  const { kept, now } = view.reading;
  const entered = [...claimed.values()].flatMap(({ cidr, holder }): BlockChange[] => {
    const block = kept.get(cidr.text)?.block;
    if (block === undefined)
      return [{ cidr, next: { cidr, kind: 'claimed', holder, since: now, leaving: null } }];
    // A route alone does not say that its last claimant is gone.
    const latest = holder ?? block.holder;
    const isNews = block.leaving !== null || !isSameHolder(block.holder, latest);
    return block.kind === 'claimed' && isNews
      ? [{ cidr, next: { ...block, holder: latest, leaving: null } }]
      : [];
  });
  const listed = new Set(view.observation.nodes.map(({ id }) => id));
  const left = [...kept.values()].flatMap(({ block }) => {
    // What lies in a range that is not configured, or no more, this run has not looked for.
    const isSought = clusterCidrs.some((range) => containsCidr(range, block.cidr));
    const isOurs = block.kind === 'allocated' || claimed.has(block.cidr.text);
    return isSought && !isOurs ? reviewClaim(block, view, listed) : [];
  });
  return [...entered, ...left];
}

function isSameHolder(before: Holder | null, now: Holder | null): boolean {
  if (before?.node !== now?.node) return false;
  return now === null || now.incarnation === null || before?.incarnation === now.incarnation;
}

/** That a list lacks whoever claimed a block is no proof that nobody does. */
function reviewClaim(
  block: Block,
  { reading: { now }, livenessOf }: BlockView,
  listed: ReadonlySet<string>,
): BlockChange[] {
  const { holder } = block;
  const liveness = holder === null || listed.has(holder.node) ? 'gone' : livenessOf(holder);
  switch (liveness) {
    case 'alive':
      return keep(block);
    case 'gone':
      return leave(block, now);
    case 'unknown':
      return [];
  }
}

/** R13: a living holder erases the mark. */
function keep(block: Block): BlockChange[] {
  return block.leaving === null ? [] : [{ cidr: block.cidr, next: { ...block, leaving: null } }];
}

/** R13: the first run that finds nobody there leaves a mark; one that finds the same long enough after, frees it. */
function leave(block: Block, now: number): BlockChange[] {
  const { cidr, leaving } = block;
  // No mark is of a time to come; of when it is, nobody knows.
  if (leaving === null || leaving > now) return [{ cidr, next: { ...block, leaving: now } }];
  return now - leaving >= LEAVING_MS ? [{ cidr, next: null }] : [];
}

/** R13: a living holder, or a route that is still there, erases the mark. */
function reviewHolder(
  block: AllocatedBlock,
  { observation, reading: { now }, livenessOf, isFull }: BlockView,
  claim: Claimed | undefined,
): BlockChange[] {
  const { cidr } = block;
  const liveness = livenessOf(block.holder);
  const isRouted = liveness === 'gone' && hasRoute(cidr, observation);
  if (liveness === 'alive' || isRouted) return keep(block);
  const isRead = isFull && observation.failures.every(({ what }) => what === 'claims');
  if (liveness !== 'gone' || !isRead) return [];
  const left = leave(block, now);
  // Whoever claims the very same, with a tag that was meant for the holder, is never without an entry.
  if (claim === undefined || left.every(({ next }) => next !== null)) return left;
  return [{ cidr, next: { cidr, kind: 'claimed', holder: claim.holder, since: now, leaving: null } }];
}

function hasRoute(cidr: Cidr, { tables }: Observation): boolean {
  const isWithin = ({ destination }: Route): boolean => containsCidr(cidr, destination);
  return tables.some(({ routes }) => routes.some(isWithin));
}

function handOut({ node, cidr }: NewBlock, { now }: BlockReading): BlockChange {
  return { cidr, next: { cidr, kind: 'allocated', holder: holderOf(node), since: now, leaving: null } };
}
