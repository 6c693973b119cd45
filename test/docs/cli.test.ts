import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../functions/cli/commands.ts';
import { GENERAL_OPTIONS } from '../../functions/cli/options.ts';
import { describeCli } from './cli-page.ts';
import { listPages, readText } from './markdown.ts';

describe('The reference of the command line', () => {
  it('is what `npx node test/docs/cli-page.ts > docs/cli.md` writes', async () => {
    expect(await readText('docs/cli.md')).toBe(describeCli());
  });
});

/** What is typed in blocks of a page; in those of a terminal, only what stands after a prompt. */
function typedLines(text: string): string[] {
  const blocks = [...text.matchAll(/^ *```(sh|console \w+)\n(.*?)^ *```$/gms)];
  return blocks.flatMap(([, kind, block = '']) =>
    block.split('\n').filter((line) => kind === 'sh' || /^[$>] /.test(line)),
  );
}

/** Every use of the command, with the words after it, to the end of that simple command. */
function usesOf(text: string): string[][] {
  const uses = typedLines(text).flatMap((line) => [
    ...line.matchAll(/(?:^|[ (])podroutes ([a-z][^|;>)#]*)/g),
  ]);
  return uses.map(([, words = '']) => words.trim().split(/\s+/));
}

describe.each(await listPages())('%s', (page) => {
  it('uses only commands and options that exist', async () => {
    const unknown = usesOf(await readText(page)).flatMap(([name = '', ...words]) => {
      const spec = COMMANDS.find((command) => command.name === name);
      if (spec === undefined) return [name];
      const names = [...spec.options, ...GENERAL_OPTIONS].flatMap((option) => [
        `--${option.name}`,
        ...(option.short === undefined ? [] : [`-${option.short}`]),
      ]);
      return words.filter((word) => word.startsWith('-') && word !== '-' && !names.includes(word));
    });
    expect(unknown).toEqual([]);
  });
});

it('There are uses to check', async () => {
  expect(usesOf(await readText('docs/operating/incident.md')).length).toBeGreaterThan(10);
});
