// @ts-nocheck
import {
  CreateRouteCommand,
  DescribeInstancesCommand,
  type EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { createNetwork, launch, refusal, withSandbox } from './setup.ts';

const DryRun = true;
const POD = '10.200.0.0/24';

type Found = Awaited<ReturnType<typeof createNetwork>> & { readonly instance: string };

describe('A dry run on the sandbox EC2', () => {
  const calls: [string, (ec2: EC2Client, found: Found) => Promise<unknown>, string, number][] = [
    [
      'a route that could be made',
      (ec2, { table, instance }) =>
        ec2.send(
          new CreateRouteCommand({
            DryRun,
            RouteTableId: table,
            DestinationCidrBlock: POD,
            InstanceId: instance,
          }),
        ),
      'DryRunOperation',
      412,
    ],
    [
      'a read',
      (ec2, { instance }) => ec2.send(new DescribeInstancesCommand({ DryRun, InstanceIds: [instance] })),
      'DryRunOperation',
      412,
    ],
    [
      'a route to an instance that is not there',
      (ec2, { table }) =>
        ec2.send(
          new CreateRouteCommand({
            DryRun,
            RouteTableId: table,
            DestinationCidrBlock: POD,
            InstanceId: 'i-0123456789abcdef0',
          }),
        ),
      'InvalidInstanceID.NotFound',
      400,
    ],
    [
      'a launch at an address that is taken',
      (ec2, { subnet }) =>
        ec2.send(
          new RunInstancesCommand({
            DryRun,
            ImageId: 'ami-1',
            MinCount: 1,
            MaxCount: 1,
            SubnetId: subnet,
            PrivateIpAddress: '10.0.1.20',
          }),
        ),
      'InvalidIPAddress.InUse',
      400,
    ],
    [
      'a termination',
      (ec2, { instance }) => ec2.send(new TerminateInstancesCommand({ DryRun, InstanceIds: [instance] })),
      'DryRunOperation',
      412,
    ],
    [
      'a launch',
      (ec2, { subnet }) => launch(ec2, subnet, { DryRun, PrivateIpAddress: '10.0.1.21' }),
      'DryRunOperation',
      412,
    ],
  ];
  it.each(calls)('of %s answers as the call would, and leaves no trace', (_case, call, code, status) =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const network = await createNetwork(ec2);
      const instance = await launch(ec2, network.subnet, { PrivateIpAddress: '10.0.1.20' });
      const { instances, interfaces, routeTables } = sandbox.ec2.state;
      const before = structuredClone([[...instances], [...interfaces], [...routeTables]]);
      sandbox.takeEvents();
      expect(await refusal(call(ec2, { ...network, instance }))).toMatchObject({ code, status });
      expect([[...instances], [...interfaces], [...routeTables]]).toEqual(before);
      const emitted = sandbox.takeEvents().map((event) => event['detail-type']);
      expect(emitted.filter((type) => type !== 'AWS API Call via CloudTrail')).toEqual([]);
    }),
  );

  it('of what the caller may not do says so', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      sandbox.failNext('DescribeInstances', { code: 'UnauthorizedOperation' });
      const call = ec2.send(new DescribeInstancesCommand({ DryRun }));
      expect(await refusal(call)).toMatchObject({ code: 'UnauthorizedOperation', status: 403 });
    }));

  it('shifts no id of what is made after it', async () => {
    const idsAfter = async (dryRuns: number) => {
      let id = '';
      await withSandbox({ seed: 7 }, async ({ ec2 }) => {
        const { subnet } = await createNetwork(ec2);
        for (let i = 0; i < dryRuns; i += 1) await refusal(launch(ec2, subnet, { DryRun }));
        id = await launch(ec2, subnet);
      });
      return id;
    };
    expect(await idsAfter(3)).toBe(await idsAfter(0));
  });
});
