import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { type KubernetesSandbox, startKubernetesSandbox } from '../../shared/sandbox/kubernetes-server.ts';

const TOKEN = 'token-of-somebody';

let kubernetes: KubernetesSandbox;

beforeEach(async () => {
  kubernetes = await startKubernetesSandbox(TOKEN);
});

afterEach(() => kubernetes.close());

/** The client of the Kubernetes project, as it comes. */
function connect(token = TOKEN): CoreV1Api {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [
      { name: 'c', server: kubernetes.server, caData: Buffer.from(kubernetes.ca).toString('base64') },
    ],
    users: [{ name: 'u', token }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  return config.makeApiClient(CoreV1Api);
}

it('The sandbox keeps what the client of the Kubernetes project makes, lists, patches and removes', async () => {
  const api = connect();
  for (const name of ['b', 'a', 'c']) await api.createNode({ body: { metadata: { name } } });
  const first = await api.listNode({ limit: 2 });
  expect(first.items.map(({ metadata }) => metadata?.name)).toEqual(['a', 'b']);
  const rest = await api.listNode({ limit: 2, _continue: first.metadata?._continue ?? '' });
  expect(rest.items.map(({ metadata }) => metadata?.name)).toEqual(['c']);
  const conditions = [{ type: 'NetworkUnavailable', status: 'False', reason: 'RouteCreated' }];
  const strategic = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
  await api.patchNodeStatus({ name: 'a', body: { status: { conditions } } }, strategic);
  await api.patchNode({ name: 'a', body: { spec: { podCIDRs: ['10.200.0.0/24'] } } }, strategic);
  const node = await api.readNode({ name: 'a' });
  expect(node.status?.conditions).toEqual([expect.objectContaining({ reason: 'RouteCreated' })]);
  expect(node.spec?.podCIDRs).toEqual(['10.200.0.0/24']);
  await api.deleteNode({ name: 'a' });
  await expect(api.readNode({ name: 'a' })).rejects.toMatchObject({ code: 404 });
});

it('The sandbox refuses it what an API server refuses', async () => {
  const api = connect();
  await api.createNode({ body: { metadata: { name: 'a' }, spec: { podCIDRs: ['10.200.0.0/24'] } } });
  const strategic = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
  const again = api.patchNode({ name: 'a', body: { spec: { podCIDRs: ['10.200.1.0/24'] } } }, strategic);
  await expect(again).rejects.toMatchObject({ code: 422 });
  const stale = { metadata: { name: 'a', resourceVersion: '1' }, status: {} };
  await expect(api.replaceNodeStatus({ name: 'a', body: stale })).rejects.toMatchObject({ code: 409 });
  const { metadata } = await api.listNode({ limit: 1 });
  await api.createNode({ body: { metadata: { name: 'b' } } });
  const begun = await api.listNode({ limit: 1 });
  kubernetes.nodes.expireLists();
  await expect(api.listNode({ limit: 1, _continue: begun.metadata?._continue ?? '' })).rejects.toMatchObject({
    code: 410,
  });
  expect(metadata?._continue).toBeUndefined();
  await expect(connect('token-of-nobody').listNode()).rejects.toMatchObject({ code: 401 });
});
