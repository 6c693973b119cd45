import { describe, expect, it } from '@jest/globals';
import { judgeStanding } from '../../functions/cli/alerts/standing.ts';
import { ALARM_SLUGS, ALARMS } from '../../infra/alarms.ts';
import type { Finding, Severity } from '../../shared/core/model.ts';
import type { Report } from '../../shared/core/run/report.ts';

type ReportedTable = Report['tables'][number];

const NOTHING = { created: 0, replaced: 0, deleted: 0, unchanged: 3, waiting: 0, failed: 0, skipped: 0 };
const IN_STEP = { changes: [], summary: NOTHING, forwarding: [], findings: [], tables: [] };
const UNDONE = { ...IN_STEP, forwarding: [{ node: 'a', nodeId: 'b', outcome: 'planned' } as const] };

function finding(code: Finding['code'], severity: Severity, node: string | null = null): Finding {
  return { code, severity, node, nodeId: node, table: null, cidr: null, message: '', remedy: '' };
}

function table(name: string, used: number, limit: number): ReportedTable {
  const quotas = [{ families: [4 as const], used, limit }];
  return { id: name, name, routes: used, managed: 0, limit, quotas, entries: [] };
}

describe('Whether an alarm still holds', () => {
  it.each([
    ['apply-failures', UNDONE, 'yes', 'forwarding to switch on at 1 node'],
    ['apply-failures', IN_STEP, 'no', 'Every change has been made'],
    [
      'error-findings',
      { ...IN_STEP, findings: [finding('conflicting-claim', 'error', 'worker-1')] },
      'yes',
      'conflicting-claim of worker-1',
    ],
    ['error-findings', { ...IN_STEP, findings: [finding('missing-claim', 'info')] }, 'no', 'no finding'],
    [
      'error-findings',
      { ...IN_STEP, findings: Array.from({ length: 7 }, () => finding('deletion-breaker', 'error')) },
      'yes',
      'and 2 more',
    ],
    [
      'route-table-filling',
      { ...IN_STEP, tables: [table('a', 2, 50), table('b', 81, 100)] },
      'yes',
      'b, has 81 of 100',
    ],
    ['route-table-filling', { ...IN_STEP, tables: [table('a', 80, 100)] }, 'no', 'a, has 80 of 100'],
    ['route-table-filling', IN_STEP, 'unseen', 'no table'],
    ['queue-age', UNDONE, 'unseen', 'forwarding to switch on at 1 node'],
    ['queue-age', IN_STEP, 'unseen', 'the routes are in step'],
  ] as const)('%s is seen in a plan: %j is %s', (slug, plan, holds, evidence) => {
    expect(judgeStanding(slug, plan)).toEqual({ holds, evidence: expect.stringContaining(evidence) });
  });

  it.each([
    ['UnauthorizedOperation', 'unseen'],
    ['AuthorizationFailed', 'unseen'],
    ['RouteLimitExceeded', 'no'],
  ])('of apply-failures by %s is %s where somebody has made the changes', (code, holds) => {
    const standing = judgeStanding('apply-failures', IN_STEP, [{ code }]);
    expect(standing.holds).toBe(holds);
    expect(standing.evidence.includes('whether the functions may write again')).toBe(holds === 'unseen');
    expect(judgeStanding('apply-failures', UNDONE, [{ code }]).holds).toBe('yes');
  });

  it.each(ALARM_SLUGS)('is never denied of %s where there is no plan, or not all was read', (slug) => {
    const partial = {
      ...IN_STEP,
      tables: [table('a', ALARMS['route-table-filling'].threshold, 100)],
      findings: [finding('read-incomplete', 'warning')],
    };
    expect(judgeStanding(slug, null).holds).toBe('unseen');
    expect(judgeStanding(slug, partial).holds).toBe('unseen');
  });
});
