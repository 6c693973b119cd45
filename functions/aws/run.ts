import { domainEventsOf, publish } from '../../shared/aws/domain-events.ts';
import { countManaged } from '../../shared/guard.ts';
import type { Scope } from '../../shared/model.ts';
import { type Run, reconcile } from '../../shared/reconcile.ts';
import { recordRun, type Trigger } from '../../shared/record.ts';
import { type Report, toReport } from '../../shared/report.ts';
import type { Runtime } from './runtime.ts';

interface RunRequest {
  readonly scope: Scope;
  readonly trigger: Trigger;
  readonly signal: AbortSignal;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/** One run with its logs, metrics and domain events. */
export async function runAndReport(
  { config, cloud, telemetry }: Runtime,
  { scope, trigger, signal, dryRun = false, force = false }: RunRequest,
): Promise<{ run: Run; report: Report }> {
  const startedAt = Date.now();
  const settings = { ...config, force, expectClaims: config.cluster !== null || config.nodeTag !== null };
  const run = await reconcile(cloud, { scope, signal, settings, dryRun: dryRun || config.dryRun });
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
    for (const failure of await publish(config.eventBus, domainEventsOf(report), signal)) {
      telemetry.log('error', failure.message, { action: 'publish', reason: failure.code });
    }
  }
  return { run, report };
}
