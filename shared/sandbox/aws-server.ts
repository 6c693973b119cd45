import { setTimeout as delay } from 'node:timers/promises';
import { type AutoScaling, createAutoScaling } from './auto-scaling.ts';
import { type CloudEvent, createEventQueue } from './cloud-events.ts';
import { type CloudWatch, createCloudWatch } from './cloud-watch.ts';
import { type CloudWatchLogs, createCloudWatchLogs } from './cloud-watch-logs.ts';
import { isMutating } from './ec2/actions.ts';
import { answerInstanceMetadata } from './ec2/instance-metadata.ts';
import { createEc2, type Ec2, type Ec2Settings, type Staleness } from './ec2/state.ts';
import { type BucketTable, createThrottle, EC2_BUCKETS } from './ec2/throttling.ts';
import { createEventBridge, type EventBridge } from './event-bridge.ts';
import { createFaults, type Fault } from './faults.ts';
import { createIds } from './ids.ts';
import { createMetadataService } from './instance-metadata.ts';
import { readText, startServer } from './loopback.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { createSecurityTokens, type SecurityTokens } from './security-tokens.ts';
import { answerCall, type Backends, readCall, type Service, type ServiceCall } from './services.ts';
import { createSimpleQueues, type SimpleQueues } from './simple-queues.ts';

export interface AwsSandboxOptions extends Partial<Ec2Settings> {
  /** A free one by default. */
  readonly port?: number;
  readonly region?: string;
  readonly account?: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** The same seed and calls give the same ids. */
  readonly seed?: number;
  /** How long every call takes, in milliseconds. */
  readonly latencyMs?: number;
  readonly throttling?: 'off' | 'ec2' | BucketTable;
  /** Called with each event as it happens. */
  readonly emit?: (event: CloudEvent) => void;
}

/** One call that reached the sandbox. */
interface LoggedCall {
  readonly service: Service;
  readonly action: string;
  readonly params: Readonly<Record<string, string>>;
  readonly mutating: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `ok`, or the error code that the client saw; `reset` where the connection was broken. */
  readonly outcome: string;
  readonly userAgent: string;
}

/**
 * A loopback AWS: EC2 with the metadata services of its instances, and what podroutes calls of Auto Scaling,
 * EventBridge, CloudWatch and its logs, Secrets Manager, STS and SQS.
 */
export interface AwsSandbox {
  /** For AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  readonly ec2: Ec2;
  readonly autoScaling: AutoScaling;
  readonly eventBridge: EventBridge;
  readonly cloudWatch: CloudWatch;
  readonly logs: CloudWatchLogs;
  readonly secrets: Secrets;
  readonly securityTokens: SecurityTokens;
  readonly queues: SimpleQueues;
  /** All calls since the start or the last `clearCalls`, in order. */
  readonly calls: readonly LoggedCall[];
  readonly clearCalls: () => void;
  /** How often each action was called. */
  readonly countCalls: () => Readonly<Record<string, number>>;
  /** The events emitted since last asked. */
  readonly takeEvents: () => readonly CloudEvent[];
  readonly failNext: (action: string, fault: Fault) => void;
  readonly clearFaults: () => void;
  readonly setLatency: (ms: number) => void;
  /** Describe calls then answer from a state so many writes or milliseconds old; null ends it. */
  readonly staleReads: (staleness: Staleness | null) => void;
  readonly close: () => Promise<void>;
}

/**
 * Starts a loopback server that the AWS SDK and the aws command line work against unchanged.
 *
 * @example const sandbox = await startAwsSandbox({ seed: 1 });
 *   new EC2Client({ endpoint: sandbox.endpoint, region: sandbox.region, credentials });
 */
export async function startAwsSandbox(options: AwsSandboxOptions = {}): Promise<AwsSandbox> {
  const { backends, takeEvents } = createClouds(options);
  const { ec2, autoScaling, eventBridge, cloudWatch, logs, secrets, securityTokens, queues } = backends;
  const { account, region, now } = ec2;
  const faults = createFaults();
  const serveMetadata = createMetadataService((request) => answerInstanceMetadata(ec2, request), faults);
  let calls: LoggedCall[] = [];
  let latencyMs = options.latencyMs ?? 0;

  const { port, close } = await startServer(options.port ?? 0, async (request, response) => {
    if (serveMetadata(request, response)) return;
    const body = await readText(request);
    if (latencyMs > 0) await delay(latencyMs);
    const call = readCall(request.headers, body, region);
    const fault = faults.take(call.action, call.params);
    const answer = answerCall(backends, call, fault);
    const isReset = fault?.answer === 'reset';
    calls.push(logEntry(call, now(), isReset ? 'reset' : answer.outcome));
    if (isReset) request.socket.destroy();
    else response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body);
  });

  return {
    endpoint: `http://127.0.0.1:${port}`,
    region,
    account,
    ec2,
    autoScaling,
    eventBridge,
    cloudWatch,
    logs,
    secrets,
    securityTokens,
    queues,
    get calls() {
      return calls;
    },
    clearCalls: () => {
      calls = [];
    },
    countCalls: () => countActions(calls),
    takeEvents,
    failNext: faults.add,
    clearFaults: faults.clear,
    setLatency: (ms) => {
      latencyMs = ms;
    },
    staleReads: ec2.setStaleness,
    close,
  };
}

function createClouds(options: AwsSandboxOptions): {
  readonly backends: Backends;
  readonly takeEvents: AwsSandbox['takeEvents'];
} {
  const { region = 'us-east-1', account = '123456789012', now = Date.now, seed = 1 } = options;
  const ids = createIds(seed);
  const events = createEventQueue({ region, account, now, ids, listener: options.emit });
  const common = { account, region, ids, emit: events.emit };
  const backends = {
    ec2: createEc2({ ...common, now, settings: readSettings(options) }),
    throttle: createThrottle(readBuckets(options.throttling), now),
    autoScaling: createAutoScaling(common),
    eventBridge: createEventBridge(ids),
    cloudWatch: createCloudWatch({ account, now }),
    logs: createCloudWatchLogs(ids, now),
    secrets: createSecrets({ account, region }),
    securityTokens: createSecurityTokens({ account, now }),
    queues: createSimpleQueues(),
  };
  return { backends, takeEvents: events.take };
}

function readSettings(options: AwsSandboxOptions): Ec2Settings {
  return {
    routeLimit: options.routeLimit ?? 500,
    terminatedVisibleMs: options.terminatedVisibleMs ?? 3_600_000,
    transitions: options.transitions ?? 'immediate',
    blackholeShows: options.blackholeShows ?? 'interface',
  };
}

function readBuckets(throttling: AwsSandboxOptions['throttling'] = 'off'): BucketTable {
  if (throttling === 'off') return {};
  return throttling === 'ec2' ? EC2_BUCKETS : throttling;
}

/** Of these, nothing is modelled that changes what the service keeps. */
const READ_ONLY: ReadonlySet<Service> = new Set(['monitoring', 'logs', 'secretsmanager', 'sqs', 'sts']);

function logEntry(call: ServiceCall, at: number, outcome: string): LoggedCall {
  const { service, action, params, caller } = call;
  return {
    service,
    action,
    params: Object.fromEntries(params),
    mutating: service === 'ec2' ? isMutating(action) : !READ_ONLY.has(service),
    at,
    outcome,
    userAgent: caller.userAgent,
  };
}

function countActions(calls: readonly LoggedCall[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { action } of calls) counts.set(action, (counts.get(action) ?? 0) + 1);
  return Object.fromEntries(counts);
}
