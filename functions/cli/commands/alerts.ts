import type { AlertReading } from '../alerts/reading.ts';
import { type AlertReview, reviewAlerts } from '../alerts/review.ts';
import { showGaps, showPlain, showReview } from '../alerts/show.ts';
import { type ClusterViewResult, runDry } from '../cluster-view.ts';
import { EXIT, type ExitCode, errorRefusal, type Invocation, refuse, usageRefusal } from '../command.ts';
import { connect } from '../connect.ts';
import { outputOf } from '../options.ts';
import type { Session } from '../session.ts';
import { formatJson, showProgress } from '../terminal.ts';

/** Shows which alarms fired, what the logs say of them, and whether they still hold. */
export async function alerts(invocation: Invocation): Promise<number> {
  const asked = invocation.values.get('since') ?? '24h';
  const span = readSpan(asked);
  if (span === null) {
    const expected = 'a span such as 30m, 24h or 7d, of 30d at most';
    return refuse(invocation, usageRefusal(`--since: expected ${expected}; found "${asked}"`));
  }
  const connection = await connect(invocation);
  if (!connection.ok) return refuse(invocation, connection);
  const { session } = connection;
  const until = Date.now();
  const since = until - span;
  const [reading, view] = await Promise.all([
    readAlerts(session, invocation, since, until),
    runDry(session, invocation, { scope: { kind: 'all', ids: [] } }),
  ]);
  // Whoever can read nothing at all has one thing to mend.
  if (reading.alarms === null && !view.ok) return refuse(invocation, view);
  if (reading.alarms?.length === 0) return refuse(invocation, errorRefusal(describeNone(session)));
  const review = reviewAlerts({
    cluster: session.config.cluster,
    cloud: session.cloud.name,
    since,
    until,
    reading: { ...reading, gaps: [...reading.gaps, ...gapsOf(view)] },
    report: view.ok ? view.report : null,
    remedyOf: session.remedyOf,
  });
  print(invocation, review, session);
  return exitOf(review);
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Both clouds forget alarms after 30 days. */
const LONGEST = 30 * 86_400_000;

/** In milliseconds; null where the text is no span. */
function readSpan(text: string): number | null {
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const span = Number(count) * (UNITS[unit] ?? 0);
  return span > 0 && span <= LONGEST ? span : null;
}

async function readAlerts(
  session: Session,
  { err }: Invocation,
  since: number,
  until: number,
): Promise<AlertReading> {
  const read = await session.openAlerts();
  const stopProgress = showProgress(err, `Reading alarms and logs in ${session.place} …`);
  const reading = await read(since, until);
  stopProgress();
  return reading;
}

function describeNone({ config, cloud, place }: Session): string {
  const cluster = config.cluster ?? config.routeTables.join(', ');
  const page = `docs/deploy-${cloud.name}.md`;
  return `there are no alarms of ${cluster} in ${place}. If the cluster is there, deploy them: ${page} says how.`;
}

/** What of the plan could not be read; the sentence of a refusal is whole. */
function gapsOf(view: ClusterViewResult): AlertReading['gaps'] {
  if (!view.ok) {
    return [{ what: 'the cluster', failure: { kind: 'permanent', code: 'no-plan', message: view.problem } }];
  }
  return view.run.observation.failures.map(({ what, id, failure }) => ({
    what: id === null ? LISTS[what] : `${LISTS[what]} of ${id}`,
    failure,
  }));
}

const LISTS = { nodes: 'the nodes', table: 'the route tables', claims: 'the claims' };

const PRINTERS = {
  table: ({ out }: Invocation, review: AlertReview, { place }: Session) => showReview(out, review, place),
  plain: ({ out, err }: Invocation, review: AlertReview) => {
    showPlain(out, review);
    showGaps(err, review);
  },
  json: ({ out }: Invocation, review: AlertReview) => out.print(formatJson(review)),
};

function print(invocation: Invocation, review: AlertReview, session: Session): void {
  PRINTERS[outputOf(invocation.values)](invocation, review, session);
}

/** 3 where something fired, 1 where that cannot be said for want of a read. */
function exitOf({ alarms, gaps }: AlertReview): ExitCode {
  if (gaps.length > 0) return EXIT.error;
  return alarms.length > 0 ? EXIT.changes : EXIT.ok;
}
