import { type RunRequest, runAndReport, startDeadlines } from '../../shared/core/run/invoke.ts';
import type { Trigger } from '../../shared/core/run/record.ts';
import type { Report } from '../../shared/core/run/report.ts';
import type { Run } from '../../shared/core/run/run.ts';
import type { Telemetry } from '../../shared/core/telemetry.ts';
import type { Runtime } from './runtime.ts';

/**
 * How long a run may take, in milliseconds. The lock of a session is five minutes at most, counted from when the
 * session was accepted, and is not renewed for batches: https://github.com/Azure/azure-sdk-for-net/issues/27979.
 * HTTP callers get no answer after 230 seconds, and the host ends everything after the ten minutes of host.json:
 * https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout
 */
export const RUN_MS: Readonly<Record<Trigger, number>> = {
  event: 120_000,
  schedule: 480_000,
  manual: 200_000,
};

/** One run in the time that its trigger allows, logged to the invocation's own context. */
export function runInTime(
  runtime: Runtime,
  telemetry: Telemetry,
  request: Omit<RunRequest, 'deadlines'>,
): Promise<{ run: Run; report: Report }> {
  const deadlines = startDeadlines(RUN_MS[request.trigger]);
  return runAndReport({ ...runtime, telemetry }, { ...request, deadlines });
}
