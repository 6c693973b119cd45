import { createInterface } from 'node:readline/promises';
import { VERSION } from '../../shared/core/version.ts';
import { type CommandSpec, EXIT, type Invocation } from './command.ts';
import { COMMANDS } from './commands.ts';
import { parseCommandLine } from './parse.ts';
import { createTerminal } from './terminal.ts';
import { describeCommand, describeCommands, formatUsage } from './usage.ts';
import { UsageError } from './usage-error.ts';

/** What a command gets from the process. */
type Surroundings = Pick<Invocation, 'env' | 'out' | 'err' | 'ask'>;

/** The oldest that has all that is used here: also `engines` in package.json, which npm only warns of. */
const OLDEST_NODE = 22;

/** Runs what this process was started with, and sets its exit code. */
export async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const io: Surroundings = {
    env: process.env,
    out: createTerminal(process.stdout, process.env),
    err: createTerminal(process.stderr, process.env),
    ask: process.stdin.isTTY && process.stderr.isTTY ? askPerson : null,
  };
  // A reader that has seen enough, such as head, closes the pipe: there is nobody left to tell.
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') io.err.print(`podroutes: ${message}`);
    process.exit(code === 'EPIPE' ? EXIT.ok : EXIT.error);
  });
  process.exitCode = await run(args, io).catch((error: unknown) => explain(error, args, io));
}

/** Ctrl-C and Ctrl-D at the question are no answer. */
async function askPerson(question: string): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return lines
    .question(question)
    .catch((error: unknown) => {
      if (error instanceof Error && error.name === 'AbortError') return null;
      throw error;
    })
    .finally(() => lines.close());
}

async function run(args: string[], io: Surroundings): Promise<number> {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    io.err.print(`podroutes: expected Node ${OLDEST_NODE} or newer; found ${process.versions.node}`);
    return EXIT.error;
  }
  const parsed = parseCommandLine(args, COMMANDS);
  switch (parsed.kind) {
    case 'help': {
      const { print, width } = io.out;
      const { spec } = parsed;
      const lines = spec === null ? describeCommands(COMMANDS, width) : describeCommand(spec, width);
      for (const line of lines) print(line);
      return EXIT.ok;
    }
    case 'version':
      io.out.print(VERSION);
      return EXIT.ok;
    case 'refused':
      return refuseUsage(parsed.problem, parsed.spec, io);
    case 'run': {
      const command = await parsed.spec.load();
      return command({ ...io, ...parsed.input }, COMMANDS).catch((error: unknown) => {
        if (error instanceof UsageError) return refuseUsage(error.message, parsed.spec, io);
        throw error;
      });
    }
  }
}

function refuseUsage(problem: string, spec: CommandSpec | null, { err }: Surroundings): number {
  err.print(`podroutes: ${problem}`);
  err.print(`Usage: ${spec === null ? 'podroutes <command> [options]' : formatUsage(spec)}`);
  err.print(`See "podroutes ${spec === null ? '' : `${spec.name} `}--help".`);
  return EXIT.usage;
}

/** What nobody expected: a mistake in podroutes, or in the machine that it runs on. */
function explain(error: unknown, args: readonly string[], { err }: Surroundings): number {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && args.includes('--debug') ? error.stack : undefined;
  err.print(`podroutes: ${stack ?? `${message} (--debug shows where)`}`);
  return EXIT.error;
}
