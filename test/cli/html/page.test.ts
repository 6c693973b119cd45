import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readFindingPages } from '../../../functions/cli/html/finding-pages.ts';
import { renderPage } from '../../../functions/cli/html/page.ts';
import type { ReadableReport } from '../../../functions/cli/html/read-report.ts';
import { hostileReport } from './hostile-report.ts';
import {
  dayOfTrouble,
  handingOut,
  LARGE,
  largeCloud,
  reportOf,
  SMALL,
  smallCloud,
} from './sample-reports.ts';

const SMALL_REPORT = await reportOf(smallCloud(), SMALL);
const DAY = await dayOfTrouble();

/** What a reader sees of some markup, in one line. */
function textOf(page: string): string {
  return page
    .replace(/<(script|style)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

/** The text of one section. */
function sectionOf(page: string, id: string): string {
  const start = page.indexOf(`<section id="${id}"`);
  const end = page.indexOf('<section id=', start + 1);
  return textOf(page.slice(start, end < 0 ? undefined : end));
}

describe('the page of a cluster in step', () => {
  const page = renderPage(SMALL_REPORT);

  it('says so first', () => {
    expect(textOf(page)).toContain(
      'kthw on AWS 21 November 2026 at 03:00 UTC . The whole cluster; a dry run',
    );
    expect(textOf(page)).toContain('In step. No route to change. 3 routes were already as claimed.');
  });

  it('has the map in words too', () => {
    const map = sectionOf(page, 'map');
    expect(map).toContain('10.200.0.0/16 Room for 256 blocks of /24, 253 of them free. 3 routed.');
    expect(map).toContain('10.200.0.0/24 to 10.200.2.0/24 3 routed worker-0, worker-1, worker-2');
  });

  it('lists tables, routes, nodes and, apart from them, the routes of others', () => {
    expect(sectionOf(page, 'tables')).toContain('4 3 4 of 500, 1 %');
    expect(sectionOf(page, 'routes')).toMatch(/10\.200\.1\.0\/24 i-\w+ worker-1 active managed rtb-/);
    expect(sectionOf(page, 'routes')).toMatch(
      /1 other route of these tables .* 0\.0\.0\.0\/0 igw-0aa1 – active foreign/,
    );
    expect(sectionOf(page, 'nodes')).toMatch(
      /worker-2 i-\w+ running 10\.0\.0\.2 10\.200\.2\.0\/24 tag routed/,
    );
  });

  it('says of routes that they are inside the cluster CIDRs only where the report knows these', () => {
    const captionsOf = (report: ReadableReport): string[] =>
      [...renderPage(report).matchAll(/<caption[^>]*>(.*?)<\/caption>/g)].map(([, text = '']) => text);
    expect(captionsOf(SMALL_REPORT)).toContain('Routes inside the cluster CIDRs');
    const captions = captionsOf({ ...SMALL_REPORT, clusterCidrs: [] });
    expect(captions).toContain('Routes');
    expect(captions.filter((caption) => caption.includes('cluster CIDRs'))).toEqual([]);
  });

  it('has no comparison without an earlier report', () => {
    expect(page).not.toContain('Since the earlier report');
  });
});

describe('the page of a cluster that hands out blocks', () => {
  const page = renderPage(handingOut(SMALL_REPORT));

  it('counts what leaves and what is reserved, and explains both in the legend', () => {
    const map = sectionOf(page, 'map');
    expect(map).toContain(
      'Room for 256 blocks of /24, 236 of them free. 3 routed, 1 leaving and 16 reserved.',
    );
    expect(map).toContain('1 leaving nobody has it any more');
    expect(map).toContain('16 reserved never handed out');
    expect(map).toContain('2 with a dot handed out by podroutes');
  });

  it.each([
    '10.200.0.0/24: routed (worker-0); in the ledger for worker-0 since 20 November 2026 at 03:00 UTC',
    '10.200.1.0/24: routed (worker-1); handed out to worker-1 since 20 November 2026 at 03:00 UTC',
    '10.200.9.0/24: leaving (worker-9); handed out to worker-9 since 20 November 2026 at 03:00 UTC, nobody there since 21 November 2026 at 03:00 UTC',
    '10.200.241.0/24 of 10.200.240.0/20: reserved',
  ])('says in the text of a square who has it and since when: %s', (title) => {
    expect(page).toContain(`<title>${title}</title>`);
  });

  it('puts the dot on what is handed out alone', () => {
    expect(page.match(/href="#shape-allocated" x=/g)).toHaveLength(2);
  });
});

const PAGES = await readFindingPages(DAY.after);

describe('the page of a cluster out of step', () => {
  const page = renderPage(DAY.after, DAY.before);
  const pageWithPages = renderPage(DAY.after, DAY.before, PAGES);

  it('names each finding with its remedy and its page', () => {
    expect(sectionOf(page, 'findings')).toMatch(
      /error conflicting-claim worker-11 .* What to do: Give worker-11 a free pod CIDR.* More in docs\/findings\/conflicting-claim\.md/,
    );
  });

  it('has the page of each finding folded below it, once for each code', () => {
    expect(page).not.toContain('<summary>More in');
    const folded = [...pageWithPages.matchAll(/<summary>More in <code>([^<]+)</g)];
    const codes = new Set(DAY.after.findings.map(({ code }) => code));
    expect(folded.map(([, path]) => path).toSorted()).toEqual(
      [...codes].map((code) => `docs/findings/${code}.md`).toSorted(),
    );
    expect(sectionOf(pageWithPages, 'findings')).toContain('Give the losing node a free block');
    expect(pageWithPages).toContain('<pre><code>aws ec2 describe-route-tables --route-table-ids');
    expect(pageWithPages).toContain('second look (<code>docs/how-it-works.md</code>)');
  });

  it('grows by the size of those pages, and by no more for each finding', () => {
    const { findings } = DAY.after;
    const twice = renderPage({ ...DAY.after, findings: [...findings, ...findings] }, DAY.before, PAGES);
    const growth = pageWithPages.length - page.length;
    expect(growth).toBeLessThan(5_000 * new Set(findings.map(({ code }) => code)).size);
    const plainTwice = renderPage({ ...DAY.after, findings: [...findings, ...findings] }, DAY.before);
    expect(twice.length - plainTwice.length).toBe(growth);
  });

  it('says of each change what, where and why', () => {
    const changes = sectionOf(page, 'changes');
    expect(changes).toMatch(
      /10\.200\.8\.0\/24 replace i-\w+ → i-\w+ worker-8 it leads to another node than the one that claims it planned rtb-private-b/,
    );
    expect(changes).toContain('a node claims it planned rtb-private-a , rtb-private-b');
    expect(changes).toMatch(/Nodes whose forwarding was off .* worker-10 i-\w+ planned/);
  });

  it('says of a route that it leads elsewhere than to the node that claims it', () => {
    expect(sectionOf(page, 'routes')).toMatch(
      /10\.200\.8\.0\/24 i-\w+ worker-1 elsewhere replace: planned managed rtb-private-b/,
    );
    expect(page).toContain('<span class="badge route-elsewhere">elsewhere</span>');
  });

  it('marks in the map what changed since the earlier report', () => {
    expect(page).toContain('<title>10.200.8.0/24: without route (worker-8), changed</title>');
    expect(page).toContain('<title>10.200.0.0/24: routed (worker-0)</title>');
  });

  it('compares', () => {
    expect(sectionOf(page, 'since')).toContain('worker-4 ~ changed running stopped');
  });
});

describe('the page without changes', () => {
  const held = DAY.after.findings.slice(0, 1);
  it.each([
    { what: 'in step', report: SMALL_REPORT, says: 'None: the routes are in step with the claims.' },
    {
      what: 'without tables',
      report: { ...SMALL_REPORT, tables: [] },
      says: 'None: no managed route table was found.',
    },
    {
      what: 'with a finding that a run cannot mend',
      report: { ...SMALL_REPORT, findings: held },
      says: 'None that a run can make. The findings say what is left to do.',
    },
  ])('of a cluster $what says why', ({ report, says }) => {
    expect(sectionOf(renderPage(report), 'changes')).toContain(says);
  });
});

describe('the page of a run that wrote', () => {
  it('says what was done, what failed and why', async () => {
    const change = {
      table: 'rtb-1',
      action: 'create',
      destination: '10.200.9.0/24',
      nextHop: 'i-9',
      previousNextHop: null,
      node: 'worker-9',
      nodeId: 'i-9',
      reason: 'claimed',
    } as const;
    const report: ReadableReport = {
      ...SMALL_REPORT,
      dryRun: false,
      changes: [
        { ...change, outcome: 'applied' },
        {
          ...change,
          destination: '10.200.10.0/24',
          outcome: 'failed',
          error: { code: 'Denied', message: 'No.', retryable: false },
        },
      ],
      summary: { created: 1, replaced: 0, deleted: 0, unchanged: 3, waiting: 0, failed: 1, skipped: 0 },
    };
    const page = renderPage(report);
    expect(textOf(page)).toContain('Needs attention: 1 failed change. Routes: 1 created.');
    expect(sectionOf(page, 'changes')).toMatch(
      /10\.200\.9\.0\/24 create i-9 worker-9 a node claims it done rtb-1 .* failed Denied No\. rtb-1/,
    );
  });
});

describe('the page of a large cluster', () => {
  const manyFindings = DAY.after.findings
    .slice(0, 1)
    .flatMap((finding) =>
      Array.from({ length: 30 }, (_, i) => ({ ...finding, cidr: `10.9.${i}.0/24`, message: `Number ${i}.` })),
    );

  it('folds what changed since the earlier report after the first rows and findings', async () => {
    const now = { ...(await reportOf(largeCloud(), LARGE)), findings: manyFindings };
    const renamed = now.nodes.map((node) => ({ ...node, id: `${node.id}-old` }));
    const page = renderPage(now, { ...now, nodes: renamed, findings: [] });
    const since = sectionOf(page, 'since');
    expect(since).toContain('1,996 more of “Nodes that were added, removed or changed state”');
    expect(since).toMatch(/Number 9\. 20 more of “New findings” .*Number 10\./);
    const opened = page
      .slice(page.indexOf('id="since"'), page.indexOf('id="map"'))
      .replace(/<details>.*?<\/details>/gs, '');
    expect(opened.match(/<tr>/g)).toHaveLength(11);
  });

  it('leaves rows in step out on paper, says how many, and keeps the others', async () => {
    const page = renderPage(await reportOf(largeCloud(), LARGE));
    const printed = page.replace(/<tr[^>]* class="off-paper">.*?<\/tr>/gs, '');
    const nodes = sectionOf(printed, 'nodes');
    expect(nodes).not.toContain('worker-500 ');
    for (const name of ['worker-3 ', 'worker-5 ', 'worker-9 ', 'worker-1000 ']) expect(nodes).toContain(name);
    expect(nodes).toMatch(/9\d\d rows in step are not printed\./);
    expect(sectionOf(printed, 'routes')).toMatch(/10\.128\.9\.0\/24 i-\w+ worker-8 elsewhere/);
  });

  it('prints a short table whole', () => {
    expect(renderPage(DAY.after)).not.toContain('class="off-paper"');
  });
});

describe('any page', () => {
  const pages = [
    renderPage(SMALL_REPORT),
    renderPage(DAY.after, DAY.before, PAGES),
    renderPage(hostileReport(SMALL_REPORT)),
  ];

  it.each(pages)('allows its own style and script and nothing else', (page) => {
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    for (const tag of ['style', 'script']) {
      const [[, text = ''] = [], ...others] = [...page.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))];
      const hash = createHash('sha256').update(text).digest('base64');
      expect(others).toEqual([]);
      expect(policy).toContain(`${tag}-src &#39;sha256-${hash.replaceAll('&', '&amp;')}&#39;`);
    }
    expect(policy).toMatch(/^default-src &#39;none&#39;; /);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  it.each(pages)('refers to nothing outside itself', (page) => {
    const targets = [...page.matchAll(/\b(?:href|src|action|srcset|data|poster)="([^"]*)"/g)].map(
      ([, target]) => target,
    );
    expect(targets.length).toBeGreaterThan(5);
    expect(targets.filter((target) => !/^(#|data:,$)/.test(target ?? ''))).toEqual([]);
    expect(page.replaceAll('&#39;', '')).not.toMatch(/\burl\(|@import|\son\w+="/i);
  });

  it.each(pages)('has no id twice, and no link into the void', (page) => {
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id = '']) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id = '']) => id);
    expect(ids).toEqual(expect.arrayContaining(links));
  });

  it('shows hostile text as text', () => {
    const page = renderPage(hostileReport(SMALL_REPORT));
    expect(page).not.toMatch(/<img|<script>alert|onerror="|\u202e|\u200b/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('⟨U+202E⟩');
  });

  it('of 1,000 nodes stays below 3 MB and names each node', async () => {
    const page = renderPage(await reportOf(largeCloud(), LARGE));
    expect(page.length).toBeLessThan(3_000_000);
    for (const i of [0, 500, 999]) expect(page).toContain(`worker-${i}<`);
  });
});
