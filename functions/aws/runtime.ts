import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { createEc2Clients, RETRIES } from '../../shared/aws/client-settings.ts';
import { createAwsCloud } from '../../shared/aws/cloud.ts';
import { functionAgent } from '../../shared/aws/user-agent.ts';
import type { Cloud } from '../../shared/core/cloud.ts';
import { type Config, describeProblems, readConfig } from '../../shared/core/config/config.ts';
import { once } from '../../shared/core/late.ts';
import { openLate } from '../../shared/core/ledger/late.ts';
import type { OpenLedger } from '../../shared/core/ledger/ledger.ts';
import { type Deadlines, startDeadlines } from '../../shared/core/run/invoke.ts';
import type { OpenDirectory } from '../../shared/core/run/node-directory.ts';
import {
  METRIC_UNITS,
  type Monitoring,
  type Telemetry,
  WRITTEN_METRICS,
} from '../../shared/core/telemetry.ts';
import { VERSION } from '../../shared/core/version.ts';

/** What every invocation of one function shares. */
export interface Runtime {
  readonly config: Config;
  readonly cloud: Cloud;
  readonly openLedger: OpenLedger | null;
  readonly openDirectory: OpenDirectory | null;
  readonly telemetry: Telemetry;
  readonly region: string;
}

/** The runtime, or why there is none: all mistakes of the configuration in one text. */
export type RuntimeResult =
  | { readonly ok: true; readonly runtime: Runtime }
  | { readonly ok: false; readonly problem: string };

/** Time left for the answer once no further call is begun, in milliseconds. */
const MARGIN_MS = 2_000;

/** Lambda gives a whole processor with so much memory, and a share of one with less. */
const MB_OF_A_PROCESSOR = 1_769;
/** What a result costs a whole processor on its way into the log and the answer. */
const RESULT_MS = 0.15;

const NO_KUBECONFIG = describeProblems([
  'PODROUTES_KUBERNETES: expected an address such as https://10.0.0.10:6443; found a kubeconfig, which is for the command line',
]);

export const logger = new Logger({ serviceName: 'podroutes' });
const metrics = new Metrics({ namespace: 'PodRoutes', serviceName: 'podroutes' });

/** Makes what the invocations share. Nothing is called yet. */
export function createRuntime(env: NodeJS.ProcessEnv): RuntimeResult {
  const result = readConfig(env, 'aws');
  if (!result.ok) return { ok: false, problem: describeProblems(result.problems) };
  const { config } = result;
  const cluster = config.cluster ?? config.routeTables.join(',');
  logger.appendPersistentKeys({ cluster, version: VERSION });
  const clients = createEc2Clients({ customUserAgent: functionAgent(config) });
  const openLedger = openLate(config, async () =>
    (await import('../../shared/aws/open-ledger.ts')).openAwsLedger(config, {
      ...RETRIES,
      customUserAgent: functionAgent(config),
    }),
  );
  const { kubernetes } = config;
  if (kubernetes?.kind === 'kubeconfig') return { ok: false, problem: NO_KUBECONFIG };
  const openDirectory =
    kubernetes === null
      ? null
      : once(async () =>
          (await import('../../shared/aws/open-kubernetes.ts')).openAwsDirectory(kubernetes, {
            customUserAgent: functionAgent(config),
          }),
        );
  const telemetry = createTelemetry(cluster, config.monitoring);
  const region = env['AWS_REGION'] ?? '';
  return {
    ok: true,
    runtime: { config, cloud: createAwsCloud(clients, config), openLedger, openDirectory, telemetry, region },
  };
}

/** The runtime; throws the one error that lists every mistake of the configuration. */
export function requireRuntime(started: RuntimeResult): Runtime {
  if (started.ok) return started.runtime;
  throw new Error(started.problem);
}

/** The time that is left of the invocation, but for what its answer takes. */
export function deadlinesOf(context: TimeAndSize): Deadlines {
  const share = Math.min(1, Number(context.memoryLimitInMB) / MB_OF_A_PROCESSOR);
  return startDeadlines(context.getRemainingTimeInMillis() - MARGIN_MS, RESULT_MS / share);
}

type TimeAndSize = Pick<Context, 'getRemainingTimeInMillis' | 'memoryLimitInMB'>;

/** Writes out what was measured, whatever came of the invocation: a middleware. */
export const metricsFlusher = { after: flushMetrics, onError: flushMetrics };

function flushMetrics(): void {
  // Without one, Powertools writes a warning instead.
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

function createTelemetry(cluster: string, monitoring: Monitoring): Telemetry {
  const written = new Set(WRITTEN_METRICS[monitoring]);
  // The metrics of the design have the cluster as dimension and no service.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ Cluster: cluster });
  return {
    log: (level, message, fields) => logger[level](message, fields),
    measure: (name, value, dimensions = {}) => {
      if (!written.has(name)) return;
      const unit = MetricUnit[METRIC_UNITS[name]];
      if (Object.keys(dimensions).length === 0) {
        metrics.addMetric(name, unit, value);
        return;
      }
      const single = metrics.singleMetric();
      single.clearDefaultDimensions();
      single.addDimensions({ Cluster: cluster, ...toDimensionNames(dimensions) });
      single.addMetric(name, unit, value);
    },
    flush: flushMetrics,
  };
}

function toDimensionNames({
  routeTable,
  code,
}: {
  routeTable?: string;
  code?: string;
}): Record<string, string> {
  return {
    ...(routeTable === undefined ? {} : { RouteTable: routeTable }),
    ...(code === undefined ? {} : { Code: code }),
  };
}
