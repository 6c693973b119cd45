import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateSecurityGroupCommand,
  DeleteNetworkAclEntryCommand,
  DescribeInstancesCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DisassociateRouteTableCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ReplaceNetworkAclAssociationCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { createNetwork, launch, refusal, text, withSandbox } from './setup.ts';

const FROM_PODS = [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 90, IpRanges: [{ CidrIp: '10.200.0.0/16' }] }];

describe('Security groups of the sandbox', () => {
  it('come with a VPC: one that lets its members in, and everything out', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { vpc, subnet } = await createNetwork(ec2);
      const Filters = [{ Name: 'vpc-id', Values: [vpc] }];
      const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
      const id = text(SecurityGroups?.[0]?.GroupId);
      expect(SecurityGroups).toEqual([
        expect.objectContaining({
          GroupName: 'default',
          IpPermissions: [
            expect.objectContaining({ UserIdGroupPairs: [expect.objectContaining({ GroupId: id })] }),
          ],
          IpPermissionsEgress: [expect.objectContaining({ IpRanges: [{ CidrIp: '0.0.0.0/0' }] })],
        }),
      ]);
      const InstanceIds = [await launch(ec2, subnet)];
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds }));
      const instance = Reservations?.[0]?.Instances?.[0];
      expect(instance?.SecurityGroups).toEqual([{ GroupId: id, GroupName: 'default' }]);
      expect(instance?.NetworkInterfaces?.[0]?.Groups).toEqual([{ GroupId: id, GroupName: 'default' }]);
    }));

  it('can be made, filled, emptied and attached to interfaces', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { vpc, subnet } = await createNetwork(ec2);
      const made = await ec2.send(
        new CreateSecurityGroupCommand({ GroupName: 'nodes', Description: 'nodes', VpcId: vpc }),
      );
      const GroupId = text(made.GroupId);
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: FROM_PODS }));
      await ec2.send(
        new AuthorizeSecurityGroupEgressCommand({
          GroupId,
          IpPermissions: [{ IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] }],
        }),
      );
      const twice = ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: FROM_PODS }));
      expect(await refusal(twice)).toMatchObject({ code: 'InvalidPermission.Duplicate' });
      const GroupIds = [GroupId];
      const filled = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds }));
      expect(filled.SecurityGroups?.[0]).toMatchObject({
        IpPermissions: FROM_PODS,
        IpPermissionsEgress: [{ IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] }],
      });
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: FROM_PODS }));
      const emptied = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds }));
      expect(emptied.SecurityGroups?.[0]?.IpPermissions).toEqual([]);
      const again = ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: FROM_PODS }));
      expect(await refusal(again)).toMatchObject({ code: 'InvalidPermission.NotFound' });
      const InstanceIds = [await launch(ec2, subnet, { SubnetId: subnet, SecurityGroupIds: [GroupId] })];
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds }));
      expect(Reservations?.[0]?.Instances?.[0]?.SecurityGroups).toEqual([{ GroupId, GroupName: 'nodes' }]);
      await launch(ec2, subnet);
      const Filters = [{ Name: 'group-id', Values: GroupIds }];
      const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
      expect(NetworkInterfaces?.map(({ Attachment }) => Attachment?.InstanceId)).toEqual(InstanceIds);
    }));

  it('must exist to be attached', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const InstanceIds = [await launch(ec2, subnet)];
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds }));
      const NetworkInterfaceId =
        Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces?.[0]?.NetworkInterfaceId;
      const Groups = ['sg-00000000000000000'];
      const call = ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups }));
      expect(await refusal(call)).toMatchObject({ code: 'InvalidGroup.NotFound' });
    }));
});

describe('Network ACLs of the sandbox', () => {
  it('guard a subnet by default with one that lets everything through', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const Filters = [{ Name: 'association.subnet-id', Values: [subnet] }];
      const { NetworkAcls } = await ec2.send(new DescribeNetworkAclsCommand({ Filters }));
      const [acl] = NetworkAcls ?? [];
      expect(acl?.IsDefault).toBe(true);
      const entries = acl?.Entries?.map(({ RuleNumber, Egress, RuleAction }) => [
        RuleNumber,
        Egress,
        RuleAction,
      ]);
      expect(entries).toEqual([
        [100, false, 'allow'],
        [100, true, 'allow'],
        [32_767, false, 'deny'],
        [32_767, true, 'deny'],
      ]);
    }));

  it('can be made, filled, emptied and put before a subnet', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { vpc, subnet } = await createNetwork(ec2);
      const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId: vpc }));
      const NetworkAclId = text(NetworkAcl?.NetworkAclId);
      const place = { NetworkAclId, RuleNumber: 10, Egress: false };
      const entry = { ...place, Protocol: '6', RuleAction: 'allow', CidrBlock: '10.200.0.0/16' } as const;
      const PortRange = { From: 80, To: 80 };
      await ec2.send(new CreateNetworkAclEntryCommand({ ...entry, PortRange }));
      const twice = ec2.send(new CreateNetworkAclEntryCommand(entry));
      expect(await refusal(twice)).toMatchObject({ code: 'NetworkAclEntryAlreadyExists' });
      const Filters = [{ Name: 'association.subnet-id', Values: [subnet] }];
      const before = await ec2.send(new DescribeNetworkAclsCommand({ Filters }));
      const AssociationId = before.NetworkAcls?.[0]?.Associations?.[0]?.NetworkAclAssociationId;
      await ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId }));
      const { NetworkAcls } = await ec2.send(new DescribeNetworkAclsCommand({ Filters }));
      expect(NetworkAcls).toEqual([expect.objectContaining({ NetworkAclId })]);
      expect(NetworkAcls?.[0]?.Entries?.[0]).toMatchObject({
        RuleNumber: 10,
        PortRange,
        CidrBlock: '10.200.0.0/16',
      });
      await ec2.send(new DeleteNetworkAclEntryCommand(place));
      const emptied = await ec2.send(new DescribeNetworkAclsCommand({ NetworkAclIds: [NetworkAclId] }));
      expect(emptied.NetworkAcls?.[0]?.Entries?.map(({ RuleNumber }) => RuleNumber)).toEqual([
        32_767, 32_767,
      ]);
    }));
});

it('An association that is not there cannot be ended', () =>
  withSandbox({}, async ({ ec2 }) => {
    const call = ec2.send(new DisassociateRouteTableCommand({ AssociationId: 'rtbassoc-00000000000000000' }));
    expect(await refusal(call)).toMatchObject({ code: 'InvalidAssociationID.NotFound' });
  }));
