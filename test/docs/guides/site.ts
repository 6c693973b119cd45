import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type KubernetesSandbox, startKubernetesSandbox } from '../../../shared/sandbox/kubernetes-server.ts';
import { writeKubeconfig } from '../../kubernetes/kubeconfig-files.ts';
import { ROOT } from '../markdown.ts';
import { startAwsPlace } from './aws-place.ts';
import { startAzurePlace } from './azure-place.ts';
import { type Controllers, readControllers } from './cluster.ts';
import { boot } from './machines.ts';
import type { Guide } from './page.ts';
import type { Machine, Place } from './place.ts';

/** Where a guide is followed: an account in which nothing is deployed, and an API server without Nodes. */
export interface Site {
  readonly folder: string;
  readonly files: Guide['files'];
  readonly place: Place;
  readonly kubernetes: KubernetesSandbox;
  /** Null where no file of the guide sets up a cluster. */
  controllers: Controllers | null;
  /** Machines that have started, by their ids. */
  readonly started: Map<string, Machine>;
  /** The blocks that podroutes-node has written on machines, by their ids. */
  readonly written: Map<string, string>;
  /** What a person has in the environment before the guide begins. */
  readonly variables: Map<string, string>;
}

const TOKEN = 'token-of-an-administrator';

const PLACES: Readonly<Record<Guide['cloud'], (folder: string) => Promise<Place>>> = {
  aws: startAwsPlace,
  azure: startAzurePlace,
};

/** Runs `use` with a site for a guide. */
export async function withSite({ files, cloud }: Guide, use: (site: Site) => Promise<void>): Promise<void> {
  const folder = await openFolder(files);
  const [place, kubernetes] = await Promise.all([PLACES[cloud](folder), startKubernetesSandbox(TOKEN)]);
  const KUBECONFIG = join(folder, '.kubeconfig');
  await writeKubeconfig(KUBECONFIG, kubernetes, { user: { token: TOKEN } });
  try {
    await use({
      ...{ folder, files, place, kubernetes, controllers: readControllers(files) },
      ...{ started: new Map(), written: new Map() },
      variables: new Map(Object.entries({ ...place.environment, KUBECONFIG })),
    });
  } finally {
    await place.deploy(null);
    await Promise.all([place.close(), kubernetes.close()]);
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

/** Lets machines start and end, and controllers and podroutes see it, until nothing is left to be done. */
export async function settle(site: Site): Promise<void> {
  const { place, started } = site;
  place.advance();
  // A machine is told of before it has come far enough to register.
  await place.deliver('once');
  const running = place.listRunning();
  for (const machine of running) {
    if (started.has(machine.id)) continue;
    started.set(machine.id, machine);
    await boot(site, machine);
  }
  for (const id of started.keys()) if (!place.isAlive(id)) forget(site, id);
  await place.deliver('handled');
}

/** The cloud controller manager deletes the Node of a machine that has ended. */
function forget({ started, kubernetes: { nodes } }: Site, id: string): void {
  const { hostname } = started.get(id) ?? {};
  started.delete(id);
  if (nodes.all().some(({ metadata }) => metadata.name === hostname)) nodes.delete(hostname ?? '');
}
