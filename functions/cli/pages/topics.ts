import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { type Block, readMarkdown } from './markdown.ts';

/** Folders of docs/ with a page for each thing that can be wrong. */
const FOLDERS = ['alarms', 'findings', 'doctor'] as const;

/** The pages, which are installed beside the program: seen from the bundle, or from the sources. */
const DOCS = ['../../docs/', '../../../docs/'].map((path) => new URL(path, import.meta.url));

/** The names of all pages, such as `alarms/queue-age`. */
export async function listTopics(): Promise<string[]> {
  const docs = findDocs();
  const folders = await Promise.all(
    FOLDERS.map(async (folder) => {
      const files = await readdir(new URL(`${folder}/`, docs));
      const names = files.filter((file) => file.endsWith('.md') && file !== 'README.md');
      return names.toSorted().map((file) => `${folder}/${file.slice(0, -'.md'.length)}`);
    }),
  );
  return folders.flat();
}

/**
 * The topics that a person may mean: by the name, by its last part, by its folder, or by the path that reports have.
 *
 * @example findTopics('docs/alarms/queue-age.md', topics) //=> ['alarms/queue-age']
 */
export function findTopics(name: string, topics: readonly string[]): readonly string[] {
  const asked = name.replace(/^docs\//, '').replace(/\.md$/, '');
  if (topics.includes(asked)) return [asked];
  return topics.filter((topic) => topic.endsWith(`/${asked}`) || topic.startsWith(`${asked}/`));
}

/** A page by the name that `listTopics` has for it. */
export async function readTopic(topic: string): Promise<Block[]> {
  return readMarkdown(await readFile(new URL(`${topic}.md`, findDocs()), 'utf8'));
}

/**
 * What a link on a topic's page leads to: another topic, a page of the documentation, or an address.
 *
 * @example followLink('findings/no-claims', '../azure.md#subnets') //=> 'docs/azure.md'
 */
export function followLink(topic: string, target: string): string {
  if (/^[a-z]+:/.test(target)) return target;
  const { pathname } = new URL(target, `file:///docs/${topic}.md`);
  const [, own] =
    new RegExp(`^/docs/((?:${FOLDERS.join('|')})/(?!README\\.)[^/]+)\\.md$`).exec(pathname) ?? [];
  return own ?? pathname.slice(1);
}

function findDocs(): URL {
  const found = DOCS.find((folder) => existsSync(new URL(`${FOLDERS[0]}/`, folder)));
  if (found === undefined) {
    throw new Error(
      `The pages are not installed: expected them in ${DOCS[0]?.pathname}. Install podroutes anew.`,
    );
  }
  return found;
}
