import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  type EC2Client,
  type Instance,
  ModifyInstanceAttributeCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { completeTransitions } from '../../shared/sandbox/ec2/instances.ts';
import { createClock, createNetwork, launch, refusal, text, withSandbox } from './setup.ts';

async function readInstance(ec2: EC2Client, id: string): Promise<Instance> {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  const instance = Reservations?.[0]?.Instances?.[0];
  if (instance === undefined) throw new Error(`${id} is not described`);
  return instance;
}

async function readState(ec2: EC2Client, id: string): Promise<string | undefined> {
  return (await readInstance(ec2, id)).State?.Name;
}

const base64 = (content: string) => Buffer.from(content).toString('base64');

describe('Instances of the sandbox EC2', () => {
  it('launch with what was asked for', () => {
    const clock = createClock();
    return withSandbox({ now: clock.now }, async ({ ec2 }) => {
      const { vpc, subnet } = await createNetwork(ec2);
      const id = await launch(ec2, subnet, {
        PrivateIpAddress: '10.0.1.20',
        InstanceType: 'm7g.large',
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'worker-0' }] }],
      });
      expect(id).toMatch(/^i-[0-9a-f]{17}$/);
      expect(await readInstance(ec2, id)).toMatchObject({
        InstanceId: id,
        InstanceType: 'm7g.large',
        State: { Code: 16, Name: 'running' },
        LaunchTime: new Date(clock.now()),
        VpcId: vpc,
        SubnetId: subnet,
        PrivateIpAddress: '10.0.1.20',
        PrivateDnsName: 'ip-10-0-1-20.ec2.internal',
        SourceDestCheck: true,
        Tags: [{ Key: 'Name', Value: 'worker-0' }],
        NetworkInterfaces: [
          { PrivateIpAddress: '10.0.1.20', Attachment: { DeviceIndex: 0, DeleteOnTermination: true } },
        ],
      });
    });
  });

  it('go through their states one by one where transitions are manual', () =>
    withSandbox({ transitions: 'manual' }, async ({ sandbox, ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const id = await launch(ec2, subnet);
      const seen: (string | undefined)[] = [];
      const note = async () => seen.push(await readState(ec2, id));
      const settle = async () => {
        await note();
        completeTransitions(sandbox.ec2);
        await note();
      };
      await settle();
      await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
      await settle();
      await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
      await settle();
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
      await settle();
      expect(seen).toEqual([
        'pending',
        'running',
        'stopping',
        'stopped',
        'pending',
        'running',
        'shutting-down',
        'terminated',
      ]);
    }));

  it('answer a state change with the state before and the one entered', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const InstanceIds = [await launch(ec2, subnet)];
      const { StoppingInstances } = await ec2.send(new StopInstancesCommand({ InstanceIds }));
      expect(StoppingInstances).toEqual([
        {
          InstanceId: InstanceIds[0],
          PreviousState: { Code: 16, Name: 'running' },
          CurrentState: { Code: 64, Name: 'stopping' },
        },
      ]);
    }));

  it('have a new launch time after each start', () => {
    const clock = createClock();
    return withSandbox({ now: clock.now }, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const id = await launch(ec2, subnet);
      const first = (await readInstance(ec2, id)).LaunchTime;
      clock.advance(60_000);
      await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
      expect((await readInstance(ec2, id)).LaunchTime).toEqual(first);
      await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
      expect((await readInstance(ec2, id)).LaunchTime).toEqual(new Date(clock.now()));
    });
  });

  it('stay visible for a while once terminated, with tags but without a network', () => {
    const clock = createClock();
    return withSandbox({ now: clock.now, terminatedVisibleMs: 1000 }, async ({ sandbox, ec2 }) => {
      const { vpc, subnet } = await createNetwork(ec2);
      const id = await launch(ec2, subnet, {
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'worker-0' }] }],
      });
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
      const instance = await readInstance(ec2, id);
      expect(instance.State?.Name).toBe('terminated');
      expect(instance.Tags).toEqual([{ Key: 'Name', Value: 'worker-0' }]);
      expect(instance.NetworkInterfaces).toEqual([]);
      expect([instance.VpcId, instance.SubnetId, instance.PrivateIpAddress]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      const inVpc = new DescribeInstancesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpc] }] });
      expect((await ec2.send(inVpc)).Reservations).toEqual([]);
      expect(sandbox.ec2.state.interfaces.size).toBe(0);
      clock.advance(1000);
      const byId = new DescribeInstancesCommand({ InstanceIds: [id] });
      expect(await refusal(ec2.send(byId))).toMatchObject({ code: 'InvalidInstanceID.NotFound' });
      expect((await ec2.send(new DescribeInstancesCommand({}))).Reservations).toEqual([]);
    });
  });

  it('can be terminated twice, but not started again', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const InstanceIds = [await launch(ec2, subnet)];
      await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
      await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
      for (const command of [
        new StartInstancesCommand({ InstanceIds }),
        new StopInstancesCommand({ InstanceIds }),
      ]) {
        expect(await refusal(ec2.send(command))).toMatchObject({ code: 'IncorrectInstanceState' });
      }
    }));

  it('are all left alone when one of a call is refused', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const id = await launch(ec2, subnet);
      const InstanceIds = [id, 'i-0123456789abcdef0'];
      const refused = await refusal(ec2.send(new TerminateInstancesCommand({ InstanceIds })));
      expect(refused.code).toBe('InvalidInstanceID.NotFound');
      expect(await readState(ec2, id)).toBe('running');
    }));

  it('are launched once by two calls with the same client token', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const ids = [
        await launch(ec2, subnet, { ClientToken: 'once' }),
        await launch(ec2, subnet, { ClientToken: 'once' }),
      ];
      expect(ids[0]).toBe(ids[1]);
      expect(sandbox.ec2.state.instances.size).toBe(1);
    }));

  it('keep their interfaces in order of device index, the attached ones beyond their end', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const id = await launch(ec2, subnet, {
        NetworkInterfaces: [
          { DeviceIndex: 1, SubnetId: subnet, PrivateIpAddress: '10.0.1.31' },
          { DeviceIndex: 0, SubnetId: subnet, PrivateIpAddress: '10.0.1.30' },
        ],
      });
      const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnet }));
      const NetworkInterfaceId = text(NetworkInterface?.NetworkInterfaceId);
      await ec2.send(
        new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId: id, DeviceIndex: 2 }),
      );
      const instance = await readInstance(ec2, id);
      expect(instance.PrivateIpAddress).toBe('10.0.1.30');
      expect(instance.NetworkInterfaces?.map((entry) => entry.Attachment?.DeviceIndex)).toEqual([0, 1, 2]);
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
      expect([...sandbox.ec2.state.interfaces.values()]).toMatchObject([
        { id: NetworkInterfaceId, attachment: null },
      ]);
    }));

  it('get the lowest free address, and give it back at their end', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const launched = [await launch(ec2, subnet), await launch(ec2, subnet)];
      const addressOf = async (id: string | undefined) =>
        (await readInstance(ec2, text(id))).PrivateIpAddress;
      expect([await addressOf(launched[0]), await addressOf(launched[1])]).toEqual(['10.0.1.4', '10.0.1.5']);
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [text(launched[0])] }));
      expect(await addressOf(await launch(ec2, subnet))).toBe('10.0.1.4');
      expect(await addressOf(await launch(ec2, subnet))).toBe('10.0.1.6');
    }));

  it('get IPv6 addresses, given or counted', () =>
    withSandbox({}, async ({ ec2 }) => {
      const vpc = await ec2.send(
        new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true }),
      );
      const { Subnet } = await ec2.send(
        new CreateSubnetCommand({
          VpcId: text(vpc.Vpc?.VpcId),
          CidrBlock: '10.0.1.0/24',
          Ipv6CidrBlock: '2001:db8:1234:1a01::/64',
        }),
      );
      const SubnetId = text(Subnet?.SubnetId);
      const id = await launch(ec2, SubnetId, {
        NetworkInterfaces: [
          {
            DeviceIndex: 0,
            SubnetId,
            Ipv6AddressCount: 1,
            Ipv6Addresses: [{ Ipv6Address: '2001:db8:1234:1a01::a' }],
          },
        ],
      });
      const [only] = (await readInstance(ec2, id)).NetworkInterfaces ?? [];
      expect(only?.Ipv6Addresses).toEqual([
        { Ipv6Address: '2001:db8:1234:1a01::a' },
        { Ipv6Address: '2001:db8:1234:1a01::4' },
      ]);
    }));

  const tooLong = base64('x'.repeat(16_385));
  const refusedLaunches: [string, (subnet: string) => Partial<RunInstancesCommandInput>, string][] = [
    ['an address in use', () => ({ PrivateIpAddress: '10.0.1.20' }), 'InvalidIPAddress.InUse'],
    ['an address of another subnet', () => ({ PrivateIpAddress: '10.0.2.20' }), 'InvalidParameterValue'],
    [
      'one address for two',
      () => ({ PrivateIpAddress: '10.0.1.21', MaxCount: 2 }),
      'InvalidParameterCombination',
    ],
    ['an unknown subnet', () => ({ SubnetId: 'subnet-0123456789abcdef0' }), 'InvalidSubnetID.NotFound'],
    ['more than the subnet holds', () => ({ MaxCount: 300 }), 'InsufficientFreeAddressesInSubnet'],
    ['fewer at most than at least', () => ({ MinCount: 2 }), 'InvalidParameterValue'],
    ['user data that is not base64', () => ({ UserData: 'pod-cidr=1' }), 'InvalidUserData.Malformed'],
    ['more than 16 KiB of user data', () => ({ UserData: tooLong }), 'InvalidParameterValue'],
    [
      'a subnet beside interfaces',
      (subnet) => ({ SubnetId: subnet, NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: subnet }] }),
      'InvalidParameterCombination',
    ],
    [
      'no interface at device index 0',
      (subnet) => ({ NetworkInterfaces: [{ DeviceIndex: 1, SubnetId: subnet }] }),
      'InvalidParameterValue',
    ],
    [
      'a second interface with an address in use',
      (subnet) => ({
        NetworkInterfaces: [
          { DeviceIndex: 0, SubnetId: subnet },
          { DeviceIndex: 1, SubnetId: subnet, PrivateIpAddress: '10.0.1.20' },
        ],
      }),
      'InvalidIPAddress.InUse',
    ],
  ];
  it.each(refusedLaunches)('are not launched with %s', (_case, more, code) =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      await launch(ec2, subnet, { PrivateIpAddress: '10.0.1.20' });
      expect(await refusal(launch(ec2, subnet, more(subnet)))).toMatchObject({ code, status: 400 });
      expect([sandbox.ec2.state.instances.size, sandbox.ec2.state.interfaces.size]).toEqual([1, 1]);
      const next = await launch(ec2, subnet);
      expect((await readInstance(ec2, next)).PrivateIpAddress).toBe('10.0.1.4');
    }),
  );

  it('are refused without a subnet, as there is no default VPC', () =>
    withSandbox({}, async ({ ec2 }) => {
      const command = new RunInstancesCommand({ ImageId: 'ami-1', MinCount: 1, MaxCount: 1 });
      expect(await refusal(ec2.send(command))).toMatchObject({ code: 'VPCIdNotSpecified' });
    }));

  it('show their user data only when asked, and let it change only while stopped', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const first = 'name=worker-0|pod-cidr=10.200.0.0/24';
      const id = await launch(ec2, subnet, { UserData: base64(first) });
      const read = async () => {
        const command = new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' });
        const { UserData } = await ec2.send(command);
        return Buffer.from(UserData?.Value ?? '', 'base64').toString();
      };
      const change = () =>
        ec2.send(
          new ModifyInstanceAttributeCommand({
            InstanceId: id,
            UserData: { Value: Buffer.from('pod-cidr=none') },
          }),
        );
      expect(await read()).toBe(first);
      expect(await refusal(change())).toMatchObject({ code: 'IncorrectInstanceState' });
      await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
      await change();
      expect(await read()).toBe('pod-cidr=none');
    }));

  it('have no user data value where none was given', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const InstanceId = await launch(ec2, subnet);
      const command = new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' });
      expect((await ec2.send(command)).UserData?.Value).toBeUndefined();
    }));

  it('let their source/destination check be switched by instance or by interface', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const InstanceId = await launch(ec2, subnet);
      await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, SourceDestCheck: { Value: false } }));
      const off = await readInstance(ec2, InstanceId);
      expect([off.SourceDestCheck, off.NetworkInterfaces?.[0]?.SourceDestCheck]).toEqual([false, false]);
      const NetworkInterfaceId = text(off.NetworkInterfaces?.[0]?.NetworkInterfaceId);
      await ec2.send(
        new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, SourceDestCheck: { Value: true } }),
      );
      const attribute = new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'sourceDestCheck' });
      expect((await ec2.send(attribute)).SourceDestCheck?.Value).toBe(true);
    }));

  it('have the same ids in every run with the same seed', async () => {
    const run = async (seed: number) => {
      const ids: string[] = [];
      await withSandbox({ seed }, async ({ ec2 }) => {
        const network = await createNetwork(ec2);
        ids.push(...Object.values(network), await launch(ec2, network.subnet));
      });
      return ids;
    };
    const first = await run(7);
    expect(await run(7)).toEqual(first);
    expect(await run(8)).not.toEqual(first);
  });
});
