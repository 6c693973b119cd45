import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FunctionsHost } from '../../shared/sandbox/functions-host.ts';
import { type KubernetesSandbox, startKubernetesSandbox } from '../../shared/sandbox/kubernetes-server.ts';
import { startWarmFunctions } from '../e2e/warm-hosts.ts';
import { type AzureWorld, withAzure } from './azure-world.ts';

const BUNDLE = new URL('../../dist/azure/index.mjs', import.meta.url);
const TOKEN = 'token.of.the-vault';

let kubernetes: KubernetesSandbox;

beforeEach(async () => {
  kubernetes = await startKubernetesSandbox(TOKEN);
});

afterEach(() => kubernetes.close());

async function withApp(
  use: (host: FunctionsHost, world: AzureWorld) => Promise<void>,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await withAzure({ retryAfterSeconds: 0 }, async (world) => {
    const settings = {
      PODROUTES_POD_CIDR_SOURCES: 'tag,kubernetes',
      PODROUTES_KUBERNETES: kubernetes.server,
      PODROUTES_KUBERNETES_CA: kubernetes.ca,
      PODROUTES_KUBERNETES_TOKEN: TOKEN,
    };
    const host = await startWarmFunctions(BUNDLE, { ...world.env, ...settings, ...more });
    try {
      await use(host, world);
    } finally {
      await host.close();
    }
  });
}

function takeBatch({ sandbox }: AzureWorld) {
  return { collectionString: { string: sandbox.takeEvents().map((event) => JSON.stringify(event)) } };
}

/** As cloud-provider-azure writes it: the group in lower case, and the rest as Azure has it. */
function register(name: string, id: string, podCidr: string | null = null): void {
  const providerID = `azure://${id.replace('/resourcegroups/', '/resourceGroups/')}`;
  const spec = { providerID, ...(podCidr !== null && { podCIDRs: [podCidr] }) };
  kubernetes.nodes.create({ metadata: { name }, spec });
}

function conditionOf(name: string): string | null {
  const { conditions = [] } = kubernetes.nodes.get(name).status;
  const found = conditions.find(({ type }) => type === 'NetworkUnavailable');
  return found === undefined ? null : `${found.status} ${found.reason}`;
}

const ROUTE = 'kubernetes-route-10-200-7-0-24 10.200.7.0/24 10.240.0.20';

describe('The built function app with Kubernetes', () => {
  it('routes the block of a Node object, and turns its condition in the same run', () =>
    withApp(async (host, world) => {
      register('worker-0', world.launch(20, null), '10.200.7.0/24');
      expect(await host.invoke('node-events', takeBatch(world))).toMatchObject({ ok: true });
      expect(world.routes()).toEqual([ROUTE]);
      expect(conditionOf('worker-0')).toBe('False RouteCreated');
    }));

  it('lets a launch come again until its Node object has a block', () =>
    withApp(async (host, world) => {
      const id = world.launch(20, null);
      const batch = takeBatch(world);
      const error = { message: expect.stringContaining('pod-cidr-not-known-yet') };
      expect(await host.invoke('node-events', batch)).toMatchObject({ ok: false, error });
      register('worker-0', id);
      expect(await host.invoke('node-events', batch)).toMatchObject({ ok: false, error });
      kubernetes.nodes.patch('worker-0', { spec: { podCIDRs: ['10.200.7.0/24'] } });
      expect(await host.invoke('node-events', batch)).toMatchObject({ ok: true });
      expect(world.routes()).toEqual([ROUTE]);
      expect(conditionOf('worker-0')).toBe('False RouteCreated');
    }));

  it('says that a node is not reached whose interface does not forward', () =>
    withApp(async (host, world) => {
      register('worker-0', world.launch(20, null, { forwarding: false }), '10.200.7.0/24');
      await host.invoke('node-events', takeBatch(world));
      expect(world.routes()).toEqual([ROUTE]);
      expect(conditionOf('worker-0')).toBe('True NoRouteCreated');
    }));

  it("needs no secret where the API trusts the app's own identity", async () => {
    const asked: string[] = [];
    const identity = createServer((request, response) => {
      asked.push(new URL(request.url ?? '', 'http://identity').searchParams.get('resource') ?? '');
      const expires_on = String(Math.floor(Date.now() / 1_000) + 3_600);
      const token = { access_token: 'token.of.the.identity', expires_on, token_type: 'Bearer' };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
    });
    await new Promise<void>((resolve) => identity.listen(0, '127.0.0.1', resolve));
    const { port } = Object(identity.address());
    kubernetes.tokens.clear();
    kubernetes.tokens.add('token.of.the.identity');
    const settings = {
      PODROUTES_KUBERNETES_TOKEN: 'identity:api://podroutes-kthw',
      IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`,
      IDENTITY_HEADER: 'header',
    };
    await withApp(async (host, world) => {
      register('worker-0', world.launch(20, null), '10.200.7.0/24');
      await host.invoke('node-events', takeBatch(world));
      expect(conditionOf('worker-0')).toBe('False RouteCreated');
    }, settings);
    expect(asked).toContain('api://podroutes-kthw');
    identity.close();
    identity.closeAllConnections();
  });
});
