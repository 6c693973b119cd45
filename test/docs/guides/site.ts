import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EC2Client } from '@aws-sdk/client-ec2';
import { type AwsSandbox, startAwsSandbox } from '../../../shared/sandbox/aws-server.ts';
import { completeTransitions } from '../../../shared/sandbox/ec2/instances.ts';
import { type KubernetesSandbox, startKubernetesSandbox } from '../../../shared/sandbox/kubernetes-server.ts';
import type { LambdaHost } from '../../../shared/sandbox/lambda-host.ts';
import { createQueue } from '../../../shared/sandbox/queue.ts';
import { COMPILE_CACHE } from '../../compile-cache.ts';
import { SCHEDULED, startFunction } from '../../e2e/deployment.ts';
import { type CallProxy, startProxy } from '../../e2e/proxy.ts';
import { writeKubeconfig } from '../../kubernetes/kubeconfig-files.ts';
import { ROOT } from '../markdown.ts';
import { type Controllers, readControllers } from './cluster.ts';
import { boot, listMachines, type Machine } from './machines.ts';
import type { Guide } from './page.ts';

type Environment = Readonly<Record<string, string>>;

/** Where a guide is followed: an account in which nothing is deployed, and an API server without Nodes. */
export interface Site {
  readonly folder: string;
  readonly files: Guide['files'];
  readonly sandbox: AwsSandbox;
  /** Between all that a guide runs and the sandbox. */
  readonly proxy: CallProxy;
  readonly ec2: EC2Client;
  readonly kubernetes: KubernetesSandbox;
  /** Null where no file of the guide sets up a cluster. */
  controllers: Controllers | null;
  /** Machines that have started, by their ids. */
  readonly started: Map<string, Machine>;
  /** The blocks that podroutes-node has written on machines, by their ids. */
  readonly written: Map<string, string>;
  /** What a person has in the environment before the guide begins. */
  readonly variables: Map<string, string>;
  readonly functions: Functions;
}

/** What `npm run deploy:aws` makes. */
interface Functions {
  /** Puts these settings in the place of what is deployed; null removes it. The schedule runs at once. */
  readonly deploy: (settings: Environment | null) => Promise<void>;
  /** Hands over the events since last asked: once, or until all are handled. */
  readonly deliver: (until: 'once' | 'handled') => Promise<void>;
}

const TOKEN = 'token-of-an-administrator';
const KEYS = { accessKeyId: 'operator', secretAccessKey: 'sandbox' };

/** Runs `use` with a site for a guide. */
export async function withSite({ files }: Guide, use: (site: Site) => Promise<void>): Promise<void> {
  const folder = await openFolder(files);
  const [sandbox, kubernetes] = await Promise.all([startAwsSandbox(), startKubernetesSandbox(TOKEN)]);
  const proxy = await startProxy(sandbox.endpoint);
  const { region } = sandbox;
  const KUBECONFIG = join(folder, '.kubeconfig');
  await writeKubeconfig(KUBECONFIG, kubernetes, { user: { token: TOKEN } });
  const ec2 = new EC2Client({ endpoint: proxy.endpoint, region, credentials: KEYS });
  const LEDGER = `file:${join(folder, '.ledger')}`;
  const place = {
    AWS_ENDPOINT_URL: proxy.endpoint,
    AWS_REGION: region,
    // Version 1 of the aws program knows this name alone.
    AWS_DEFAULT_REGION: region,
    ...COMPILE_CACHE,
  };
  const keys = { AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey };
  const functions = createFunctions(sandbox, { ...place, PODROUTES_LEDGER: LEDGER });
  try {
    await use({
      ...{ folder, files, sandbox, proxy, ec2, kubernetes, functions, controllers: readControllers(files) },
      ...{ started: new Map(), written: new Map() },
      variables: new Map(Object.entries({ ...place, ...keys, KUBECONFIG, LEDGER })),
    });
  } finally {
    await functions.deploy(null);
    ec2.destroy();
    await Promise.all([proxy.close(), sandbox.close(), kubernetes.close()]);
    await rm(folder, { recursive: true });
  }
}

/** A checkout, as far as guides use it, with the files that the page shows. */
async function openFolder(files: Guide['files']): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-guide-'));
  const links = ['dist', 'infra'].map((name) =>
    symlink(fileURLToPath(new URL(name, ROOT)), join(folder, name)),
  );
  await Promise.all([...links, ...[...files].map(([name, text]) => writeFile(join(folder, name), text))]);
  return folder;
}

/** The function for events, which answers the schedule as well, with its queue. */
function createFunctions(sandbox: AwsSandbox, environment: Environment): Functions {
  let host: LambdaHost | null = null;
  const nobody = { ok: true, value: { batchItemFailures: [] } } as const;
  const queue = createQueue({ invoke: async (event) => (host === null ? nobody : host.invoke(event)) });
  const deliver: Functions['deliver'] = async (until) => {
    for (const event of sandbox.takeEvents()) queue.send(event);
    if (until === 'once') await queue.deliver();
    else await queue.drain();
  };
  return {
    deliver,
    deploy: async (settings) => {
      await host?.close();
      host =
        settings === null
          ? null
          : await startFunction('node-events', sandbox, { ...environment, ...settings });
      queue.send(SCHEDULED);
      await deliver('handled');
    },
  };
}

/** Lets machines start and end, and controllers and podroutes see it, until nothing is left to be done. */
export async function settle(site: Site): Promise<void> {
  completeTransitions(site.sandbox.ec2);
  // A machine is told of before it has come far enough to register.
  await site.functions.deliver('once');
  for (const machine of listMachines(site.sandbox, 'running')) {
    if (site.started.has(machine.id)) continue;
    site.started.set(machine.id, machine);
    await boot(site, machine);
  }
  for (const { id } of listMachines(site.sandbox, 'terminated')) forget(site, id);
  await site.functions.deliver('handled');
}

/** The cloud controller manager deletes the Node of a machine that has ended. */
function forget({ started, kubernetes: { nodes } }: Site, id: string): void {
  const { hostname } = started.get(id) ?? {};
  started.delete(id);
  if (nodes.all().some(({ metadata }) => metadata.name === hostname)) nodes.delete(hostname ?? '');
}
