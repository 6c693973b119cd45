import { type Cidr, parseCidr } from '../cidr.ts';
import type { Block, Holder } from '../claims/holders.ts';
import type { CloudFailure } from '../errors.ts';
import type { Ledger, LedgerEntry, LedgerReading, LedgerResult, LedgerWrite } from './ledger.ts';

interface KeptBlock {
  readonly block: Block;
  /** Of its entry. */
  readonly version: string;
}

/** All blocks that are not free, as one consistent picture. */
export interface BlockReading {
  /** Version of the generation entry, which was read before the blocks; null where there is none. */
  readonly generation: string | null;
  /** Whether a complete full run has entered all claims and routes there were. */
  readonly isAdopted: boolean;
  /** By CIDR. */
  readonly kept: ReadonlyMap<string, KeptBlock>;
  /** Milliseconds since the epoch, by the ledger's clock. */
  readonly now: number;
}

/** A block to enter or to change; to free where `next` is null. */
export interface BlockChange {
  readonly cidr: Cidr;
  readonly next: Block | null;
}

/**
 * Replaced by every transaction, so that of two that were planned on the same reading one is refused. It holds the mark
 * that claims and routes were adopted: whoever restores a ledger from a backup removes this entry.
 */
const GENERATION = 'generation';
const PREFIX = 'block/';

/** A write takes 100 entries, the generation's among them. */
export const MOST_CHANGES = 99;

const FORMAT = 1;

/** R13: the generation comes first, so that nothing that was written since it was read goes unnoticed. */
export async function readBlocks(ledger: Ledger, signal: AbortSignal): Promise<LedgerResult<BlockReading>> {
  const first = await ledger.read(GENERATION, signal);
  return first.ok ? readAfter(first.value, ledger, signal) : first;
}

/** The same for who has read the whole ledger before: where it holds no block, nothing is read again. */
export async function readBlocksBeside(
  whole: LedgerReading,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<LedgerResult<BlockReading>> {
  const hasAny = whole.entries.some(({ key }) => key === GENERATION || key.startsWith(PREFIX));
  if (hasAny) return readAfter(whole, ledger, signal);
  return { ok: true, value: { generation: null, isAdopted: false, kept: new Map(), now: whole.now } };
}

async function readAfter(
  first: LedgerReading,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<LedgerResult<BlockReading>> {
  const entry = first.entries.find(({ key }) => key === GENERATION);
  const isAdopted = entry === undefined ? false : readGeneration(entry.value);
  if (isAdopted === null) return unreadable(GENERATION);
  const rest = await ledger.read(PREFIX, signal);
  if (!rest.ok) return rest;
  const kept = new Map<string, KeptBlock>();
  for (const each of rest.value.entries) {
    const block = readBlock(each);
    if (block === null) return unreadable(each.key);
    kept.set(block.cidr.text, { block, version: each.version });
  }
  return { ok: true, value: { generation: entry?.version ?? null, isAdopted, kept, now: rest.value.now } };
}

function unreadable(key: string): { readonly ok: false; readonly failure: CloudFailure } {
  const message = `The entry ${key} of the ledger is not of this version's form, so no block is handed out and none is freed. Restore it, or run the version that has written it.`;
  return { ok: false, failure: { kind: 'permanent', code: 'ledger-entry-unreadable', message } };
}

/** The transaction that makes these changes, at most `MOST_CHANGES`, to what was read. Blocks never expire. */
export function toWrites(
  { generation, kept }: BlockReading,
  changes: readonly BlockChange[],
  isAdopted: boolean,
): LedgerWrite[] {
  const value = JSON.stringify({ format: FORMAT, adopted: isAdopted });
  return [
    { key: GENERATION, version: generation, value, expiresAt: null },
    ...changes.map(({ cidr, next }) => ({
      key: `${PREFIX}${cidr.text}`,
      version: kept.get(cidr.text)?.version ?? null,
      value: next === null ? null : writeBlock(next),
      expiresAt: null,
    })),
  ];
}

/** What the ledger holds once these changes are made. */
export function applyChanges({ kept }: BlockReading, changes: readonly BlockChange[]): Block[] {
  const blocks = new Map([...kept].map(([text, { block }]) => [text, block]));
  for (const { cidr, next } of changes) {
    if (next === null) blocks.delete(cidr.text);
    else blocks.set(cidr.text, next);
  }
  return [...blocks.values()];
}

function writeBlock({ kind, holder, since, leaving }: Block): string {
  return JSON.stringify({ format: FORMAT, kind, holder, since, leaving });
}

/** Null where the text is none that this version has written: nothing may rest on half of it. */
function readGeneration(text: string): boolean | null {
  const json = parse(text);
  return json['format'] === FORMAT && typeof json['adopted'] === 'boolean' ? json['adopted'] : null;
}

function readBlock({ key, value }: LedgerEntry): Block | null {
  const cidr = parseCidr(key.slice(PREFIX.length));
  const json = parse(value);
  if (!cidr.ok || json['format'] !== FORMAT) return null;
  const { kind, holder, since, leaving } = json;
  if (kind !== 'allocated' && kind !== 'claimed') return null;
  if (holder !== null && !isHolder(holder)) return null;
  if (holder === null && kind === 'allocated') return null;
  if (!isTime(since) || (leaving !== null && !isTime(leaving))) return null;
  return { cidr: cidr.cidr, kind, holder, since, leaving };
}

/** Of what is no JSON object, nothing. */
function parse(text: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return {};
  }
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value);
}

function isHolder(value: unknown): value is Holder {
  const { node, name, incarnation } = Object(value);
  const isText = (text: unknown): boolean => typeof text === 'string';
  return isText(node) && isText(name) && (incarnation === null || isText(incarnation));
}
