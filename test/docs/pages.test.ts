import { access } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import packageJson from '../../package.json' with { type: 'json' };
import { settingsTable } from '../../shared/core/config/config.ts';
import { anchorsOf, listPages, ROOT, readText } from './markdown.ts';

const PAGES = await listPages();

/** Targets of all links of a page that lead within the project. */
function localLinks(text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return links.filter((target) => !/^[a-z]+:/.test(target));
}

async function findBrokenLinks(page: string, text: string): Promise<string[]> {
  const broken: string[] = [];
  for (const link of localLinks(text)) {
    const [path = '', fragment] = link.split('#');
    const target = path === '' ? new URL(page, ROOT) : new URL(path, new URL(page, ROOT));
    const exists = await access(target).then(
      () => true,
      () => false,
    );
    const name = target.href.slice(ROOT.href.length);
    const leads = exists && (fragment === undefined || anchorsOf(await readText(name)).has(fragment));
    if (!leads) broken.push(link);
  }
  return broken;
}

describe.each(PAGES)('%s', (page) => {
  it('has only links that lead somewhere', async () => {
    expect(await findBrokenLinks(page, await readText(page))).toEqual([]);
  });

  it('names only npm scripts that exist', async () => {
    const named = [...(await readText(page)).matchAll(/npm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)];
    const scripts = Object.keys(packageJson.scripts);
    expect(scripts).toEqual(expect.arrayContaining(named.map(([, run, short]) => run ?? short)));
  });

  it('names only settings that exist', async () => {
    const named = [...(await readText(page)).matchAll(/PODROUTES_[A-Z]+(?:_[A-Z]+)*/g)].map(([name]) => name);
    expect(settingsTable().map(({ name }) => name)).toEqual(expect.arrayContaining(named));
  });
});

/**
 * Pages that show how the command line is used, but for that which says how it is installed, and those on causes, which
 * begin with how certain they are.
 */
const USING = await Promise.all(PAGES.map(async (page) => [page, await readText(page)] as const)).then(
  (pages) =>
    pages.filter(
      ([page, text]) =>
        /^docs\/(?!adr\/|doctor\/|release\.md)/.test(page) && /^(\$ )?(npx )?podroutes /m.test(text),
    ),
);

it('Pages use the command line', () => {
  expect(USING.length).toBeGreaterThan(20);
});

it.each(USING)('%s says first how podroutes comes there', (page, text) => {
  const release = `${'../'.repeat(page.split('/').length - 2)}release.md#install-the-command-line`;
  const said = `\`podroutes\` is [installed from the release](${release}): \`npm install --global ./podroutes-*.tgz\`, or run from it by \`npx\`.`;
  expect(text.split('\n\n')[1]).toBe(said);
});

/** Pages that can be read by following links, by their paths in the project. */
async function followLinks(from: string): Promise<Set<string>> {
  const seen = new Set([from]);
  for (const page of seen) {
    for (const link of localLinks(await readText(page))) {
      const name = new URL(link, new URL(page, ROOT)).pathname.slice(ROOT.pathname.length);
      if (name.endsWith('.md')) seen.add(name);
    }
  }
  return seen;
}

describe('Whoever begins at docs/README.md', () => {
  it('comes to every page', async () => {
    const reached = await followLinks('docs/README.md');
    expect(PAGES.filter((page) => !reached.has(page))).toEqual([]);
  });

  it('needs one step to every page that is in no list of its own', async () => {
    const links = localLinks(await readText('docs/README.md'));
    const top = PAGES.filter((page) => /^docs\/(?!README)[^/]+\.md$|^docs\/\w+\/README\.md$/.test(page));
    expect(links).toEqual(expect.arrayContaining(top.map((page) => page.slice('docs/'.length))));
  });
});

it('There are pages to check, with links in them', async () => {
  expect(PAGES).toContain('README.md');
  expect(localLinks(await readText('README.md'))).toContain('docs/how-it-works.md');
});
