import type { AlarmSlug } from '../../../infra/alarms.ts';
import type { CloudFailure } from '../../../shared/core/errors.ts';

/** One time that an alarm was raised, in milliseconds since the epoch. */
export interface Episode {
  /** Null where it began before the time that was asked for. */
  readonly from: number | null;
  /** Null where it lasts. */
  readonly to: number | null;
  /** What the cloud says of it; may be empty. */
  readonly reason: string;
}

/** An alarm as it is deployed. Several may watch one condition. */
export interface ReadAlarm {
  readonly slug: AlarmSlug;
  /** As the cloud calls it. */
  readonly name: string;
  /** `unknown` where its history was not read and its state alone does not tell. */
  readonly state: 'firing' | 'quiet' | 'unknown';
  /** In the order of time. */
  readonly episodes: readonly Episode[];
}

/** A line of a function's log, of level warning or worse. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: 'warning' | 'error';
  /** JSON where the function wrote it; the platform writes text. */
  readonly text: string;
}

/** Something that could not be read. */
export interface Gap {
  /** What it was, as the end of "could not read …". */
  readonly what: string;
  readonly failure: CloudFailure;
}

/** What a cloud knows of a cluster's alarms. */
export interface AlertReading {
  /** Null where they could not be read; empty where none is deployed. */
  readonly alarms: readonly ReadAlarm[] | null;
  /** Newest first. */
  readonly lines: readonly LogLine[];
  readonly gaps: readonly Gap[];
}

/** Reads alarms and logs of a span, in milliseconds since the epoch. Throws nothing that the cloud answers. */
export type ReadAlerts = (since: number, until: number) => Promise<AlertReading>;

/** At most so many lines are read of a log: what CloudWatch gives for one query. */
export const MOST_LINES = 10_000;

export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly gap: Gap };

/** Tries to read something; a failure becomes the gap that it leaves. */
export async function attempt<T>(
  what: string,
  read: () => Promise<T>,
  classify: (thrown: unknown) => CloudFailure,
): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await read() };
  } catch (thrown) {
    return { ok: false, gap: { what, failure: classify(thrown) } };
  }
}

/** The gap that a log leaves which has more lines than are read. */
export function findCutOff(lines: readonly LogLine[]): Gap[] {
  if (lines.length < MOST_LINES) return [];
  const message = `Only the newest ${MOST_LINES} warnings and errors were read. A shorter --since shows the others.`;
  return [{ what: 'the whole log', failure: { kind: 'permanent', code: 'too-many-lines', message } }];
}
