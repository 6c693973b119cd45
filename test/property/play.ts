import type { Report } from '../../shared/core/run/report.ts';
import { Chronicle, DAY, MINUTE } from './chronicle.ts';
import { checkConverged } from './converged-rules.ts';
import type { ChaosLedger, LedgerFault } from './ledger.ts';
import { checkStep, type Episode } from './rules.ts';
import type { Truth } from './truth.ts';

/** One story under way, whatever cloud it plays in. */
export interface Play {
  readonly stage: Stage;
  readonly ledger: ChaosLedger;
  readonly chronicle: Chronicle;
  /** Milliseconds between two runs of the schedule. */
  readonly interval: number;
  /** The machines that were launched. */
  readonly ids: string[];
  /** What is done after the next run. */
  readonly later: (() => void)[];
  /** What reads that lag behind may show besides the present. */
  past: readonly Truth[];
  isDisturbed: boolean;
}

/** What a cloud lends to a story. */
export interface Stage {
  readonly managed: readonly string[];
  /** Routes that one table takes. */
  readonly limit: number;
  readonly readTruth: () => Truth;
  readonly reconcile: (request?: ReconcileRequest) => Promise<Report>;
  readonly clearFaults: () => void;
  /** Reads lag behind no more. */
  readonly catchUp: () => void;
}

export interface ReconcileRequest {
  readonly force?: boolean;
  readonly nodes?: readonly string[];
}

/** @param minutes between two runs of the schedule */
export function startPlay(stage: Stage, ledger: ChaosLedger, minutes: number): Play {
  const interval = minutes * MINUTE;
  const chronicle = new Chronicle(interval);
  return { stage, ledger, chronicle, interval, ids: [], later: [], past: [], isDisturbed: false };
}

type Told = Pick<Episode, 'kind'> & Partial<Episode>;

/** Lets runs happen and holds what came of them against the rules. */
export async function watch<T>(play: Play, told: Told, invoke: () => Promise<T>): Promise<T> {
  const { stage, ledger, chronicle, past, isDisturbed } = play;
  const before = stage.readTruth();
  const result = await invoke();
  const episode = {
    ...{ runs: 1, forced: null, deathsTold: 0, others: new Set<string>() },
    ...{ isDisturbed, ledgerFault: ledger.fault, views: [before, ...past], managed: stage.managed },
    ...{ now: ledger.now, ...told },
  };
  checkStep(before, stage.readTruth(), episode, chronicle);
  calm(play);
  for (const change of play.later.splice(0)) change();
  return result;
}

/** Time passes, and with it whatever reads lagged behind. */
function sleep(play: Play, ms: number): void {
  if (ms === 0) return;
  play.ledger.now += ms;
  play.stage.catchUp();
  play.past = [];
}

function calm(play: Play): void {
  play.stage.clearFaults();
  play.ledger.fault = null;
  play.isDisturbed = false;
}

interface Passing {
  readonly runs: number;
  /** Minutes. */
  readonly paused: number;
  /** Which of the runs finds the ledger so. */
  readonly broken: { readonly run: number; readonly fault: LedgerFault } | null;
}

/** Runs of the schedule, after a pause. */
export async function pass(play: Play, { runs, paused, broken }: Passing): Promise<void> {
  sleep(play, paused * MINUTE);
  for (let run = 0; run < runs; run += 1) {
    sleep(play, play.interval);
    if (run === broken?.run) play.ledger.fault = broken.fault;
    await watch(play, { kind: 'full' }, () => play.stage.reconcile());
  }
}

/** A person gives up what waits, of all nodes or of some. */
export async function force(play: Play, nodes: readonly string[]): Promise<Report> {
  const forced = nodes.length === 0 ? 'all' : new Set(nodes);
  const { nodes: known } = play.stage.readTruth();
  const deathsTold = nodes.filter((id) => (known.get(id)?.state ?? 'gone') === 'gone').length;
  return watch(play, { kind: 'full', forced, deathsTold }, () =>
    play.stage.reconcile({ force: true, ...(nodes.length === 0 ? {} : { nodes }) }),
  );
}

/** What waits for a day may be taken by somebody whose own then waits for another. */
const MOST_DAYS = 6;

/**
 * Undisturbed runs over days bring everything in step but what R4 leaves to a person; force does the rest, and then
 * there is nothing left to do.
 */
export async function conclude(play: Play): Promise<void> {
  const { stage, ledger, chronicle } = play;
  calm(play);
  for (const change of play.later.splice(0)) change();
  const started = ledger.now;
  let quietSince = started;
  let report: Report;
  do {
    // As late as the schedule may be.
    sleep(play, 1.5 * play.interval);
    report = await watch(play, { kind: 'full' }, () => stage.reconcile());
    if (report.changes.some(isUnderWay)) quietSince = ledger.now;
  } while (ledger.now - quietSince < waitOf(report, play.interval) && ledger.now - started < MOST_DAYS * DAY);
  const ending = { managed: stage.managed, limit: stage.limit, chronicle };
  checkConverged({ ...ending, truth: stage.readTruth(), report, now: ledger.now, isForced: false });
  // What makes room by force can let somebody else take over another's, and so on.
  for (let tries = 0; tries < 4; tries += 1) {
    report = await force(play, []);
    if (report.changes.length === 0) break;
  }
  checkConverged({ ...ending, truth: stage.readTruth(), report, now: ledger.now, isForced: true });
}

type ReportedChange = Report['changes'][number];

/** Whether a change was made, or waits for nothing but time. */
function isUnderWay({ outcome, notBefore }: ReportedChange): boolean {
  return outcome === 'applied' || outcome === 'failed' || (outcome === 'waiting' && notBefore !== null);
}

/** Spending of the last day is all that time alone can change then. */
function waitOf({ findings }: Report, interval: number): number {
  return findings.some(({ code }) => code === 'deletion-breaker') ? DAY + interval : 1;
}
