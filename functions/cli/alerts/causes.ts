import * as z from 'zod/mini';
import type { AlarmSlug } from '../../../infra/alarms.ts';
import type { Episode, LogLine } from './reading.ts';

/**
 * What the logs say may be behind an alarm. `finding`: something a person must look at. `change`: it failed or was
 * held back. `message`: some that were left in the queue or set aside. `error`: anything else that failed.
 */
export type CauseKind = 'finding' | 'change' | 'message' | 'error';

/** The same line of the log, however often it was written. */
export interface Cause {
  readonly kind: CauseKind;
  readonly level: LogLine['level'];
  /** The code of the finding or of the failure. */
  readonly code: string;
  readonly text: string;
  readonly remedy: string | null;
  readonly node: string | null;
  readonly table: string | null;
  readonly cidr: string | null;
  /** Milliseconds since the epoch, in the order of time. */
  readonly at: readonly number[];
}

type Entry = Omit<Cause, 'at' | 'level'>;

const text = z.nullish(z.string());
const Line = z.object({
  message: text,
  reason: text,
  remedy: text,
  outcome: text,
  action: text,
  node: text,
  routeTable: text,
  cidr: text,
  errorMessage: text,
  /** Lambda and Powertools write an object, a failed change has the code. */
  error: z.optional(z.unknown()),
});
const Thrown = z.object({ errorType: z.string(), errorMessage: z.string() });

/** Gathers lines that say the same, the most recent first. */
export function gatherCauses(lines: readonly LogLine[]): Cause[] {
  const read = lines.map(({ at, level, text }) => ({ at, level, entry: readEntry(text) }));
  const groups = Map.groupBy(read, ({ level, entry }) => JSON.stringify([level, ...Object.values(entry)]));
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const at = group.map((line) => line.at).toSorted((a, b) => a - b);
      return [{ ...first.entry, level: first.level, at }];
    })
    .toSorted((a, b) => (b.at.at(-1) ?? 0) - (a.at.at(-1) ?? 0));
}

function readEntry(text: string): Entry {
  const line = Line.safeParse(readJson(text));
  const nowhere = { remedy: null, node: null, table: null, cidr: null };
  if (!line.success) return { kind: 'error', code: 'failed', text: shorten(text), ...nowhere };
  const { message, reason, remedy = null, outcome, action, errorMessage, error, ...rest } = line.data;
  const where = { node: rest.node ?? null, table: rest.routeTable ?? null, cidr: rest.cidr ?? null };
  const said = [message, errorMessage].flatMap((part) => part ?? []).join(': ');
  if (remedy !== null) return { kind: 'finding', code: reason ?? 'finding', text: said, remedy, ...where };
  if (outcome === 'failed' || outcome === 'skipped' || action) {
    const code = typeof error === 'string' ? error : (reason ?? outcome ?? 'failed');
    return { kind: 'change', code, text: said, remedy, ...where };
  }
  if (message === 'messages left in the queue' || outcome === 'set-aside') {
    const code = reason ?? 'unreadable';
    return { kind: 'message', code, text: said, remedy, ...where };
  }
  const thrown = Thrown.safeParse(readJson(text));
  if (thrown.success) {
    const { errorType, errorMessage: why } = thrown.data;
    return { kind: 'error', code: errorType, text: shorten(why), remedy, ...where };
  }
  return { kind: 'error', code: reason ?? 'failed', text: shorten(said), remedy, ...where };
}

/** Lambda writes time, request and words before the JSON of what was thrown. */
function readJson(text: string): unknown {
  const start = text.indexOf('{');
  if (start < 0) return null;
  try {
    return JSON.parse(text.slice(start));
  } catch {
    return null;
  }
}

/** Without the time and the ids that Lambda begins a line with, which would keep equal lines apart. */
function shorten(text: string): string {
  const line = text
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z?\b|\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

type Suspicion = (cause: Cause) => boolean;

const isMishap: Suspicion = ({ kind }) => kind !== 'finding';
const isError: Suspicion = ({ kind }) => kind === 'error';

/** Which lines tell why an alarm was raised. */
const BEHIND: Readonly<Record<AlarmSlug, Suspicion>> = {
  'dead-letters': isMishap,
  'queue-age': isMishap,
  'function-errors': isError,
  // An invocation that is refused writes no line.
  'function-throttles': () => false,
  'reconcile-missing': isError,
  // Its finding says that forwarding could not be switched on.
  'apply-failures': ({ kind, code }) => kind === 'change' || code === 'forwarding-disabled',
  'error-findings': ({ kind, level }) => kind === 'finding' && level === 'error',
  'route-table-filling': ({ code }) => code === 'route-table-filling' || code === 'route-table-full',
  'event-to-route-slow': isMishap,
};

/** Alarms look back: what raised one may have been written so long before, in milliseconds. */
const LOOK_BACK_MS = 3_600_000;

/** The causes of an alarm, from what was logged about the times when it was raised. */
export function findCauses(slug: AlarmSlug, causes: readonly Cause[], episodes: readonly Episode[]): Cause[] {
  const isNear = (at: number): boolean =>
    episodes.length === 0 ||
    episodes.some(({ from, to }) => at >= (from ?? 0) - LOOK_BACK_MS && at <= (to ?? Infinity));
  return causes.filter(BEHIND[slug]).flatMap((cause) => {
    const at = cause.at.filter(isNear);
    return at.length === 0 ? [] : [{ ...cause, at }];
  });
}
