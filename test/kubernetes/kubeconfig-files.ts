import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { KubernetesSandbox } from '../../shared/sandbox/kubernetes-server.ts';

/** Runs `use` with a folder that is gone afterwards. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Writes a kubeconfig, of one context called `kthw`; what is given wins. */
export async function writeKubeconfig(
  path: string,
  { server, ca }: KubernetesSandbox,
  { user, cluster = {}, more = {} }: { user: object; cluster?: object; more?: object },
): Promise<void> {
  const authority = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  await writeFile(
    path,
    dump({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'kthw',
      contexts: [{ name: 'kthw', context: { cluster: 'kthw', user: 'admin' } }],
      clusters: [{ name: 'kthw', cluster: { ...authority, ...cluster } }],
      users: [{ name: 'admin', user }],
      ...more,
    }),
  );
}
