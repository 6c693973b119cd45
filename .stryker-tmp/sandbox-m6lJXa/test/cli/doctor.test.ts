// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { podroutes } from './built-command.ts';
import { CLOUDS, type ClusterWorld, withWorld } from './cluster-world.ts';
import { codesOf, doctor, withAwsPatient, withAzurePatient } from './doctor-world.ts';

describe('What could not be read', () => {
  it('is named on AWS, and it is not said that all is well', () =>
    withAwsPatient(async ({ world }) => {
      world.fail('firewalls', { code: 'UnauthorizedOperation', status: 403, times: 2 });
      await expectGap(world, 'network ACLs', 'UnauthorizedOperation');
    }));

  it('is named on Azure, and it is not said that all is well', () =>
    withAzurePatient(async ({ world, putGroup, putSubnet }) => {
      const id = await putGroup([]);
      await putSubnet((subnet) => ({ ...subnet, networkSecurityGroup: { id } }));
      world.fail('firewalls', { code: 'AuthorizationFailed', status: 403, times: 2 });
      await expectGap(world, `network security group ${id.toLowerCase()}`, 'AuthorizationFailed');
    }));
});

async function expectGap(world: ClusterWorld, what: string, code: string): Promise<void> {
  const found = await doctor(world);
  expect(found).toMatchObject({ exit: 1, problems: [], unchecked: [{ what, code }] });
  const { stdout } = await podroutes(['doctor'], world.env);
  expect(stdout).toMatch(/\nNothing was found in what could be read\. 1 thing could not be checked\.\n$/);
}

describe.each(CLOUDS)('doctor on %s', (cloud) => {
  it('names the faults of the cluster of the sandbox', () =>
    withWorld(cloud, async (world) => {
      expect(codesOf(await doctor(world)).sort()).toEqual([
        'certain forwarding-disabled',
        'certain malformed-claim',
        'certain route-missing',
        'certain route-wrong-next-hop',
        // The default group of a VPC lets in its members alone.
        ...(cloud === 'aws' ? ['likely security-group-blocks'] : []),
      ]);
    }));

  it('keeps to the nodes that were asked about', () =>
    withWorld(cloud, async (world) => {
      const found = await doctor(world, 'worker-0', 'worker-2');
      const ofRoutes = found.problems.filter(({ code }) => code.startsWith('route-'));
      expect(ofRoutes.map(({ code, nodes }) => [code, nodes])).toEqual([
        ['route-wrong-next-hop', ['worker-2']],
      ]);
      expect(found.problems.map(({ code }) => code)).not.toContain('forwarding-disabled');
    }));

  it('reads well', () =>
    withWorld(cloud, async (world) => {
      const { code, stdout } = await podroutes(['doctor', 'worker-1'], world.env);
      expect(code).toBe(3);
      expect(stdout).toMatch(
        /certain route-missing\n {4}There is no route to 10\.200\.1\.0\/24 in kubernetes-routes: /,
      );
      expect(stdout).toMatch(/\n {4}\$ podroutes reconcile worker-1\n {4}docs\/doctor\/route-missing\.md\n/);
      expect(stdout).toMatch(/\n\d problems: \d certain.*\.\n$/);
    }));

  it('refuses a node that is not there, and a third one', () =>
    withWorld(cloud, async (world) => {
      const unknown = await podroutes(['doctor', 'worker-77'], world.env);
      expect(unknown).toMatchObject({ code: 1, stdout: '' });
      expect(unknown.stderr).toMatch(/^podroutes: there is no node "worker-77" among /);
      const third = await podroutes(['doctor', 'worker-0', 'worker-1', 'worker-2'], world.env);
      expect(third.code).toBe(2);
    }));

  it('changes nothing', () =>
    withWorld(cloud, async (world) => {
      await podroutes(['doctor'], world.env);
      expect(world.writes()).toEqual([]);
    }));
});
