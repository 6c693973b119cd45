// @ts-nocheck
import {
  AssociateRouteTableCommand,
  CreateRouteTableCommand,
  CreateTagsCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  type DescribeRouteTablesCommandInput,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  type EC2Client,
  paginateDescribeInstances,
  paginateDescribeRouteTables,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { launchInstances } from '../../shared/sandbox/ec2/instances.ts';
import { createSubnet, createVpc, readCidr } from '../../shared/sandbox/ec2/network.ts';
import { createNetwork, launch, refusal, text, withSandbox } from './setup.ts';

async function names(ec2: EC2Client, input: DescribeInstancesCommandInput): Promise<readonly string[]> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand(input));
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
  return instances.map(({ Tags = [] }) => Tags.find(({ Key }) => Key === 'Name')?.Value ?? '');
}

function named(name: string, more: Record<string, string> = {}) {
  const Tags = Object.entries({ Name: name, ...more }).map(([Key, Value]) => ({ Key, Value }));
  return { TagSpecifications: [{ ResourceType: 'instance' as const, Tags }] };
}

async function launchThree(ec2: EC2Client) {
  const network = await createNetwork(ec2);
  const cluster = { 'kubernetes.io/cluster/kthw': 'owned' };
  const place = (last: number) => ({ PrivateIpAddress: `10.0.1.${last}` });
  const ids = [
    await launch(ec2, network.subnet, { ...named('worker-0', cluster), ...place(20) }),
    await launch(ec2, network.subnet, { ...named('worker-1', cluster), ...place(21) }),
    await launch(ec2, network.subnet, { ...named('bastion*'), ...place(22) }),
  ];
  await ec2.send(new StopInstancesCommand({ InstanceIds: [text(ids[1])] }));
  return { ...network, ids };
}

describe('Describe calls of the sandbox EC2', () => {
  const filters: [string, string[], string[]][] = [
    ['instance-state-name', ['running'], ['worker-0', 'bastion*']],
    ['instance-state-name', ['running', 'stopped'], ['worker-0', 'worker-1', 'bastion*']],
    ['tag:Name', ['worker-*'], ['worker-0', 'worker-1']],
    ['tag:Name', ['worker-?'], ['worker-0', 'worker-1']],
    ['tag:Name', ['worker?'], []],
    ['tag:Name', ['Worker-0'], []],
    ['tag:Name', ['bastion\\*'], ['bastion*']],
    ['tag:Name', ['*n\\*'], ['bastion*']],
    ['tag:Name', ['worker.0'], []],
    ['tag-key', ['kubernetes.io/cluster/*'], ['worker-0', 'worker-1']],
    ['tag:kubernetes.io/cluster/kthw', ['owned', 'shared'], ['worker-0', 'worker-1']],
    ['private-ip-address', ['10.0.1.21', '10.0.1.22'], ['worker-1', 'bastion*']],
    ['private-dns-name', ['ip-10-0-1-21.ec2.internal'], ['worker-1']],
    ['network-interface.private-dns-name', ['ip-10-0-1-2?.*'], ['worker-0', 'worker-1', 'bastion*']],
    ['network-interface.addresses.private-ip-address', ['10.0.1.20'], ['worker-0']],
    ['availability-zone', ['us-east-1a'], ['worker-0', 'worker-1', 'bastion*']],
    ['availability-zone', ['us-east-1b'], []],
  ];
  it.each(filters)('finds instances by %s %j: %j', (Name, Values, expected) =>
    withSandbox({}, async ({ ec2 }) => {
      await launchThree(ec2);
      expect(await names(ec2, { Filters: [{ Name, Values }] })).toEqual(expected);
    }),
  );

  it('finds instances by id, VPC, subnet and interface, and joins filters by and', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { vpc, subnet, ids } = await launchThree(ec2);
      const [first = '', second = ''] = ids;
      const [eni = ''] = sandbox.ec2.state.instances.get(first)?.interfaces ?? [];
      const find = (filter: Record<string, string[]>) =>
        names(ec2, { Filters: Object.entries(filter).map(([Name, Values]) => ({ Name, Values })) });
      expect(await find({ 'instance-id': [second, first] })).toEqual(['worker-0', 'worker-1']);
      expect(await find({ 'vpc-id': [vpc], 'instance-id': [second] })).toEqual(['worker-1']);
      expect(await find({ 'subnet-id': [subnet], 'tag-key': ['Nothing'] })).toEqual([]);
      expect(await find({ 'network-interface.network-interface-id': [eni] })).toEqual(['worker-0']);
      expect(await names(ec2, { InstanceIds: [second] })).toEqual(['worker-1']);
    }));

  const refused: [string, DescribeInstancesCommandInput, string][] = [
    [
      'a filter that it does not model, and says so',
      { Filters: [{ Name: 'root-device-name', Values: ['/dev/xvda'] }] },
      'UnsupportedOperation',
    ],
    [
      'more than 200 values of one filter',
      { Filters: [{ Name: 'instance-id', Values: Array.from({ length: 201 }, (_, i) => `i-${i}`) }] },
      'FilterLimitExceeded',
    ],
    ['pages of 4', { MaxResults: 4 }, 'InvalidParameterValue'],
    ['pages of 1001', { MaxResults: 1001 }, 'InvalidParameterValue'],
    ['pages of named instances', { MaxResults: 5, InstanceIds: ['SELF'] }, 'InvalidParameterCombination'],
    ['a page token of its own making', { MaxResults: 5, NextToken: 'bm9uc2Vuc2U' }, 'InvalidParameterValue'],
    ['an unknown id', { InstanceIds: ['SELF', 'i-0123456789abcdef0'] }, 'InvalidInstanceID.NotFound'],
    ['a malformed id', { InstanceIds: ['i-xyz'] }, 'InvalidInstanceID.Malformed'],
  ];
  it.each(refused)('refuses %s', (_case, input, code) =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const self = await launch(ec2, subnet);
      const InstanceIds = input.InstanceIds?.map((id) => (id === 'SELF' ? self : id));
      const command = new DescribeInstancesCommand(InstanceIds ? { ...input, InstanceIds } : input);
      expect(await refusal(ec2.send(command))).toMatchObject({ code, status: 400 });
    }),
  );

  it('accepts 200 values of one filter', () =>
    withSandbox({}, async ({ ec2 }) => {
      const Values = Array.from({ length: 200 }, (_, i) => `i-${i}`);
      expect(await names(ec2, { Filters: [{ Name: 'instance-id', Values }] })).toEqual([]);
    }));

  it('pages thousands of instances without missing or repeating one', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const vpc = createVpc(sandbox.ec2, [readCidr('10.0.0.0/16', 'cidrBlock', 4)]);
      const cidr = readCidr('10.0.128.0/17', 'cidrBlock', 4);
      const { id: subnet } = createSubnet(sandbox.ec2, { vpc: vpc.id, cidr });
      launchInstances(sandbox.ec2, { count: 2_500, interfaces: [{ deviceIndex: 0, spec: { subnet } }] });
      const seen: string[] = [];
      const sizes: number[] = [];
      for await (const page of paginateDescribeInstances({ client: ec2, pageSize: 1000 }, {})) {
        const instances = (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
        sizes.push(instances.length);
        seen.push(...instances.map(({ InstanceId }) => text(InstanceId)));
      }
      expect(sizes).toEqual([1000, 1000, 500]);
      expect(seen).toEqual([...sandbox.ec2.state.instances.keys()]);
    }));

  it('keeps to its pages when instances are launched in between', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      for (let i = 0; i < 7; i += 1) await launch(ec2, subnet, named(`worker-${i}`));
      const first = await ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }));
      await launch(ec2, subnet, named('late'));
      const rest = await names(ec2, { MaxResults: 5, NextToken: text(first.NextToken) });
      expect(rest).toEqual(['worker-5', 'worker-6', 'late']);
    }));

  it('puts the instances of one launch in one reservation', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      await launch(ec2, subnet, { MinCount: 2, MaxCount: 2 });
      await launch(ec2, subnet);
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
      expect(Reservations.map(({ Instances }) => Instances?.length)).toEqual([2, 1]);
      expect(Reservations[0]?.Instances?.map(({ AmiLaunchIndex }) => AmiLaunchIndex)).toEqual([0, 1]);
    }));

  const tableFilters: [string, (n: Tables) => DescribeRouteTablesCommandInput, (keyof Tables)[]][] = [
    ['its id', ({ a }) => ({ RouteTableIds: [a] }), ['a']],
    ['a filter on its id', ({ b }) => ({ Filters: [{ Name: 'route-table-id', Values: [b] }] }), ['b']],
    ['the VPC', ({ vpc }) => ({ Filters: [{ Name: 'vpc-id', Values: [vpc] }] }), ['main', 'a', 'b']],
    ['a tag', () => ({ Filters: [{ Name: 'tag:role', Values: ['pods'] }] }), ['b']],
    ['a tag key', () => ({ Filters: [{ Name: 'tag-key', Values: ['ro*'] }] }), ['b']],
    ['being main', () => ({ Filters: [{ Name: 'association.main', Values: ['true'] }] }), ['main']],
    [
      'its subnet',
      ({ subnet }) => ({ Filters: [{ Name: 'association.subnet-id', Values: [subnet] }] }),
      ['a'],
    ],
  ];
  interface Tables {
    readonly vpc: string;
    readonly subnet: string;
    readonly main: string;
    readonly a: string;
    readonly b: string;
  }
  it.each(tableFilters)('finds route tables by %s', (_case, input, expected) =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { vpc, subnet, table } = await createNetwork(ec2);
      const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpc }));
      const other = text(RouteTable?.RouteTableId);
      await ec2.send(new CreateTagsCommand({ Resources: [other], Tags: [{ Key: 'role', Value: 'pods' }] }));
      const main = [...sandbox.ec2.state.routeTables.values()].find((entry) => entry.main)?.id ?? '';
      const tables = { vpc, subnet, main, a: table, b: other };
      const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand(input(tables)));
      const found = RouteTables.map(({ RouteTableId }) => RouteTableId);
      expect(found).toEqual(expected.map((name) => tables[name]));
    }),
  );

  it('pages route tables by at most 100', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { vpc } = await createNetwork(ec2);
      for (let i = 0; i < 10; i += 1) await ec2.send(new CreateRouteTableCommand({ VpcId: vpc }));
      const sizes: (number | undefined)[] = [];
      for await (const page of paginateDescribeRouteTables({ client: ec2, pageSize: 5 }, {})) {
        sizes.push(page.RouteTables?.length);
      }
      expect(sizes).toEqual([5, 5, 2]);
      const tooMany = new DescribeRouteTablesCommand({ MaxResults: 101 });
      expect(await refusal(ec2.send(tooMany))).toMatchObject({ code: 'InvalidParameterValue' });
      const unknown = new DescribeRouteTablesCommand({ RouteTableIds: ['rtb-0123456789abcdef0'] });
      expect(await refusal(ec2.send(unknown))).toMatchObject({ code: 'InvalidRouteTableID.NotFound' });
    }));

  it('lets a subnet have one table', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { vpc, subnet } = await createNetwork(ec2);
      const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpc }));
      const second = { RouteTableId: text(RouteTable?.RouteTableId), SubnetId: subnet };
      expect(await refusal(ec2.send(new AssociateRouteTableCommand(second)))).toMatchObject({
        code: 'Resource.AlreadyAssociated',
      });
    }));

  it('shows interfaces with their attachment, subnets and VPCs with their ranges', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { vpc, subnet, ids } = await launchThree(ec2);
      const filter = { Filters: [{ Name: 'attachment.instance-id', Values: [text(ids[0])] }] };
      const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand(filter));
      expect(NetworkInterfaces).toMatchObject([
        {
          VpcId: vpc,
          SubnetId: subnet,
          PrivateIpAddress: '10.0.1.20',
          SourceDestCheck: true,
          Status: 'in-use',
          Attachment: { InstanceId: ids[0], DeviceIndex: 0, Status: 'attached' },
        },
      ]);
      const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnet] }));
      expect(Subnets).toMatchObject([
        { VpcId: vpc, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-east-1a' },
      ]);
    }));

  it('lists tags by resource and key', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { ids } = await launchThree(ec2);
      const Filters = [
        { Name: 'resource-id', Values: [text(ids[0])] },
        { Name: 'key', Values: ['kube*'] },
      ];
      const { Tags } = await ec2.send(new DescribeTagsCommand({ Filters }));
      expect(Tags).toEqual([
        { ResourceId: ids[0], ResourceType: 'instance', Key: 'kubernetes.io/cluster/kthw', Value: 'owned' },
      ]);
    }));

  it('refuses parameters that it does not model instead of ignoring them', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const call = launch(ec2, subnet, { Placement: { AvailabilityZone: 'us-east-1b' } });
      expect(await refusal(call)).toMatchObject({
        code: 'UnsupportedOperation',
        message: expect.stringContaining('Placement.AvailabilityZone'),
      });
    }));

  it('carries tag values with markup and other alphabets unchanged', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const name = `<a href="x">'&amp; ワーカー 🛰 + % \\`;
      await launch(ec2, subnet, named(name));
      expect(await names(ec2, {})).toEqual([name]);
    }));
});
