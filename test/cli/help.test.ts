import { readdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { readMarkdown } from '../../functions/cli/pages/markdown.ts';
import { formatPage } from '../../functions/cli/pages/text.ts';
import { findTopics, followLink, listTopics } from '../../functions/cli/pages/topics.ts';
import { ROOT, readText } from '../docs/markdown.ts';
import { podroutes } from './built-command.ts';

const TOPICS = await listTopics();
const plain = { width: 60, paint: (_: unknown, text: string) => text, topic: 'findings/x' };

describe('The pages of podroutes help', () => {
  it('are those of alarms, findings and causes', async () => {
    const folders = ['alarms', 'findings', 'doctor'];
    const files = await Promise.all(folders.map((folder) => readdir(new URL(`docs/${folder}/`, ROOT))));
    const expected = folders.flatMap((folder, i) =>
      (files[i] ?? [])
        .filter((file) => file !== 'README.md')
        .map((file) => `${folder}/${file.replace('.md', '')}`),
    );
    expect(TOPICS.toSorted()).toEqual(expected.toSorted());
  });

  it('have all that their files have: every word, command and query', async () => {
    for (const topic of TOPICS) {
      const source = await readText(`docs/${topic}.md`);
      const shown = formatPage(readMarkdown(source), { ...plain, topic, width: 100 }).join(' ');
      const words = source
        .replaceAll(/\]\([^)\s]+\)/g, ' ')
        .replaceAll(/```\w*|\*+|[[\]|]|^ *-+ | --- /gm, ' ')
        .match(/[\p{L}\d]{3,}/gu);
      const missing = words?.filter((word) => !shown.includes(word));
      expect({ topic, missing }).toEqual({ topic, missing: [] });
    }
  });

  it.each([
    ['## What it *really* means', ['What it really means']],
    ['one two\nthree `four`', ['one two three `four`']],
    ['- a\n- b, which\n  goes on', ['- a', '- b, which goes on']],
    ['```sh\naws x \\\n\n  --y\n```\nafter', ['    aws x \\', '', '      --y', '', 'after']],
    ['| a | b |\n| --- | --- |\n| long | `c` |', ['a     b', 'long  `c`']],
    ['See [`no-claims`](no-claims.md).', ['See findings/no-claims.']],
    ['See [the page](../azure.md#subnets).', ['See the page (docs/azure.md).']],
    ['See [it](https://example.com/a).', ['See it (https://example.com/a).']],
  ])('are plain text: %j', (source, lines) => {
    expect(formatPage(readMarkdown(source), plain)).toEqual(lines);
  });

  it('are wrapped at the width of the terminal', () => {
    const lines = formatPage(readMarkdown(`- ${'word '.repeat(40)}`), plain);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
    expect(lines[1]).toMatch(/^ {2}word/);
  });

  it.each([
    ['alarms/queue-age', ['alarms/queue-age']],
    ['docs/alarms/queue-age.md', ['alarms/queue-age']],
    ['conflicting-claim', ['findings/conflicting-claim']],
    ['route-table-filling', ['alarms/route-table-filling', 'findings/route-table-filling']],
    ['../../package', []],
    ['queue', []],
  ])('are found by what people type: %s', (name, topics) => {
    expect(findTopics(name, TOPICS)).toEqual(topics);
  });

  it('link to each other by their names', () => {
    expect(followLink('alarms/queue-age', '../findings/no-claims.md#what-to-do')).toBe('findings/no-claims');
    expect(followLink('alarms/queue-age', 'README.md')).toBe('docs/alarms/README.md');
  });
});

describe('podroutes help', () => {
  it('shows a page', async () => {
    const { code, stdout, stderr } = await podroutes(['help', 'alarms/apply-failures']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^apply-failures\n\nSeverity: error\.\n\nWhat it means\n/);
    expect(stdout).toContain('\n    aws logs filter-log-events');
  });

  it('lists the pages that a name may mean', async () => {
    const { code, stdout } = await podroutes(['help', 'route-table-filling']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'Pages:\n  alarms/route-table-filling\n  findings/route-table-filling\n',
    });
  });

  it('lists all where none fits', async () => {
    const { code, stdout, stderr } = await podroutes(['help', 'alarms/nothing']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('there is no command and no page "alarms/nothing"');
    for (const topic of TOPICS) expect(stderr).toContain(`\n  ${topic}\n`);
  });
});
