import { gunzipSync } from 'node:zlib';
import { load } from 'js-yaml';
import { createDisk, readWritten, runScript, SYSTEM_SHELL } from '../../infra/node/script.ts';
import { readKinds, register, toArguments } from './cluster.ts';
import type { Machine } from './place.ts';
import type { Site } from './site.ts';

interface WrittenFile {
  readonly path: string;
  readonly content: string;
  readonly encoding?: 'gz+b64';
}

/** https://cloudinit.readthedocs.io/en/latest/reference/modules.html */
interface CloudConfig {
  readonly write_files?: readonly WrittenFile[];
  readonly runcmd?: readonly string[];
}

/** A machine with the files that cloud-init has written. */
interface Booting {
  readonly site: Site;
  readonly machine: Machine;
  /** By their paths. */
  readonly files: ReadonlyMap<string, string>;
}

/** What commands of user data do, as far as it concerns podroutes; an unknown one is a mistake. */
const COMMANDS: readonly (readonly [RegExp, (booting: Booting, match: readonly string[]) => unknown])[] = [
  [/^systemctl daemon-reload$/, () => null],
  [/^nodeup$/, joinByKops],
  [/^echo POD_CIDR=\S+ > \/etc\/pod-cidr\.env$/, () => null],
  [/^systemctl enable --now podroutes-node\.service$/, awaitPodCidr],
  [/^kubeadm join --config (\S+)$/, joinByConfig],
  [
    /^kubeadm join [\d.]+:6443 --token \S+ --discovery-token-ca-cert-hash \S+$/,
    (booting) => join(booting, undefined),
  ],
  [/^curl -sfL https:\/\/get\.k3s\.io \| (?:K3S_\w+=\S+ )*sh -s - agent$/, joinByK3s],
];

/** Does what the user data of a machine says, as cloud-init would. */
export async function boot(site: Site, machine: Machine): Promise<void> {
  if (!machine.userData.includes('#cloud-config')) return;
  const { write_files: written = [], runcmd = [] } = load(render(machine)) as CloudConfig;
  const files = new Map(written.map((file) => [file.path, contentOf(file)]));
  for (const command of runcmd) {
    const [act] = COMMANDS.flatMap(([pattern, run]) => {
      const match = pattern.exec(command);
      return match === null ? [] : [() => run({ site, machine, files }, match)];
    });
    if (act === undefined) throw new Error(`expected a command that is known: ${command}`);
    await act();
  }
}

/** https://cloudinit.readthedocs.io/en/latest/explanation/instancedata.html#using-instance-data */
function render({ instanceData, userData }: Machine): string {
  if (!userData.startsWith('## template: jinja\n')) return userData;
  return userData.replaceAll(
    /\{\{ (\S+) \}\}/g,
    (expression, name: string) => instanceData[name] ?? expression,
  );
}

function contentOf({ content, encoding }: WrittenFile): string {
  return encoding === undefined ? content : gunzipSync(Buffer.from(content, 'base64')).toString();
}

/** The real script, with the settings that the user data brings. */
async function awaitPodCidr({ site, machine, files }: Booting): Promise<void> {
  const lines = files.get('/etc/podroutes/node.env')?.trim().split('\n') ?? [];
  const disk = await createDisk();
  const { code, log } = await runScript(SYSTEM_SHELL, disk, {
    ...Object.fromEntries(lines.map((line) => line.split('='))),
    ...machine.metadata,
    PODCIDR_TIME_LIMIT: '0',
  });
  const [env, cni] = await Promise.all([readWritten(disk.envFile), readWritten(disk.cniFile)]);
  await disk.remove();
  // The kubelet is not started without it.
  if (code !== 0) throw new Error(log);
  const { plugins } = JSON.parse(cni?.text ?? '');
  site.written.set(machine.id, plugins[0].ipam.ranges[0][0].subnet);
  if (!env?.text.startsWith(`POD_CIDR=${site.written.get(machine.id)}\n`)) throw new Error(env?.text);
}

function join({ site, machine: { hostname } }: Booting, providerId: string | undefined): void {
  if (site.controllers === null) throw new Error('expected a file that sets up the cluster');
  register(site.kubernetes, site.controllers, { hostname, providerId });
}

/** As its kubelet was told: whoever says nothing of the kind has a Node that names no machine. */
function joinByConfig(booting: Booting, [, path = '']: readonly string[]): void {
  const { nodeRegistration } = readKinds(booting.files, path)['JoinConfiguration'];
  join(booting, toArguments(nodeRegistration?.kubeletExtraArgs)['provider-id']);
}

function joinByK3s(booting: Booting): void {
  const config = booting.files.get('/etc/rancher/k3s/config.yaml') ?? '{}';
  const args: readonly string[] = Object(load(config))['kubelet-arg'] ?? [];
  join(booting, args.flatMap((arg) => /^provider-id=(.+)$/.exec(arg)?.[1] ?? [])[0]);
}

/** kOps runs the cloud controller manager, which names the machine of each Node. */
function joinByKops(booting: Booting): void {
  join(booting, booting.machine.providerId);
}
