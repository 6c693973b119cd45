import type { Block } from '../../../shared/core/claims/holders.ts';
import { applyChanges, readBlocks, toWrites } from '../../../shared/core/ledger/blocks.ts';
import type { Node, Observation, Scope } from '../../../shared/core/model.ts';
import { type BlockRequest, type Blocks, resolveBlocks } from '../../../shared/core/run/blocks.ts';
import { cidr, observation, settings, table } from '../builders.ts';
import { type MemoryCloud, memoryCloud } from '../memory-cloud.ts';
import { type MemoryLedger, memoryLedger } from '../memory-ledger.ts';

export const MINUTE = 60_000;
export const NOW = Date.UTC(2026, 10, 21, 3);
/** Four blocks. */
export const ON = { clusterCidrs: [cidr('10.200.0.0/22')], allocate: { 4: 24, 6: null } };
export const OFF = { ...ON, allocate: { 4: null, 6: null } };
/** Where nothing was read. */
export const OF_NO_RUN: Blocks = {
  ...{ blocks: [], entered: [], isAdopted: null, waiting: new Map(), lacking: new Set() },
  ...{ short: new Set<string>(), findings: [], unread: null },
};
const { signal } = new AbortController();

export let cloud: MemoryCloud;
export let ledger: MemoryLedger;

/** Before each test. */
export function beginAnew(): void {
  cloud = memoryCloud([]);
  ledger = memoryLedger(NOW);
}

export function block(text: string, to: string, more: Partial<Block> = {}): Block {
  const holder = { node: to, name: to, incarnation: null };
  return { cidr: cidr(text), kind: 'allocated', holder, since: NOW, leaving: null, ...more };
}

/** Has the ledger hold these blocks, and say that all was adopted. */
export async function adopt(...blocks: readonly Block[]): Promise<void> {
  const reading = await readBlocks(ledger, signal);
  if (!reading.ok) throw new Error(reading.failure.message);
  const changes = blocks.map((each) => ({ cidr: each.cidr, next: each }));
  await ledger.write(toWrites(reading.value, changes, true), signal);
  ledger.log.length = 0;
}

/** What the ledger holds, as `cidr holder`. */
export async function held(): Promise<string[]> {
  const reading = await readBlocks(ledger, signal);
  return reading.ok ? applyChanges(reading.value, []).map(show) : [];
}

export function show({ cidr: { text }, holder, leaving }: Block): string {
  return `${text} ${holder?.node ?? '-'}${leaving === null ? '' : ' leaving'}`;
}

export type More = Partial<Omit<BlockRequest, 'settings'>> & {
  readonly how?: Partial<BlockRequest['settings']>;
  readonly scope?: Scope;
};

/** In a run for events. */
export function resolve(
  seen: readonly Node[] | Observation,
  { how = ON, ...more }: More = {},
): Promise<Blocks> {
  const looked = 'nodes' in seen ? seen : observation(seen, [], { scope: { kind: 'nodes', ids: [] } });
  return resolveBlocks(cloud, looked, {
    settings: settings(how),
    opened: null,
    hasAnswered: false,
    open: async () => ledger,
    registry: null,
    dryRun: false,
    signal,
    ...more,
  });
}

/** In a full run. */
export async function resolveFully(
  nodes: readonly Node[],
  { scope, ...more }: More = {},
  tables = [table()],
): Promise<Blocks> {
  const reading = await readBlocks(ledger, signal);
  const opened = reading.ok ? ({ ok: true, value: { ledger, reading: reading.value } } as const) : reading;
  ledger.log.length = 0;
  return resolve(observation(nodes, tables, scope && { scope }), {
    opened,
    hasAnswered: reading.ok,
    ...more,
  });
}
