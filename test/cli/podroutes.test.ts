import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../functions/cli/commands.ts';
import { WIDTH } from '../../functions/cli/terminal.ts';
import { BUILT, podroutes, readAll, start } from './built-command.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PACKAGE: unknown = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
const NAMES = COMMANDS.map(({ name }) => name);

describe('The built podroutes command', () => {
  it('lists every command on stdout', async () => {
    const { code, stdout, stderr } = await podroutes(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: podroutes <command> \[options\]/);
    const lines = stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
    for (const { name, summary } of COMMANDS) expect(lines).toContainEqual([name, summary]);
  });

  it.each(NAMES)('explains %s in its help, with examples, in %s --help and help %s alike', async (name) => {
    const [asOption, asCommand] = await Promise.all([podroutes([name, '--help']), podroutes(['help', name])]);
    expect(asOption).toMatchObject({ code: 0, stderr: '' });
    expect(asCommand).toEqual(asOption);
    expect(asOption.stdout).toMatch(new RegExp(`^Usage: podroutes ${name}`));
    expect(asOption.stdout).toMatch(/^Examples:\n {2}\S/m);
    expect(asOption.stdout.split('\n').filter((line) => line.length > WIDTH)).toEqual([]);
  });

  it.each([['--version'], ['version']])('tells its version: %s', async (word) => {
    const { code, stdout } = await podroutes([word]);
    expect(code).toBe(0);
    expect(PACKAGE).toMatchObject({ version: stdout.trimEnd() });
  });

  it.each([
    { what: 'no command', args: [], problem: 'which command?' },
    { what: 'an unknown command', args: ['destroy'], problem: 'there is no command "destroy"' },
    {
      what: 'a mistyped command',
      args: ['plann'],
      problem: 'there is no command "plann"; did you mean "plan"?',
    },
    {
      what: 'a mistyped option',
      args: ['plan', '--clustr', 'a'],
      problem: 'Unknown option \'--clustr\'; did you mean "--cluster"?',
    },
    {
      what: 'a short option without its value',
      args: ['plan', '-o'],
      problem: '--output: expected a value; found nothing',
    },
    { what: 'an unknown option', args: ['--colour'], problem: "Unknown option '--colour'" },
    { what: 'an unknown option of a command', args: ['demo', '--fast'], problem: "Unknown option '--fast'" },
    { what: 'an option of another command', args: ['nodes', '--force'], problem: "Unknown option '--force'" },
    {
      what: 'a word that is no choice',
      args: ['demo', 'twice'],
      problem: 'expected aws or azure; found "twice"',
    },
    { what: 'an argument too many', args: ['explain', 'a', 'b'], problem: 'unexpected argument "b"' },
    { what: 'an argument too few', args: ['explain'], problem: 'expected <node>; found nothing' },
    { what: 'an empty argument', args: ['explain', ''], problem: 'expected no empty argument' },
    {
      what: 'a format that is none',
      args: ['plan', '-o', 'yaml'],
      problem: '--output: expected table, json or plain; found "yaml"',
    },
    {
      what: 'a format that the command lacks',
      args: ['explain', 'a', '-o', 'plain'],
      problem: '--output: expected table or json; found "plain"',
    },
    {
      what: 'an empty value',
      args: ['plan', '--cluster='],
      problem: '--cluster: expected a value; found an empty one',
    },
    {
      what: 'a value that is missing',
      args: ['plan', '--cluster'],
      problem: '--cluster: expected a value; found nothing',
    },
  ])('answers $what with one line, its usage and exit code 2', async ({ args, problem }) => {
    const { code, stdout, stderr } = await podroutes(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.startsWith(`podroutes: ${problem}`)).toBe(true);
    expect(stderr).not.toContain(' at ');
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
  });

  it('takes options before the command as well', async () => {
    const after = await podroutes(['plan', '--cloud', 'gcp']);
    expect(await podroutes(['--cloud', 'gcp', 'plan'])).toEqual(after);
    expect(after).toMatchObject({ code: 2, stdout: '' });
    expect(after.stderr).toMatch(/^podroutes: --cloud: expected aws or azure; found "gcp"\n/);
  });

  it('ends quietly where its reader has seen enough', async () => {
    const pipeline = '{ "$0" "$1" demo aws; echo "exit $?" >&2; } | head -3';
    const child = spawn('/bin/sh', ['-c', pipeline, process.execPath, BUILT], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { code, stdout, stderr } = await readAll(child);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'exit 0\n' });
    expect(stdout.split('\n').length).toBe(4);
  });

  it.each([
    { signal: 'SIGINT', moment: 'podroutes keeps', exit: 130 },
    { signal: 'SIGINT', moment: 'Step 2 of', exit: 130 },
    { signal: 'SIGTERM', moment: 'Step 5 of', exit: 143 },
  ] as const)('closes the demo on $signal once "$moment" is shown', async ({ signal, moment, exit }) => {
    const child = start(['demo', 'aws']);
    const ended = Promise.all([text(child.stderr), once(child, 'close')]);
    let output = '';
    child.stdout.on('data', (chunk) => {
      if (!output.includes(moment) && `${output}${chunk}`.includes(moment)) child.kill(signal);
      output += chunk;
    });
    const [stderr, [code]] = await ended;
    expect({ code, stderr }).toEqual({ code: exit, stderr: '' });
    expect(output).not.toContain('checks passed');
  });
});
