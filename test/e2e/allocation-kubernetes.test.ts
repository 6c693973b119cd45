import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StatusError } from '../../shared/sandbox/kubernetes/status.ts';
import { type KubernetesSandbox, startKubernetesSandbox } from '../../shared/sandbox/kubernetes-server.ts';
import { SCHEDULED } from './deployment.ts';
import { type KubernetesCluster, nodeName, TOKEN, withKubernetes } from './kubernetes-cluster.ts';

let kubernetes: KubernetesSandbox;
let folder: string;

beforeEach(async () => {
  kubernetes = await startKubernetesSandbox(TOKEN);
  folder = await mkdtemp(join(tmpdir(), 'podroutes-blocks-'));
});

afterEach(async () => {
  await kubernetes.close();
  await rm(folder, { recursive: true });
});

/** A deployed function that hands out blocks, and has adopted an empty cluster. */
function withBlocks(use: (cluster: KubernetesCluster) => Promise<void>): Promise<void> {
  const env = {
    PODROUTES_POD_CIDR_SOURCES: 'tag,user-data',
    PODROUTES_ALLOCATE: '/24',
    PODROUTES_LEDGER: `file:${join(folder, 'ledger')}`,
  };
  return withKubernetes({ kubernetes, env }, async (cluster) => {
    await cluster.deliverEvents([SCHEDULED]);
    await use(cluster);
  });
}

async function deliverLaunch({ world, sandbox, queue }: KubernetesCluster, name: string): Promise<void> {
  await world.launch({ name, podCidr: null });
  for (const event of sandbox.takeEvents()) queue.send(event);
  await queue.deliver();
}

/** The block of a machine by its route. */
async function blockOf({ world }: KubernetesCluster, name: string): Promise<string> {
  const line = (await world.routes()).find((route) => route.endsWith(` ${name} active`));
  return line?.split(' ')[0] ?? '';
}

function podCidrsOf(name: string): readonly string[] {
  return kubernetes.nodes.get(nodeName(name)).spec.podCIDRs ?? [];
}

describe('The built node-events function, which hands out blocks beside Kubernetes', () => {
  it('tells a Node object its block, and that the node is reached, in the run that makes the route', () =>
    withBlocks(async (cluster) => {
      await cluster.world.launch({ name: 'worker-0', podCidr: null });
      cluster.register('worker-0');
      for (const event of cluster.sandbox.takeEvents()) cluster.queue.send(event);
      await cluster.queue.deliver();
      const block = await blockOf(cluster, 'worker-0');
      expect(block).not.toBe('');
      expect(podCidrsOf('worker-0')).toEqual([block]);
      expect(kubernetes.nodes.get(nodeName('worker-0')).spec.podCIDR).toBe(block);
      expect(cluster.condition('worker-0')).toBe('False RouteCreated');
      expect(cluster.queue.waiting()).toBe(0);
    }));

  it('makes the route of a machine that has not registered, and comes again to tell its Node object', () =>
    withBlocks(async (cluster) => {
      await deliverLaunch(cluster, 'worker-0');
      const block = await blockOf(cluster, 'worker-0');
      expect(block).not.toBe('');
      expect([...cluster.sandbox.queues.visibility.values()]).toEqual([5]);
      cluster.register('worker-0');
      await cluster.queue.deliver();
      expect(podCidrsOf('worker-0')).toEqual([block]);
      expect(cluster.condition('worker-0')).toBe('False RouteCreated');
      expect(cluster.queue.waiting()).toBe(0);
    }));

  it('tells it though another write comes first', () =>
    withBlocks(async (cluster) => {
      await deliverLaunch(cluster, 'worker-0');
      cluster.register('worker-0');
      let left = 1;
      kubernetes.setFault((method) => {
        if (method !== 'PATCH' || left === 0) return null;
        left -= 1;
        return new StatusError(409, 'Conflict', 'the object has been modified');
      });
      await cluster.queue.deliver();
      expect(podCidrsOf('worker-0')).toEqual([await blockOf(cluster, 'worker-0')]);
    }));

  it('leaves a Node alone that Kubernetes has given a block by itself, and hands that to nobody', () =>
    withBlocks(async (cluster) => {
      await cluster.world.launch({ name: 'worker-0', podCidr: null });
      cluster.register('worker-0', { podCidrs: ['10.200.7.0/24'] });
      await cluster.deliverEvents();
      expect(podCidrsOf('worker-0')).toEqual(['10.200.7.0/24']);
      expect(await blockOf(cluster, 'worker-0')).toBe('');
    }));

  it('says where it may not tell it, and makes the routes all the same', () =>
    withBlocks(async (cluster) => {
      await cluster.world.launch({ name: 'worker-0', podCidr: null });
      cluster.register('worker-0');
      kubernetes.setFault((method) =>
        method === 'PATCH' ? new StatusError(403, 'Forbidden', 'nodes is forbidden: cannot patch') : null,
      );
      await cluster.deliverEvents();
      const [line] = cluster.host.takeLogs().filter(({ reason }) => reason === 'block-not-written');
      expect(line).toMatchObject({
        level: 'ERROR',
        message: expect.stringContaining('its Node object: Forbidden'),
      });
      expect(await blockOf(cluster, 'worker-0')).not.toBe('');
    }));
});
