import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load, loadAll } from 'js-yaml';
import { instanceOf } from '../../shared/aws/provider-id.ts';
import { machineOf } from '../../shared/azure/provider-id.ts';
import { settingsTable } from '../../shared/core/config/config.ts';
import { createApiClient } from '../../shared/kubernetes/client.ts';
import { createDirectory } from '../../shared/kubernetes/directory.ts';
import { StatusError } from '../../shared/sandbox/kubernetes/status.ts';
import { type KubernetesSandbox, startKubernetesSandbox } from '../../shared/sandbox/kubernetes-server.ts';
import { cidr, node, observation } from '../core/builders.ts';
import { codeSpans, readText, tableBelow } from './markdown.ts';

const PAGE = await readText('docs/kubernetes.md');
const MANIFEST = loadAll(await readText('infra/kubernetes/podroutes.yaml'));

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
  readonly roleRef?: { readonly name: string };
  readonly subjects?: readonly { readonly name: string; readonly namespace: string }[];
}

function manifestOf(kind: string): Manifest {
  const found = (MANIFEST as readonly Manifest[]).find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`expected a ${kind}`);
  return found;
}

/** As `resource verb`. */
function rightsOf(rules: readonly Rule[]): string[] {
  return rules.flatMap(({ resources, verbs }) =>
    resources.flatMap((resource) => verbs.map((verb) => `${resource} ${verb}`)),
  );
}

describe('The manifest', () => {
  let kubernetes: KubernetesSandbox;
  beforeAll(async () => {
    kubernetes = await startKubernetesSandbox('token-of-podroutes');
  });
  afterAll(() => kubernetes.close());

  it('has the rights that the page says', () => {
    const inTable = tableBelow(PAGE, 'Rights').map(([resource = '', verbs = '']) => ({
      resources: codeSpans(resource),
      verbs: codeSpans(verbs),
    }));
    expect(rightsOf(inTable)).toEqual(rightsOf(manifestOf('ClusterRole').rules ?? []));
  });

  it('has the rights to what is called, and no others', async () => {
    const { server, ca } = kubernetes;
    const getCredential = async () => ({ kind: 'token', token: 'token-of-podroutes' }) as const;
    const directory = createDirectory(createApiClient({ server, ca, getCredential }), (id) => id);
    const signal = new AbortController().signal;
    kubernetes.nodes.create({
      metadata: { name: 'a' },
      spec: { providerID: 'a', podCIDRs: ['10.200.0.0/24'] },
    });
    kubernetes.nodes.create({ metadata: { name: 'b' }, spec: { providerID: 'b' } });
    const registry = await directory.read(signal);
    const worker = node('a', ['10.200.0.0/24']);
    const scope = { kind: 'all', ids: [] } as const;
    let conflicts = 1;
    kubernetes.setFault((method) => {
      const isFirst = method === 'PATCH' && conflicts > 0;
      if (isFirst) conflicts -= 1;
      return isFirst ? new StatusError(409, 'Conflict', 'modified') : null;
    });
    const run = {
      ...{ scope, widened: null, dryRun: false, unchanged: 1, observation: observation([worker], []) },
      ...{ results: [], forwarding: [], findings: [], unmet: new Set<string>(), short: new Set<string>() },
    };
    await directory.tell(run, registry, { forwarding: 'ensure', signal });
    const given = await directory.assign(
      [{ node: node('b', []), cidrs: [cidr('10.200.1.0/24')] }],
      registry,
      signal,
    );
    expect(given).toMatchObject([{ failure: null }]);
    const called = kubernetes.calls.map(({ method, path }) => toRight(method, path));
    expect([...new Set(called)].sort()).toEqual(rightsOf(manifestOf('ClusterRole').rules ?? []).sort());
  });

  it('binds the role to the account', () => {
    const { roleRef, subjects } = manifestOf('ClusterRoleBinding');
    const { metadata } = manifestOf('ServiceAccount');
    expect(roleRef?.name).toBe(manifestOf('ClusterRole').metadata.name);
    expect(subjects).toMatchObject([metadata]);
    expect(PAGE).toContain(`kubectl create token ${metadata.name} --namespace ${metadata.namespace}`);
  });
});

/** What the API server asks RBAC for. */
function toRight(method: string, path: string): string {
  const [, , , , name, part] = path.split('?')[0]?.split('/') ?? [];
  const resource = part === undefined ? 'nodes' : `nodes/${part}`;
  const verbs: Readonly<Record<string, string>> = {
    GET: name === undefined ? 'list' : 'get',
    PATCH: 'patch',
  };
  return `${resource} ${verbs[method]}`;
}

describe('The page', () => {
  it('names settings that there are', () => {
    const known = settingsTable().map(({ name }) => `\`${name}\``);
    for (const [setting = ''] of tableBelow(PAGE, 'Settings')) expect(known).toContain(setting);
  });

  it('says rightly which providerID names which machine', () => {
    const [aws = '', machine = '', instance = ''] = tableBelow(PAGE, 'Which Node is which machine').map(
      ([cell = '']) => cell,
    );
    for (const providerId of codeSpans(aws)) expect(instanceOf(providerId)).toBe('i-0123456789abcdef0');
    const complete = (text: string): string =>
      (codeSpans(text)[0] ?? '')
        .replace('subscriptions/…/resourceGroups/…/', 'subscriptions/s/resourceGroups/g/')
        .replace('subscriptions/…/', 'subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/');
    expect(machineOf(complete(machine))).toMatch(/\/virtualmachines\/name$/);
    expect(machineOf(complete(instance))).toMatch(/\/virtualmachinescalesets\/set\/virtualmachines\/3$/);
  });

  it('configures the API server with what can be read, for the users that are bound', () => {
    const blocks = [...PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => load(text));
    expect(blocks).toHaveLength(2);
    for (const block of blocks) {
      expect(block).toMatchObject({
        apiVersion: 'apiserver.config.k8s.io/v1beta1',
        kind: 'AuthenticationConfiguration',
        jwt: [
          {
            issuer: { url: expect.stringMatching(/^https:/), audiences: [expect.any(String)] },
            claimValidationRules: [
              { expression: expect.stringMatching(/^claims\./), message: expect.any(String) },
            ],
            claimMappings: { username: { expression: "'podroutes'" } },
          },
        ],
      });
      const [{ issuer }] = Object(block).jwt;
      expect(PAGE).toContain(`PODROUTES_KUBERNETES_TOKEN=identity:${issuer.audiences[0]}`);
    }
  });
});
