import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { boundReport } from '../../shared/core/run/bounded-report.ts';
import type { Report } from '../../shared/core/run/report.ts';
import { readRequest } from '../../shared/core/run/request.ts';
import { runAndPublish } from './run.ts';
import {
  createRuntime,
  deadlinesOf,
  logger,
  metricsFlusher,
  type Runtime,
  type RuntimeResult,
  requireRuntime,
} from './runtime.ts';

/** Checked because EC2's filters take `*` and `?` for any instance. */
const INSTANCE_ID = /^i-[0-9a-f]{8,17}$/;

/**
 * Lambda answers with 6 MB at most, and loses what is larger.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MOST_BYTES = 5_500_000;

/** Reconciles everything, or the named nodes, and returns the report. The schedule's event asks for all. */
async function handleReconcile(runtime: Runtime, event: unknown, context: Context): Promise<Report> {
  const request = isScheduled(event) ? readRequest({}) : readRequest(event ?? {});
  if (!request.ok) throw new Error(request.problem);
  const { dryRun, force, nodes } = request.value;
  const strange = nodes.find((id) => !INSTANCE_ID.test(id));
  if (strange !== undefined)
    throw new Error(`nodes: expected instance ids, found ${JSON.stringify(strange)}.`);
  const { report } = await runAndPublish(runtime, {
    scope: nodes.length === 0 ? { kind: 'all', ids: [] } : { kind: 'nodes', ids: nodes },
    trigger: isScheduled(event) ? 'schedule' : 'manual',
    deadlines: deadlinesOf(context),
    dryRun,
    force,
  });
  return boundReport(report, MOST_BYTES);
}

/** EventBridge rules and EventBridge Scheduler both send this detail type. */
function isScheduled(event: unknown): boolean {
  return (
    typeof event === 'object' &&
    event !== null &&
    'detail-type' in event &&
    event['detail-type'] === 'Scheduled Event' &&
    'source' in event &&
    (event.source === 'aws.events' || event.source === 'aws.scheduler')
  );
}

/** The function, wrapped as Lambda calls it. A wrong configuration is the answer to every invocation. */
export function createReconcileHandler(started: RuntimeResult) {
  return middy<unknown, Report, Error, Context>({ timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(logger, { logEvent: false }))
    .use(metricsFlusher)
    .handler((event, context) => handleReconcile(requireRuntime(started), event, context));
}

export const handler = createReconcileHandler(createRuntime(process.env));
