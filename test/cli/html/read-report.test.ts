import { describe, expect, it } from '@jest/globals';
import { type ReadableReport, readReport } from '../../../functions/cli/html/read-report.ts';
import type { Report } from '../../../shared/core/run/report.ts';
import { dayOfTrouble, handingOut, LARGE, largeCloud, reportOf } from './sample-reports.ts';

const { after } = await dayOfTrouble();

/** The report with some fields altered, as its file would be. */
function altered(change: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...after, ...change });
}

describe('a saved report', () => {
  it('reads back as what it was', async () => {
    const large: Report = await reportOf(largeCloud(), LARGE);
    for (const report of [after, large, handingOut(after)]) {
      expect(readReport(JSON.stringify(report))).toEqual({ ok: true, report });
    }
  });

  it('of another version may lack newer fields, and may have more', () => {
    const { clusterCidrs: _, forwarding: __, ...older } = after;
    const tables = after.tables.map(({ entries: _entries, quotas: _quotas, ...table }) => table);
    const expected: Partial<ReadableReport> = { clusterCidrs: [], forwarding: [] };
    expect(readReport(JSON.stringify({ ...older, tables, weather: 'fine' }))).toMatchObject({
      ok: true,
      report: { ...expected, tables: [{ entries: [], quotas: [] }, { entries: [] }] },
    });
  });

  it.each([
    { what: 'text', json: 'podroutes', problem: 'text that is no JSON' },
    { what: 'nothing', json: '', problem: 'text that is no JSON' },
    { what: 'null', json: 'null', problem: 'the file is not as in docs/report.md (expected object)' },
    { what: 'a list', json: '[]', problem: 'the file is not as in docs/report.md (expected object)' },
    { what: 'another object', json: '{}', problem: 'its field cluster is not as' },
    { what: 'an unknown cloud', json: altered({ cloud: '<b>' }), problem: 'its field cloud is not as' },
    {
      what: 'a date that is none',
      json: altered({ startedAt: 'today' }),
      problem: 'its field startedAt is not as',
    },
    {
      what: 'an object for a text',
      json: altered({ nodes: [{ id: {} }] }),
      problem: 'its field nodes[0].id is not as',
    },
  ])('is refused if it is $what, without showing it', ({ json, problem }) => {
    const reading = readReport(json);
    expect(reading).toEqual({ ok: false, problem: expect.stringContaining(problem) });
    expect(JSON.stringify(reading)).not.toMatch(/<b>|\\n/);
  });
});
