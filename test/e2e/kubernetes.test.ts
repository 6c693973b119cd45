import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StatusError } from '../../shared/sandbox/kubernetes/status.ts';
import {
  type KubernetesFault,
  type KubernetesSandbox,
  startKubernetesSandbox,
} from '../../shared/sandbox/kubernetes-server.ts';
import { SCHEDULED } from './deployment.ts';
import { nodeName, SECRET, TOKEN, withKubernetes } from './kubernetes-cluster.ts';

let kubernetes: KubernetesSandbox;

beforeEach(async () => {
  kubernetes = await startKubernetesSandbox(TOKEN);
});

afterEach(() => kubernetes.close());

const CONFLICT = new StatusError(409, 'Conflict', 'the object has been modified');
const FORBIDDEN = new StatusError(
  403,
  'Forbidden',
  'nodes is forbidden: User "podroutes" cannot list resource',
);
const BUSY = new StatusError(503, 'ServiceUnavailable', 'etcd has no leader');

/** Lets the first calls that match come to grief. */
function failFirst(count: number, method: string, fault: KubernetesFault): void {
  let left = count;
  kubernetes.setFault((called) => {
    if (called !== method || left === 0) return null;
    left -= 1;
    return fault;
  });
}

describe('The built node-events function with Kubernetes', () => {
  it('routes the block of a Node object, and turns its condition in the same run', () =>
    withKubernetes({ kubernetes }, async ({ world, register, condition, queue, sandbox, takePatches }) => {
      await world.launch({ name: 'worker-0', podCidr: null });
      register('worker-0', { podCidrs: ['10.200.7.0/24'] });
      for (const event of sandbox.takeEvents()) queue.send(event);
      await queue.deliver();
      expect(await world.routes()).toContain('10.200.7.0/24 worker-0 active');
      expect(condition('worker-0')).toBe('False RouteCreated');
      expect(takePatches()).toEqual([`${nodeName('worker-0')} 200`]);
      expect(queue.waiting()).toBe(0);
    }));

  it('writes no condition that stands already', () =>
    withKubernetes({ kubernetes }, async ({ world, register, deliverEvents, takePatches }) => {
      await world.launch({ name: 'worker-0', podCidr: null });
      register('worker-0', { podCidrs: ['10.200.7.0/24'] });
      const { events } = await deliverEvents();
      takePatches();
      expect((await deliverEvents(events)).writes).toEqual([]);
      expect(takePatches()).toEqual([]);
    }));

  it('lets a launch come again until its machine has a Node object, and that a block', () =>
    withKubernetes({ kubernetes }, async ({ world, register, condition, queue, sandbox }) => {
      await world.launch({ name: 'worker-0', podCidr: null });
      for (const event of sandbox.takeEvents()) queue.send(event);
      await queue.deliver();
      expect(queue.waiting()).toBe(1);
      expect([...sandbox.queues.visibility.values()]).toEqual([5]);
      register('worker-0');
      await queue.deliver();
      expect(queue.waiting()).toBe(1);
      expect(condition('worker-0')).toBeNull();
      kubernetes.nodes.patch(nodeName('worker-0'), { spec: { podCIDRs: ['10.200.7.0/24'] } });
      await queue.deliver();
      expect(queue.waiting()).toBe(0);
      expect(await world.routes()).toContain('10.200.7.0/24 worker-0 active');
      expect(condition('worker-0')).toBe('False RouteCreated');
    }));

  it('brings however many that wait again within seconds, and the others as the queue does', () =>
    withKubernetes({ kubernetes }, async ({ world, queue, sandbox }) => {
      for (let i = 0; i < 12; i += 1) await world.launch({ name: `worker-${i}`, podCidr: null });
      for (const event of sandbox.takeEvents()) queue.send(event);
      queue.send('not-json');
      await queue.deliver();
      expect(queue.waiting()).toBe(13);
      expect([...sandbox.queues.visibility.values()]).toEqual(Array.from({ length: 12 }, () => 5));
      expect(sandbox.countCalls()).toMatchObject({ ChangeMessageVisibilityBatch: 2 });
    }));

  it('lets launches come again where nobody may bring them sooner', () =>
    withKubernetes({ kubernetes }, async ({ world, host, queue, sandbox }) => {
      sandbox.failNext('ChangeMessageVisibilityBatch', { code: 'AccessDenied' });
      await world.launch({ name: 'worker-0', podCidr: null });
      for (const event of sandbox.takeEvents()) queue.send(event);
      await queue.deliver();
      expect(queue.waiting()).toBe(1);
      const [line] = host.takeLogs().filter(({ action }) => action === 'show-sooner');
      expect(line).toMatchObject({ level: 'WARN', reason: 'AccessDenied' });
    }));

  it('prefers what kube-router is told by an annotation', () =>
    withKubernetes({ kubernetes }, async ({ world, register, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: null });
      const annotations = { 'kube-router.io/pod-cidrs': '10.200.9.0/24' };
      register('worker-0', { podCidrs: ['10.200.7.0/24'], annotations });
      await deliverEvents();
      expect(await world.routes()).toContain('10.200.9.0/24 worker-0 active');
      expect(await world.routes()).not.toContain('10.200.7.0/24 worker-0 active');
    }));

  it('says that a node is not reached whose route another one holds, and that it is once it has it', () =>
    withKubernetes({ kubernetes }, async ({ world, register, condition, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.7.0/24' });
      await world.launch({ name: 'worker-1', podCidr: null });
      register('worker-1', { podCidrs: ['10.200.7.0/24'] });
      await deliverEvents();
      expect(condition('worker-1')).toBe('True NoRouteCreated');
      await world.terminate('worker-0');
      await deliverEvents();
      kubernetes.clearCalls();
      await world.stop('worker-1');
      await world.start('worker-1');
      await deliverEvents();
      expect(await world.routes()).toContain('10.200.7.0/24 worker-1 active');
      expect(condition('worker-1')).toBe('False RouteCreated');
    }));

  it('says that a node is not reached while its check is on', () =>
    withKubernetes(
      { kubernetes, env: { PODROUTES_FORWARDING: 'report' } },
      async ({ world, register, condition, deliverEvents }) => {
        await world.launch({ name: 'worker-0', podCidr: null });
        register('worker-0', { podCidrs: ['10.200.7.0/24'] });
        await deliverEvents();
        expect(await world.routes()).toContain('10.200.7.0/24 worker-0 active');
        expect(condition('worker-0')).toBe('True NoRouteCreated');
      },
    ));

  it.each<[string, number, string, KubernetesFault]>([
    ['is in its way with another write', 1, 'PATCH', CONFLICT],
    ['has no leader for a moment', 2, 'GET', BUSY],
    ['breaks the connection', 1, 'GET', 'reset'],
    ['breaks the connection at a write', 1, 'PATCH', 'reset'],
  ])('makes up for it within the run where the API %s', (_, count, method, fault) =>
    withKubernetes({ kubernetes }, async ({ world, register, condition, queue, sandbox }) => {
      await world.launch({ name: 'worker-0', podCidr: null });
      register('worker-0', { podCidrs: ['10.200.7.0/24'] });
      failFirst(count, method, fault);
      for (const event of sandbox.takeEvents()) queue.send(event);
      await queue.deliver();
      expect(queue.waiting()).toBe(0);
      expect(condition('worker-0')).toBe('False RouteCreated');
    }),
  );

  it.each<[string, KubernetesFault]>([
    ['is silent', 'silence'],
    ['refuses', FORBIDDEN],
    ['is broken', BUSY],
  ])('makes the routes that need no Kubernetes where that %s, and lets the others come again', (_, fault) =>
    withKubernetes({ kubernetes }, async ({ world, register, condition, queue, sandbox }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      await world.launch({ name: 'worker-1', podCidr: null });
      register('worker-1', { podCidrs: ['10.200.1.0/24'] });
      kubernetes.setFault(() => fault);
      for (const event of sandbox.takeEvents()) queue.send(event);
      await queue.deliver();
      expect(await world.routes()).toContain('10.200.0.0/24 worker-0 active');
      expect(queue.waiting()).toBeGreaterThan(0);
      kubernetes.setFault(null);
      await queue.drain();
      expect(await world.routes()).toContain('10.200.1.0/24 worker-1 active');
      expect(condition('worker-1')).toBe('False RouteCreated');
    }),
  );

  it('lets a machine into service whose routes are in place, whatever becomes of its condition', () =>
    withKubernetes({ kubernetes }, async ({ world, queue, sandbox }) => {
      await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
      const instance = world.idOf('worker-0');
      sandbox.takeEvents();
      sandbox.autoScaling.startHook({ group: 'g', hook: 'podroutes', instance, transition: 'launching' });
      kubernetes.setFault(() => BUSY);
      for (const event of sandbox.takeEvents()) queue.send(event);
      await queue.deliver();
      expect(sandbox.countCalls()).toMatchObject({ CompleteLifecycleAction: 1 });
      expect(queue.waiting()).toBe(1);
    }));

  it('reads the secret again once its token is refused', () =>
    withKubernetes({ kubernetes }, async ({ world, register, condition, sandbox, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: null });
      register('worker-0', { podCidrs: ['10.200.0.0/24'] });
      await deliverEvents();
      kubernetes.tokens.clear();
      kubernetes.tokens.add('token-of-the-next-day');
      sandbox.secrets.values.set(SECRET, 'token-of-the-next-day');
      await world.launch({ name: 'worker-1', podCidr: null });
      register('worker-1', { podCidrs: ['10.200.1.0/24'] });
      expect((await deliverEvents()).calls).toMatchObject({ GetSecretValue: 1 });
      expect(condition('worker-1')).toBe('False RouteCreated');
    }));

  it('needs no secret where the API trusts the identity that STS vouches for', () =>
    withKubernetes(
      { kubernetes, env: { PODROUTES_KUBERNETES_TOKEN: 'identity:podroutes.example' } },
      async ({ world, register, condition, sandbox, deliverEvents }) => {
        kubernetes.tokens.clear();
        kubernetes.setTrust((token) => sandbox.securityTokens.verify(token, 'podroutes.example'));
        await world.launch({ name: 'worker-0', podCidr: null });
        register('worker-0', { podCidrs: ['10.200.0.0/24'] });
        expect((await deliverEvents()).calls).toMatchObject({ GetWebIdentityToken: 1 });
        expect(condition('worker-0')).toBe('False RouteCreated');
      },
    ));

  it('writes neither the token nor the secret anywhere', () =>
    withKubernetes({ kubernetes }, async ({ world, host, register, deliverEvents }) => {
      await world.launch({ name: 'worker-0', podCidr: null });
      register('worker-0', { podCidrs: ['10.200.0.0/24'] });
      kubernetes.tokens.clear();
      await deliverEvents();
      const logs = JSON.stringify(host.takeLogs());
      expect(logs).toContain('Unauthorized');
      expect(logs).not.toContain(TOKEN);
    }));
});

describe('The built reconcile function with Kubernetes', () => {
  it('deletes nothing that Kubernetes might still claim while that is down', () =>
    withKubernetes({ kubernetes, function: 'reconcile' }, async ({ world, host, register }) => {
      await world.launch({ name: 'worker-0', podCidr: null });
      register('worker-0', { podCidrs: ['10.200.0.0/24'] });
      await host.invoke(SCHEDULED);
      expect(await world.routes()).toContain('10.200.0.0/24 worker-0 active');
      kubernetes.setFault(() => BUSY);
      expect(await host.invoke({ force: true })).toMatchObject({ ok: true, value: { changes: [] } });
      expect(await world.routes()).toContain('10.200.0.0/24 worker-0 active');
    }));

  it('reads Node objects page by page, from the beginning where its place is lost', () =>
    withKubernetes({ kubernetes, function: 'reconcile' }, async ({ world, host, register }) => {
      await world.launch({ name: 'worker-0', podCidr: null });
      for (let i = 0; i < 600; i += 1) kubernetes.nodes.create({ metadata: { name: `a-stranger-${i}` } });
      register('worker-0', { podCidrs: ['10.200.0.0/24'] });
      let pages = 0;
      kubernetes.setFault((method) => {
        if (method === 'GET') pages += 1;
        if (pages === 3) kubernetes.nodes.expireLists();
        return null;
      });
      await host.invoke(SCHEDULED);
      expect(pages).toBe(6);
      expect(await world.routes()).toContain('10.200.0.0/24 worker-0 active');
    }));

  it('gives no route where two Node objects name one machine, and says which', () =>
    withKubernetes({ kubernetes, function: 'reconcile' }, async ({ world, host, register }) => {
      await world.launch({ name: 'worker-0', podCidr: null });
      register('worker-0', { podCidrs: ['10.200.0.0/24'] });
      kubernetes.nodes.create({
        metadata: { name: 'impostor' },
        spec: { providerID: `aws:///us-east-1a/${world.idOf('worker-0')}`, podCIDRs: ['10.200.1.0/24'] },
      });
      const { value } = (await host.invoke(SCHEDULED)) as {
        value: { findings: { code: string; message: string }[] };
      };
      const found = value.findings.find(({ code }) => code === 'malformed-claim');
      expect(found?.message).toContain(`impostor and ${nodeName('worker-0')}`);
      expect((await world.routes()).length).toBe(world.given.length);
    }));
});
