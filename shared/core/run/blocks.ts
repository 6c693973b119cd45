import type { Block } from '../claims/holders.ts';
import type { Cloud } from '../cloud.ts';
import { type CloudFailure, isRetryable } from '../errors.ts';
import { blocksFilling, blocksUnavailable, noFreeCidr } from '../findings/blocks.ts';
import { type BlockPlan, planBlocks } from '../guard/block-plan.ts';
import { type BlockSettings, type BlockView, isSwitchedOn } from '../guard/block-view.ts';
import { findNeedy, mayLackTelling } from '../guard/needy-nodes.ts';
import {
  applyChanges,
  type BlockReading,
  MOST_CHANGES,
  readBlocks,
  readBlocksBeside,
  toWrites,
} from '../ledger/blocks.ts';
import type { Ledger, LedgerResult, OpenLedger } from '../ledger/ledger.ts';
import type { Finding, Observation, Registry } from '../model.ts';
import { findLiveness } from './liveness.ts';
import { pause } from './pause.ts';
import { openSafely, type Recalled } from './recall.ts';

/** The ledger's blocks as a run read them, with the ledger that they are in. */
export interface OpenedBlocks {
  readonly ledger: Ledger;
  readonly reading: BlockReading;
}

/** What a run knows of blocks when it plans routes. */
export interface Blocks {
  /** What is not free; nothing where it was not read. */
  readonly blocks: readonly Block[];
  /** What the ledger has of them after this run: a dry run plans as if more were entered, and enters nothing. */
  readonly entered: readonly Block[];
  /** Whether the ledger has adopted what there is; null where it was not read. */
  readonly isAdopted: boolean | null;
  /** Nodes that wait for a block that cannot be decided yet, by id: why, as a clause. */
  readonly waiting: ReadonlyMap<string, string>;
  /** Ids of nodes that lack a block, of one family or of both, whatever the reason. */
  readonly lacking: ReadonlySet<string>;
  /** Ids of those among them for which no block is free. */
  readonly short: ReadonlySet<string>;
  readonly findings: readonly Finding[];
  /** Why the blocks are not known (R3); null where they are, or do not matter. */
  readonly unread: CloudFailure | null;
}

export interface BlockRequest {
  readonly settings: BlockSettings;
  /** What a full run read beside its look; null where it did not, or not yet. */
  readonly opened: LedgerResult<OpenedBlocks> | null;
  /** Whether the ledger has answered this run: that its blocks could not be read then matters, handed out or not. */
  readonly hasAnswered: boolean;
  /** Null where there is no ledger. */
  readonly open: OpenLedger | null;
  readonly registry: Registry | null;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

const NOTHING: Blocks = {
  blocks: [],
  entered: [],
  isAdopted: null,
  waiting: new Map(),
  lacking: new Set(),
  short: new Set(),
  findings: [],
  unread: null,
};

/** More transactions than the largest cluster needs for its adoption; the next run goes on. */
const MOST_TURNS = 500;
/** Another run's transaction comes before this one so often at most; each pause is longer than the last. */
const MOST_LOSSES = 12;
const FIRST_PAUSE_MS = 40;
const LONGEST_PAUSE_MS = 1_500;
/** A ledger that answers does so within a fraction of it, and launches that await a block come again. */
const PATIENCE_MS = 3_000;
/** From here on somebody should see to it that there are more. */
const FILLING = 80n;

/** The blocks beside what a full run has read of the ledger. */
export async function recallBlocks(
  { ledger, whole }: Recalled,
  signal: AbortSignal,
): Promise<LedgerResult<OpenedBlocks>> {
  return inLedger(ledger, await readBlocksBeside(whole, ledger, signal));
}

async function openBlocks(open: OpenLedger, signal: AbortSignal): Promise<LedgerResult<OpenedBlocks>> {
  const ledger = await openSafely(open);
  return ledger.ok ? readAgain(ledger.value, signal) : ledger;
}

async function readAgain(ledger: Ledger, signal: AbortSignal): Promise<LedgerResult<OpenedBlocks>> {
  return inLedger(ledger, await readBlocks(ledger, signal));
}

function inLedger(ledger: Ledger, reading: LedgerResult<BlockReading>): LedgerResult<OpenedBlocks> {
  return reading.ok ? { ok: true, value: { ledger, reading: reading.value } } : reading;
}

/**
 * R13: brings the ledger's blocks in step with what was observed, and hands out what nodes wait for. A run for events
 * reads the ledger only where a node of its own has no claim, or one that may have to be written to its Node object.
 */
export async function resolveBlocks(
  cloud: Cloud,
  observation: Observation,
  request: BlockRequest,
): Promise<Blocks> {
  const { open, settings, registry } = request;
  const needy = findNeedy(observation, registry, [], settings);
  const isAsked = needy.size > 0 || mayLackTelling(observation, registry, settings);
  if (open === null || (request.opened === null && !isAsked)) return NOTHING;
  const signal = patienceOf(observation, needy, request);
  let opened = request.opened ?? (await openBlocks(open, signal));
  if (!opened.ok) return unavailable(opened.failure, needy, request);
  const isFull = observation.scope.kind === 'all' && request.opened !== null;
  const livenessOf = await findLiveness(
    cloud,
    isFull ? holdersOf(opened.value.reading) : [],
    observation,
    signal,
  );
  for (let losses = 0, turn = 1; ; turn += 1) {
    const { ledger, reading } = opened.value;
    const view: BlockView = { reading, observation, isFull, registry, livenessOf };
    const plan = planBlocks(view, settings);
    if (isDone(plan, reading)) return conclude(reading, plan, view, request);
    if (request.dryRun) return conclude(reading, rehearse(plan, reading), view, request);
    const part = plan.changes.slice(0, MOST_CHANGES);
    const isWhole = part.length === plan.changes.length;
    const writes = toWrites(reading, part, isWhole ? plan.isAdopted : reading.isAdopted);
    const written = await ledger.write(writes, signal);
    const isEnd = turn === MOST_TURNS || (isWhole && !isPreliminary(plan, reading));
    if (written.ok && isEnd) return conclude(reading, { ...plan, changes: part }, view, request);
    if (!written.ok) {
      losses += 1;
      if (losses > MOST_LOSSES || !isRetryable(written.failure) || signal.aborted) {
        return conclude(reading, giveUp(plan, written.failure), view, request, written.failure);
      }
      await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** losses), signal);
    }
    opened = await readAgain(ledger, signal);
    if (!opened.ok) return unavailable(opened.failure, needy, request);
  }
}

/** R9: in a run for events, nodes that have what they claim wait no longer than this for those that need a block. */
function patienceOf(
  { nodes }: Observation,
  needy: ReadonlySet<string>,
  { opened, signal }: BlockRequest,
): AbortSignal {
  const keepsOthers = opened === null && nodes.some(({ id, state }) => state !== 'gone' && !needy.has(id));
  return keepsOthers ? AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) : signal;
}

function holdersOf({ kept }: BlockReading) {
  return [...kept.values()].flatMap(({ block: { holder } }) => holder ?? []);
}

function isDone({ changes, isAdopted }: BlockPlan, reading: BlockReading): boolean {
  return changes.length === 0 && isAdopted === reading.isAdopted;
}

/** What was entered or freed now lets more be handed out. */
function isPreliminary({ changes, usage }: BlockPlan, { isAdopted }: BlockReading): boolean {
  const hasFreed = changes.some(({ next }) => next === null);
  return !isAdopted || (hasFreed && usage.some(({ short }) => short.length > 0));
}

/** A dry run changes nothing, so what it would hand out is nobody's yet; what a holder has stays its own. */
function rehearse(plan: BlockPlan, { kept }: BlockReading): BlockPlan {
  const changes = plan.changes.filter(({ cidr }) => kept.has(cidr.text));
  return { ...postpone(plan, 'a run that is no dry run hands one out'), changes };
}

function giveUp(plan: BlockPlan, { kind, code }: CloudFailure): BlockPlan {
  const why =
    kind === 'stale' ? 'other runs changed the ledger at the same time' : `the ledger failed (${code})`;
  return postpone(plan, why);
}

function postpone(plan: BlockPlan, why: string): BlockPlan {
  const handed = plan.handed.map((id) => [id, why] as const);
  return { ...plan, changes: [], waiting: new Map([...plan.waiting, ...handed]) };
}

function conclude(
  reading: BlockReading,
  plan: BlockPlan,
  { isFull, observation, registry }: BlockView,
  { settings, dryRun }: BlockRequest,
  failure: CloudFailure | null = null,
): Blocks {
  const { clusterCidrs } = settings;
  const unavailable = failure === null || failure.kind === 'stale' ? [] : [blocksUnavailable(failure)];
  const findings = plan.usage.flatMap((usage) => {
    if (usage.short.length > 0) return [noFreeCidr(usage, clusterCidrs)];
    const isFilling = usage.used * 100n >= FILLING * usage.capacity;
    return isFull && isFilling ? [blocksFilling(usage, clusterCidrs)] : [];
  });
  const blocks = applyChanges(reading, plan.changes);
  return {
    blocks,
    entered: dryRun ? applyChanges(reading, []) : blocks,
    isAdopted: reading.isAdopted,
    waiting: plan.waiting,
    lacking: findNeedy(observation, registry, blocks, settings),
    short: new Set(plan.usage.flatMap(({ short }) => short)),
    findings: [...unavailable, ...findings],
    unread: null,
  };
}

function unavailable(
  failure: CloudFailure,
  needy: ReadonlySet<string>,
  { hasAnswered, settings }: BlockRequest,
): Blocks {
  const why = `the ledger could not be read (${failure.code})`;
  return {
    blocks: [],
    entered: [],
    isAdopted: null,
    waiting: new Map([...needy].map((id) => [id, why])),
    lacking: needy,
    short: new Set(),
    findings: [blocksUnavailable(failure)],
    unread: isSwitchedOn(settings) || hasAnswered ? failure : null,
  };
}
