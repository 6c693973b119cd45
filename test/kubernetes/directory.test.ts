import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Node } from '../../shared/core/model.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { type Connection, createApiClient } from '../../shared/kubernetes/client.ts';
import { createDirectory } from '../../shared/kubernetes/directory.ts';
import { keepToken } from '../../shared/kubernetes/token.ts';
import { StatusError } from '../../shared/sandbox/kubernetes/status.ts';
import { type KubernetesSandbox, startKubernetesSandbox } from '../../shared/sandbox/kubernetes-server.ts';
import { node } from '../core/builders.ts';

const TOKEN = 'token-of-podroutes';
const SIGNAL = new AbortController().signal;
const CONFLICT = new StatusError(409, 'Conflict', 'the object has been modified');

let kubernetes: KubernetesSandbox;

beforeEach(async () => {
  kubernetes = await startKubernetesSandbox(TOKEN);
});

afterEach(() => kubernetes.close());

/** Machines are called as their Nodes say. */
function open(more: Partial<Connection> = {}) {
  const { server, ca } = kubernetes;
  const getCredential = async () => ({ kind: 'token', token: TOKEN }) as const;
  return createDirectory(createApiClient({ server, ca, getCredential, ...more }), (id) => id || null);
}

function register(name: string, spec: object = {}, more: object = {}): void {
  kubernetes.nodes.create({ metadata: { name, ...more }, spec: { providerID: name, ...spec } });
}

async function claimsOf(name: string): Promise<readonly string[]> {
  const registry = await open().read(SIGNAL);
  if (!registry.ok) throw new Error(registry.failure.message);
  const { claims = [], defects = [] } = registry.nodes.get(name) ?? {};
  return [...claims.map(({ cidr }) => cidr.text), ...defects.map(({ problem }) => problem)];
}

describe('What a Node object claims', () => {
  it.each<[string, object, Record<string, string> | undefined, readonly string[]]>([
    [
      'is its blocks',
      { podCIDRs: ['10.200.0.0/24', 'fd00:200::/64'] },
      undefined,
      ['10.200.0.0/24', 'fd00:200::/64'],
    ],
    [
      'is its block where it has but the old field',
      { podCIDR: '10.200.0.0/24' },
      undefined,
      ['10.200.0.0/24'],
    ],
    ['is nothing before it has any', {}, undefined, []],
    [
      'is what its annotation says before that',
      { podCIDRs: ['10.200.0.0/24'] },
      { 'kube-router.io/pod-cidrs': '10.200.1.0/24,fd00:200::/64' },
      ['10.200.1.0/24', 'fd00:200::/64'],
    ],
    [
      'is what the older annotation says before the newer one',
      {},
      { 'kube-router.io/pod-cidrs': '10.200.1.0/24', 'kube-router.io/pod-cidr': '10.200.2.0/24' },
      ['10.200.2.0/24'],
    ],
    [
      'is its block where the annotation is empty',
      { podCIDRs: ['10.200.0.0/24'] },
      { 'kube-router.io/pod-cidr': ' ' },
      ['10.200.0.0/24'],
    ],
    [
      'is not read to its end where that is far',
      {},
      { 'kube-router.io/pod-cidr': '10.200.0.0/24,'.repeat(10_000) },
      ['is longer than 1024 characters'],
    ],
  ])('%s', async (_, spec, annotations, claims) => {
    register('worker-0', spec, annotations && { annotations });
    expect(await claimsOf('worker-0')).toEqual(claims);
  });
});

describe('Reading the Nodes', () => {
  it.each<[string, () => void, object]>([
    [
      'no token that is accepted',
      () => kubernetes.tokens.clear(),
      { kind: 'permanent', code: 'Unauthorized' },
    ],
    [
      'no right',
      () => kubernetes.setFault(() => new StatusError(403, 'Forbidden', 'cannot list resource "nodes"')),
      { kind: 'permanent', code: 'Forbidden', message: 'list nodes: cannot list resource "nodes"' },
    ],
    [
      'no place in the list, however often it begins',
      () => {
        for (let i = 0; i < 300; i += 1) register(`worker-${i}`);
        kubernetes.setFault(() => {
          kubernetes.nodes.expireLists();
          return null;
        });
      },
      { kind: 'stale', code: 'Expired' },
    ],
    ['no answer', () => kubernetes.setFault(() => 'silence'), { kind: 'transient', code: 'timeout' }],
    [
      'no peace',
      () =>
        kubernetes.setFault(
          () => new StatusError(429, 'TooManyRequests', 'slow down', { 'retry-after': '0' }),
        ),
      { kind: 'transient', code: 'TooManyRequests' },
    ],
  ])('is a failure with %s', async (_, prepare, failure) => {
    prepare();
    expect(await open().read(SIGNAL)).toMatchObject({ ok: false, failure });
  });

  it('is a failure where another authority has signed the certificate', async () => {
    const failure = { kind: 'permanent', message: expect.stringContaining('PODROUTES_KUBERNETES_CA') };
    expect(await open({ ca: null }).read(SIGNAL)).toMatchObject({ ok: false, failure });
  });

  it('is a failure where the answer is no list, as of a page that a proxy made', async () => {
    register('worker-0');
    kubernetes.nodes.list = () => ({ items: null as never, next: '', version: '1' });
    expect(await open().read(SIGNAL)).toMatchObject({ ok: false, failure: { code: 'unexpected-answer' } });
  });

  it('ends with the time of the run', async () => {
    kubernetes.setFault(() => 'silence');
    const over = AbortSignal.timeout(100);
    expect(await open().read(over)).toMatchObject({ ok: false, failure: { kind: 'unfinished' } });
  });

  it('asks for another token once, where one is refused', async () => {
    let issued = 0;
    const getCredential = keepToken(async () => {
      issued += 1;
      return { token: issued === 1 ? 'token-that-expired' : TOKEN, expiresAt: null };
    });
    const directory = open({ getCredential });
    expect((await directory.read(SIGNAL)).ok).toBe(true);
    expect((await directory.read(SIGNAL)).ok).toBe(true);
    expect(issued).toBe(2);
  });
});

describe('A token', () => {
  it('is asked for once, however many need it', async () => {
    let issued = 0;
    const getCredential = keepToken(async () => {
      issued += 1;
      return { token: `token-${issued}`, expiresAt: Date.now() + 3_600_000 };
    });
    await Promise.all([getCredential(null, SIGNAL), getCredential(null, SIGNAL)]);
    expect(await getCredential(null, SIGNAL)).toEqual({ kind: 'token', token: 'token-1' });
  });

  it('is replaced before it expires', async () => {
    let issued = 0;
    const getCredential = keepToken(async () => {
      issued += 1;
      return { token: `token-${issued}`, expiresAt: Date.now() + 30_000 };
    });
    await getCredential(null, SIGNAL);
    expect(await getCredential(null, SIGNAL)).toEqual({ kind: 'token', token: 'token-2' });
  });
});

/** A run after which every route of these nodes is in place. */
function runOf(nodes: readonly Node[], failures: Run['observation']['failures'] = []): Run {
  const scope = { kind: 'all', ids: [] } as const;
  return {
    ...{ scope, widened: null, dryRun: false, unchanged: nodes.length },
    observation: { scope, nodes, tables: [], missing: [], failures },
    ...{ results: [], forwarding: [], findings: [], unmet: new Set(), short: new Set() },
  };
}

const WORKER = node('worker-0', ['10.200.0.0/24']);

async function tell(run: Run = runOf([WORKER]), meanwhile: () => void = () => undefined) {
  const directory = open();
  const registry = await directory.read(SIGNAL);
  meanwhile();
  kubernetes.clearCalls();
  const results = await directory.tell(run, registry, { forwarding: 'ensure', signal: SIGNAL });
  return results.map(({ status, failure }) => [status, failure?.code ?? null]);
}

function conditionOf(name: string) {
  return kubernetes.nodes.get(name).status.conditions?.find(({ type }) => type === 'NetworkUnavailable');
}

const LONG_AGO = '2026-01-01T00:00:00Z';

function setCondition(name: string, status: string, reason: string): void {
  const condition = { type: 'NetworkUnavailable', status, reason, lastTransitionTime: LONG_AGO };
  kubernetes.nodes.patchStatus(name, { status: { conditions: [condition] } });
}

describe('Telling the Nodes', () => {
  beforeEach(() => register('worker-0', { podCIDRs: ['10.200.0.0/24'] }));

  it('keeps their other conditions', async () => {
    const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady' };
    kubernetes.nodes.patchStatus('worker-0', { status: { conditions: [ready] } });
    await tell();
    expect(kubernetes.nodes.get('worker-0').status.conditions).toEqual([
      ready,
      expect.objectContaining({ type: 'NetworkUnavailable', status: 'False', reason: 'RouteCreated' }),
    ]);
  });

  it.each([
    ['keeps the time of the change where only the reason is another', 'False', 'CalicoIsUp', LONG_AGO],
    [
      'has the time of the change where the status is another',
      'True',
      'NoRouteCreated',
      expect.not.stringMatching(LONG_AGO),
    ],
  ])('%s', async (_, status, reason, since) => {
    setCondition('worker-0', status, reason);
    await tell();
    expect(conditionOf('worker-0')).toMatchObject({ reason: 'RouteCreated', lastTransitionTime: since });
  });

  it.each<[string, Node]>([
    ['a node that does not run', { ...WORKER, state: 'stopped' }],
    ['a node without a claim', { ...WORKER, claims: [] }],
    ['a node without a Node object', node('worker-9', ['10.200.9.0/24'])],
  ])('leaves %s alone', async (_, worker) => {
    expect(await tell(runOf([worker]))).toEqual([]);
    expect(kubernetes.calls).toEqual([]);
  });

  it('leaves all alone where a table was not read', async () => {
    const failure = { kind: 'transient', code: 'Throttled', message: 'later' } as const;
    expect(await tell(runOf([WORKER], [{ what: 'table', id: null, failure }]))).toEqual([]);
  });

  it('tries again after a conflict, and gives up after some', async () => {
    kubernetes.setFault((method) => (method === 'PATCH' ? CONFLICT : null));
    expect(await tell()).toEqual([['False', 'Conflict']]);
    expect(kubernetes.calls.map(({ method }) => method)).toEqual(['PATCH', 'GET', 'PATCH', 'GET', 'PATCH']);
  });

  it('writes nothing after a conflict with whoever wrote the same', async () => {
    kubernetes.setFault((method) => {
      if (method === 'PATCH') setCondition('worker-0', 'False', 'RouteCreated');
      return method === 'PATCH' ? CONFLICT : null;
    });
    expect(await tell()).toEqual([['False', null]]);
    expect(kubernetes.calls.map(({ method }) => method)).toEqual(['PATCH', 'GET']);
  });

  it.each([
    [
      'that is not in place does not undo what another run has said since',
      new Set(['worker-0']),
      'False',
      'False',
    ],
    ['that is in place corrects what another run has said since', new Set<string>(), 'True', 'False'],
  ])('of a run %s', async (_, unmet, said, left) => {
    const meanwhile = (): void =>
      setCondition('worker-0', said, said === 'True' ? 'NoRouteCreated' : 'RouteCreated');
    await tell({ ...runOf([WORKER]), unmet }, meanwhile);
    expect(conditionOf('worker-0')?.status).toBe(left);
  });

  it('is not kept from a word of doubt by the heartbeat of a kubelet', async () => {
    const beat = (): void => {
      kubernetes.nodes.patchStatus('worker-0', {
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      });
    };
    await tell({ ...runOf([WORKER]), unmet: new Set(['worker-0']) }, beat);
    expect(conditionOf('worker-0')).toMatchObject({ status: 'True', reason: 'NoRouteCreated' });
  });

  it('does not tell another Node of the name what was meant for one that is gone', async () => {
    const replace = (): void => {
      kubernetes.nodes.delete('worker-0');
      register('worker-0');
    };
    expect(await tell(runOf([WORKER]), replace)).toEqual([['False', null]]);
    expect(conditionOf('worker-0')).toBeUndefined();
  });

  it('has nobody to tell where the Node is gone', async () => {
    const results = await tell(runOf([WORKER]), () => kubernetes.nodes.delete('worker-0'));
    expect(results).toEqual([['False', null]]);
  });
});
