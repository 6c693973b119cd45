import { isDeepStrictEqual } from 'node:util';
import type { RouteRow } from './route-rows.ts';
import type { Handled, Stage } from './stage.ts';

/** What a step has to come to, and what it came to. */
export interface Check {
  readonly what: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** What a step's act came to; null where no function took part. */
export interface Act {
  readonly handled: Handled | null;
  /** Lines for the reader. */
  readonly notes: readonly string[];
}

/** The cloud around one act, read by the operator. */
export interface Scene extends Act {
  readonly before: readonly RouteRow[];
  readonly after: readonly RouteRow[];
}

export interface Step {
  readonly title: string;
  /** What happens and why, in a sentence. */
  readonly why: string;
  /** Whether all routes are shown after it, or those that changed. */
  readonly shows: 'all' | 'changes';
  readonly act: (stage: Stage) => Promise<Act>;
  readonly checks: (scene: Scene) => readonly Check[];
}

/** Whether what was found is what was expected. */
export function holds({ expected, found }: Check): boolean {
  return isDeepStrictEqual(expected, found);
}
