// @ts-nocheck
import {
  CreateTagsCommand,
  DeleteRouteCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ReplaceRouteCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { type AwsPatient, codesOf, doctor, POD, withAwsPatient } from './doctor-world.ts';

const ALL_PODS = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.200.0.0/16' }] }];

const AWS_FAULTS: readonly {
  readonly what: string;
  readonly breakIt: (patient: AwsPatient) => Promise<unknown>;
  readonly found: readonly string[];
  readonly command: RegExp;
  readonly look?: RegExp;
}[] = [
  {
    what: 'a route that is missing',
    breakIt: ({ ec2, table }) =>
      ec2.send(new DeleteRouteCommand({ RouteTableId: table, DestinationCidrBlock: POD })),
    found: ['certain route-missing'],
    command: /^podroutes reconcile worker-1$/,
  },
  {
    what: 'a route to another node',
    breakIt: ({ world, ec2, table }) =>
      ec2.send(
        new ReplaceRouteCommand({
          RouteTableId: table,
          DestinationCidrBlock: POD,
          InstanceId: world.idOf('worker-0'),
        }),
      ),
    found: ['certain route-wrong-next-hop'],
    command: /^podroutes reconcile worker-1$/,
  },
  {
    what: 'a route to what is gone',
    breakIt: async ({ world, ec2, table }) => {
      const InstanceId = world.idOf('vpn-appliance');
      await ec2.send(new ReplaceRouteCommand({ RouteTableId: table, DestinationCidrBlock: POD, InstanceId }));
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    },
    found: ['certain route-blackhole'],
    command: /^podroutes reconcile worker-1$/,
  },
  {
    what: 'a route of somebody else',
    breakIt: ({ world, ec2, table }) =>
      ec2.send(
        new ReplaceRouteCommand({
          RouteTableId: table,
          DestinationCidrBlock: POD,
          InstanceId: world.idOf('vpn-appliance'),
        }),
      ),
    found: ['certain foreign-route'],
    command: /^$/,
    look: /^aws ec2 describe-route-tables --route-table-ids rtb-\w+ --query "RouteTables\[\]\.Routes\[\?DestinationCidrBlock=='10\.200\.1\.0\/24'\]\[\]" --region us-east-1$/,
  },
  {
    what: 'a source/destination check',
    breakIt: async ({ ec2, interfaceOf }) =>
      ec2.send(
        new ModifyNetworkInterfaceAttributeCommand({
          NetworkInterfaceId: await interfaceOf('worker-1'),
          SourceDestCheck: { Value: true },
        }),
      ),
    found: ['certain forwarding-disabled'],
    command: /--network-interface-id eni-\w+ --no-source-dest-check --region us-east-1$/,
  },
  {
    what: 'a subnet that has lost its table',
    breakIt: ({ disassociate }) => disassociate(),
    found: ['certain association-lost'],
    command:
      /^aws ec2 associate-route-table --route-table-id rtb-\w+ --subnet-id subnet-\w+ --region us-east-1$/,
  },
  {
    what: 'a subnet with a table of somebody else',
    breakIt: ({ moveSubnet }) => moveSubnet(),
    found: ['certain subnet-not-routed'],
    command: /^aws ec2 create-tags --resources rtb-\w+ --tags .*kubernetes\.io\/cluster\/kthw/,
  },
  {
    what: 'a security group that lets in its members alone',
    breakIt: ({ ec2, group }) =>
      ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: ALL_PODS })),
    found: ['likely security-group-blocks'],
    command:
      /authorize-security-group-ingress .* 'IpProtocol=-1,IpRanges=\[\{CidrIp=10\.200\.0\.0\/16\}\]' --region us-east-1$/,
  },
  {
    what: 'a security group that lets nothing out',
    breakIt: ({ ec2, group }) =>
      ec2.send(
        new RevokeSecurityGroupEgressCommand({
          GroupId: group,
          IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
        }),
      ),
    found: ['certain security-group-blocks'],
    command:
      /authorize-security-group-egress .* 'IpProtocol=-1,IpRanges=\[\{CidrIp=10\.200\.0\.0\/16\}\]' --region us-east-1$/,
  },
  {
    what: 'a network ACL that lets nothing through',
    breakIt: ({ launchApart }) => launchApart(),
    found: ['certain network-acl-blocks', 'certain network-acl-blocks'],
    command: /create-network-acl-entry .* --ingress --rule-number 32766 --protocol -1 --rule-action allow/,
  },
  {
    what: 'a claim that another node has',
    breakIt: ({ world, ec2 }) =>
      ec2.send(
        new CreateTagsCommand({
          Resources: [world.idOf('worker-3')],
          Tags: [{ Key: 'pod-cidr', Value: '10.200.0.0/24' }],
        }),
      ),
    found: ['certain conflicting-claim'],
    command: /^$/,
  },
];

describe('doctor on AWS', () => {
  it('finds nothing in a cluster without a fault', () =>
    withAwsPatient(async ({ world }) => {
      const found = await doctor(world);
      expect(found).toMatchObject({ exit: 0, problems: [], unchecked: [] });
      expect(found.hints.map(({ code }) => code)).toEqual(['host-forwarding']);
    }));

  it.each(AWS_FAULTS)('names $what, and nothing else', ({ breakIt, found, command, look = /^/ }) =>
    withAwsPatient(async (patient) => {
      await breakIt(patient);
      const doctored = await doctor(patient.world);
      expect({ exit: doctored.exit, codes: codesOf(doctored) }).toEqual({ exit: 3, codes: found });
      expect(doctored.problems[0]?.commands[0] ?? '').toMatch(command);
      expect(doctored.problems[0]?.lookCommands[0] ?? '').toMatch(look);
    }),
  );

  it('sees no network ACL between nodes of one subnet', () =>
    withAwsPatient(async (patient) => {
      await patient.launchApart();
      expect(codesOf(await doctor(patient.world, 'worker-0', 'worker-1'))).toEqual([]);
      const between = await doctor(patient.world, 'worker-0', 'worker-8');
      expect(between.problems.map(({ nodes }) => nodes)).toEqual([['worker-8'], ['worker-8']]);
    }));

  it('says of a node that was asked about that it is stopped', () =>
    withAwsPatient(async ({ world, ec2 }) => {
      await ec2.send(new StopInstancesCommand({ InstanceIds: [world.idOf('worker-1')] }));
      expect(codesOf(await doctor(world))).toEqual([]);
      expect(codesOf(await doctor(world, 'worker-1'))).toEqual(['certain node-not-running']);
    }));
});
