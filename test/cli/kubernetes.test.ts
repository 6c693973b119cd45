import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type KubernetesSandbox, startKubernetesSandbox } from '../../shared/sandbox/kubernetes-server.ts';
import { writeKubeconfig } from '../kubernetes/kubeconfig-files.ts';
import { podroutes } from './built-command.ts';
import { CLOUDS, type ClusterWorld, withWorld } from './cluster-world.ts';

const TOKEN = 'token-of-an-administrator';

let kubernetes: KubernetesSandbox;
let folder: string;
let env: Readonly<Record<string, string>>;

beforeEach(async () => {
  kubernetes = await startKubernetesSandbox(TOKEN);
  folder = await mkdtemp(join(tmpdir(), 'podroutes-'));
  const KUBECONFIG = join(folder, 'config');
  await writeKubeconfig(KUBECONFIG, kubernetes, { user: { token: TOKEN } });
  env = { KUBECONFIG, PODROUTES_POD_CIDR_SOURCES: 'tag,kubernetes' };
});

afterEach(async () => {
  await kubernetes.close();
  await rm(folder, { recursive: true });
});

const PREFIX = { aws: 'aws:///us-east-1a/', azure: 'azure://' };

function register(world: ClusterWorld, machine: string, podCidr: string): void {
  const providerID = `${PREFIX[world.cloud]}${world.idOf(machine)}`;
  kubernetes.nodes.create({ metadata: { name: machine }, spec: { providerID, podCIDRs: [podCidr] } });
}

describe.each(CLOUDS)('podroutes with a kubeconfig on %s', (cloud) => {
  it('reads blocks, makes their routes, and turns the conditions', () =>
    withWorld(cloud, async (world) => {
      world.unclaim('worker-0');
      register(world, 'worker-0', '10.200.77.0/24');
      const args = ['reconcile', '--kubernetes', 'kubeconfig', '--yes', '-o', 'json'];
      const { stdout } = await podroutes(args, { ...world.env, ...env });
      const report = JSON.parse(stdout);
      expect(report.nodes.find(({ name }: { name: string }) => name === 'worker-0').claims).toEqual([
        { cidr: '10.200.77.0/24', source: 'kubernetes' },
      ]);
      expect(world.destinations()).toContain('10.200.77.0/24');
      expect(report.conditions).toEqual([
        expect.objectContaining({ node: 'worker-0', networkUnavailable: false, outcome: 'applied' }),
      ]);
      const [condition] = kubernetes.nodes.get('worker-0').status.conditions ?? [];
      expect(condition).toMatchObject({ type: 'NetworkUnavailable', status: 'False' });
    }));

  it('plans without writing a condition', () =>
    withWorld(cloud, async (world) => {
      register(world, 'worker-0', '10.200.77.0/24');
      await podroutes(['plan', '--kubernetes', 'kubeconfig:kthw'], { ...world.env, ...env });
      expect(kubernetes.calls.map(({ method }) => method)).toEqual(['GET']);
    }));

  it('says why Kubernetes could not be asked, and shows what is known without', () =>
    withWorld(cloud, async (world) => {
      const args = ['plan', '--kubernetes', 'kubeconfig:edge'];
      const { stdout } = await podroutes(args, { ...world.env, ...env });
      expect(stdout).toContain('kubernetes-unavailable');
      expect(stdout).toContain('it has no context edge');
    }));
});
