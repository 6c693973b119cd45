// @ts-nocheck
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteRouteCommand,
  DescribeNetworkAclsCommand,
  DisassociateRouteTableCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  ReplaceNetworkAclAssociationCommand,
  ReplaceRouteCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { BUILT, podroutes } from '../cli/built-command.ts';
import { withAwsPatient } from '../cli/doctor-world.ts';
import { text } from '../sandbox/setup.ts';

const run = promisify(execFile);

type Environment = Readonly<Record<string, string>>;

/** Set by `run`, which starts the server and installs the program. */
function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error('Start this suite by test/peers/run');
  return value;
}

async function find(env: Environment): Promise<{ codes: string[]; commands: string[]; evidence: string[] }> {
  const { stdout, stderr } = await podroutes(['doctor', '-o', 'json'], env);
  if (stdout === '') throw new Error(stderr);
  const report: {
    problems: { code: string; certainty: string; commands: string[]; evidence: string[] }[];
    unchecked: unknown[];
  } = JSON.parse(stdout);
  expect(report.unchecked).toEqual([]);
  return {
    codes: report.problems.map(({ code, certainty }) => `${certainty} ${code}`),
    commands: report.problems.flatMap(({ commands }) => commands),
    evidence: report.problems.flatMap(({ evidence }) => evidence),
  };
}

const ALL = { IpProtocol: '-1', IpRanges: [{ CidrIp: '10.200.0.0/16' }] };

describe('The commands that doctor proposes, run by the aws program', () => {
  it('mend everything that was broken, but for the route of somebody else', () =>
    withAwsPatient(async ({ world, ec2, group, table, interfaceOf, launchApart, moveSubnet }) => {
      await launchApart();
      await moveSubnet();
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [ALL] }));
      const toAll = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
      await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: group, IpPermissions: [toAll] }));
      await ec2.send(
        new ModifyNetworkInterfaceAttributeCommand({
          NetworkInterfaceId: await interfaceOf('worker-1'),
          SourceDestCheck: { Value: true },
        }),
      );
      const InstanceId = world.idOf('vpn-appliance');
      const route = { RouteTableId: table, DestinationCidrBlock: '10.200.1.0/24', InstanceId };
      await ec2.send(new ReplaceRouteCommand(route));
      const broken = await find(world.env);
      expect(new Set(broken.codes)).toEqual(
        new Set([
          'certain foreign-route',
          'certain forwarding-disabled',
          'certain subnet-not-routed',
          'certain network-acl-blocks',
          'certain security-group-blocks',
          'likely security-group-blocks',
        ]),
      );
      await runAll((await find(world.env)).commands, world.env);
      // Who needs that route doctor does not know, so that a person has to delete it.
      expect((await find(world.env)).codes).toEqual(['certain foreign-route']);
      await ec2.send(new DeleteRouteCommand({ RouteTableId: table, DestinationCidrBlock: '10.200.1.0/24' }));
      await runAll((await find(world.env)).commands, world.env);
      expect((await find(world.env)).codes).toEqual([]);
    }));

  it('mend a subnet that has lost its table', () =>
    withAwsPatient(async ({ world, disassociate }) => {
      await disassociate();
      const { codes, commands } = await find(world.env);
      expect(codes).toEqual(['certain association-lost']);
      await runAll(commands, world.env);
      expect((await find(world.env)).codes).toEqual([]);
    }));
});

/** In a shell, as a person would paste them. */
async function runAll(commands: readonly string[], env: Environment): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-doctor-'));
  const program = `#!/bin/sh\nexec "${process.execPath}" "${BUILT}" "$@"\n`;
  await writeFile(join(folder, 'podroutes'), program, { mode: 0o755 });
  const PATH = `${folder}:${dirname(setting('PODROUTES_TEST_AWS'))}:/usr/bin:/bin`;
  const shell = { ...env, PATH, AWS_PAGER: '', HOME: folder };
  await run('sh', ['-euc', commands.join('\n')], { env: shell });
  await rm(folder, { recursive: true });
}

describe('doctor against moto', () => {
  it('reads security groups, network ACLs and route tables as moto has them', async () => {
    const endpoint = setting('PODROUTES_TEST_MOTO');
    const credentials = { accessKeyId: 'person', secretAccessKey: 'moto' };
    const ec2 = new EC2Client({ endpoint, region: 'us-east-1', credentials });
    const cluster = `doctor-${Date.now()}`;
    const env = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'person',
      AWS_SECRET_ACCESS_KEY: 'moto',
      PODROUTES_CLUSTER: cluster,
      PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16',
    };
    const { acl, disassociate } = await buildInMoto(ec2, cluster);
    expect((await podroutes(['reconcile', '--yes'], env)).code).toBe(0);
    const { codes, commands, evidence } = await find(env);
    expect(codes).toEqual([
      'certain network-acl-blocks',
      'likely security-group-blocks',
      'likely network-acl-blocks',
    ]);
    expect(evidence).toContain('dropped: TCP 0-79, TCP 91-65535, UDP, ICMP, other protocols');
    const [opening = ''] = commands.filter((command) => command.includes('create-network-acl-entry'));
    expect(opening).toContain(acl);
    await runAll(commands, env);
    expect((await find(env)).codes).toEqual([]);
    await disassociate();
    expect((await find(env)).codes).toEqual(['certain association-lost']);
    ec2.destroy();
  });
});

/** Two nodes in two subnets; the second has a network ACL of its own, which lets TCP 100 alone out. */
async function buildInMoto(ec2: EC2Client, cluster: string) {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.240.0.0/16' }));
  const VpcId = text(Vpc?.VpcId);
  const Tags = [{ Key: `kubernetes.io/cluster/${cluster}`, Value: 'owned' }];
  const { RouteTable } = await ec2.send(
    new CreateRouteTableCommand({ VpcId, TagSpecifications: [{ ResourceType: 'route-table', Tags }] }),
  );
  const group = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId, GroupName: cluster, Description: 'nodes' }),
  );
  const GroupId = text(group.GroupId);
  const some = { IpProtocol: 'tcp', FromPort: 80, ToPort: 90, IpRanges: [{ CidrIp: '10.200.0.0/16' }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [some] }));
  const places = [];
  for (const i of [0, 1]) {
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: `10.240.${i}.0/24` }));
    const SubnetId = text(Subnet?.SubnetId);
    const place = { RouteTableId: text(RouteTable?.RouteTableId), SubnetId };
    const { AssociationId } = await ec2.send(new AssociateRouteTableCommand(place));
    const tags = [
      ...Tags,
      { Key: 'Name', Value: `worker-${i}` },
      { Key: 'pod-cidr', Value: `10.200.${i}.0/24` },
    ];
    await ec2.send(
      new RunInstancesCommand({
        ...{ ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1, SubnetId, SecurityGroupIds: [GroupId] },
        TagSpecifications: [{ ResourceType: 'instance', Tags: tags }],
      }),
    );
    places.push({ SubnetId, AssociationId });
  }
  const [first, second] = places;
  const disassociate = () =>
    ec2.send(new DisassociateRouteTableCommand({ AssociationId: first?.AssociationId }));
  return { acl: await guardInMoto(ec2, VpcId, text(second?.SubnetId)), disassociate };
}

async function guardInMoto(ec2: EC2Client, VpcId: string, SubnetId: string): Promise<string> {
  const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId }));
  const NetworkAclId = text(NetworkAcl?.NetworkAclId);
  const entry = { NetworkAclId, RuleNumber: 50, Protocol: '6', CidrBlock: '10.200.0.0/16' };
  const PortRange = { From: 100, To: 100 };
  await ec2.send(
    new CreateNetworkAclEntryCommand({ ...entry, PortRange, Egress: true, RuleAction: 'allow' }),
  );
  const Filters = [{ Name: 'association.subnet-id', Values: [SubnetId] }];
  const { NetworkAcls } = await ec2.send(new DescribeNetworkAclsCommand({ Filters }));
  const found = NetworkAcls?.[0]?.Associations?.find((association) => association.SubnetId === SubnetId);
  const AssociationId = found?.NetworkAclAssociationId;
  await ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId }));
  return NetworkAclId;
}
