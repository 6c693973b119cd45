import { describe, expect, it } from '@jest/globals';
import { boundReport } from '../../shared/core/run/bounded-report.ts';
import { reconcile } from '../../shared/core/run/reconcile.ts';
import type { Report } from '../../shared/core/run/report.ts';
import { toReport } from '../../shared/core/run/to-report.ts';
import { cidr, hopOf, node, settings } from './builders.ts';
import { failure, memoryCloud } from './memory-cloud.ts';

const IN_PLACE = 20;

/** Many nodes whose routes are there, one whose creation fails, and a conflict. */
async function sampleReport(): Promise<Report> {
  const [A, B, C] = ['10.200.0.0/24', '10.200.1.0/24', '10.200.2.0/24'];
  const cloud = memoryCloud([
    node('a', [A], { forwarding: 'off' }),
    node('b', [B]),
    node('c', [C]),
    node('twin', [C]),
  ]);
  cloud.put('rtb-1', cidr(A), hopOf('a'));
  for (let i = 0; i < IN_PLACE; i += 1) {
    const block = `10.200.${100 + i}.0/24`;
    cloud.nodes.set(`n${i}`, node(`n${i}`, [block]));
    cloud.put('rtb-1', cidr(block), hopOf(`n${i}`));
  }
  cloud.nodes.set('mute', node('mute'));
  cloud.nodes.set('deaf', node('deaf', ['10.200.3.0/24'], { forwarding: 'off' }));
  cloud.put('rtb-1', cidr('10.200.3.0/24'), hopOf('deaf'));
  cloud.unforwardable.set('deaf', failure('permanent'));
  cloud.failing.set(`rtb-1 ${B}`, [failure('permanent')]);
  const { signal } = new AbortController();
  const scope = { kind: 'all', ids: [] } as const;
  const run = await reconcile(cloud, {
    scope,
    dryRun: false,
    settings: settings({ expectClaims: true }),
    signal,
    ledger: null,
  });
  const ranges = [cidr('10.200.0.0/16')];
  return toReport(run, {
    ...{ cluster: 'kthw', cloud: 'aws', force: false },
    ...{ startedAt: 0, finishedAt: 1, clusterCidrs: ranges, reservedCidrs: [] },
    allocate: settings().allocate,
  });
}

function sizeOf(report: Report): number {
  return Buffer.byteLength(JSON.stringify(report));
}

const whole = await sampleReport();

describe('A report for an answer of limited size', () => {
  it('is whole where it fits', () => {
    expect(boundReport(whole, sizeOf(whole))).toBe(whole);
  });

  it('first lacks the entries of tables, and says how many and where they are', () => {
    const bounded = boundReport(whole, sizeOf(whole) - 1);
    expect(bounded.tables.map(({ entries, routes }) => [entries.length, routes])).toEqual([
      [0, IN_PLACE + 2],
    ]);
    expect(bounded.changes).toEqual(whole.changes);
    expect(bounded.omitted).toEqual({
      ...{ entries: IN_PLACE + 2, changes: 0, forwarding: 0, nodes: 0, findings: 0 },
      message: expect.stringContaining('podroutes reconcile -o json'),
    });
  });

  it('then lacks the blocks, and says how many they are', () => {
    const entry = {
      kind: 'claimed',
      node: null,
      nodeId: null,
      since: whole.startedAt,
      leaving: null,
    } as const;
    const kept = [1, 2, 3].map((i) => ({ ...entry, cidr: `10.200.${i}.0/24` }));
    const blocks = { sizes: [24], reserved: ['10.200.240.0/20'], adopted: true, kept };
    const report = { ...whole, blocks };
    const withoutEntries = boundReport(report, sizeOf(report) - 1);
    expect(withoutEntries).toMatchObject({ blocks, omitted: { entries: IN_PLACE + 2, blocks: 0 } });
    expect(boundReport(report, sizeOf(withoutEntries) - 1)).toMatchObject({
      blocks: { ...blocks, kept: [] },
      changes: whole.changes,
      omitted: { blocks: 3, changes: 0 },
    });
  });

  /** What each smaller answer has of a list, in turn. */
  function shrink(show: (report: Report) => readonly string[]): string[] {
    const shown = [];
    for (let most = sizeOf(whole); most > 0; most -= 10) shown.push(show(boundReport(whole, most)).join());
    return [...new Set(shown)];
  }

  it('keeps what failed for longer than what went well', () => {
    expect(shrink(({ changes }) => changes.map(({ outcome }) => outcome))).toEqual([
      'failed,applied',
      'failed',
      '',
    ]);
    expect(shrink(({ forwarding }) => forwarding.map(({ outcome }) => outcome))).toEqual([
      'applied,failed',
      'failed',
      '',
    ]);
  });

  it('keeps errors for longer than what is less', () => {
    expect(shrink(({ findings }) => findings.map(({ severity }) => severity).sort())).toEqual([
      'error,error,info',
      'error,error',
      '',
    ]);
  });

  it('has no nodes before it lacks a change that failed, and no finding before that', () => {
    expect(
      shrink(({ tables, nodes, changes, findings }) => [
        `${tables[0]?.entries.length} ${nodes.length} ${changes.length} ${findings.length}`,
      ]),
    ).toEqual([
      `${IN_PLACE + 2} ${whole.nodes.length} 2 3`,
      `0 ${whole.nodes.length} 2 3`,
      `0 ${whole.nodes.length} 1 3`,
      '0 0 1 3',
      '0 0 0 3',
      '0 0 0 2',
      '0 0 0 0',
    ]);
  });

  it('never lacks its summary, and counts what it lacks', () => {
    const least = boundReport(whole, 0);
    expect(least.summary).toEqual(whole.summary);
    expect(least.omitted).toMatchObject({
      entries: IN_PLACE + 2,
      changes: whole.changes.length,
      forwarding: whole.forwarding.length,
      nodes: whole.nodes.length,
      findings: whole.findings.length,
    });
    expect(sizeOf(least)).toBeLessThan(1_500);
  });
});
