import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { CLOUDS, drawAccount, fileOf } from './account.ts';
import { makePage, nameOf, PICTURE, WORDS, wordsOf } from './report.ts';

const VIEW = { width: 1080, height: 1250 };

/** The top of a page as a browser shows it. */
async function photograph(page: string): Promise<Uint8Array> {
  const executablePath = process.env['PODROUTES_TEST_CHROMIUM'];
  if (!executablePath)
    throw new Error('Expected PODROUTES_TEST_CHROMIUM, the path of Chromium; it is unset.');
  // Chromium has no sandbox for root.
  const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-'));
  try {
    const file = join(folder, 'report.html');
    await writeFile(file, page);
    const tab = await browser.newPage({ viewport: VIEW, colorScheme: 'light' });
    await tab.goto(pathToFileURL(file).href);
    return await tab.screenshot();
  } finally {
    await browser.close();
    await rm(folder, { recursive: true });
  }
}

for (const cloud of CLOUDS) await writeFile(fileOf(cloud), drawAccount(cloud));
const page = await makePage();
const picture = await photograph(page);
await writeFile(PICTURE, picture);
await writeFile(WORDS, `${nameOf(picture)}${wordsOf(page)}`);
