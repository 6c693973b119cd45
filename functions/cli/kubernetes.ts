import type { KubernetesAccess, KubernetesApi } from '../../shared/core/config/kubernetes.ts';
import { once } from '../../shared/core/late.ts';
import type { NodeDirectory, OpenDirectory } from '../../shared/core/run/node-directory.ts';

/**
 * What reads Kubernetes as the settings say: as the functions do, or as the person's kubeconfig has it. Null where it
 * is not asked.
 */
export function openDirectory(
  access: KubernetesAccess | null,
  machineOf: (providerId: string) => string | null,
  openApi: (api: KubernetesApi) => Promise<NodeDirectory>,
): OpenDirectory | null {
  if (access === null) return null;
  if (access.kind === 'api') return once(() => openApi(access));
  return once(async () => {
    const { openKubeconfig } = await import('../../shared/kubernetes/kubeconfig.ts');
    return openKubeconfig(access.context, machineOf);
  });
}
