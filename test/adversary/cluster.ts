import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../shared/core/run/report.ts';
import type { ArmSandboxOptions } from '../../shared/sandbox/arm-server.ts';
import type { AwsSandboxOptions } from '../../shared/sandbox/aws-server.ts';
import type { FunctionsHost } from '../../shared/sandbox/functions-host.ts';
import type { LambdaHost } from '../../shared/sandbox/lambda-host.ts';
import { passTime } from '../../shared/sandbox/passing-time.ts';
import { createQueue } from '../../shared/sandbox/queue.ts';
import { createAwsWorld } from '../contract/aws-world.ts';
import { type AzureWorld, createAzureWorld } from '../contract/azure-world.ts';
import { startSandboxBackend } from '../contract/backends.ts';
import type { World, WorldOptions } from '../contract/world.ts';
import { startFunction } from '../e2e/deployment.ts';
import { type CallProxy, startProxy } from '../e2e/proxy.ts';
import { startWarmFunctions } from '../e2e/warm-hosts.ts';

const MINUTE = 60_000;
export const APP = new URL('../../dist/azure/index.mjs', import.meta.url);

type Environment = Readonly<Record<string, string>>;

/** The built functions of one cloud, in front of a sandbox. */
interface Functions {
  /** Delivers what the cloud told of since last asked, or these events, until nothing is left to do. */
  readonly deliverEvents: (events?: readonly object[]) => Promise<void>;
  /** A run as the schedule makes it, told of in full. */
  readonly reconcile: (request?: { readonly force?: boolean }) => Promise<Report>;
  readonly takeEvents: () => readonly object[];
  readonly takeLogs: () => readonly Record<string, unknown>[];
  /** Starts them anew with other settings. */
  readonly restart: (env: Environment) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A cluster with podroutes deployed, as its operator and its nodes come to play with it. */
export interface Cluster<W extends World = World> extends Functions {
  readonly world: W;
  /** Settings of its functions. */
  readonly env: Environment;
  /** The ledger's file. */
  readonly ledger: string;
  /** Lets so many minutes pass, with a run of the schedule every ten, or as told. */
  readonly pass: (minutes: number, interval?: number) => Promise<readonly Report[]>;
  /** Lets time pass without a run. */
  readonly sleep: (minutes: number) => void;
  /** Routes beside those that the table always has. */
  readonly routes: (table?: string) => Promise<readonly string[]>;
  /** Copies the ledger, and puts the copy back. */
  readonly backUp: () => Promise<() => Promise<void>>;
}

interface Options<S> extends WorldOptions {
  readonly env?: Environment;
  readonly sandbox?: S;
}

/** Both clouds: what is said of one holds on the other. */
export const CLOUDS: readonly {
  readonly cloud: string;
  readonly withCluster: (options: Options<never>, use: (cluster: Cluster) => Promise<void>) => Promise<void>;
}[] = [
  { cloud: 'AWS', withCluster: (options, use) => withAws(options, use) },
  { cloud: 'Azure', withCluster: (options, use) => withAzure(options, use) },
];

export type AzureCluster = Cluster<AzureWorld>;
export type AwsCluster = Cluster<Awaited<ReturnType<typeof createAwsWorld>>> & {
  readonly sandbox: Awaited<ReturnType<typeof startSandboxBackend>>['sandbox'];
  readonly proxy: CallProxy;
};

/** Runs `use` with both functions of AWS deployed. */
export async function withAws(
  options: Options<AwsSandboxOptions>,
  use: (cluster: AwsCluster) => Promise<void>,
): Promise<void> {
  const { cloudRouteLimit } = options;
  const backend = await startSandboxBackend({
    ...options.sandbox,
    ...(cloudRouteLimit !== undefined && { routeLimit: cloudRouteLimit }),
  });
  const { sandbox } = backend;
  const world = await createAwsWorld(backend, options);
  const proxy = await startProxy(sandbox.endpoint);
  await withLedger(async (ledger) => {
    const env = {
      ...world.env,
      AWS_ENDPOINT_URL: proxy.endpoint,
      PODROUTES_LEDGER: `file:${ledger}`,
      ...options.env,
    };
    const functions = await deployAws(backend, env);
    try {
      await use({ ...functions, ...clusterOf(world, ledger, functions), world, env, sandbox, proxy });
    } finally {
      await functions.close();
      await proxy.close();
      await world.close();
    }
  });
}

async function deployAws(
  backend: Awaited<ReturnType<typeof startSandboxBackend>>,
  given: Environment,
): Promise<Functions> {
  const { sandbox } = backend;
  const start = async (env: Environment): Promise<readonly [LambdaHost, LambdaHost]> => [
    await startFunction('node-events', backend, env),
    await startFunction('reconcile', backend, env),
  ];
  let [events, schedule] = await start(given);
  const queue = createQueue({ invoke: (event) => events.invoke(event) });
  const close = async (): Promise<void> => {
    await events.close();
    await schedule.close();
  };
  return {
    deliverEvents: async (messages = sandbox.takeEvents()) => {
      for (const message of messages) queue.send(message);
      await queue.drain();
    },
    reconcile: async (request = {}) => {
      const answer = await schedule.invoke(request);
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.value as Report;
    },
    takeEvents: () => sandbox.takeEvents(),
    takeLogs: () => [...events.takeLogs(), ...schedule.takeLogs()],
    restart: async (env) => {
      await close();
      [events, schedule] = await start({ ...given, ...env });
    },
    close,
  };
}

/** Runs `use` with the function app of Azure deployed. */
export async function withAzure(
  options: Options<ArmSandboxOptions>,
  use: (cluster: AzureCluster) => Promise<void>,
): Promise<void> {
  const world = await createAzureWorld(options, options.sandbox);
  await withLedger(async (ledger) => {
    const env = { ...world.env, PODROUTES_LEDGER: `file:${ledger}`, ...options.env };
    const functions = await deployAzure(world, env);
    try {
      await use({ ...functions, ...clusterOf(world, ledger, functions), world, env });
    } finally {
      await functions.close();
      await world.close();
    }
  });
}

async function deployAzure({ sandbox }: AzureWorld, given: Environment): Promise<Functions> {
  let host = await startWarmFunctions(APP, given);
  return {
    deliverEvents: async (events = sandbox.takeEvents()) => {
      if (events.length === 0) return;
      const string = events.map((event) => JSON.stringify(event));
      // What is not done yet comes again.
      for (let tries = 0; tries < 5; tries += 1) {
        const { ok } = await host.invoke('node-events', { collectionString: { string } });
        if (ok) return;
      }
    },
    reconcile: (request = {}) => post(host, request),
    takeEvents: () => sandbox.takeEvents(),
    takeLogs: () => host.takeLogs(),
    restart: async (env) => {
      await host.close();
      host = await startWarmFunctions(APP, { ...given, ...env });
    },
    close: () => host.close(),
  };
}

async function post(host: FunctionsHost, request: object): Promise<Report> {
  const url = 'https://podroutes.azurewebsites.net/api/reconcile';
  const body = { string: JSON.stringify(request) };
  const result = await host.invoke('reconcile', {
    http: { method: 'POST', url, query: {}, headers: {}, params: {}, body },
  });
  if (!result.ok) throw new Error(result.error.message);
  const { body: answer } = Object((Object.values(result.outputs)[0] ?? result.value)?.['http']);
  return JSON.parse(Buffer.from(answer?.bytes ?? []).toString());
}

async function withLedger(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-adversary-'));
  try {
    await use(join(folder, 'ledger.sqlite'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function clusterOf(
  world: World,
  ledger: string,
  { reconcile }: Functions,
): Pick<Cluster, 'ledger' | 'pass' | 'sleep' | 'routes' | 'backUp'> {
  return {
    ledger,
    pass: async (minutes, interval = 10) => {
      const reports: Report[] = [];
      for (let passed = 0; passed < minutes; passed += interval) {
        passTime(ledger, interval * MINUTE);
        reports.push(await reconcile());
      }
      return reports;
    },
    sleep: (minutes) => passTime(ledger, minutes * MINUTE),
    routes: async (table) => (await world.routes(table)).filter((line) => !world.given.includes(line)),
    backUp: async () => {
      const copy = `${ledger}.backup`;
      await copyFile(ledger, copy);
      return () => copyFile(copy, ledger);
    },
  };
}

/** Codes of a report's findings, each once. */
export function codesOf({ findings }: Report): readonly string[] {
  return [...new Set(findings.map(({ code }) => code))].sort();
}

/** `action destination outcome` of each change. */
export function changesOf({ changes }: Report): readonly string[] {
  return changes.map(({ action, destination, outcome }) => `${action} ${destination} ${outcome}`);
}

/** Workers with a block each, from `10.200.0.0/24` on. */
export function workers(count: number, first = 0): { name: string; podCidr: string; forwarding: 'on' }[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `w${first + i}`,
    podCidr: `10.200.${first + i}.0/24`,
    forwarding: 'on',
  }));
}

/** The routes of these machines, as `routes` tells them. */
export function routesOf(machines: readonly { name: string; podCidr: string }[]): readonly string[] {
  return machines.map(({ name, podCidr }) => `${podCidr} ${name} active`).sort();
}

/** Launches these machines, and lets their events bring their routes and a full run note them. */
export async function launchAndReconcile(
  { world, deliverEvents, reconcile }: Cluster,
  machines: ReturnType<typeof workers>,
): Promise<void> {
  for (const machine of machines) await world.launch(machine);
  await deliverEvents();
  await reconcile();
}
