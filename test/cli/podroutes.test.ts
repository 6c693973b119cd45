import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const BUILT = fileURLToPath(new URL('../../dist/cli/podroutes.mjs', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PACKAGE: unknown = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));

describe('The built podroutes command', () => {
  it.each([['--help'], ['demo', '--help']])('explains itself on stdout: %s %s', async (...args) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: podroutes <command>/);
    expect(stdout).toMatch(/^ {2}demo {2}\S/m);
  });

  it('tells its version', async () => {
    const { code, stdout } = await run(['--version']);
    expect(code).toBe(0);
    expect(PACKAGE).toMatchObject({ version: stdout.trimEnd() });
  });

  it.each([
    { what: 'no command', args: [], problem: 'Which command?' },
    { what: 'an unknown command', args: ['destroy'], problem: 'There is no command "destroy".' },
    { what: 'an unknown option', args: ['--colour'], problem: "Unknown option '--colour'" },
    { what: 'an unknown option of a command', args: ['demo', '--fast'], problem: "Unknown option '--fast'" },
    { what: 'an argument too many', args: ['demo', 'twice'], problem: "Unexpected argument 'twice'" },
  ])('answers $what with its usage on stderr and exit code 2', async ({ args, problem }) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.startsWith(problem)).toBe(true);
    expect(stderr).toContain('Usage: podroutes <command>');
  });

  it('plays the demo without colour, paths of this machine or anything on stderr', async () => {
    const { code, stdout, stderr } = await run(['demo']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/All \d+ steps and \d+ checks came out right, in \d+\.\d s\.\n$/);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain(ROOT);
    expect(stdout).not.toContain('127.0.0.1');
  });

  it('ends quietly where its reader has seen enough', async () => {
    const pipeline = '{ "$0" "$1" demo; echo "exit $?" >&2; } | head -3';
    const { code, stdout, stderr } = await spawnAndRead('/bin/sh', ['-c', pipeline, process.execPath, BUILT]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'exit 0\n' });
    expect(stdout.split('\n').length).toBe(4);
  });

  it.each([
    { signal: 'SIGINT', moment: 'podroutes keeps', exit: 130 },
    { signal: 'SIGINT', moment: 'Step 2 of', exit: 130 },
    { signal: 'SIGTERM', moment: 'Step 5 of', exit: 143 },
  ] as const)('closes the demo on $signal once "$moment" is shown', async ({ signal, moment, exit }) => {
    const child = spawn(process.execPath, [BUILT, 'demo'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = Promise.all([text(child.stderr), once(child, 'close')]);
    let output = '';
    child.stdout.on('data', (chunk) => {
      if (!output.includes(moment) && `${output}${chunk}`.includes(moment)) child.kill(signal);
      output += chunk;
    });
    const [stderr, [code]] = await ended;
    expect({ code, stderr }).toEqual({ code: exit, stderr: '' });
    expect(output).not.toContain('checks came out right');
  });
});

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[]): Promise<Ended> {
  return spawnAndRead(process.execPath, [BUILT, ...args]);
}

async function spawnAndRead(program: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}
