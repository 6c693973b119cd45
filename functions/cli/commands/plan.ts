import { type ClusterView, viewCluster } from '../cluster-view.ts';
import { EXIT, type ExitCode, type Invocation, refuse } from '../command.ts';
import { outputOf } from '../options.ts';
import { hasChanges, showPlain, showReport } from '../plan-text.ts';
import { formatJson, type Terminal } from '../terminal.ts';

/** Shows what a reconcile would change. */
export async function plan(invocation: Invocation): Promise<number> {
  const view = await viewCluster(invocation, invocation.operands);
  if (!view.ok) return refuse(invocation, view);
  printReport(invocation, view.report);
  return exitOfPlan(view);
}

/** Prints a report on standard output, in the form that was asked for. */
export function printReport({ values, out }: Invocation, report: ClusterView['report']): void {
  PRINTERS[outputOf(values)](out, report);
}

const PRINTERS = {
  table: showReport,
  plain: showPlain,
  json: ({ print }: Terminal, report: ClusterView['report']) => print(formatJson(report)),
};

/** 3 where something is not in step, 1 where that cannot be said for want of a read. */
export function exitOfPlan({ run, report }: ClusterView): ExitCode {
  if (run.observation.failures.length > 0) return EXIT.error;
  return hasChanges(report) ? EXIT.changes : EXIT.ok;
}
