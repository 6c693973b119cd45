// @ts-nocheck
import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import type { Observation } from '../../shared/core/model.ts';
import { IMAGE } from '../contract/aws-network.ts';
import type { AwsWorld } from '../contract/aws-world.ts';
import { withWorld } from './observed-world.ts';

function namesOf({ nodes }: Observation): string[] {
  return nodes.map(({ name }) => name).sort();
}

describe('What is read of nodes', () => {
  it('has a name on one line, whatever its tag says', () =>
    withWorld({}, async (world, look) => {
      await world.launch({ name: 'worker\n  $ rm -r /\u001b[8m', podCidr: '10.200.0.0/24' });
      const { nodes } = await look();
      expect(nodes.map(({ name }) => name)).toEqual(['worker   $ rm -r / [8m']);
    }));

  it('has state, addresses, claims, next hop, forwarding, network and subnet', () =>
    withWorld({}, async (world, look) => {
      await world.launch({ name: 'worker', podCidr: '10.200.0.0/24' });
      const { nodes, failures, missing } = await look();
      expect({ failures, missing }).toEqual({ failures: [], missing: [] });
      const id = world.idOf('worker');
      expect(nodes).toEqual([
        expect.objectContaining({
          id,
          name: 'worker',
          state: 'running',
          addresses: [expect.stringMatching(/^10\.0\./)],
          claims: [expect.objectContaining({ source: 'tag' })],
          claimsKnown: true,
          nextHops: {
            4: { id: expect.stringMatching(/^eni-/), shown: id },
            6: { id: expect.stringMatching(/^eni-/), shown: id },
          },
          forwarding: 'off',
          network: world.network.vpc,
          subnet: world.network.subnet,
        }),
      ]);
    }));

  it('comes page by page where there are more than a thousand', () =>
    withWorld({}, async (world, look, sandbox) => {
      await world.launchMany('many', 1_005);
      sandbox.clearCalls();
      expect((await look({}, { PODROUTES_POD_CIDR_SOURCES: 'tag' })).nodes.length).toBe(1_005);
      expect(sandbox.countCalls()['DescribeInstances']).toBe(2);
    }));

  it('comes in questions of at most 200 where they are named', () =>
    withWorld({}, async (world, look, sandbox) => {
      await world.launchMany('many', 401);
      const ids = Array.from({ length: 401 }, (_, i) => world.idOf(`many-${i}`));
      sandbox.clearCalls();
      const scope = { kind: 'nodes', ids: [...ids, 'i-0123456789abcdef0'] } as const;
      const { nodes, missing } = await look(scope, { PODROUTES_POD_CIDR_SOURCES: 'tag' });
      expect(nodes.length).toBe(401);
      expect(missing).toEqual(['i-0123456789abcdef0']);
      // Three filters, and one question about the id that none of them knew.
      expect(sandbox.countCalls()['DescribeInstances']).toBe(4);
    }));

  it.each([
    { what: 'the cluster tag', env: {}, expected: ['tagged'] },
    { what: 'another tag', env: { PODROUTES_NODE_TAG: 'role' }, expected: ['edge', 'role'] },
    { what: 'a value of another tag', env: { PODROUTES_NODE_TAG: 'role=worker' }, expected: ['role'] },
  ])('is about those that $what selects', ({ env, expected }) =>
    withWorld({}, async (world, look) => {
      await world.launch({ name: 'tagged', podCidr: '10.200.0.0/24' });
      await launchWithRole(world, 'role', 'worker');
      await launchWithRole(world, 'edge', 'edge');
      expect(namesOf(await look({}, env))).toEqual(expected);
    }),
  );

  it('is, with named tables and no selection, about whatever claims in their network', () =>
    withWorld({ namedTables: 'alone' }, async (world, look) => {
      await world.launch({ name: 'tagged', podCidr: '10.200.0.0/24' });
      await world.launch({ name: 'untagged', podCidr: '10.200.1.0/24', isNode: false });
      await world.launch({ name: 'silent', podCidr: null, isNode: false });
      expect(namesOf(await look({}, { PODROUTES_CLUSTER: '' }))).toEqual(['tagged', 'untagged']);
    }));

  it('asks for user data only where there is no tag, and never of what is gone', () =>
    withWorld({}, async (world, look, sandbox) => {
      await world.launch({ name: 'tagged', podCidr: '10.200.0.0/24' });
      await world.launch({ name: 'spoken', podCidr: '10.200.1.0/24', via: 'user-data' });
      await world.launch({ name: 'gone', podCidr: '10.200.2.0/24', via: 'user-data' });
      await world.terminate('gone');
      sandbox.clearCalls();
      const { nodes } = await look();
      expect(nodes.find(({ name }) => name === 'gone')).toMatchObject({ state: 'gone', claims: [] });
      expect(sandbox.calls.filter(({ action }) => action === 'DescribeInstanceAttribute')).toMatchObject([
        { params: { InstanceId: world.idOf('spoken') } },
      ]);
    }));

  it('says where a claim could not be read', () =>
    withWorld({}, async (world, look, sandbox) => {
      await world.launch({ name: 'spoken', podCidr: '10.200.1.0/24', via: 'user-data' });
      sandbox.failNext('DescribeInstanceAttribute', { code: 'UnauthorizedOperation' });
      const { nodes, failures } = await look();
      expect(nodes[0]?.claimsKnown).toBe(false);
      expect(failures).toMatchObject([
        { what: 'claims', id: world.idOf('spoken'), failure: { kind: 'permanent' } },
      ]);
    }));
});

async function launchWithRole({ ec2, network }: AwsWorld, name: string, role: string): Promise<void> {
  const Tags = [
    { Key: 'Name', Value: name },
    { Key: 'role', Value: role },
  ];
  await ec2.send(
    new RunInstancesCommand({
      ImageId: IMAGE,
      MinCount: 1,
      MaxCount: 1,
      SubnetId: network.subnet,
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    }),
  );
}
