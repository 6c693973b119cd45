import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Setting } from './variants.ts';

const run = promisify(execFile);
/** Deeper than any path of the models; each step costs 50 bytes of memory. */
export const WHOLE_DEPTH = [6_000_000];
/** Where a part of a rule is missing, the harm is not far. */
export const SHALLOW_DEPTHS = [1_000, 5_000];
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

/**
 * Verifies a model of this folder with these macros, to one depth after another until there is a violation; every state
 * is kept whole, none as a hash.
 */
export async function verify(
  file: string,
  macros: Setting,
  depths: readonly number[],
): Promise<Verification> {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-model-'));
  try {
    const defined = macros.map((macro) => `-D${macro}`);
    await run('spin', ['-a', ...defined, resolve(import.meta.dirname, file)], { cwd: folder });
    await run('gcc', ['-O1', '-w', '-DSAFETY', '-DCOLLAPSE', '-o', 'pan', 'pan.c'], { cwd: folder });
    let found: Verification = { violation: null, isExhaustive: false, states: 0 };
    for (const depth of depths) {
      const { stdout } = await run('./pan', [`-m${depth}`], { cwd: folder, maxBuffer: MAX_BYTES });
      found = readOutput(stdout);
      if (found.violation !== null) break;
    }
    return found;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function readOutput(output: string): Verification {
  return {
    violation: /^pan:\d+: (.*)$/m.exec(output)?.[1] ?? null,
    isExhaustive: !/max search depth too small|Search not completed|out of memory/i.test(output),
    states: Number(/^\s*([\d.e+]+) states, stored/m.exec(output)?.[1] ?? Number.NaN),
  };
}
