import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openKubeconfig } from '../../shared/kubernetes/kubeconfig.ts';
import { type KubernetesSandbox, startKubernetesSandbox } from '../../shared/sandbox/kubernetes-server.ts';
import { withFolder, writeKubeconfig } from './kubeconfig-files.ts';

const TOKEN = 'token-of-an-administrator';
const SIGNAL = new AbortController().signal;

let kubernetes: KubernetesSandbox;

beforeEach(async () => {
  kubernetes = await startKubernetesSandbox(TOKEN);
  kubernetes.nodes.create({ metadata: { name: 'worker-0' }, spec: { providerID: 'i-0123abcd' } });
});

afterEach(() => kubernetes.close());

/** Whether the Nodes can be read by the kubeconfig at the path, or why not. */
async function look(KUBECONFIG: string, context: string | null = null): Promise<string> {
  try {
    const directory = await openKubeconfig(context, (id) => id, { ...process.env, KUBECONFIG });
    const registry = await directory.read(SIGNAL);
    return registry.ok ? [...registry.nodes.keys()].join() : registry.failure.message;
  } catch (thrown) {
    return String(thrown);
  }
}

/** A plugin that says what it is told to. */
function plugin(status: object, more: object = {}): object {
  const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status };
  const script = `process.stdout.write(${JSON.stringify(JSON.stringify(credential))})`;
  return {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', script],
    ...more,
  };
}

/** What only a plugin that is told of the cluster can say. */
const KNOWING = `
const { spec } = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
const token = spec.interactive === false && spec.cluster.server.startsWith('https://') ? process.env.GIVEN : 'no';
process.stdout.write(JSON.stringify({ kind: 'ExecCredential', status: { token } }));
`;

describe('A kubeconfig', () => {
  it.each<[string, object]>([
    ['with a token', { token: TOKEN }],
    ['with a token in a file beside it', { tokenFile: 'token' }],
    ['with a plugin that gives a token', { exec: plugin({ token: TOKEN }) }],
    [
      'with a plugin that is told of the cluster',
      {
        exec: plugin(
          {},
          { args: ['-e', KNOWING], env: [{ name: 'GIVEN', value: TOKEN }], provideClusterInfo: true },
        ),
      },
    ],
  ])('%s opens the cluster', (_, user) =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'token'), `${TOKEN}\n`);
      await writeKubeconfig(join(folder, 'config'), kubernetes, { user });
      expect(await look(join(folder, 'config'))).toBe('i-0123abcd');
    }),
  );

  it.each<[string, object, RegExp]>([
    [
      'a plugin of an old version',
      { exec: plugin({}, { apiVersion: 'client.authentication.k8s.io/v1alpha1' }) },
      /v1alpha1 is not supported/,
    ],
    [
      'a plugin that asks a person',
      { exec: plugin({}, { interactiveMode: 'Always' }) },
      /asks for a terminal/,
    ],
    ['a plugin that fails', { exec: plugin({}, { args: ['-e', 'process.exit(3)'] }) }, /it ended with 3/],
    [
      'a plugin that is not there',
      { exec: plugin({}, { command: 'kubelogin-that-is-not-there' }) },
      /ENOENT/,
    ],
    ['a plugin that gives nothing', { exec: plugin({}) }, /neither a token nor a certificate/],
    ['a name and a password', { username: 'admin', password: 'hunter2' }, /which are what is supported/],
    ['an auth provider', { 'auth-provider': { name: 'gcp' } }, /auth-provider is not supported/],
    ['somebody else to be', { token: TOKEN, as: 'system:admin' }, /as is not supported/],
  ])('with %s is refused, without a word of its secrets', (_, user, problem) =>
    withFolder(async (folder) => {
      await writeKubeconfig(join(folder, 'config'), kubernetes, { user });
      const found = await look(join(folder, 'config'));
      expect(found).toMatch(problem);
      expect(found).not.toMatch(/hunter2|token-of/);
    }),
  );

  it.each(['inline', 'in files'])('with a client certificate %s opens the cluster', (place) =>
    withFolder(async (folder) => {
      const { cert, key } = kubernetes.client;
      await writeFile(join(folder, 'admin.crt'), cert);
      await writeFile(join(folder, 'admin.key'), key);
      const user =
        place === 'inline'
          ? { 'client-certificate-data': btoa(cert), 'client-key-data': btoa(key) }
          : { 'client-certificate': 'admin.crt', 'client-key': 'admin.key' };
      await writeKubeconfig(join(folder, 'config'), kubernetes, { user });
      expect(await look(join(folder, 'config'))).toBe('i-0123abcd');
    }),
  );

  it.each<[string, { cluster?: object; more?: object }, RegExp]>([
    [
      'trusts anybody',
      { cluster: { 'insecure-skip-tls-verify': true } },
      /insecure-skip-tls-verify is not supported/,
    ],
    ['asks for a proxy', { cluster: { 'proxy-url': 'http://proxy' } }, /proxy-url is not supported/],
    ['is not encrypted', { cluster: { server: 'http://10.0.0.10' } }, /expected a server such as https/],
    ['has no current context', { more: { 'current-context': '' } }, /has no current context/],
    ['has another context', { more: { 'current-context': 'edge' } }, /has no context edge/],
    ['lacks its user', { more: { users: [] } }, /has no user admin/],
    ['has another form', { more: { clusters: 'none' } }, /not of the documented form at clusters/],
  ])('that %s is refused', (_, { cluster = {}, more = {} }, problem) =>
    withFolder(async (folder) => {
      await writeKubeconfig(join(folder, 'config'), kubernetes, { user: { token: TOKEN }, cluster, more });
      expect(await look(join(folder, 'config'))).toMatch(problem);
    }),
  );

  it('is looked for in several files, of which the first that has something wins', () =>
    withFolder(async (folder) => {
      const first = join(folder, 'first');
      const second = join(folder, 'second');
      await writeFile(
        first,
        'current-context: kthw\nusers: [{ name: admin, user: { token: nobodys-token } }]\n',
      );
      await writeKubeconfig(second, kubernetes, {
        user: { token: TOKEN },
        more: { 'current-context': 'edge' },
      });
      expect(await look([join(folder, 'none'), first, second].join(delimiter))).toBe(
        'list nodes: Unauthorized',
      );
      expect(await look([second, first].join(delimiter), 'kthw')).toBe('i-0123abcd');
    }));

  it('that is none is refused without what is in it', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'config');
      expect(await look(path)).toMatch(/there is none at/);
      await writeFile(path, `users:\n\t- token: ${TOKEN}\n`);
      expect(await look(path)).toMatch(/is no YAML/);
      expect(await look(path)).not.toContain(TOKEN);
    }));
});
