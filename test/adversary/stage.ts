import type { Node } from '../../shared/core/model.ts';
import { type ReconcileRequest, reconcile } from '../../shared/core/run/reconcile.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { settings, show } from '../core/builders.ts';
import type { MemoryCloud } from '../core/memory-cloud.ts';
import type { MemoryLedger } from '../core/memory-ledger.ts';

export const MINUTE = 60_000;
export const START = Date.UTC(2026, 10, 21, 3);

export interface Stage {
  readonly cloud: MemoryCloud;
  readonly ledger: MemoryLedger;
}

export function alter({ cloud }: Stage, id: string, more: Partial<Node>): void {
  const current = cloud.nodes.get(id);
  if (current !== undefined) cloud.nodes.set(id, { ...current, ...more });
}

export function fullRun({ cloud, ledger }: Stage, more: Partial<ReconcileRequest> = {}): Promise<Run> {
  return reconcile(cloud, {
    scope: { kind: 'all', ids: [] },
    dryRun: false,
    settings: settings(),
    signal: new AbortController().signal,
    ledger: async () => ledger,
    ...more,
  });
}

export function eventRun(stage: Stage, ids: readonly string[]): Promise<Run> {
  return fullRun(stage, { scope: { kind: 'nodes', ids }, ledger: 'events' });
}

/** The schedule's runs, each ten minutes after what was before; the last run. */
export async function schedule(stage: Stage, runs: number): Promise<Run> {
  let last = await fullRun(stage);
  for (let i = 1; i < runs; i += 1) {
    stage.ledger.now += 10 * MINUTE;
    last = await fullRun(stage);
  }
  return last;
}

export function outcomes({ results }: Run): string[] {
  return results.map(({ change, outcome, wait }) => `${outcome} ${wait?.reason ?? ''}: ${show(change)}`);
}
