import { domainEventsOf, publish } from '../../shared/aws/domain-events.ts';
import { nodeNotFound } from '../../shared/findings.ts';
import { countManaged } from '../../shared/guard.ts';
import type { Scope } from '../../shared/model.ts';
import { type Run, reconcile } from '../../shared/reconcile.ts';
import { recordRun, type Trigger } from '../../shared/record.ts';
import { type Report, toReport } from '../../shared/report.ts';
import type { Deadlines, Runtime } from './runtime.ts';

/** Less than the time that the invocation keeps back for its answer, in milliseconds. */
const PUBLISH_MS = 1_500;

interface RunRequest {
  readonly scope: Scope;
  readonly trigger: Trigger;
  readonly deadlines: Deadlines;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/** One run with its logs, metrics and domain events. */
export async function runAndReport(
  { config, cloud, telemetry }: Runtime,
  { scope, trigger, deadlines, dryRun = false, force = false }: RunRequest,
): Promise<{ run: Run; report: Report }> {
  const startedAt = Date.now();
  const expectClaims = config.cluster !== null || config.nodeTag !== null;
  const settings = { ...config, force, expectClaims, inBursts: trigger === 'event' };
  const done = await reconcile(cloud, { scope, ...deadlines, settings, dryRun: dryRun || config.dryRun });
  const unknown = trigger === 'manual' ? done.observation.missing.map(nodeNotFound) : [];
  const run = { ...done, findings: [...done.findings, ...unknown] };
  const finishedAt = Date.now();
  recordRun(run, { trigger, durationMs: finishedAt - startedAt, config }, telemetry);
  const report = toReport(run, {
    cluster: config.cluster,
    cloud: cloud.name,
    force,
    startedAt,
    finishedAt,
    managed: (table) => countManaged(table, config.clusterCidrs),
  });
  if (config.eventBus !== null) {
    // What was done is told even when the time for doing is over; what is left of it is enough for this.
    const soon = AbortSignal.timeout(PUBLISH_MS);
    for (const failure of await publish(config.eventBus, domainEventsOf(report), soon)) {
      telemetry.log('error', failure.message, { action: 'publish', reason: failure.code });
    }
  }
  return { run, report };
}
