import { describe, expect, it } from '@jest/globals';
import { codeSpans, readText, tableBelow } from './markdown.ts';

const PAGE = await readText('docs/node.md');
const SCRIPT = await readText('infra/node/podroutes-node');

/** The settings in the script's head, without the metadata service's address, and their defaults. */
const SETTINGS = [...SCRIPT.matchAll(/^# {3}(PODCIDR_\w+) +(.*)$/gm)].map(([, name = '', text = '']) => ({
  name,
  byDefault: /\(([^()]+)\)$/.exec(text)?.[1] ?? 'required',
}));

describe('The page about the node', () => {
  it('has the settings that the head of the script has, with their defaults', () => {
    const rows = tableBelow(PAGE, 'Settings').map(([name = '', , byDefault = '']) => ({
      name: codeSpans(name)[0],
      byDefault: codeSpans(byDefault)[0] ?? byDefault,
    }));
    expect(rows).toEqual(SETTINGS);
  });

  it('names the settings that the script reads, and the defaults that it has', () => {
    const read = [...SCRIPT.matchAll(/\$\{(PODCIDR_\w+):-([^}]*)\}/g)].map(([, name, byDefault]) => ({
      name,
      byDefault: byDefault === '' ? 'required' : byDefault,
    }));
    const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }) =>
      String(a.name).localeCompare(String(b.name));
    expect(read.sort(byName)).toEqual([...SETTINGS].sort(byName));
  });

  it('shows the unit as it is', async () => {
    expect(PAGE).toContain(`\`\`\`ini\n${await readText('infra/node/podroutes-node.service')}\`\`\``);
  });

  it('shows the user data as it is, but for what is packed', async () => {
    const [, shown = ''] = /```yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];
    const [before = '', after = ''] = shown.split('  # The script and the unit are here.\n');
    const userData = await readText('infra/node/cloud-init.yaml');
    expect(userData.startsWith(before)).toBe(true);
    expect(userData.endsWith(after)).toBe(true);
    expect(userData.slice(before.length, -after.length)).toMatch(
      /podroutes-node[\s\S]+podroutes-node\.service/,
    );
  });

  it('says rightly where the unit looks for the settings and the script', async () => {
    const unit = await readText('infra/node/podroutes-node.service');
    for (const path of [/^EnvironmentFile=(.+)$/m, /^ExecStart=(.+)$/m].map((line) => line.exec(unit)?.[1])) {
      expect(codeSpans(PAGE)).toContain(path);
    }
  });
});
