import { describe, expect, it } from '@jest/globals';
import { type Cause, findCauses } from '../../functions/cli/alerts/causes.ts';
import { judgeStanding } from '../../functions/cli/alerts/standing.ts';
import { startAws } from '../../functions/cli/clouds/aws/sandbox.ts';
import { ALARM_SLUGS, ALARMS, type AlarmSlug } from '../../infra/alarms.ts';
import { CLUSTER_TAG, nameAlarm, nameLogGroup } from '../../infra/deployed-names.ts';
import { MONITOR_ENDPOINTS } from '../../shared/sandbox/arm/monitor-endpoints.ts';
import { podroutes } from '../cli/built-command.ts';
import { codeSpans, readText, tableBelow, tableHeaded } from './markdown.ts';

const PAGE = await readText('docs/alerts.md');

/** What a run prints, without what differs from one to the next. */
function normalize(text: string): string {
  // A span has the day twice where it goes past midnight.
  const time = /\d{4}-\d\d-\d\d \d\d:\d\d( to (\d{4}-\d\d-\d\d )?\d\d:\d\d)?|\bi-[\da-f]+/g;
  return text.replaceAll(time, '…').replaceAll(/\s+/g, ' ');
}

/** What the page of an alarm says first of how to look. */
async function firstLook(slug: AlarmSlug): Promise<string> {
  const page = await readText(ALARMS[slug].page);
  return /^## How to look\n\n(.*?)\n\n### AWS\n/ms.exec(page)?.[1] ?? '';
}

const PLAN: Parameters<typeof judgeStanding>[1] = {
  ...{ changes: [], forwarding: [], findings: [] },
  summary: { created: 0, replaced: 0, deleted: 0, unchanged: 1, waiting: 0, failed: 0, skipped: 0 },
  tables: [
    {
      ...{ id: 'rtb-1', name: 'nodes', routes: 1, managed: 1, limit: 500, entries: [] },
      quotas: [{ families: [4], used: 1, limit: 500 }],
    },
  ],
};
const CAUSE: Cause = {
  ...{ kind: 'error', level: 'error', code: 'failed', text: 'failed', at: [0] },
  ...{ remedy: null, node: null, table: null, cidr: null },
};

describe.each(ALARM_SLUGS)('The page of the alarm %s', (slug) => {
  it('leads to the command that reviews it, and says whether a plan shows it', async () => {
    const text = await firstLook(slug);
    expect(text).toMatch(/^`podroutes alerts` /);
    const { holds } = judgeStanding(slug, PLAN);
    expect(text.includes('which changes are left now')).toBe(holds === 'unseen');
  });

  it('says whether a line of the log may tell why', async () => {
    const kinds = ['finding', 'change', 'message', 'error'] as const;
    const lines = kinds.map((kind) => ({ ...CAUSE, kind }));
    const isTold = findCauses(slug, [...lines, { ...CAUSE, kind: 'finding', code: slug }], []).length > 0;
    expect((await firstLook(slug)).includes('it shows no cause')).toBe(!isTold);
  });
});

describe('The page on alerts', () => {
  it('names the permissions of AWS that a failure would name', async () => {
    const source = await readText('functions/cli/clouds/aws/alerts.ts');
    const named = [...source.matchAll(/\b((?:cloudwatch|logs):[A-Z]\w+)/g)].map(([, name]) => name);
    const documented = tableBelow(PAGE, 'Permissions').flatMap(([cell = '']) => codeSpans(cell));
    expect(documented.sort()).toEqual([...new Set(named)].sort());
  });

  it('names the actions of Azure that its calls need', () => {
    const rows = tableHeaded(PAGE.slice(PAGE.indexOf('On Azure, the role')), 'action');
    const documented = rows.flatMap(([cell = '']) => codeSpans(cell));
    expect(documented.sort()).toEqual(MONITOR_ENDPOINTS.map(({ action }) => action).sort());
  });

  it('names alarms, log groups and the tag as they are deployed', () => {
    const [slug = 'dead-letters'] = ALARM_SLUGS;
    const spans = codeSpans(PAGE);
    const placed = { cluster: 'CLUSTER', stack: '<stack>' };
    const alarm = nameAlarm(placed, slug).replace(slug, '<alarm>');
    const groups = (['node-events', 'reconcile'] as const).map((name) => nameLogGroup(placed, name));
    for (const name of [alarm, ...groups]) {
      expect(spans).toContain(name.replace('CLUSTER', '<cluster>'));
    }
    expect(spans).toContain(CLUSTER_TAG);
  });

  it('shows what the sandbox shows', async () => {
    const [, shown = ''] = /```text\n(.*?)```/s.exec(PAGE) ?? [];
    const sandbox = await startAws(0, false);
    try {
      const { stdout } = await podroutes(['alerts'], {
        ...sandbox.variables,
        PODROUTES_CLUSTER: 'kthw',
        PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16',
      });
      expect(normalize(stdout)).toContain(normalize(shown));
    } finally {
      await sandbox.close();
    }
  });
});
