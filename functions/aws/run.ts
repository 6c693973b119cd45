import { domainEventsOf, publish } from '../../shared/aws/domain-events.ts';
import { type RunRequest, runAndReport } from '../../shared/core/run/invoke.ts';
import type { Report } from '../../shared/core/run/report.ts';
import type { Run } from '../../shared/core/run/run.ts';
import type { Runtime } from './runtime.ts';

/** Less than the time that the invocation keeps back for its answer, in milliseconds. */
const PUBLISH_MS = 1_500;

/** One run with its logs, metrics and report, and domain events where there is a bus for them. */
export async function runAndPublish(
  runtime: Runtime,
  request: RunRequest,
): Promise<{ run: Run; report: Report }> {
  const done = await runAndReport(runtime, request);
  const { eventBus } = runtime.config;
  if (eventBus === null) return done;
  // What was done is reported even when the time for work is over; the rest of it is enough for that.
  const soon = AbortSignal.timeout(PUBLISH_MS);
  for (const failure of await publish(eventBus, domainEventsOf(done.report), soon)) {
    runtime.telemetry.log('error', failure.message, { action: 'publish', reason: failure.code });
  }
  return done;
}
