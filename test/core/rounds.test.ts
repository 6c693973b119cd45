import { describe, expect, it } from '@jest/globals';
import type { Scope } from '../../shared/core/model.ts';
import { type ReconcileRequest, reconcile } from '../../shared/core/run/reconcile.ts';
import { isInPlace } from '../../shared/core/run/retry.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { cidr, hopOf, node, settings, show } from './builders.ts';
import { failure, type MemoryCloud, memoryCloud } from './memory-cloud.ts';

const A = '10.200.0.0/24';
const B = '10.200.1.0/24';
const C = '10.200.2.0/24';

function run(cloud: MemoryCloud, more: Partial<ReconcileRequest> = {}): Promise<Run> {
  return reconcile(cloud, {
    scope: { kind: 'all', ids: [] },
    dryRun: false,
    signal: new AbortController().signal,
    ledger: null,
    settings: settings({ force: true }),
    ...more,
  });
}

function outcomes({ results }: Run): string[] {
  return results.map(({ change, outcome }) => `${change.table} ${outcome}: ${show(change)}`);
}

describe('after deletions', () => {
  it.each<[string, Scope]>([
    ['all nodes', { kind: 'all', ids: [] }],
    ['the node that gave the routes up', { kind: 'nodes', ids: ['a'] }],
  ])('a run for %s makes anew the route of an heir that a deletion hit', async (_, scope) => {
    const cloud = memoryCloud([node('a', [B])]);
    cloud.put('rtb-1', cidr(A), hopOf('a'));
    cloud.put('rtb-1', cidr(C), hopOf('a'));
    // Between our look and our second deletion, somebody makes its route for the node that takes it over.
    cloud.afterWrite = ({ action, destination }) => {
      if (action !== 'delete' || destination.text !== A) return;
      cloud.nodes.set('heir', node('heir', [C]));
      cloud.put('rtb-1', cidr(C), hopOf('heir'));
    };
    const done = await run(cloud, { scope });
    expect(outcomes(done)).toEqual([
      `rtb-1 applied: create ${B} a (claimed)`,
      `rtb-1 applied: delete ${A} a (claim-withdrawn)`,
      `rtb-1 applied: delete ${C} a (claim-withdrawn)`,
      `rtb-1 applied: create ${C} heir (claimed)`,
    ]);
    expect(cloud.routes()).toEqual([`${B} a`, `${C} heir`]);
    expect(isInPlace(done, 'heir')).toBe(true);
  });

  it('a run does not delete again what a read that lags behind still shows', async () => {
    const cloud = memoryCloud([]);
    cloud.put('rtb-1', cidr(A), hopOf('dead'));
    cloud.lag(9);
    expect(outcomes(await run(cloud))).toEqual([`rtb-1 applied: delete ${A} dead (node-gone)`]);
    expect(cloud.log.filter((line) => line !== 'observe')).toHaveLength(1);
  });

  it.each([
    ['route by route', false],
    ['a table at once', true],
  ])('a run looks once more where the cloud writes %s', async (_, isAtomic) => {
    const cloud = memoryCloud([]);
    cloud.isAtomic = isAtomic;
    cloud.put('rtb-1', cidr(A), hopOf('dead'));
    await run(cloud);
    expect(cloud.routes()).toEqual([]);
    expect(cloud.looks).toHaveLength(2);
  });
});

describe('a table that the cloud calls full', () => {
  it('is tried again once the run has deleted from it, and no other table is', async () => {
    const cloud = memoryCloud([node('a', [B])], ['rtb-1', 'rtb-2']);
    cloud.put('rtb-1', cidr(A), hopOf('dead'));
    for (const id of ['rtb-1', 'rtb-2']) cloud.failing.set(`${id} ${B}`, [failure('full')]);
    const done = await run(cloud);
    expect(outcomes(done).sort()).toEqual([
      `rtb-1 applied: create ${B} a (claimed)`,
      `rtb-1 applied: delete ${A} dead (node-gone)`,
      `rtb-2 failed: create ${B} a (claimed)`,
    ]);
    expect(done.findings).toMatchObject([{ code: 'route-table-full', table: 'rtb-2' }]);
    expect(cloud.log.filter((line) => line.startsWith('rtb-2'))).toHaveLength(1);
  });
});

describe('the time for reading', () => {
  it('ends every read when it is over, and no write', async () => {
    const cloud = memoryCloud([node('a', [B])]);
    cloud.put('rtb-1', cidr(A), hopOf('a'));
    await run(cloud, { readSignal: AbortSignal.abort() });
    expect(cloud.routes()).toEqual([`${B} a`]);
    expect(cloud.readSignals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
  });

  it.each<[string, Partial<ReconcileRequest>, boolean]>([
    ['is not over while neither is', { readSignal: new AbortController().signal }, false],
    [
      'is over with the invocation',
      { readSignal: new AbortController().signal, signal: AbortSignal.abort() },
      true,
    ],
    ['is the whole of the invocation where it has no end of its own', { signal: AbortSignal.abort() }, true],
  ])('%s', async (_, signals, over) => {
    const cloud = memoryCloud([node('a', [B])]);
    await run(cloud, signals);
    expect(cloud.readSignals.map(({ aborted }) => aborted)).toEqual([over]);
  });
});
