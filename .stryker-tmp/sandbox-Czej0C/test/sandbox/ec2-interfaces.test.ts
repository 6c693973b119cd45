// @ts-nocheck
import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  DeleteNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DetachNetworkInterfaceCommand,
  type EC2Client,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import {
  attachInterface,
  createInterface,
  deleteInterface,
  detachInterface,
} from '../../shared/sandbox/ec2/interfaces.ts';
import { createNetwork, launch, readRoutes, refusal, text, withSandbox } from './setup.ts';

const UNKNOWN = {
  instance: 'i-0123456789abcdef0',
  other: 'i-0fedcba9876543210',
  eni: 'eni-0123456789abcdef0',
};

/** A worker with its own interface, and a second one beside it at 10.0.1.50 and 10.0.1.51. */
async function attachSecond(ec2: EC2Client) {
  const network = await createNetwork(ec2);
  const instance = await launch(ec2, network.subnet, { PrivateIpAddress: '10.0.1.20' });
  const { NetworkInterface } = await ec2.send(
    new CreateNetworkInterfaceCommand({
      SubnetId: network.subnet,
      PrivateIpAddresses: [
        { PrivateIpAddress: '10.0.1.50', Primary: true },
        { PrivateIpAddress: '10.0.1.51' },
      ],
    }),
  );
  const second = text(NetworkInterface?.NetworkInterfaceId);
  const { AttachmentId } = await ec2.send(
    new AttachNetworkInterfaceCommand({ NetworkInterfaceId: second, InstanceId: instance, DeviceIndex: 1 }),
  );
  return { ...network, instance, second, attachment: text(AttachmentId) };
}

async function statuses(ec2: EC2Client, ids: string[]) {
  const { NetworkInterfaces = [] } = await ec2.send(
    new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ids }),
  );
  return NetworkInterfaces.map(({ Status, Attachment }) => [Status, Attachment?.InstanceId]);
}

describe('Interfaces of the sandbox EC2', () => {
  it('exist detached, attached and detached again, until they are deleted', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { instance, second, attachment, subnet } = await attachSecond(ec2);
      expect(await statuses(ec2, [second])).toEqual([['in-use', instance]]);
      await ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId: attachment, Force: true }));
      expect(await statuses(ec2, [second])).toEqual([['available', undefined]]);
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instance] }));
      expect(Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces).toHaveLength(1);
      await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: second }));
      const gone = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [second] });
      expect(await refusal(ec2.send(gone))).toMatchObject({ code: 'InvalidNetworkInterfaceID.NotFound' });
      const freed = { SubnetId: subnet, PrivateIpAddress: '10.0.1.51' };
      await ec2.send(new CreateNetworkInterfaceCommand(freed));
    }));

  it('stay behind a terminated instance that they were attached to', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { instance, second } = await attachSecond(ec2);
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
      expect(await statuses(ec2, [second])).toEqual([['available', undefined]]);
    }));

  it('make a route to them a blackhole that names them, detached and deleted', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { table, instance, second, attachment } = await attachSecond(ec2);
      const DestinationCidrBlock = '10.200.0.0/24';
      await ec2.send(
        new CreateRouteCommand({ RouteTableId: table, DestinationCidrBlock, NetworkInterfaceId: second }),
      );
      const read = async () => (await readRoutes(ec2, table)).get(DestinationCidrBlock);
      expect(await read()).toMatchObject({ State: 'active', InstanceId: instance });
      await ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId: attachment }));
      const blackhole = {
        DestinationCidrBlock,
        NetworkInterfaceId: second,
        Origin: 'CreateRoute',
        State: 'blackhole',
      };
      expect(await read()).toEqual(blackhole);
      await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: second }));
      expect(await read()).toEqual(blackhole);
    }));

  it('are made, attached, detached and deleted by the functions of the sandbox as well', () =>
    withSandbox({}, async ({ sandbox, ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const instance = await launch(ec2, subnet);
      const { id } = createInterface(sandbox.ec2, { subnet });
      const attachment = attachInterface(sandbox.ec2, id, instance, 1);
      expect(await statuses(ec2, [id])).toEqual([['in-use', instance]]);
      detachInterface(sandbox.ec2, attachment.id);
      expect(await statuses(ec2, [id])).toEqual([['available', undefined]]);
      deleteInterface(sandbox.ec2, id);
      expect(sandbox.ec2.state.interfaces.has(id)).toBe(false);
    }));

  type Found = Awaited<ReturnType<typeof attachSecond>>;
  const filters: [string, (found: Found) => string, string[]][] = [
    ['network-interface-id', ({ second }) => second, ['10.0.1.50']],
    ['attachment.instance-id', ({ instance }) => instance, ['10.0.1.20', '10.0.1.50']],
    ['attachment.attachment-id', ({ attachment }) => attachment, ['10.0.1.50']],
    ['vpc-id', ({ vpc }) => vpc, ['10.0.1.20', '10.0.1.50']],
    ['subnet-id', () => 'subnet-0123456789abcdef0', []],
    ['private-ip-address', () => '10.0.1.51', ['10.0.1.50']],
    ['addresses.private-ip-address', () => '10.0.1.5?', ['10.0.1.50']],
    ['private-dns-name', () => 'ip-10-0-1-50.ec2.internal', ['10.0.1.50']],
    ['private-ip-address', () => '10.0.1.52', []],
  ];
  it.each(filters)('are found by %s', (Name, value, expected) =>
    withSandbox({}, async ({ ec2 }) => {
      const Filters = [{ Name, Values: [value(await attachSecond(ec2))] }];
      const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
      expect(NetworkInterfaces.map(({ PrivateIpAddress }) => PrivateIpAddress)).toEqual(expected);
    }),
  );

  const refused: [string, (ec2: EC2Client, found: Found) => Promise<unknown>, string, string][] = [
    [
      'an interface that is not there',
      (ec2) => ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [UNKNOWN.eni] })),
      'InvalidNetworkInterfaceID.NotFound',
      `The networkInterface ID '${UNKNOWN.eni}' does not exist`,
    ],
    [
      'a deletion of what is attached',
      (ec2, { second }) => ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: second })),
      'InvalidParameterValue',
      'is currently in use.',
    ],
    [
      'an attachment that is not there',
      (ec2) => ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId: 'eni-attach-0123456789abcdef0' })),
      'InvalidAttachmentID.NotFound',
      "The attachment ID 'eni-attach-0123456789abcdef0' does not exist",
    ],
    [
      'to detach the primary interface',
      async (ec2, { instance }) => {
        const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instance] }));
        const [primary] = Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces ?? [];
        const AttachmentId = primary?.Attachment?.AttachmentId;
        return ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId }));
      },
      'OperationNotPermitted',
      'The network interface at device index 0 and networkCard index 0 cannot be detached.',
    ],
    [
      'several unknown instances, naming all of them',
      (ec2, { instance }) =>
        ec2.send(new DescribeInstancesCommand({ InstanceIds: [UNKNOWN.instance, instance, UNKNOWN.other] })),
      'InvalidInstanceID.NotFound',
      `The instance IDs '${UNKNOWN.instance}, ${UNKNOWN.other}' do not exist`,
    ],
    [
      'one unknown instance',
      (ec2) => ec2.send(new DescribeInstancesCommand({ InstanceIds: [UNKNOWN.instance] })),
      'InvalidInstanceID.NotFound',
      `The instance ID '${UNKNOWN.instance}' does not exist`,
    ],
    [
      'a malformed id of an instance',
      (ec2) => ec2.send(new DescribeInstancesCommand({ InstanceIds: ['i-12'] })),
      'InvalidInstanceID.Malformed',
      'Invalid id: "i-12"',
    ],
  ];
  it.each(refused)('refuse %s', (_case, call, code, message) =>
    withSandbox({}, async ({ ec2 }) => {
      const found = await attachSecond(ec2);
      expect(await refusal(call(ec2, found))).toEqual({
        code,
        status: 400,
        message: expect.stringContaining(message),
      });
    }),
  );
});
