import { describe, expect, it } from '@jest/globals';
import type { ChangeResult } from '../../shared/core/model.ts';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import type { Report } from '../../shared/core/run/report.ts';
import { type ReportContext, toReport } from '../../shared/core/run/to-report.ts';
import { cidr, deadRoute, hopOf, node, observation, route, runOf, settings, table } from './builders.ts';
import { failure, type MemoryCloud, memoryCloud, strangerHop } from './memory-cloud.ts';

const CONTEXT: ReportContext = {
  cluster: 'kthw',
  cloud: 'aws',
  force: false,
  startedAt: Date.UTC(2026, 10, 21, 3),
  finishedAt: Date.UTC(2026, 10, 21, 3) + 412,
  clusterCidrs: settings().clusterCidrs,
  reservedCidrs: [],
  allocate: settings().allocate,
};

async function reportOf(
  cloud: MemoryCloud,
  dryRun = false,
  signal = new AbortController().signal,
): Promise<Report> {
  const scope = { kind: 'all', ids: [] } as const;
  const run = await reconcile(cloud, { scope, dryRun, ledger: null, settings: settings(), signal });
  return toReport(run, CONTEXT);
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

  it('says of each route whose it is', async () => {
    const cloud = sampleCloud();
    cloud.put('rtb-1', cidr('10.200.7.0/24'), strangerHop('vpn'));
    cloud.nodes.delete('i-3');
    const [reported] = (await reportOf(cloud, true)).tables;
    expect(reported).toMatchObject({ routes: 4, managed: 3, limit: 500 });
    const common = { state: 'active', managed: true };
    expect(reported?.entries).toEqual([
      {
        ...{ ...common, destination: '10.200.1.0/24', nextHop: 'i-3', state: 'blackhole' },
        ...{ node: null, nodeId: null },
      },
      { ...common, destination: '10.200.2.0/24', nextHop: 'i-2', node: 'worker-2', nodeId: 'i-2' },
      {
        ...{ ...common, destination: '10.200.3.0/24', nextHop: 'i-3', state: 'blackhole' },
        ...{ node: null, nodeId: null },
      },
      { ...common, destination: '10.200.7.0/24', nextHop: 'vpn', managed: false, node: null, nodeId: null },
    ]);
  });

  it('has the id of a node that was not read, and says of a route what the cloud has learnt', () => {
    const seen = observation(
      [],
      [table([route('10.200.0.0/24', 'i-9', { propagated: true }), deadRoute('10.200.1.0/24')])],
    );
    expect(toReport(runOf(seen), CONTEXT).tables[0]?.entries).toEqual([
      {
        ...{ destination: '10.200.0.0/24', nextHop: 'i-9', state: 'active', managed: true },
        ...{ node: 'i-9', nodeId: 'i-9', propagated: true },
      },
      {
        ...{ destination: '10.200.1.0/24', nextHop: null, state: 'blackhole', managed: true },
        ...{ node: null, nodeId: null },
      },
    ]);
  });

  it('has the lowest limit of a table', () => {
    const quotas = ([4, 6] as const).map((family) => ({ families: [family], used: 0, limit: 10 * family }));
    expect(toReport(runOf(observation([], [table([], { quotas })])), CONTEXT).tables).toMatchObject([
      { limit: 40 },
    ]);
  });

  it('says what waits, since when, from when and what for', () => {
    const change = {
      ...({ table: 'rtb-1', action: 'delete', destination: cidr('10.200.0.0/24'), nextHop: null } as const),
      ...({ previousNextHop: null, node: null, reason: 'claim-withdrawn', evidence: 'withdrawn' } as const),
    };
    const results = [
      { since: 0, notBefore: 60_000, reason: 'second-look' },
      { since: null, notBefore: null, reason: 'no-ledger' },
    ].map((wait) => ({ change, outcome: 'waiting', failure: null, wait }) as ChangeResult);
    const { changes, summary } = toReport(runOf(observation([], []), { results }), CONTEXT);
    expect(changes.map(({ since, notBefore, waitsFor }) => [since, notBefore, waitsFor])).toEqual([
      ['1970-01-01T00:00:00.000Z', '1970-01-01T00:01:00.000Z', 'second-look'],
      [null, null, 'no-ledger'],
    ]);
    expect(changes[0]).toMatchObject({ node: null, nodeId: null, nextHop: null, previousNextHop: null });
    expect(changes[0]).not.toHaveProperty('error');
    expect(summary).toMatchObject({ waiting: 2, deleted: 0, skipped: 0, failed: 0 });
  });

  it('says what the time did not suffice for', async () => {
    const report = await reportOf(sampleCloud(), false, AbortSignal.abort());
    expect(report.summary).toMatchObject({ created: 0, skipped: 3, failed: 0 });
    expect(report.forwarding).toMatchObject([
      { node: 'worker-0', outcome: 'skipped', error: { code: 'deadline', retryable: true } },
    ]);
  });

  it('says what Kubernetes was told, where it is asked', () => {
    const conditions = [
      { node: node('i-0', [], { name: 'worker-0' }), status: 'False', failure: null },
      {
        node: node('i-1', [], { name: 'worker-1' }),
        status: 'True',
        failure: failure('permanent', 'Denied'),
      },
    ] as const;
    const run = runOf(observation([], []), { kubernetes: { failure: null, conditions } });
    expect(toReport(run, CONTEXT).conditions).toEqual([
      { node: 'worker-0', nodeId: 'i-0', networkUnavailable: false, outcome: 'applied' },
      {
        ...{ node: 'worker-1', nodeId: 'i-1', networkUnavailable: true, outcome: 'failed' },
        error: { code: 'Denied', message: 'Denied.', retryable: false },
      },
    ]);
    expect(toReport(runOf(observation([], [])), CONTEXT)).not.toHaveProperty('conditions');
  });

  it('is JSON that reads back as itself', async () => {
    const report = await reportOf(sampleCloud());
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('has the blocks of the ledger, where there are any or some are handed out', () => {
    const holder = { node: 'i-0', name: 'worker-0', incarnation: null };
    const block = {
      cidr: cidr('10.200.8.0/24'),
      kind: 'allocated',
      holder,
      since: 0,
      leaving: 1000,
    } as const;
    const report = (kept: readonly (typeof block)[], allocate = CONTEXT.allocate) =>
      toReport(
        { ...runOf(observation([], [])), blocks: { isAdopted: true, kept } },
        { ...CONTEXT, allocate, reservedCidrs: [cidr('10.200.240.0/20')] },
      ).blocks;
    const empty = { sizes: [], reserved: ['10.200.240.0/20'], adopted: true, kept: [] };
    expect(report([])).toBeUndefined();
    expect(report([], { 4: 24, 6: 64 })).toEqual({ ...empty, sizes: [24, 64] });
    expect(report([block])).toEqual({
      ...empty,
      kept: [
        {
          ...{ cidr: '10.200.8.0/24', kind: 'allocated', node: 'worker-0', nodeId: 'i-0' },
          ...{ since: '1970-01-01T00:00:00.000Z', leaving: '1970-01-01T00:00:01.000Z' },
        },
      ],
    });
    expect(
      toReport(runOf(observation([], [])), { ...CONTEXT, allocate: { 4: 24, 6: null } }).blocks,
    ).toBeUndefined();
  });
});
