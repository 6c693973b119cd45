import { spawn } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../functions/cli/commands.ts';
import { podroutes, readAll } from './built-command.ts';

const SCRIPT = (await podroutes(['completion', 'bash'])).stdout;

/** What bash offers at the end of a line. */
async function complete(line: string): Promise<string[]> {
  const words = line.split(' ');
  const program = `${SCRIPT}
COMP_LINE=$1 COMP_CWORD=$2
_podroutes podroutes "$3" "$4"
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = [
    '-c',
    program,
    'bash',
    line,
    String(words.length - 1),
    words.at(-1) ?? '',
    words.at(-2) ?? '',
  ];
  const child = spawn('bash', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const { stdout, stderr } = await readAll(child);
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

describe('The completion of bash', () => {
  it('offers every command', async () => {
    expect(await complete('podroutes ')).toEqual([
      ...COMMANDS.map(({ name }) => name),
      '--help',
      '--version',
    ]);
  });

  it.each([
    { line: 'podroutes re', offered: ['reconcile', 'replay'] },
    { line: 'podroutes plan --cluster', offered: ['--cluster', '--cluster-cidrs'] },
    { line: 'podroutes plan -o ', offered: ['table', 'json', 'plain'] },
    { line: 'podroutes plan --output j', offered: ['json'] },
    { line: 'podroutes sandbox --cloud ', offered: ['aws', 'azure', 'both'] },
    { line: 'podroutes completion ', offered: ['bash', 'zsh', 'fish', '--help', '--debug'] },
    { line: 'podroutes help exp', offered: ['explain'] },
    { line: 'podroutes plan --profile ', offered: [] },
  ])('offers $offered after "$line"', async ({ line, offered }) => {
    expect((await complete(line)).slice(0, Math.max(offered.length, 1))).toEqual(offered);
  });

  it.each(['podroutes replay package', 'podroutes report --previous package'])(
    'offers files where one is taken: "%s"',
    async (line) => {
      expect(await complete(line)).toContain('package.json');
    },
  );
});

describe('The completion of other shells', () => {
  it.each(['zsh', 'fish'])('names every command and option: %s', async (shell) => {
    const { code, stdout } = await podroutes(['completion', shell]);
    expect(code).toBe(0);
    for (const { name, options } of COMMANDS) {
      expect(stdout).toContain(name);
      for (const option of options) expect(stdout).toContain(option.name);
    }
  });
});
