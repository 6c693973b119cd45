import { describe, expect, it } from '@jest/globals';
import { compareReports, type Difference } from '../../../functions/cli/html/comparison.ts';
import { describeComparison } from '../../../functions/cli/html/comparison-view.ts';
import { dayOfTrouble, reportOf, SMALL, smallCloud } from './sample-reports.ts';

const DAY = await dayOfTrouble();

function show({ name, where, before, after }: Difference): string {
  return `${name} (${where.join(' ')}): ${before} -> ${after}`;
}

describe('two reports of one cluster', () => {
  const comparison = compareReports(DAY.before, DAY.after);

  it('show the nodes that were added, removed and changed', () => {
    expect(comparison.nodes.map(({ name, before, after }) => `${name}: ${before} -> ${after}`)).toEqual([
      'worker-3: running -> null',
      'worker-4: running -> stopped',
      'worker-10: null -> running',
      'worker-11: null -> running',
      'worker-12: null -> running',
    ]);
  });

  it('show the claims that changed, in order', () => {
    expect(comparison.claims.map(show)).toEqual([
      '10.200.3.0/24 (): worker-3 -> null',
      '10.200.6.0/24 (): worker-6 -> null',
      '10.200.7.0/24 (): worker-7 -> worker-11, worker-7',
      '10.200.10.0/24 (): null -> worker-10',
      '10.200.12.0/24 (): null -> worker-12',
      '10.200.16.0/24 (): null -> worker-6',
    ]);
  });

  it('show the routes that lead elsewhere, once for tables that are alike, and none that is only planned', () => {
    expect(comparison.routes.map(show)).toEqual([
      expect.stringMatching(
        /^10\.200\.3\.0\/24 \(rtb-private-a rtb-private-b\): worker-3 -> i-\w+ \(blackhole\)$/,
      ),
      '10.200.4.0/24 (rtb-private-a rtb-private-b): worker-4 -> worker-4 (blackhole)',
      '10.200.8.0/24 (rtb-private-b): worker-8 -> worker-1',
      '10.200.12.0/24 (rtb-private-a): null -> pcx-0bb2',
    ]);
  });

  it('show new findings and resolved ones', () => {
    expect(comparison.appeared.map(({ code }) => code)).toEqual(['conflicting-claim', 'foreign-route']);
    const back = compareReports(DAY.after, DAY.before);
    expect(back.resolved.map(({ code }) => code)).toEqual(['conflicting-claim', 'foreign-route']);
  });

  it('are put in one sentence', () => {
    expect(describeComparison(comparison)).toBe(
      'Since 20 November 2026 at 03:00 UTC: 3 nodes added, 1 node removed, 1 node changed state, 6 claims changed, 4 routes changed and 2 new findings.',
    );
  });

  it('that say the same show nothing', async () => {
    const same = await reportOf(smallCloud(), SMALL);
    const nothing = compareReports(same, same);
    expect(nothing).toMatchObject({
      nodes: [],
      claims: [],
      routes: [],
      appeared: [],
      resolved: [],
      moved: [],
    });
    expect(describeComparison(nothing)).toBe('Nothing changed since 21 November 2026 at 03:00 UTC.');
  });

  it.each([
    { what: 'is of some nodes only', change: { scope: 'nodes', nodes: [], findings: [] } as const },
    {
      what: 'could not read everything',
      change: {
        nodes: [],
        findings: [
          {
            code: 'read-incomplete',
            severity: 'error',
            node: null,
            nodeId: null,
            table: null,
            cidr: null,
            message: '',
            remedy: '',
          },
        ],
      } as const,
    },
  ])('say nothing of what is missing in one that $what', ({ change }) => {
    const partial = { ...DAY.after, ...change };
    expect(compareReports(DAY.before, partial)).toMatchObject({
      nodes: [],
      claims: [],
      resolved: [],
      partial: true,
    });
    const since = compareReports(partial, DAY.before);
    expect(since).toMatchObject({ nodes: [], claims: [], appeared: [], partial: true });
  });
});
