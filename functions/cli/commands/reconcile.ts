import { countOf } from '../../../shared/core/findings/finding.ts';
import { LONGEST_RUN_MS } from '../../../shared/core/guard/block-plan.ts';
import type { Change } from '../../../shared/core/model.ts';
import { runAndReport } from '../../../shared/core/run/invoke.ts';
import { type ClusterView, createTelemetry, viewCluster } from '../cluster-view.ts';
import { EXIT, type ExitCode, type Invocation, refuse, usageRefusal } from '../command.ts';
import { createConfirmingCloud, INTERRUPTED, nameInterrupted, takesAway } from '../confirming-cloud.ts';
import { askConsent } from '../consent.ts';
import { stopOnInterrupt } from '../interrupt.ts';
import { outputOf } from '../options.ts';
import { showReport } from '../plan-text.ts';
import { showProgress } from '../terminal.ts';
import { exitOfPlan, printReport } from './plan.ts';

/** Shows the plan, asks where it takes routes away, and makes the changes. */
export async function reconcileRoutes(invocation: Invocation): Promise<number> {
  const view = await viewCluster(invocation, invocation.operands);
  if (!view.ok) return refuse(invocation, view);
  if (invocation.flags.has('dry-run') || view.session.config.dryRun) {
    printReport(invocation, view.report);
    return exitOfPlan(view);
  }
  // A dry run leaves nothing in the ledger, and what waits has to be seen again and again.
  const { out, err, values, flags, ask } = invocation;
  const isRemembered = view.session.openLedger !== null && view.scope.kind === 'all';
  if (isNothingToDo(view) && isRemembered) return apply(invocation, view, flags.has('yes') ? null : []);
  const losses = plannedChanges(view).filter(takesAway);
  const mustAsk = losses.length > 0 && !flags.has('yes');
  // Whoever is asked has to see what about.
  const isSeen = outputOf(values) === 'table' && (out.isWatched || !mustAsk || ask === null);
  showReport(isSeen ? out : err, view.report);
  if (mustAsk && ask === null) {
    const what = `the plan would ${describeLosses(losses)}, and there is no terminal to ask on`;
    return refuse(invocation, usageRefusal(`${what}; nothing was changed. To confirm, use --yes`));
  }
  if (isNothingToDo(view)) {
    if (outputOf(values) !== 'table') printReport(invocation, view.report);
    return exitOfPlan(view);
  }
  if (mustAsk && ask !== null) {
    const refusal = await askConsent(ask, invocation, toQuestion(view, losses));
    if (refusal !== null) return refusal;
  }
  return apply(invocation, view, flags.has('yes') ? null : losses);
}

function toQuestion(view: ClusterView, losses: readonly Change[]): string {
  const others = plannedChanges(view).length + view.run.forwarding.length - losses.length;
  const rest = others === 0 ? '' : ' and make the other changes';
  const what = describeLosses(losses);
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}${rest}? [y/N] `;
}

function describeLosses(losses: readonly Change[]): string {
  const taken = losses.filter(({ action }) => action === 'replace').length;
  const parts = [
    ...(losses.length === taken ? [] : [`delete ${countOf(losses.length - taken, 'route')}`]),
    ...(taken === 0 ? [] : [`replace ${countOf(taken, 'route')} of live nodes`]),
  ];
  return parts.join(' and ');
}

function plannedChanges({ run }: ClusterView): Change[] {
  return run.results.filter(({ outcome }) => outcome === 'planned').map(({ change }) => change);
}

function isNothingToDo(view: ClusterView): boolean {
  return plannedChanges(view).length === 0 && view.run.forwarding.length === 0;
}

/** @param agreed what was shown of what takes routes away; null where any is agreed to */
async function apply(
  invocation: Invocation,
  view: ClusterView,
  agreed: readonly Change[] | null,
): Promise<number> {
  const { session, scope } = view;
  const places = agreed === null ? null : new Set(agreed.map(placeOf));
  const cloud = createConfirmingCloud(session.cloud, (change) => places?.has(placeOf(change)) ?? true);
  const { signal, release } = stopOnInterrupt(invocation, '"podroutes plan"');
  const isTimeUp = AbortSignal.timeout(LONGEST_RUN_MS);
  const endProgress = showProgress(invocation.err, `Writing in ${session.place} …`);
  const done = await runAndReport(
    { ...session, cloud, telemetry: createTelemetry(invocation) },
    {
      scope,
      trigger: 'manual',
      deadlines: {
        signal: AbortSignal.any([signal, isTimeUp]),
        readSignal: new AbortController().signal,
      },
      force: invocation.flags.has('force'),
    },
  );
  endProgress();
  release();
  const report = signal.aborted ? nameInterrupted(done.report) : done.report;
  if (outputOf(invocation.values) === 'table' && !isNothingToDo(view)) invocation.out.print();
  printReport(invocation, report);
  if (signal.aborted) {
    invocation.err.print(`podroutes: interrupted; ${describeNotStarted(report)}`);
    return EXIT.interrupted;
  }
  return exitOf(done);
}

/** What the interrupt came before; changes that failed or were held back are something else. */
function describeNotStarted({ changes, forwarding }: ClusterView['report']): string {
  const count = (outcomes: ClusterView['report']['forwarding' | 'changes']) =>
    outcomes.filter(({ error }) => error?.code === INTERRUPTED.code).length;
  const undone = [
    ...(count(changes) === 0 ? [] : [countOf(count(changes), 'change')]),
    ...(count(forwarding) === 0 ? [] : [`forwarding at ${countOf(count(forwarding), 'node')}`]),
  ];
  return undone.length === 0 ? 'nothing was left to do' : `not started: ${undone.join(' and ')}`;
}

function placeOf({ table, destination }: Change): string {
  return `${table} ${destination.text}`;
}

function exitOf({ report, run }: Pick<ClusterView, 'report' | 'run'>): ExitCode {
  const { failed } = report.summary;
  const isHeldBack = report.changes.some(({ outcome }) => outcome === 'skipped');
  const unforwarded = report.forwarding.some(({ outcome }) => outcome === 'failed');
  if (failed > 0 || unforwarded || run.observation.failures.length > 0) return EXIT.error;
  return isHeldBack ? EXIT.changes : EXIT.ok;
}
