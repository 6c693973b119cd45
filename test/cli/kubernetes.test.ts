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

function register(world: ClusterWorld, machine: string, ...podCIDRs: readonly string[]): void {
  const providerID = `${PREFIX[world.cloud]}${world.idOf(machine)}`;
  kubernetes.nodes.create({ metadata: { name: machine }, spec: { providerID, podCIDRs } });
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

  it.each([
    { has: 'no object', podCidrs: null, says: /It has no Node object yet\.$/ },
    { has: 'no pod CIDR', podCidrs: [], says: /Its Node object worker-60 has no pod CIDR yet: the next run/ },
    {
      has: 'another',
      podCidrs: ['10.200.77.0/24'],
      says: /has another pod CIDR, 10\.200\.77\.0\/24, which it/,
    },
    { has: 'the same', podCidrs: 'given', says: /says so too\. So does its Node object worker-60\.$/ },
  ] as const)(
    'explains of a node with a block of the ledger that its Node object has $has',
    ({ podCidrs, says }) =>
      withWorld(cloud, async (world) => {
        const settings = { PODROUTES_ALLOCATE: '/24', PODROUTES_POD_CIDR_SOURCES: 'tag,user-data' };
        const allocating = { ...world.remembering, ...env, ...settings };
        world.launchNamed('worker-60', '', '10.240.1.60');
        await podroutes(['reconcile', '--yes'], allocating);
        const { stdout: before } = await podroutes(['blocks', '-o', 'plain'], allocating);
        const given = before
          .split('\n')
          .find((line) => line.includes(world.idOf('worker-60')))
          ?.split(' ')[0];
        if (podCidrs !== null) {
          const podCIDRs = podCidrs === 'given' ? [given ?? ''] : [...podCidrs];
          register(world, 'worker-60', ...podCIDRs);
        }
        const args = ['explain', 'worker-60', '-o', 'json', '--kubernetes', 'kubeconfig'];
        const { checks } = JSON.parse((await podroutes(args, allocating)).stdout);
        const claim = checks.find(({ check }: { check: string }) => check === 'claim');
        expect(claim.evidence).toMatch(says);
      }),
  );

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
