import { describe, expect, it } from '@jest/globals';
import { acceptedPatterns } from '../../shared/aws/events.ts';
import { settingsTable } from '../../shared/config.ts';
import { codeSpans, readText, tableBelow, tableHeaded } from './markdown.ts';

const README = await readText('README.md');
const FAILURES = tableBelow(README, 'What happens when');

describe('The README', () => {
  it('has the settings as the code has them', () => {
    expect(tableBelow(README, 'Configuration')).toEqual(
      settingsTable().map(({ name, meaning, default: text }) => [`\`${name}\``, meaning, text]),
    );
  });

  it('has a row for each rule that can be seen from outside', async () => {
    const rules = tableBelow(await readText('docs/how-it-works.md'), 'Rules').map(
      ([rule = '']) => rule.split(' ')[0],
    );
    expect(rules).toEqual(Array.from({ length: 11 }, (_, i) => `R${i + 1}`));
    const named = new Set(FAILURES.flatMap(([, , rule = '']) => rule.split(', ')));
    expect([...named].sort()).toEqual([...rules].sort());
  });

  it.each(FAILURES.map(([what = '', , , test = '']) => ({ what, test })))(
    'names a test that exists for: $what',
    async ({ test }) => {
      const [, file = '', title = ''] = /^`([^`]+\.test\.ts)`: (.+)$/.exec(test) ?? [];
      const source = await readText(file);
      const quoted = ["'", '"', '`'].flatMap((quote) => [
        `${quote}${title}${quote}`,
        `${quote}${title} (\${`,
      ]);
      expect(quoted.filter((text) => source.includes(text))).not.toEqual([]);
    },
  );
});

describe('The events in the README', () => {
  it('are those of the patterns', () => {
    const patterns = acceptedPatterns({ podCidrTag: 'pod-cidr', selectionTagKeys: [] });
    const rows = tableHeaded(README, 'source').map(([source = '', type]) => [codeSpans(source)[0], type]);
    expect(rows.map(String).sort()).toEqual(
      patterns.map(({ source, 'detail-type': type }) => String([...source, ...type])).sort(),
    );
  });
});
