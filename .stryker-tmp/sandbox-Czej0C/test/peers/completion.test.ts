// @ts-nocheck
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../functions/cli/commands.ts';
import { GENERAL_OPTIONS } from '../../functions/cli/options.ts';
import { podroutes, readAll } from '../cli/built-command.ts';

/** Where `run` has found the shells. */
const { PODROUTES_TEST_ZSH: ZSH = 'zsh', PODROUTES_TEST_FISH: FISH = 'fish' } = process.env;

/** A folder with the scripts as a person would install them, and one file that could be completed. */
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/podroutes-completion-`);
  for (const path of ['fpath', 'sourced', 'autoloaded', 'here']) await mkdir(`${folder}/${path}`);
  const zsh = (await podroutes(['completion', 'zsh'])).stdout;
  await writeFile(`${folder}/podroutes.zsh`, zsh);
  await writeFile(`${folder}/fpath/_podroutes`, zsh);
  await writeFile(`${folder}/podroutes.fish`, (await podroutes(['completion', 'fish'])).stdout);
  await writeFile(`${folder}/sourced/.zshrc`, describeZsh('', `source ${folder}/podroutes.zsh`));
  await writeFile(`${folder}/autoloaded/.zshrc`, describeZsh(`fpath=(${folder}/fpath $fpath)`, ''));
  await writeFile(`${folder}/here/event.json`, '{}');
});

afterAll(() => rm(folder, { recursive: true }));

/** A zsh whose Tab key writes what is offered into a file, and ends it. */
function describeZsh(before: string, after: string): string {
  return `${before}
autoload -Uz compinit && compinit -u -D
${after}
compadd() {
  local -a offered
  # With -O, -A or -D nothing is offered; the words go into an array.
  if [[ " \${(j: :)@[1,(i)(-|--)]} " != *" "-[OAD]" "* ]]; then
    builtin compadd -A offered "$@"
    print -rl -- $offered >> ${folder}/offered
  fi
  builtin compadd "$@"
}
offer() { zle complete-word; BUFFER=exit; zle accept-line }
zle -N offer
bindkey '^I' offer
PS1='ready> '
`;
}

/** Runs a program on a terminal of its own, and types a line into it once it is ready. */
const PYTHON = `
import os, pty, sys
typed, folder, program = sys.argv[1], sys.argv[2], sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    os.chdir(folder)
    os.execvp(program[0], program)
output = b''
while True:
    try:
        read = os.read(terminal, 4096)
    except OSError:
        break
    if not read:
        break
    if b'ready> ' not in output and b'ready> ' in output + read:
        os.write(terminal, typed.encode())
    output += read
sys.stdout.buffer.write(output)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

const ENVIRONMENT = { PATH: process.env['PATH'], HOME: '/nonexistent', TERM: 'xterm', LANG: 'C.UTF-8' };

async function completeInZsh(line: string, install: string): Promise<string[]> {
  await writeFile(`${folder}/offered`, '');
  const child = spawn('python3', ['-c', PYTHON, `${line}\t`, `${folder}/here`, ZSH, '-i'], {
    env: { ...ENVIRONMENT, ZDOTDIR: `${folder}/${install}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(await readAll(child)).toMatchObject({ code: 0, stderr: '' });
  const offered = await readFile(`${folder}/offered`, 'utf8');
  return offered.split('\n').filter((word) => word !== '');
}

async function completeInFish(line: string): Promise<string[]> {
  const program = `source ${folder}/podroutes.fish; complete -C $argv[1]`;
  const child = spawn(FISH, ['--no-config', '-c', program, line], {
    env: ENVIRONMENT,
    cwd: `${folder}/here`,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { stdout, stderr } = await readAll(child);
  expect(stderr).toBe('');
  return stdout.split('\n').flatMap((row) => row.split('\t')[0] || []);
}

const SHELLS = [
  { shell: 'zsh', complete: (line: string) => completeInZsh(line, 'sourced') },
  { shell: 'fish', complete: completeInFish },
];

const NAMES = COMMANDS.map(({ name }) => name);

describe.each(SHELLS)('The completion of $shell', ({ complete }) => {
  it.each([
    { line: 'podroutes re', offered: ['reconcile', 'replay', 'report'] },
    { line: 'podroutes plan --clus', offered: ['--cluster', '--cluster-cidrs'] },
    { line: 'podroutes plan -o ', offered: ['table', 'json', 'plain'] },
    { line: 'podroutes plan --output j', offered: ['json'] },
    { line: 'podroutes plan --cloud ', offered: ['aws', 'azure'] },
    { line: 'podroutes sandbox --cloud ', offered: ['aws', 'azure', 'both'] },
    { line: 'podroutes completion ', offered: ['bash', 'zsh', 'fish', 'nodes', 'profiles'] },
    { line: 'podroutes help exp', offered: ['explain'] },
    { line: 'podroutes plan --profile ', offered: [] },
    { line: 'podroutes replay e', offered: ['event.json'] },
    { line: 'podroutes report --html out.html e', offered: ['event.json'] },
    { line: 'podroutes report --previous e', offered: ['event.json'] },
    { line: 'podroutes nodes e', offered: [] },
  ])('offers $offered after "$line"', async ({ line, offered }) => {
    expect((await complete(line)).sort()).toEqual([...offered].sort());
  });

  it('offers every command', async () => {
    expect((await complete('podroutes ')).filter((word) => !word.startsWith('-')).sort()).toEqual(
      [...NAMES].sort(),
    );
  });

  it.each(COMMANDS.map((spec) => [spec.name, spec] as const))(
    'offers the options of %s',
    async (name, spec) => {
      const options = [...spec.options, ...GENERAL_OPTIONS].map((option) => `--${option.name}`);
      expect((await complete(`podroutes ${name} --`)).sort()).toEqual(options.sort());
    },
  );
});

describe('The completion of zsh from a folder of fpath', () => {
  // The first one loads the script, and is offered by it as well.
  it.each([
    { line: 'podroutes re', offered: ['reconcile', 'replay', 'report'] },
    { line: 'podroutes plan -o ', offered: ['table', 'json', 'plain'] },
  ])('offers $offered after "$line"', async ({ line, offered }) => {
    expect((await completeInZsh(line, 'autoloaded')).sort()).toEqual([...offered].sort());
  });
});
