import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { ROOT, readText } from './markdown.ts';

it('The page on the demo shows it as it plays', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/cli/podroutes.mjs', 'demo'], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1' },
  });
  const page = await readText('docs/demo.md');
  const shown = [...page.matchAll(/^```text\n(.*?)^```$/gms)].map(([, block = '']) => untimed(block));
  expect(shown).toHaveLength(3);
  expect(shown.filter((block) => !untimed(stdout).includes(block))).toEqual([]);
});

function untimed(text: string): string {
  return text.replace(/ in [\d.]+ s\b/, ' in some time');
}
