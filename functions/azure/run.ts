import { nodeNotFound } from '../../shared/findings.ts';
import { countManaged } from '../../shared/guard.ts';
import type { Scope } from '../../shared/model.ts';
import { type Run, reconcile } from '../../shared/reconcile.ts';
import { recordRun, type Trigger } from '../../shared/record.ts';
import { type Report, toReport } from '../../shared/report.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import type { Runtime } from './runtime.ts';

interface RunRequest {
  readonly scope: Scope;
  readonly trigger: Trigger;
  readonly telemetry: Telemetry;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/**
 * How long a run may take, in milliseconds. HTTP callers get no answer after 230 seconds, and the host ends
 * everything after the ten minutes of host.json:
 * https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout
 */
const RUN_MS: Readonly<Record<Trigger, number>> = { event: 240_000, schedule: 480_000, manual: 200_000 };

/** Reading that takes longer leaves no time to write. */
const READING_SHARE = 0.6;

/** One run with its logs and metrics. */
export async function runAndReport(
  { config, cloud }: Runtime,
  { scope, trigger, telemetry, dryRun = false, force = false }: RunRequest,
): Promise<{ run: Run; report: Report }> {
  const startedAt = Date.now();
  const expectClaims = config.cluster !== null || config.nodeTag !== null;
  const settings = { ...config, force, expectClaims, inBursts: trigger === 'event' };
  const signal = AbortSignal.timeout(RUN_MS[trigger]);
  const readSignal = AbortSignal.timeout(RUN_MS[trigger] * READING_SHARE);
  const request = { scope, signal, readSignal, settings, dryRun: dryRun || config.dryRun };
  const done = await reconcile(cloud, request);
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
  return { run, report };
}
