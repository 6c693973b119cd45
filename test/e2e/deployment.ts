import type { AwsSandbox, AwsSandboxOptions } from '../../shared/sandbox/aws-server.ts';
import type { CloudEvent } from '../../shared/sandbox/cloud-events.ts';
import type { LambdaHost, startLambda } from '../../shared/sandbox/lambda-host.ts';
import { createQueue, type Queue } from '../../shared/sandbox/queue.ts';
import { COMPILE_CACHE } from '../compile-cache.ts';
import { type AwsWorld, createAwsWorld } from '../contract/aws-world.ts';
import { startSandboxBackend } from '../contract/backends.ts';
import type { WorldOptions } from '../contract/world.ts';
import { type CallProxy, startProxy } from './proxy.ts';
import { startWarmLambda } from './warm-hosts.ts';

export type FunctionName = 'node-events' | 'reconcile';

/** Where the built functions stand, a folder for each. */
export const BUILT = new URL('../../dist/aws/', import.meta.url);

/** Starts one of the built functions for a world, with nothing but its settings. */
export function startFunction(
  name: FunctionName,
  { region }: { readonly region: string },
  env: Readonly<Record<string, string>>,
  { built = BUILT, start = startWarmLambda }: Pick<DeploymentOptions, 'built' | 'start'> = {},
): Promise<LambdaHost> {
  const bundle = new URL(`${name}/index.mjs`, built);
  return start(bundle, { env: { ...CREDENTIALS, ...COMPILE_CACHE, ...env }, region, account: ACCOUNT });
}

export const ACCOUNT = '123456789012';
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'secret' };

interface DeploymentOptions extends WorldOptions {
  readonly sandbox?: AwsSandboxOptions;
  readonly env?: Readonly<Record<string, string>>;
  /** @default BUILT */
  readonly built?: URL | undefined;
  /** @default startWarmLambda */
  readonly start?: typeof startLambda | undefined;
  /** What one invocation may take, in milliseconds; read at each. */
  readonly timeoutMs?: () => number;
}

/** A cluster in a sandbox, and a built function with a queue in front. */
export interface Deployment {
  readonly world: AwsWorld;
  readonly sandbox: AwsSandbox;
  /** Between the function and the sandbox. */
  readonly proxy: CallProxy;
  readonly host: LambdaHost;
  readonly queue: Queue;
  /** Puts the events since last asked, or these, into the queue and delivers until nothing is left. */
  readonly deliverEvents: (events?: readonly object[]) => Promise<Delivered>;
}

interface Delivered {
  readonly events: readonly object[];
  /** How often each action was called. */
  readonly calls: Readonly<Record<string, number>>;
  /** Mutating calls in order. */
  readonly writes: readonly string[];
}

/** Runs `use` with a deployed function, then stops everything. */
export async function withFunction(
  name: FunctionName,
  { sandbox: sandboxOptions, env, built, start, timeoutMs, ...options }: DeploymentOptions,
  use: (deployment: Deployment) => Promise<void>,
): Promise<void> {
  const backend = await startSandboxBackend(sandboxOptions);
  const { sandbox } = backend;
  const world = await createAwsWorld(backend, options);
  const proxy = await startProxy(sandbox.endpoint);
  const settings = { ...world.env, AWS_ENDPOINT_URL: proxy.endpoint, ...env };
  const host = await startFunction(name, backend, settings, { built, start });
  const queue = createQueue({ invoke: (event) => host.invoke(event, timeoutMs?.()) });
  const deliverEvents = async (events: readonly object[] = sandbox.takeEvents()): Promise<Delivered> => {
    for (const event of events) queue.send(event);
    sandbox.clearCalls();
    await queue.drain();
    return { events, calls: sandbox.countCalls(), writes: writesOf(sandbox) };
  };
  sandbox.takeEvents();
  try {
    await use({ world, sandbox, proxy, host, queue, deliverEvents });
  } finally {
    await host.close();
    await proxy.close();
    await world.close();
  }
}

/** Mutating calls since the log was cleared, in order. */
export function writesOf({ calls }: AwsSandbox): readonly string[] {
  return calls.filter(({ mutating }) => mutating).map(({ action }) => action);
}

/** Which of the events say that an instance runs. */
export function isRunning({ 'detail-type': type, detail }: CloudEvent): boolean {
  return type === 'EC2 Instance State-change Notification' && detail['state'] === 'running';
}

/** What EventBridge sends by a rule; EventBridge Scheduler's has the same detail type. */
export const SCHEDULED = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: ACCOUNT,
  time: '2026-11-21T03:00:00Z',
  region: 'us-east-1',
  resources: [`arn:aws:events:us-east-1:${ACCOUNT}:rule/podroutes`],
  detail: {},
};

/** One metric as embedded metric format writes it. */
export interface WrittenMetric {
  readonly name: string;
  readonly unit: string;
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

/** The metrics among a function's log lines. */
export function metricsOf(lines: readonly Record<string, unknown>[]): readonly WrittenMetric[] {
  return lines.flatMap((line) => {
    const { CloudWatchMetrics = [] } = (line['_aws'] ?? {}) as {
      CloudWatchMetrics?: {
        Namespace: string;
        Dimensions: string[][];
        Metrics: { Name: string; Unit: string }[];
      }[];
    };
    return CloudWatchMetrics.flatMap(({ Namespace, Dimensions: [dimensions = []], Metrics }) =>
      Metrics.map(({ Name, Unit }) => ({
        name: Name,
        unit: Unit,
        namespace: Namespace,
        dimensions: Object.fromEntries(dimensions.map((dimension) => [dimension, line[dimension]])),
        value: line[Name],
      })),
    );
  });
}
