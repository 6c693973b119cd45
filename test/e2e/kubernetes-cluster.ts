import type { KubernetesSandbox } from '../../shared/sandbox/kubernetes-server.ts';
import { type Deployment, type FunctionName, withFunction } from './deployment.ts';

/** What the secret holds at first. */
export const TOKEN = 'token-of-the-first-day';
export const SECRET = 'podroutes/kubernetes';

interface NodeOptions {
  readonly podCidrs?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly providerId?: string;
}

/** A deployed function, and the Kubernetes that it asks. */
export interface KubernetesCluster extends Deployment {
  readonly kubernetes: KubernetesSandbox;
  /** Makes the Node object of a machine, under another name than the machine's. */
  readonly register: (machine: string, options?: NodeOptions) => void;
  /** Status and reason of `NetworkUnavailable`; null where nobody has set it. */
  readonly condition: (machine: string) => string | null;
  /** Statuses of the patches of Nodes since last asked, by Node. */
  readonly takePatches: () => readonly string[];
}

interface ClusterOptions {
  readonly kubernetes: KubernetesSandbox;
  readonly function?: FunctionName;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `use` with a deployed function that asks a Kubernetes, with a token in a secret. */
export function withKubernetes(
  { kubernetes, function: name = 'node-events', env }: ClusterOptions,
  use: (cluster: KubernetesCluster) => Promise<void>,
): Promise<void> {
  const settings = {
    PODROUTES_POD_CIDR_SOURCES: 'tag,kubernetes',
    PODROUTES_KUBERNETES: kubernetes.server,
    PODROUTES_KUBERNETES_CA: Buffer.from(kubernetes.ca).toString('base64'),
    PODROUTES_KUBERNETES_TOKEN: `secret:${SECRET}`,
    ...env,
  };
  return withFunction(name, { env: settings }, async (deployment) => {
    const { world, sandbox } = deployment;
    sandbox.secrets.values.set(SECRET, TOKEN);
    await use({
      ...deployment,
      kubernetes,
      register: (machine, { podCidrs, annotations, providerId } = {}) => {
        kubernetes.nodes.create({
          metadata: { name: nodeName(machine), ...(annotations && { annotations }) },
          spec: {
            providerID: providerId ?? `aws:///us-east-1a/${world.idOf(machine)}`,
            ...(podCidrs && { podCIDR: podCidrs[0] ?? '', podCIDRs: podCidrs }),
          },
        });
      },
      condition: (machine) => {
        const { conditions = [] } = kubernetes.nodes.get(nodeName(machine)).status;
        const found = conditions.find(({ type }) => type === 'NetworkUnavailable');
        return found === undefined ? null : `${found.status} ${found.reason}`;
      },
      takePatches: () => {
        const patches = kubernetes.calls.filter(({ method }) => method === 'PATCH');
        kubernetes.clearCalls();
        return patches.map(({ path, status }) => `${path.split('?')[0]?.split('/')[4]} ${status}`);
      },
    });
  });
}

export function nodeName(machine: string): string {
  return `${machine}.cluster.internal`;
}
