import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from '../compile-cache.ts';
import { WarmProcess } from './warm-process.ts';

/** The command line as `npm run build` makes it. */
export const BUILT = fileURLToPath(new URL('../../dist/cli/podroutes.mjs', import.meta.url));

/** What came of a command that has ended. */
export interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

export type Environment = Readonly<Record<string, string>>;

/** A home without profiles, no `az` to be found, and no metadata service that would take time to be missed. */
const NOBODY: Environment = {
  HOME: '/nonexistent',
  PATH: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
  ...COMPILE_CACHE,
};

/** As many as have ever been needed at once. */
const IDLE: WarmProcess[] = [];

/** Runs the built command with nothing but these variables. */
export async function podroutes(args: readonly string[], env: Environment = {}): Promise<Ended> {
  const warm = IDLE.pop() ?? new WarmProcess(BUILT, NOBODY);
  const ended = await warm.run(args, { ...NOBODY, ...env });
  if (warm.isAlive) IDLE.push(warm);
  return ended;
}

/** The same in a process of its own. */
export function podroutesAlone(args: readonly string[], env: Environment = {}): Promise<Ended> {
  return readAll(start(args, env));
}

/** Starts the built command in a process of its own; its output can be watched. */
export function start(args: readonly string[], env: Environment = {}) {
  return spawn(process.execPath, [BUILT, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...NOBODY, ...env },
  });
}

/** Waits for the end of a process, and what it has written. */
export async function readAll(child: ReturnType<typeof start>): Promise<Ended> {
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

/** Waits until `happened` gives true, or the process has ended. */
export async function waitUntil(child: ChildProcess, happened: () => boolean): Promise<void> {
  while (!happened() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
}
