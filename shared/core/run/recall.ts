import type { Cloud } from '../cloud.ts';
import type { CloudFailure } from '../errors.ts';
import { ledgerUnavailable } from '../findings/failures.ts';
import { findPressing, type GuardedPlan, type Memory, withhold } from '../guard/guard.ts';
import type { Ledger, LedgerEntry, LedgerReading, LedgerResult, OpenLedger } from '../ledger/ledger.ts';
import { claimantOf, NO_MEMORY, readMemory, type TableMemory, writeMemory } from '../ledger/table-memory.ts';
import type { Change, ChangeResult, Finding, Observation, Scope } from '../model.ts';
import { findLiveness } from './liveness.ts';

/** What a full run read of the ledger. */
export interface Recalled {
  readonly ledger: Ledger;
  /** All of it, blocks included. */
  readonly whole: LedgerReading;
  readonly tables: ReadonlyMap<string, TableMemory>;
  readonly entries: ReadonlyMap<string, LedgerEntry>;
  /** By table id, why what is remembered of it cannot be read: nothing that waits goes from it (R9). */
  readonly unreadable: ReadonlyMap<string, CloudFailure>;
  /** Milliseconds since the epoch, by the ledger's clock. */
  readonly now: number;
}

const PREFIX = 'table/';
/** A table that no run has written for so long is managed no more. */
const KEPT_MS = 90 * 24 * 60 * 60_000;
/** An entry that is left unchanged is written again before half of its life is over. */
const RENEWED_MS = KEPT_MS / 2;
/** So many runs do not write the same table's entry at once. */
const MOST_ERASURES = 5;

/** Reads the ledger, and what it remembers of all tables. A failure is a value: nothing that waits goes then. */
export async function recall(open: OpenLedger, signal: AbortSignal): Promise<LedgerResult<Recalled>> {
  const opened = await openSafely(open);
  if (!opened.ok) return opened;
  const reading = await opened.value.read('', signal);
  if (!reading.ok) return reading;
  const tables = new Map<string, TableMemory>();
  const entries = new Map<string, LedgerEntry>();
  const unreadable = new Map<string, CloudFailure>();
  for (const entry of reading.value.entries.filter(({ key }) => key.startsWith(PREFIX))) {
    const id = entry.key.slice(PREFIX.length);
    const memory = readMemory(entry.value);
    if (memory === null) unreadable.set(id, ofAnotherForm(entry.key));
    else tables.set(id, memory);
    entries.set(id, entry);
  }
  const { now } = reading.value;
  const recalled = { ledger: opened.value, whole: reading.value, tables, entries, unreadable, now };
  return { ok: true, value: recalled };
}

/** Opens the ledger; what goes wrong is a value. */
export async function openSafely(open: OpenLedger): Promise<LedgerResult<Ledger>> {
  try {
    return { ok: true, value: await open() };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { ok: false, failure: { kind: 'permanent', code: 'ledger-not-opened', message } };
  }
}

function ofAnotherForm(key: string): CloudFailure {
  const message = `The entry ${key} of the ledger is not of this version's form. Remove it; routes that wait then start to wait again.`;
  return { kind: 'permanent', code: 'ledger-entry-unreadable', message };
}

/**
 * R4: before a deletion that waited, its table's entry is written; where that is refused, nothing that waits goes from
 * the table. The other entries are written meanwhile.
 */
export async function rememberFirst(
  {
    recalled,
    guarded,
    observation,
  }: {
    readonly recalled: Recalled | null;
    readonly guarded: GuardedPlan;
    readonly observation: Observation;
  },
  signal: AbortSignal,
): Promise<{ guarded: GuardedPlan; ledgerFindings: Promise<Finding[]> }> {
  if (recalled === null) return { guarded, ledgerFindings: Promise.resolve([]) };
  const pressing = findPressing(guarded);
  const pick = (isPressing: boolean): GuardedPlan['memories'] =>
    new Map([...guarded.memories].filter(([id]) => pressing.has(id) === isPressing));
  const others = remember(recalled, pick(false), false, signal);
  const refused = await remember(recalled, pick(true), true, signal);
  const ledgerFindings = others.then(async (more) => {
    const failures = new Map([...refused, ...more]);
    const erased = findErased(recalled, guarded, (id) => failures.get(id)?.kind === 'stale');
    const [first] = [...failures.values()].filter(({ kind }) => kind !== 'stale');
    return toFindings([...(first === undefined ? [] : [first]), ...(await erase(recalled, erased, signal))]);
  });
  return { guarded: withhold(guarded, new Set(refused.keys()), observation), ledgerFindings };
}

/** What this run has seen claimed or changed, of the tables whose entries somebody else has written meanwhile. */
function findErased(
  { tables }: Recalled,
  { memories }: GuardedPlan,
  isStale: (table: string) => boolean,
): Erasure[] {
  return [...memories].flatMap(([id, { sightings }]): Erasure[] => {
    const before = isStale(id) ? [...(tables.get(id)?.sightings.keys() ?? [])] : [];
    const gone = before.filter((destination) => !sightings.has(destination));
    return gone.length === 0 ? [] : [[id, new Set(gone)]];
  });
}

/**
 * Writes what is to be remembered of these tables where it is news, each at the version that was read; of the pressing
 * ones in any case, since a deletion rests on it that nobody else has done. Gives the failures by table id.
 */
async function remember(
  { ledger, entries, now, tables }: Recalled,
  memories: GuardedPlan['memories'],
  isPressing: boolean,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, CloudFailure>> {
  const failures = new Map<string, CloudFailure>();
  const changed = [...memories].filter(([id, memory]) => isPressing || isNews(id, memory));
  function isNews(id: string, memory: TableMemory): boolean {
    const entry = entries.get(id);
    if (entry === undefined) return writeMemory(memory) !== writeMemory(NO_MEMORY);
    const isOld = entry.expiresAt !== null && entry.expiresAt - now < RENEWED_MS;
    return isOld || writeMemory(memory) !== writeMemory(tables.get(id) ?? NO_MEMORY);
  }
  await Promise.all(
    changed.map(async ([id, memory]) => {
      const write = {
        key: `${PREFIX}${id}`,
        version: entries.get(id)?.version ?? null,
        value: writeMemory(memory),
        expiresAt: now + KEPT_MS,
      };
      const result = await ledger.write([write], signal);
      if (!result.ok) failures.set(id, result.failure);
    }),
  );
  return failures;
}

/** A table's id, and the destinations whose sightings are void. */
type Erasure = readonly [string, ReadonlySet<string>];

/** What was seen to wait, and was neither done nor is asked for any more: a later look saw it claimed or changed. */
export function findClaimedAgain(
  { memories }: GuardedPlan,
  later: GuardedPlan,
  results: readonly ChangeResult[],
): Erasure[] {
  const reported = new Set(results.map(({ change }) => `${change.table} ${change.destination.text}`));
  const claimedAgain = later.decisions.map(({ table: { id } }): Erasure => {
    const waiting = [...(memories.get(id)?.sightings.keys() ?? [])];
    return [id, new Set(waiting.filter((destination) => !reported.has(`${id} ${destination}`)))];
  });
  return claimedAgain.filter(([, destinations]) => destinations.size > 0);
}

/**
 * R4: routes that waited, and that a later look of the run saw claimed or changed, begin to wait anew. Gives what is to
 * be reported where the ledger does not take it.
 */
export async function forgetClaimedAgain(
  recalled: Recalled | null,
  claimedAgain: readonly Erasure[],
  signal: AbortSignal,
): Promise<Finding[]> {
  return recalled === null ? [] : toFindings(await erase(recalled, claimedAgain, signal));
}

/**
 * Another run that writes at the same time may have seen less, and renew what this one has seen claimed: so a refused
 * erasure is read and written again.
 */
async function erase(
  { ledger }: Recalled,
  erasures: readonly Erasure[],
  signal: AbortSignal,
): Promise<CloudFailure[]> {
  let left = erasures;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    const now = await recall(async () => ledger, signal);
    if (!now.ok) return [now.failure];
    const memories = new Map(left.map((erasure) => [erasure[0], without(now.value, erasure)]));
    const failures = await remember(now.value, memories, false, signal);
    left = left.filter(([id]) => failures.get(id)?.kind === 'stale');
    if (left.length === 0 || attempt === MOST_ERASURES) return [...failures.values()];
  }
  return [];
}

function without({ tables }: Recalled, [id, destinations]: Erasure): TableMemory {
  const memory = tables.get(id) ?? NO_MEMORY;
  const left = [...memory.sightings].filter(([destination]) => !destinations.has(destination));
  return { ...memory, sightings: new Map(left) };
}

/** One failure is reported. */
function toFindings(failures: readonly CloudFailure[]): Finding[] {
  return failures.slice(0, 1).map(ledgerUnavailable);
}

/** What a run may rest on that did not read the ledger. */
export function withoutLedger(
  ledger: OpenLedger | 'events' | null,
  scope: Scope,
  observation: Observation,
): Memory {
  if (ledger !== 'events' && scope.kind === 'all') {
    return { kind: 'none', reason: ledger === null ? 'no-ledger' : 'ledger-not-read' };
  }
  const asked = new Set(scope.ids);
  const ended = observation.nodes.filter(({ id, state }) => state === 'gone' && asked.has(id));
  const begun = new Set(scope.begun);
  const lost = observation.missing.filter((id) => !begun.has(id));
  return { kind: 'events', gone: ended.length + lost.length };
}

/** The memory that a guard may rest on, with the claimants that decide looked up by their ids. */
export async function toMemory(
  cloud: Cloud,
  { tables, unreadable, now }: Recalled,
  {
    changes,
    observation,
    signal,
  }: { changes: readonly Change[]; observation: Observation; signal: AbortSignal },
): Promise<Memory> {
  const claimants = changes.flatMap(({ evidence, table, destination, node, previousNextHop }) => {
    const claimant = claimantOf(
      tables.get(table) ?? NO_MEMORY,
      destination.text,
      previousNextHop?.id ?? null,
    );
    const matters = evidence !== null && evidence !== 'proven' && claimant?.node !== node;
    return matters && claimant !== undefined ? claimant : [];
  });
  const livenessOf = await findLiveness(cloud, claimants, observation, signal);
  return { kind: 'read', tables, unreadable, now, isGone: (claimant) => livenessOf(claimant) === 'gone' };
}
