import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { readFindingPages } from '../../functions/cli/html/finding-pages.ts';
import { renderPage } from '../../functions/cli/html/page.ts';
import { hostileReport } from '../cli/html/hostile-report.ts';
import { dayOfTrouble, LARGE, largeCloud, reportOf, SMALL, smallCloud } from '../cli/html/sample-reports.ts';
import { findAxeViolations } from './axe.ts';

const day = await dayOfTrouble();
const small = await reportOf(smallCloud(), SMALL);
const large = await reportOf(largeCloud(), LARGE);
const replaced = large.nodes.map((node) => ({ ...node, id: `${node.id}-old`, name: `old-${node.name}` }));
/** In the order of the findings. */
const FOLDED_PAGES = ['conflicting-claim', 'foreign-route'].map((code) => `More in docs/findings/${code}.md`);
const PAGES = {
  '3 nodes': renderPage(small),
  '1,000 nodes': renderPage(large),
  'two reports': renderPage(day.after, day.before, await readFindingPages(day.after)),
  '1,000 nodes replaced': renderPage(large, { ...large, nodes: replaced, findings: [] }),
  'hostile names': renderPage(hostileReport(small)),
};
const NAMES = ['3 nodes', '1,000 nodes', 'two reports', '1,000 nodes replaced', 'hostile names'] as const;
const WIDTHS = [360, 768, 1280, 1600];

let browser: Browser;
let folder: string;

beforeAll(async () => {
  // Set by `run`, which installs it.
  const executablePath = process.env['PODROUTES_TEST_CHROMIUM'];
  if (executablePath === undefined) throw new Error('No Chromium: start this suite by test/peers/run');
  // Chromium has no sandbox for root.
  browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
  folder = await mkdtemp(join(tmpdir(), 'podroutes-report-'));
  for (const [name, page] of Object.entries(PAGES)) await writeFile(fileOf(name), page);
});

afterAll(async () => {
  await browser?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

function fileOf(name: string): string {
  return join(folder, `${name.replaceAll(/\W/g, '-')}.html`);
}

/** Opens a page as a person does, and hands back what it complained of and asked for. */
async function withPage(
  name: keyof typeof PAGES,
  options: BrowserContextOptions,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  const complaints: string[] = [];
  const page = await context.newPage();
  const url = pathToFileURL(fileOf(name)).href;
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  page.on('request', (request) => {
    if (![url, 'data:,'].includes(request.url().replace(/#.*/, ''))) complaints.push(request.url());
  });
  try {
    await page.goto(url);
    await use(page);
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
  }
}

/** Of A4, for any of the samples. */
const MOST_PAGES = 15;

/** What a person scrolls through, of any of the samples. */
const MOST_PIXELS = 20_000;

const OPEN_DETAILS = "for (const one of document.querySelectorAll('details')) one.open = true";

/** One row is like the next, and the checker takes a minute over thousands of them. */
const SHORTEN_TABLES =
  "for (const row of document.querySelectorAll('tbody tr:nth-child(n + 40)')) row.remove()";

/** The rows that are seen, of the table with this caption. */
function rowsOf(page: Page, caption: string) {
  return page.getByRole('table', { name: caption, exact: true }).locator('tbody tr:visible');
}

describe.each(NAMES)('the page with %s', (name) => {
  it.each(['light', 'dark'] as const)('has no accessibility violation in %s colours', async (colorScheme) => {
    await withPage(name, { colorScheme, viewport: { width: 1280, height: 900 } }, async (page) => {
      await page.evaluate(OPEN_DETAILS);
      await page.evaluate(SHORTEN_TABLES);
      expect(await findAxeViolations(page)).toEqual([]);
    });
  });

  it('has none on a phone either', async () => {
    await withPage(name, { viewport: { width: 360, height: 800 } }, async (page) => {
      await page.evaluate(SHORTEN_TABLES);
      expect(await findAxeViolations(page)).toEqual([]);
    });
  });

  it.each(WIDTHS)('does not scroll sideways in %i pixels', async (width) => {
    await withPage(name, { viewport: { width, height: 900 } }, async (page) => {
      const needed = await page.evaluate('document.documentElement.scrollWidth');
      expect(needed).toBeLessThanOrEqual(width);
    });
  });

  it('prints on no more pages than a person leafs through, with every finding', async () => {
    await withPage(name, {}, async (page) => {
      const pdf = await page.pdf({ format: 'A4' });
      const pages = pdf.toString('latin1').match(/\/Type \/Page\b/g) ?? [];
      expect(pages.length).toBeGreaterThan(0);
      expect(pages.length).toBeLessThanOrEqual(MOST_PAGES);
      await page.emulateMedia({ media: 'print' });
      await expect(page.locator('nav').isVisible()).resolves.toBe(false);
      for (const finding of await page.locator('.finding details:not(.page) li').all())
        expect(await finding.isVisible()).toBe(true);
      for (const table of await page.locator('details table').all())
        expect(await table.isVisible()).toBe(false);
    });
  });

  it('says the same without its script', async () => {
    await withPage(name, { javaScriptEnabled: false }, async (page) => {
      await expect(page.getByRole('heading', { level: 2 }).count()).resolves.toBeGreaterThanOrEqual(6);
      await expect(page.getByRole('searchbox').count()).resolves.toBe(0);
      await expect(rowsOf(page, 'Nodes').count()).resolves.toBeGreaterThanOrEqual(3);
    });
  });
});

it('The accessibility check finds what is wrong with a page that has something', async () => {
  const page = await browser.newPage();
  await page.setContent('<img src="data:,">');
  expect(await findAxeViolations(page)).toContainEqual(expect.stringContaining('image-alt'));
  await page.close();
});

describe('a person with a keyboard', () => {
  it('reaches the content first, then the figures, the sections and what can be opened', async () => {
    await withPage('two reports', {}, async (page) => {
      const met: (string | null)[] = [];
      for (let i = 0; i < 14 + FOLDED_PAGES.length; i += 1) {
        await page.keyboard.press('Tab');
        met.push(await page.locator(':focus').textContent());
      }
      expect(met).toEqual([
        'Skip to the content',
        ...['Findings', 'Routes', 'Nodes', 'Changes'],
        ...[
          'Findings',
          'Since the earlier report',
          'Cluster CIDRs',
          'Route tables',
          'Changes',
          'Routes',
          'Nodes',
        ],
        ...FOLDED_PAGES,
        'The map as text: 11 stretches',
        '',
      ]);
      const filter = page.getByRole('searchbox', {
        name: 'Filter routes inside the cluster CIDRs',
        exact: true,
      });
      await expect(filter.evaluate((input) => input === input.ownerDocument.activeElement)).resolves.toBe(
        true,
      );
    });
  });

  it('sees where the focus is', async () => {
    await withPage('3 nodes', {}, async (page) => {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineWidth');
      expect(outline).toBe('3px');
    });
  });

  it('skips to the content', async () => {
    await withPage('3 nodes', {}, async (page) => {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await expect(page.locator(':focus').getAttribute('id')).resolves.toBe('content');
    });
  });
});

describe('a large table', () => {
  it('filters by every word', async () => {
    await withPage('1,000 nodes', {}, async (page) => {
      const filter = page.getByRole('searchbox', { name: 'Filter nodes' });
      await filter.fill('STOPPED');
      await expect(rowsOf(page, 'Nodes').count()).resolves.toBe(5);
      await expect(page.getByText('5 of 1,003 rows').count()).resolves.toBe(1);
      await filter.fill('worker-5 stopped');
      await expect(rowsOf(page, 'Nodes').locator('th').allTextContents()).resolves.toEqual(['worker-5']);
      await filter.fill('');
      await expect(page.locator('#nodes').getByText('1,003 rows', { exact: true }).count()).resolves.toBe(1);
      await expect(rowsOf(page, 'Nodes').count()).resolves.toBeLessThan(50);
    });
  });

  it('folds what is in step, and unfolds it', async () => {
    await withPage('1,000 nodes', { viewport: { width: 1280, height: 900 } }, async (page) => {
      const shown = await rowsOf(page, 'Nodes').count();
      expect(shown).toBeGreaterThan(0);
      expect(shown).toBeLessThan(50);
      expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThan(MOST_PIXELS);
      const fold = page.locator('#nodes').getByRole('button', { name: `${1003 - shown} rows in step` });
      await expect(fold.getAttribute('aria-expanded')).resolves.toBe('false');
      await fold.click();
      await expect(fold.getAttribute('aria-expanded')).resolves.toBe('true');
      await expect(rowsOf(page, 'Nodes').count()).resolves.toBe(1003);
      await fold.click();
      await expect(rowsOf(page, 'Nodes').count()).resolves.toBe(shown);
    });
  });

  it('of a comparison is filtered and counted with what is folded in it', async () => {
    await withPage('1,000 nodes replaced', {}, async (page) => {
      const caption = 'Nodes that were added, removed or changed state';
      await expect(rowsOf(page, caption).count()).resolves.toBe(10);
      const filter = page.getByRole('searchbox', {
        name: 'Filter nodes that were added, removed or changed state',
      });
      // The page adds it once all of its rows are there.
      await filter.waitFor();
      const total = await page.getByRole('table', { name: caption, exact: true }).locator('tbody tr').count();
      expect(total).toBeGreaterThan(1900);
      await filter.fill('old-worker-777 gone');
      await expect(rowsOf(page, caption).locator('th').allTextContents()).resolves.toEqual([
        'old-worker-777',
      ]);
      const counted = `1 of ${total.toLocaleString('en-GB')} rows`;
      await expect(page.locator('#since').getByText(counted).count()).resolves.toBe(1);
    });
  });

  it('shows a folded row that a link leads to, at once', async () => {
    await withPage('1,000 nodes', { viewport: { width: 1280, height: 900 } }, async (page) => {
      const row = page.locator('#route-10-128-200-0-24');
      await expect(row.isVisible()).resolves.toBe(false);
      await page.locator('.map g', { hasText: '10.128.200.0/24' }).click();
      await expect(row.isVisible()).resolves.toBe(true);
      expect(await row.evaluate((one) => one.getBoundingClientRect().top)).toBeLessThan(900);
      const behaviour = 'getComputedStyle(document.documentElement).scrollBehavior';
      expect(await page.evaluate(behaviour)).toBe('auto');
    });
  });

  it('sorts by a column, and back', async () => {
    await withPage('1,000 nodes', {}, async (page) => {
      const table = page.getByRole('table', { name: 'Nodes', exact: true });
      const first = () => table.locator('tbody th').first().textContent();
      const name = table.getByRole('button', { name: 'Name' });
      await name.click();
      expect([await first(), await table.locator('[aria-sort]').getAttribute('aria-sort')]).toEqual([
        'worker-0',
        'ascending',
      ]);
      await name.click();
      expect([await first(), await table.locator('[aria-sort]').getAttribute('aria-sort')]).toEqual([
        'worker-1002',
        'descending',
      ]);
    });
  });

  it('prints the rows that are out of step, and says how many others there are', async () => {
    await withPage('1,000 nodes', {}, async (page) => {
      await page.emulateMedia({ media: 'print' });
      const names = await rowsOf(page, 'Nodes').locator('th').allTextContents();
      expect(names).toEqual(expect.arrayContaining(['worker-3', 'worker-5', 'worker-9', 'worker-1001']));
      const left = page.locator('#nodes .on-paper');
      await expect(left.textContent()).resolves.toBe(`${1003 - names.length} rows in step are not printed.`);
      await page.emulateMedia({ media: 'screen' });
      await expect(rowsOf(page, 'Nodes').count()).resolves.toBe(names.length);
      await expect(left.isVisible()).resolves.toBe(false);
    });
  });

  it('breaks neither whose a route is nor its state', async () => {
    await withPage('1,000 nodes', { viewport: { width: 768, height: 900 } }, async (page) => {
      const row = page.locator('#route-10-128-9-0-24');
      for (const [head, text] of [
        ['State', 'elsewhere'],
        ['Whose', 'managed'],
      ]) {
        const word = row.locator(`[data-head=${head}] span`).first();
        await expect(word.textContent()).resolves.toBe(text);
        await expect(word.evaluate((one) => one.getClientRects().length)).resolves.toBe(1);
      }
    });
  });

  it('sorts networks as numbers', async () => {
    await withPage('1,000 nodes', {}, async (page) => {
      const table = page.getByRole('table', { name: 'Routes inside the cluster CIDRs' });
      await table.getByRole('button', { name: 'Destination' }).click();
      const texts = await table.locator('tbody th').allTextContents();
      expect(texts.indexOf('10.128.9.0/24')).toBeLessThan(texts.indexOf('10.128.10.0/24'));
      expect(texts.indexOf('fd00:200:0:1a::/64')).toBeLessThan(texts.indexOf('fd00:200:0:104::/64'));
    });
  });
});

describe('the map', () => {
  it('tells what the pointer is over, and leads to its route', async () => {
    await withPage('two reports', { viewport: { width: 1280, height: 900 } }, async (page) => {
      const square = page.locator('.map g', { hasText: '10.200.8.0/24' });
      await square.hover();
      await expect(page.locator('.readout').textContent()).resolves.toBe(
        '10.200.8.0/24: without route (worker-8), changed',
      );
      await square.click();
      expect(new URL(page.url()).hash).toBe('#route-10-200-8-0-24');
    });
  });

  it('is one picture with a text for those who do not see it', async () => {
    await withPage('1,000 nodes', {}, async (page) => {
      const map = page.getByRole('img', {
        name: /^Map of 10\.128\.0\.0\/14\. Room for 1,024 blocks of \/24/,
      });
      await expect(map.locator('g').count()).resolves.toBe(1024);
    });
  });

  it('differs by form as well as by colour', async () => {
    await withPage('two reports', {}, async (page) => {
      const states = ['routed', 'unrouted', 'conflicting', 'foreign', 'unclaimed', 'stopped'];
      const drawings = await Promise.all(states.map((state) => page.locator(`#shape-${state}`).innerHTML()));
      expect(new Set(drawings.slice(1)).size).toBe(states.length - 1);
      expect(drawings.slice(1)).not.toContain(drawings[0]);
    });
  });
});
