import type { Cloud } from '../cloud.ts';
import type { Config } from '../config/config.ts';
import { nodeNotFound } from '../findings/network.ts';
import type { OpenLedger } from '../ledger/ledger.ts';
import type { Scope } from '../model.ts';
import type { Telemetry } from '../telemetry.ts';
import type { OpenDirectory } from './node-directory.ts';
import { reconcile } from './reconcile.ts';
import { recordRun, type Trigger } from './record.ts';
import type { Report } from './report.ts';
import type { Run } from './run.ts';
import { toReport } from './to-report.ts';

/** What an entry point asks for, whichever cloud invoked it. */
export interface RunRequest {
  readonly scope: Scope;
  readonly trigger: Trigger;
  readonly deadlines: Deadlines;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/** How an invocation divides its time. */
export interface Deadlines {
  /** Aborted when reading has had its share: what was read is written in the rest. */
  readonly readSignal: AbortSignal;
  /** Aborted shortly before the time is over, so that what was done can still be reported. */
  readonly signal: AbortSignal;
  /** Keeps time back to report so many results. */
  readonly reserve?: (results: number) => void;
  /** When the answer is due, in milliseconds since the epoch: what is not logged by then is left out. */
  readonly answerBy?: number;
}

const READING_SHARE = 0.6;
/** However much there is to report, half of the time is for doing it. */
const WRITING_SHARE = 0.5;

/**
 * @param ms how long the run may take
 * @param perResultMs what a result costs once the time for doing it is over
 */
export function startDeadlines(ms: number, perResultMs = 0): Deadlines {
  const left = Math.max(0, Math.floor(ms));
  const startedAt = Date.now();
  const over = new AbortController();
  const end = (): void => over.abort(new DOMException('The time is up.', 'TimeoutError'));
  const endAfter = (after: number): NodeJS.Timeout => setTimeout(end, after).unref();
  let timer = endAfter(left);
  return {
    readSignal: AbortSignal.timeout(Math.floor(left * READING_SHARE)),
    signal: over.signal,
    reserve: (results) => {
      clearTimeout(timer);
      const kept = Math.min(results * perResultMs, left * (1 - WRITING_SHARE));
      timer = endAfter(Math.max(0, startedAt + left - kept - Date.now()));
    },
    answerBy: startedAt + left,
  };
}

/** What the runs of one entry point share. */
export interface RunContext {
  readonly config: Config;
  readonly cloud: Cloud;
  readonly telemetry: Telemetry;
  /** Null where there is no ledger. */
  readonly openLedger: OpenLedger | null;
  /** Null where Kubernetes is not asked. */
  readonly openDirectory: OpenDirectory | null;
}

/** One run with its logs, metrics and report. */
export async function runAndReport(
  { config, cloud, telemetry, openLedger, openDirectory }: RunContext,
  { scope, trigger, deadlines, dryRun = false, force = false }: RunRequest,
): Promise<{ run: Run; report: Report }> {
  const startedAt = Date.now();
  const expectClaims = config.cluster !== null || config.nodeTag !== null;
  const { readSignal, signal, reserve, answerBy } = deadlines;
  const done = await reconcile(cloud, {
    scope,
    ...{ readSignal, signal, ...(reserve && { onPlan: reserve }) },
    settings: { ...config, force, expectClaims },
    // Runs for events follow each other closely, and leave what waits to the schedule.
    ledger: trigger === 'event' ? 'events' : openLedger,
    blocks: openLedger,
    directory: openDirectory,
    dryRun: dryRun || config.dryRun,
  });
  // An event may well be about a node that is gone; a person who names one expects it to be there.
  const unknown =
    trigger === 'manual' ? done.observation.missing.map((id) => nodeNotFound(id, config.cloud)) : [];
  const run = { ...done, findings: [...done.findings, ...unknown] };
  const finishedAt = Date.now();
  recordRun(run, { trigger, durationMs: finishedAt - startedAt, config, until: answerBy }, telemetry);
  const report = toReport(run, {
    cluster: config.cluster,
    cloud: cloud.name,
    force,
    startedAt,
    finishedAt,
    clusterCidrs: config.clusterCidrs,
    reservedCidrs: config.reservedCidrs,
    allocate: config.allocate,
  });
  return { run, report };
}
