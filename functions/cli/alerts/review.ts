import { ALARM_SLUGS, ALARMS, type AlarmSlug } from '../../../infra/alarms.ts';
import type { CloudFailure } from '../../../shared/core/errors.ts';
import type { CloudName } from '../../../shared/core/model.ts';
import type { Report } from '../../../shared/core/run/report.ts';
import { type Cause, type CauseKind, findCauses, gatherCauses } from './causes.ts';
import type { AlertReading, Episode, Gap, ReadAlarm } from './reading.ts';
import { judgeStanding, type Standing } from './standing.ts';

/** What `-o json` prints: docs/schemas/alerts.schema.json. Times are ISO 8601, in UTC. */
export interface AlertReview {
  readonly cluster: string | null;
  readonly cloud: CloudName;
  readonly since: string;
  readonly until: string;
  /** Those that fired, or may have; the firing ones first. */
  readonly alarms: readonly ReviewedAlarm[];
  /** Those that are deployed and did not fire. */
  readonly quiet: readonly AlarmSlug[];
  /** What could not be read, so that something may be missing here. */
  readonly gaps: readonly ReviewedGap[];
}

export interface ReviewedAlarm extends Standing {
  readonly alarm: AlarmSlug;
  readonly title: string;
  readonly severity: 'error' | 'warning';
  /** What the cloud calls the alarms of this condition. */
  readonly names: readonly string[];
  /** `unknown` where a read that would have shown it failed. */
  readonly state: 'firing' | 'over' | 'unknown';
  readonly episodes: readonly {
    readonly from: string | null;
    readonly to: string | null;
    readonly reason: string;
  }[];
  readonly causes: readonly ReviewedCause[];
  /** What it means and what to do. */
  readonly page: string;
}

export interface ReviewedCause {
  readonly kind: CauseKind;
  readonly level: 'warning' | 'error';
  readonly code: string;
  readonly text: string;
  readonly remedy: string | null;
  /** Name of the node, or its id where that is not known. */
  readonly node: string | null;
  readonly table: string | null;
  readonly cidr: string | null;
  readonly times: number;
  readonly first: string;
  readonly last: string;
}

interface ReviewedGap {
  readonly what: string;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

interface Facts {
  readonly cluster: string | null;
  readonly cloud: CloudName;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly until: number;
  readonly reading: AlertReading;
  /** Of a fresh dry run; null where none could be made. */
  readonly report: Report | null;
  readonly remedyOf: (failure: CloudFailure) => string;
}

const STATES = ['firing', 'unknown', 'over'] as const;

/** Puts together what fired, why, and whether it still holds. */
export function reviewAlerts({ reading, report, remedyOf, ...facts }: Facts): AlertReview {
  const causes = gatherCauses(reading.lines);
  const bySlug = Map.groupBy(reading.alarms ?? ALARM_SLUGS.map(toUnread), ({ slug }) => slug);
  const found = ALARM_SLUGS.filter((slug) => bySlug.has(slug)).map((slug) => {
    const alarms = bySlug.get(slug) ?? [];
    return { slug, alarms, state: stateOf(alarms) };
  });
  const alarms = STATES.flatMap((state) =>
    found
      .filter((each) => each.state === state)
      .map((each) => reviewAlarm(each.slug, state, each.alarms, causes, report)),
  );
  return {
    cluster: facts.cluster,
    cloud: facts.cloud,
    since: toTime(facts.since),
    until: toTime(facts.until),
    // Of alarms that nobody could read, only those are worth a word that something speaks for.
    alarms: reading.alarms === null ? alarms.filter(isSuspected) : alarms,
    quiet: found.flatMap(({ state, slug }) => (state === 'quiet' ? [slug] : [])),
    gaps: reading.gaps.map((gap) => toReviewedGap(gap, remedyOf)),
  };
}

function toUnread(slug: AlarmSlug): ReadAlarm {
  return { slug, name: slug, state: 'unknown', episodes: [] };
}

function isSuspected({ causes, holds }: ReviewedAlarm): boolean {
  return causes.length > 0 || holds === 'yes';
}

function stateOf(alarms: readonly ReadAlarm[]): ReviewedAlarm['state'] | 'quiet' {
  if (alarms.some(({ state }) => state === 'firing')) return 'firing';
  if (alarms.some(({ episodes }) => episodes.length > 0)) return 'over';
  return alarms.some(({ state }) => state === 'unknown') ? 'unknown' : 'quiet';
}

function reviewAlarm(
  slug: AlarmSlug,
  state: ReviewedAlarm['state'],
  alarms: readonly ReadAlarm[],
  causes: readonly Cause[],
  report: Report | null,
): ReviewedAlarm {
  const { title, severity, page } = ALARMS[slug];
  const episodes = alarms
    .flatMap((alarm) => alarm.episodes)
    .toSorted((a, b) => (a.from ?? 0) - (b.from ?? 0));
  const behind = findCauses(slug, causes, episodes);
  return {
    alarm: slug,
    title,
    severity,
    names: alarms.map(({ name }) => name).toSorted(),
    state,
    episodes: episodes.map(toReviewedEpisode),
    ...judgeStanding(slug, report, behind),
    causes: behind.map((cause) => toReviewedCause(cause, report)),
    page,
  };
}

function toReviewedEpisode({ from, to, reason }: Episode): ReviewedAlarm['episodes'][number] {
  return { from: from === null ? null : toTime(from), to: to === null ? null : toTime(to), reason };
}

/** Changes are logged with the id of their node, findings with its name. */
function toReviewedCause({ at, node, ...cause }: Cause, report: Report | null): ReviewedCause {
  const known = report?.nodes.find(({ id }) => id === node);
  return {
    ...cause,
    node: known?.name ?? node,
    times: at.length,
    first: toTime(at[0] ?? 0),
    last: toTime(at.at(-1) ?? 0),
  };
}

function toReviewedGap({ what, failure }: Gap, remedyOf: Facts['remedyOf']): ReviewedGap {
  const { code, message } = failure;
  return { what, code, message, remedy: remedyOf(failure) };
}

function toTime(at: number): string {
  return new Date(at).toISOString();
}
