import { readBlocks } from '../../../shared/core/ledger/blocks.ts';
import type { Node } from '../../../shared/core/model.ts';
import { type ReconcileRequest, reconcile } from '../../../shared/core/run/reconcile.ts';
import type { Run } from '../../../shared/core/run/run.ts';
import { cidr, settings } from '../builders.ts';
import { type MemoryCloud, memoryCloud } from '../memory-cloud.ts';
import { type MemoryLedger, memoryLedger } from '../memory-ledger.ts';

export const MINUTE = 60_000;
export const START = Date.UTC(2026, 10, 21, 3);
export const RANGE = [cidr('10.200.0.0/22')];
export const ON = { clusterCidrs: RANGE, allocate: { 4: 24, 6: null } };

/** In place of `Math.random`: a run that comes second does not wait before it tries again. */
export const NO_PAUSE = (): number => 0;

export let cloud: MemoryCloud;
export let ledger: MemoryLedger;

/** An empty cluster, in whose ledger nothing stands: before each test. */
export function beginAnew(): void {
  cloud = memoryCloud([]);
  ledger = memoryLedger(START);
}

export function add(...nodes: readonly Node[]): void {
  for (const each of nodes) cloud.nodes.set(each.id, each);
}

export function change(id: string, more: Partial<Node>): void {
  const current = cloud.nodes.get(id);
  if (current !== undefined) cloud.nodes.set(id, { ...current, ...more });
}

export function run(more: Partial<ReconcileRequest> = {}): Promise<Run> {
  return reconcile(cloud, {
    scope: { kind: 'all', ids: [] },
    dryRun: false,
    settings: settings(ON),
    signal: new AbortController().signal,
    ledger: async () => ledger,
    ...more,
  });
}

/** A run for events about these nodes. */
export function launch(...ids: readonly string[]): Promise<Run> {
  return run({ scope: { kind: 'nodes', ids }, ledger: 'events', blocks: async () => ledger });
}

/** The ledger's blocks, as `cidr kind holder`. */
export async function blocks(): Promise<string[]> {
  const reading = await readBlocks(ledger, new AbortController().signal);
  if (!reading.ok) throw new Error(reading.failure.message);
  return [...reading.value.kept.values()].map(
    ({ block: { cidr: each, kind, holder, leaving } }) =>
      `${each.text} ${kind} ${holder?.node ?? '-'}${leaving === null ? '' : ' leaving'}`,
  );
}

export function blockOf(id: string): string {
  return (
    cloud.nodes
      .get(id)
      ?.claims.map(({ cidr: { text } }) => text)
      .join() ?? ''
  );
}

export function codes({ findings }: Run): string[] {
  return findings.map(({ code }) => code);
}

export function launchEvent(id: string) {
  const event = { kind: 'nodes', nodes: [id], expects: 'present', id: null, what: 'running' } as const;
  return { ...event, occurredAt: START };
}

/** Makes an entry of the ledger one that this version has not written. */
export function damage(key: string): void {
  const entry = ledger.entries.get(key);
  if (entry !== undefined) ledger.entries.set(key, { ...entry, value: '{"format":99}' });
}
