import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { acceptedPatterns } from '../../shared/aws/events.ts';
import { settingsTable } from '../../shared/core/config/config.ts';
import { codeSpans, ROOT, readText, tableBelow, tableHeaded } from './markdown.ts';

const README = await readText('README.md');
const FAILURES = tableBelow(README, 'What happens when');
const FAILURES_ON_AZURE = tableHeaded(README, 'on Azure');

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
    expect(rules).toEqual(Array.from({ length: 12 }, (_, i) => `R${i + 1}`));
    const named = new Set(FAILURES.flatMap(([, , rule = '']) => rule.split(', ')));
    expect([...named].sort()).toEqual([...rules].sort());
  });

  it.each([...FAILURES, ...FAILURES_ON_AZURE].map(([what = '', , , test = '']) => ({ what, test })))(
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

describe('The demo in the README', () => {
  it('is as it plays', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/cli/podroutes.mjs', 'demo'], {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1' },
    });
    const shown = [...README.matchAll(/^```text\n(.*?)^```$/gms)].map(([, block = '']) => untimed(block));
    expect(shown).toHaveLength(3);
    expect(shown.filter((block) => !untimed(stdout).includes(block))).toEqual([]);
  });
});

function untimed(text: string): string {
  return text.replace(/ in [\d.]+ s\b/, ' in some time');
}

describe('The events in the README', () => {
  it('are those of the patterns', () => {
    const patterns = acceptedPatterns({ podCidrTag: 'pod-cidr', selectionTagKeys: [] });
    const rows = tableHeaded(README, 'source').map(([source = '', type]) => [codeSpans(source)[0], type]);
    expect(rows.map(String).sort()).toEqual(
      patterns.map(({ source, 'detail-type': type }) => String([...source, ...type])).sort(),
    );
  });
});
