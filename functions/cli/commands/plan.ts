import { EXIT, type ExitCode, type Invocation, refuse } from '../command.ts';
import { type Looked, lookAtCluster } from '../look.ts';
import { outputOf } from '../options.ts';
import { hasChanges, showPlain, showReport } from '../plan-text.ts';
import { formatJson, type Terminal } from '../terminal.ts';

/** Shows what a reconcile would change. */
export async function plan(invocation: Invocation): Promise<number> {
  const look = await lookAtCluster(invocation, invocation.operands);
  if (!look.ok) return refuse(invocation, look);
  printReport(invocation, look.report);
  return exitOfPlan(look);
}

/** Prints a report on standard output, in the form that was asked for. */
export function printReport({ values, out }: Invocation, report: Looked['report']): void {
  PRINTERS[outputOf(values)](out, report);
}

const PRINTERS = {
  table: showReport,
  plain: showPlain,
  json: ({ print }: Terminal, report: Looked['report']) => print(formatJson(report)),
};

/** 3 where something is not in step, 1 where that cannot be said for want of a read. */
export function exitOfPlan({ run, report }: Looked): ExitCode {
  if (run.observation.failures.length > 0) return EXIT.error;
  return hasChanges(report) ? EXIT.changes : EXIT.ok;
}
