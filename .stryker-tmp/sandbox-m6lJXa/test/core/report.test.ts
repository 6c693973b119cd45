// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import { type Report, toReport } from '../../shared/core/run/report.ts';
import { cidr, hopOf, node, settings } from './builders.ts';
import { failure, type MemoryCloud, memoryCloud } from './memory-cloud.ts';

async function reportOf(cloud: MemoryCloud, dryRun = false): Promise<Report> {
  const scope = { kind: 'all', ids: [] } as const;
  const run = await reconcile(cloud, {
    scope,
    dryRun,
    ledger: null,
    settings: settings(),
    signal: new AbortController().signal,
  });
  return toReport(run, {
    cluster: 'kthw',
    cloud: 'aws',
    force: false,
    startedAt: Date.UTC(2026, 10, 21, 3),
    finishedAt: Date.UTC(2026, 10, 21, 3) + 412,
    clusterCidrs: settings().clusterCidrs,
  });
}

/** One node to create for, one to replace for, one that is as it should be, one that is gone. */
function sampleCloud(): MemoryCloud {
  const cloud = memoryCloud([
    node('i-0', ['10.200.0.0/24'], { name: 'worker-0', addresses: ['10.0.1.20'], forwarding: 'off' }),
    node('i-1', ['10.200.1.0/24'], { name: 'worker-1' }),
    node('i-2', ['10.200.2.0/24'], { name: 'worker-2' }),
    node('i-3', [], { name: 'worker-3', state: 'gone' }),
  ]);
  cloud.put('rtb-1', cidr('10.200.1.0/24'), hopOf('i-3'));
  cloud.put('rtb-1', cidr('10.200.2.0/24'), hopOf('i-2'));
  cloud.put('rtb-1', cidr('10.200.3.0/24'), hopOf('i-3'));
  return cloud;
}

describe('the report', () => {
  it('says what a run saw and did', async () => {
    const report = await reportOf(sampleCloud());
    expect(report).toMatchObject({
      cluster: 'kthw',
      cloud: 'aws',
      clusterCidrs: ['10.200.0.0/16', 'fd00:200::/48'],
      scope: 'all',
      dryRun: false,
      force: false,
      startedAt: '2026-11-21T03:00:00.000Z',
      durationMs: 412,
      tables: [{ id: 'rtb-1', name: 'rtb-1', routes: 3, managed: 3, limit: 500 }],
      findings: [],
      forwarding: [{ node: 'worker-0', nodeId: 'i-0', outcome: 'applied' }],
      summary: { created: 1, replaced: 1, deleted: 1, unchanged: 1, failed: 0, skipped: 0 },
    });
    expect(report.nodes[0]).toEqual({
      id: 'i-0',
      name: 'worker-0',
      state: 'running',
      addresses: ['10.0.1.20'],
      claims: [{ cidr: '10.200.0.0/24', source: 'tag' }],
    });
    expect(report.changes).toContainEqual({
      table: 'rtb-1',
      action: 'replace',
      destination: '10.200.1.0/24',
      nextHop: 'i-1',
      previousNextHop: 'i-3',
      node: 'worker-1',
      nodeId: 'i-1',
      reason: 'blackhole',
      outcome: 'applied',
    });
  });

  it('counts in a dry run what would be done', async () => {
    const report = await reportOf(sampleCloud(), true);
    expect(report.summary).toEqual({
      created: 1,
      replaced: 1,
      deleted: 1,
      unchanged: 1,
      waiting: 0,
      failed: 0,
      skipped: 0,
    });
    expect(new Set(report.changes.map(({ outcome }) => outcome))).toEqual(new Set(['planned']));
    expect(report.forwarding).toEqual([{ node: 'worker-0', nodeId: 'i-0', outcome: 'planned' }]);
  });

  it('says why something failed and whether it will be tried again', async () => {
    const cloud = sampleCloud();
    cloud.failing.set('rtb-1 10.200.0.0/24', [failure('transient', 'Throttling')]);
    cloud.failing.set('rtb-1 10.200.1.0/24', [failure('permanent', 'Denied')]);
    cloud.unforwardable.set('i-0', failure('permanent', 'Denied'));
    const report = await reportOf(cloud);
    const errors = report.changes.map(({ destination, error }) => [
      destination,
      error?.code,
      error?.retryable,
    ]);
    expect(errors).toContainEqual(['10.200.0.0/24', 'Throttling', true]);
    expect(errors).toContainEqual(['10.200.1.0/24', 'Denied', false]);
    expect(report.summary).toMatchObject({ created: 0, replaced: 0, failed: 2 });
    expect(report.forwarding).toMatchObject([
      { outcome: 'failed', error: { code: 'Denied', retryable: false } },
    ]);
    expect(report.findings.map(({ code }) => code)).toEqual(['forwarding-disabled']);
  });

  it('is JSON that reads back as itself', async () => {
    const report = await reportOf(sampleCloud());
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});
