#!/usr/bin/env node
import { parseArgs } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { createTerminal, formatTable, type Terminal } from './terminal.ts';

/** Runs with the arguments that follow its name; gives the exit code. */
type Command = (args: readonly string[], terminal: Terminal) => Promise<number>;

interface CommandRow {
  readonly summary: string;
  /** Loaded when it is asked for: commands bring clients that others do not need. */
  readonly load: () => Promise<Command>;
}

const COMMANDS: ReadonlyMap<string, CommandRow> = new Map([
  [
    'demo',
    {
      summary: 'play the life of a small cluster against a loopback AWS',
      load: async () => (await import('./demo.ts')).demo,
    },
  ],
]);

const USAGE = [
  'Usage: podroutes <command> [options]',
  '',
  'Commands:',
  ...formatTable([...COMMANDS].map(([name, { summary }]) => [`  ${name}`, summary])),
  '',
  'Options:',
  ...formatTable([
    ['  --help', 'show this text'],
    ['  --version', 'show the version'],
  ]),
].join('\n');

const EXIT = { ok: 0, error: 1, usage: 2 } as const;

/** Finds the command and runs it; options before its name are podroutes' own. */
async function main([name, ...args]: readonly string[]): Promise<number> {
  const command = COMMANDS.get(name ?? '');
  if (command === undefined) return runWithoutCommand(name === undefined ? [] : [name, ...args]);
  if (args.includes('--help')) return printOut(USAGE);
  const run = await command.load();
  return run(args, createTerminal(process.stdout, process.env));
}

function runWithoutCommand(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean' }, version: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [unknown] = positionals;
  if (unknown !== undefined) return refuse(`There is no command "${unknown}".`);
  if (values.help) return printOut(USAGE);
  if (values.version) return printOut(packageJson.version);
  return refuse('Which command?');
}

function printOut(text: string): number {
  console.log(text);
  return EXIT.ok;
}

function refuse(problem: string): number {
  console.error(`${problem}\n\n${USAGE}`);
  return EXIT.usage;
}

/** parseArgs throws for options that it does not know: a mistake of usage, whichever command asked. */
function explain(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('ERR_PARSE_ARGS')) return refuse(message);
  console.error(`podroutes: ${message}`);
  return EXIT.error;
}

// A reader that has seen enough, such as head, closes the pipe: there is nobody left to tell.
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') console.error(`podroutes: ${message}`);
  process.exit(code === 'EPIPE' ? EXIT.ok : EXIT.error);
});
process.exitCode = await main(process.argv.slice(2)).catch(explain);
