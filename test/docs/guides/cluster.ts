import { load, loadAll } from 'js-yaml';
import type { KubernetesSandbox } from '../../../shared/sandbox/kubernetes-server.ts';
import type { Guide } from './page.ts';

type Files = Guide['files'];

/** What a guide's files make of a cluster's own controllers. */
export interface Controllers {
  /** What kube-controller-manager knows as the range of pods. */
  readonly range: string;
  /** Whether it hands out blocks of /24 of that. */
  readonly allocates: boolean;
}

/** What a file of YAML says, of which nothing is known. */
type Value = ReturnType<typeof Object>;

/** The documents of a file by their kinds; throws where the page does not show that file. */
export function readKinds(files: Files, name: string): Readonly<Record<string, Value>> {
  return Object.fromEntries(loadAll(readFile(files, name)).map((each) => [Object(each).kind, Object(each)]));
}

/** The only document of a file. */
function readOne(files: Files, name: string): Value {
  return Object(load(readFile(files, name)));
}

function readFile(files: Files, name: string): string {
  const text = files.get(name);
  if (text === undefined) throw new Error(`expected a block with the file ${name}`);
  return text;
}

/** By the file that sets a cluster up. */
const READERS: Readonly<Record<string, (files: Files) => Controllers>> = {
  'kubeadm.yaml': (files) => {
    const { networking, controllerManager } = readKinds(files, 'kubeadm.yaml')['ClusterConfiguration'];
    const { 'allocate-node-cidrs': allocates = 'true' } = toArguments(controllerManager?.extraArgs);
    if (files.has('ccm.yaml')) checkCloudController(files);
    return { range: networking.podSubnet, allocates: allocates === 'true' };
  },
  'server.yaml': (files) => {
    const { 'kube-controller-manager-arg': given = [], 'cluster-cidr': range } = readOne(
      files,
      'server.yaml',
    );
    return { range, allocates: !given.includes('allocate-node-cidrs=false') };
  },
  'kops.yaml': (files) => {
    const { networking, podCIDR } = readKinds(files, 'kops.yaml')['Cluster'].spec;
    if (networking.cni === undefined) throw new Error('expected networking with which kOps makes no routes');
    return { range: podCIDR, allocates: true };
  },
};

/** Null where no file of the page sets up a cluster. */
export function readControllers(files: Files): Controllers | null {
  const [read] = Object.entries(READERS).flatMap(([name, reader]) => (files.has(name) ? [reader] : []));
  return read?.(files) ?? null;
}

/** Two that make routes would undo each other's work. */
function checkCloudController(files: Files): void {
  const { args = [], cloudControllerManager = {} } = readOne(files, 'ccm.yaml');
  if (
    !args.includes('--configure-cloud-routes=false') &&
    cloudControllerManager.configureCloudRoutes !== 'false'
  ) {
    throw new Error('expected a cloud controller manager that makes no routes');
  }
}

/** Arguments as kubeadm's files have them. */
export function toArguments(
  list: readonly { readonly name: string; readonly value: string }[] = [],
): Readonly<Record<string, string>> {
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}

/** A kubelet registers its Node, and the controller manager sees it. */
export function register(
  { nodes }: Pick<KubernetesSandbox, 'nodes'>,
  { range, allocates }: Controllers,
  { hostname, providerId }: { readonly hostname: string; readonly providerId: string | undefined },
): void {
  const taken = new Set(nodes.all().flatMap(({ spec }) => spec.podCIDRs ?? []));
  const podCIDR = allocates ? firstFree(range, taken) : undefined;
  nodes.create({
    metadata: { name: hostname },
    spec: {
      ...(providerId !== undefined && { providerID: providerId }),
      ...(podCIDR !== undefined && { podCIDR, podCIDRs: [podCIDR] }),
    },
  });
}

/** @example firstFree('10.200.0.0/16', new Set(['10.200.0.0/24'])) //=> '10.200.1.0/24' */
function firstFree(range: string, taken: ReadonlySet<string>): string {
  const [first, second] = range.split('.');
  const blocks = Array.from({ length: 256 }, (_, third) => `${first}.${second}.${third}.0/24`);
  const free = blocks.find((block) => !taken.has(block));
  if (free === undefined) throw new Error(`expected a free block in ${range}`);
  return free;
}
