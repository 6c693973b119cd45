import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Setting } from './variants.ts';

const run = promisify(execFile);
/** Deeper than any path of the models; each step costs 50 bytes of memory. */
export const WHOLE_DEPTH = 6_000_000;
/** Where a part of a rule is missing, the harm is not far. */
export const SHALLOW_DEPTH = 1_000;
/** Of standard output. */
const MAX_BYTES = 16 * 2 ** 20;

/** What SPIN found. */
export interface Verification {
  /** The violated assertion, or the state in which nothing goes on; null where there is none. */
  readonly violation: string | null;
  /** Whether every state was visited and none of the paths was cut off. */
  readonly isExhaustive: boolean;
  readonly states: number;
}

/** Verifies a model of this folder with these macros; every state is kept whole, none as a hash. */
export async function verify(file: string, macros: Setting, depth: number): Promise<Verification> {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-model-'));
  try {
    const defined = macros.map((macro) => `-D${macro}`);
    await run('spin', ['-a', ...defined, resolve(import.meta.dirname, file)], { cwd: folder });
    await run('gcc', ['-O1', '-w', '-DSAFETY', '-DCOLLAPSE', '-o', 'pan', 'pan.c'], { cwd: folder });
    const { stdout } = await run('./pan', [`-m${depth}`], { cwd: folder, maxBuffer: MAX_BYTES });
    const violation = /^pan:\d+: (.*)$/m.exec(stdout)?.[1] ?? null;
    const hasTrail = (await readdir(folder)).some((name) => name.endsWith('.trail'));
    if (hasTrail !== (violation !== null))
      throw new Error(`Expected a trail for a violation alone:\n${stdout}`);
    return { violation, isExhaustive: isWhole(stdout), states: statesOf(stdout) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function isWhole(output: string): boolean {
  return !/max search depth too small|Search not completed|out of memory/i.test(output);
}

function statesOf(output: string): number {
  return Number(/^\s*([\d.e+]+) states, stored/m.exec(output)?.[1] ?? Number.NaN);
}
