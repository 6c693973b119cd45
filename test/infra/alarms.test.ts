import { readdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { ALARM_SLUGS, ALARMS, type AlarmSlug, describeAlarm } from '../../infra/alarms.ts';
import { alerts, NOT_ON_AZURE } from '../../infra/azure/alerts.ts';
import { codeSpans, ROOT, readText, tableHeaded } from '../docs/markdown.ts';
import { MINIMAL, propertiesOf, synthesize } from './aws/synthesis.ts';

/** The slug that a text names a page of. */
function slugIn(text: unknown): string | undefined {
  return /docs\/alarms\/([a-z-]+)\.md/.exec(String(text))?.[1];
}

const onAws = propertiesOf(synthesize(MINIMAL), 'AWS::CloudWatch::Alarm').map(
  ({ AlarmDescription }) => AlarmDescription,
);
const onAzure = alerts.map(({ properties }) => JSON.stringify(properties));

describe('Every condition', () => {
  it('has an alarm on AWS', () => {
    expect([...new Set(onAws.map(slugIn))].sort()).toEqual([...ALARM_SLUGS].sort());
  });

  it('has an alert on Azure, or the reason why there is none', () => {
    const slugs = new Set(onAzure.map(slugIn));
    const missing = ALARM_SLUGS.filter((slug) => !slugs.has(slug));
    expect(missing).toEqual(Object.keys(NOT_ON_AZURE));
  });

  it('has a page, and every page a condition', async () => {
    const files = await readdir(new URL('docs/alarms/', ROOT));
    const pages = files.filter((file) => file !== 'README.md').map((file) => file.replace('.md', ''));
    expect(pages.sort()).toEqual([...ALARM_SLUGS].sort());
  });

  it('is in the list, with its severity', async () => {
    const rows = tableHeaded(await readText('docs/alarms/README.md'), 'alarm');
    expect(rows.map(([cell = '', severity]) => [codeSpans(cell)[0], severity])).toEqual(
      ALARM_SLUGS.map((slug) => [slug, ALARMS[slug].severity]),
    );
  });
});

describe.each(ALARM_SLUGS)('The alarm %s', (slug: AlarmSlug) => {
  it('says in its description what happened, what it means, the first command, and its page', () => {
    const { title, meaning, action, page } = ALARMS[slug];
    expect(page).toBe(`docs/alarms/${slug}.md`);
    const text = `${title}. ${meaning} First run: podroutes alerts. Then: ${action} Page: podroutes help alarms/${slug} (${page})`;
    expect(describeAlarm(slug)).toBe(text);
    const described = onAws.map(String).filter((each) => slugIn(each) === slug);
    expect([...new Set(described)]).toEqual([text]);
    const link = 'https://example.com/docs';
    expect(describeAlarm(slug, link)).toBe(`${text}, ${link}/alarms/${slug}.md`);
    // As much as CloudWatch takes, with the longest address.
    expect(describeAlarm(slug, `https://${'d'.repeat(300)}`).length).toBeLessThan(1024);
  });

  it('has a page in the common form, for both clouds', async () => {
    const page = await readText(ALARMS[slug].page);
    const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, text]) => text);
    expect(headings).toEqual([slug, 'What it means', 'How to look', 'AWS', 'Azure', 'What to do']);
    expect(page).toContain(`\nSeverity: ${ALARMS[slug].severity}.\n`);
    for (const [section = ''] of page.matchAll(/^##+ .+\n(?:(?!##).*\n)+/gm)) {
      const isOuter = section.startsWith('## How to look');
      expect(section.trim().split('\n').length).toBeGreaterThan(isOuter ? 0 : 1);
    }
  });
});
