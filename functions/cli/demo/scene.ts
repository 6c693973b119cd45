import { isDeepStrictEqual } from 'node:util';
import type { Report } from '../../../shared/core/run/report.ts';
import type { RouteRow } from './route-rows.ts';

/** A loopback cloud, the built functions beside it, and somebody who operates the cluster. */
export interface Stage {
  /** The routes as the cloud has them, in the order in which they are shown. */
  readonly readRoutes: () => Promise<readonly RouteRow[]>;
  /** What the demo calls a resource or an address; those without a name as they are. */
  readonly nameOf: (id: string) => string;
  readonly close: () => Promise<void>;
}

/** How long a route has to be seen unclaimed before it goes: a demo cannot wait for a quarter of an hour. */
export const GRACE_SECONDS = 1;

/** What a function was given and did. Calls are the sandbox's own count of them. */
export interface Handled {
  /** Lines for the reader. */
  readonly given: readonly string[];
  /** The routes just before. */
  readonly found: readonly RouteRow[];
  /** Calls that only read, in order. */
  readonly reads: readonly string[];
  /** Mutating calls in order; those that were refused say so. */
  readonly writes: readonly string[];
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** The answer to a request; null for events, and where the function failed. */
  readonly report: Report | null;
  /** Messages that the queue has given up on so far. */
  readonly lost: number;
}

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

/** The cloud around one act. */
export interface Scene extends Act {
  readonly before: readonly RouteRow[];
  readonly after: readonly RouteRow[];
}

export interface Step<S extends Stage> {
  readonly title: string;
  /** What happens and why, in a sentence. */
  readonly why: string;
  /** Whether all routes are shown after it, or those that changed. */
  readonly shows: 'all' | 'changes';
  readonly act: (stage: S) => Promise<Act>;
  readonly checks: (scene: Scene, stage: S) => readonly Check[];
}

/** How a cloud's own things are called. */
export interface Wording {
  readonly tables: 'route table' | 'route tables';
  /** Headings of these columns of a row. */
  readonly detail: string;
  readonly label: string;
  /** Of nodes whose interfaces were made to forward packets. */
  readonly forwarding: string;
}

/** The story on one cloud. Each step starts where the one before it ended. */
export interface Part<S extends Stage> {
  readonly cloud: string;
  readonly introduction: string;
  readonly wording: Wording;
  /** @param built folder of all that is built, as a URL that ends with a slash */
  readonly open: (built: URL) => Promise<S>;
  readonly steps: readonly Step<S>[];
}

/** Whether what was found is what was expected. */
export function holds({ expected, found }: Check): boolean {
  return isDeepStrictEqual(expected, found);
}
