// @ts-nocheck
import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkAclCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DisassociateRouteTableCommand,
  EC2Client,
  ReplaceNetworkAclAssociationCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { NetworkManagementClient, SecurityRule, Subnet } from '@azure/arm-network';
import { expect } from '@jest/globals';
import { SUBNET, TABLE } from '../../functions/cli/sandbox/cluster.ts';
import { createClients } from '../sandbox/arm-setup.ts';
import { text } from '../sandbox/setup.ts';
import { podroutes } from './built-command.ts';
import { type ClusterWorld, withWorld } from './cluster-world.ts';

/** A cluster without a fault, and what to break it with: the cloud's own API. */
export interface AwsPatient {
  readonly world: ClusterWorld;
  readonly ec2: EC2Client;
  readonly table: string;
  readonly group: string;
  readonly interfaceOf: (name: string) => Promise<string>;
  readonly disassociate: () => Promise<void>;
  /** Puts the subnet under a table that is not managed. */
  readonly moveSubnet: () => Promise<string>;
  /** A worker in a subnet of its own, under a network ACL of its own that lets nothing through. */
  readonly launchApart: () => Promise<string>;
}

export interface AzurePatient {
  readonly world: ClusterWorld;
  readonly network: NetworkManagementClient;
  /** Writes the subnet anew with some of its properties changed. */
  readonly putSubnet: (change: (subnet: Subnet) => Subnet) => Promise<void>;
  /** Creates a network security group; gives its id. */
  readonly putGroup: (rules: readonly SecurityRule[]) => Promise<string>;
}

const GROUP = 'kubernetes';

/** Runs `use` with a cluster on AWS in which nothing is wrong. */
export function withAwsPatient(use: (patient: AwsPatient) => Promise<void>): Promise<void> {
  return withWorld('aws', async (world) => {
    const ec2 = new EC2Client({
      endpoint: text(world.env['AWS_ENDPOINT_URL']),
      region: text(world.env['AWS_REGION']),
      credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
    });
    const patient = await describePatient(world, ec2);
    const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.200.0.0/16' }] }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: patient.group, IpPermissions }));
    await ec2.send(
      new CreateTagsCommand({
        Resources: [world.idOf('worker-3')],
        Tags: [{ Key: 'pod-cidr', Value: '10.200.3.0/24' }],
      }),
    );
    await heal(world);
    await use(patient);
    ec2.destroy();
  });
}

async function describePatient(world: ClusterWorld, ec2: EC2Client): Promise<AwsPatient> {
  const table = world.idOf(TABLE);
  const subnet = world.idOf(SUBNET);
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnet] }));
  const vpc = text(Subnets?.[0]?.VpcId);
  const primary = async (name: string) => {
    const { Reservations } = await ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [world.idOf(name)] }),
    );
    return Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces?.[0];
  };
  const disassociate = async () => {
    const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [table] }));
    const AssociationId = RouteTables?.[0]?.Associations?.[0]?.RouteTableAssociationId;
    await ec2.send(new DisassociateRouteTableCommand({ AssociationId }));
  };
  return {
    world,
    ec2,
    table,
    group: text((await primary('worker-0'))?.Groups?.[0]?.GroupId),
    interfaceOf: async (name) => text((await primary(name))?.NetworkInterfaceId),
    disassociate,
    moveSubnet: async () => {
      await disassociate();
      const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpc }));
      const other = text(RouteTable?.RouteTableId);
      await ec2.send(new AssociateRouteTableCommand({ RouteTableId: other, SubnetId: subnet }));
      return other;
    },
    launchApart: async () => {
      const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: '10.240.8.0/24' }));
      const apart = text(Subnet?.SubnetId);
      await ec2.send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId: apart }));
      await launchIn(ec2, apart);
      await heal(world);
      return guardApart(ec2, vpc, apart);
    },
  };
}

async function launchIn(ec2: EC2Client, subnet: string): Promise<void> {
  const tags = { Name: 'worker-8', 'kubernetes.io/cluster/kthw': 'owned', 'pod-cidr': '10.200.8.0/24' };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await ec2.send(
    new RunInstancesCommand({
      ...{ ImageId: 'ami-1', MinCount: 1, MaxCount: 1, SubnetId: subnet },
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    }),
  );
}

async function guardApart(ec2: EC2Client, vpc: string, subnet: string): Promise<string> {
  const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId: vpc }));
  const NetworkAclId = text(NetworkAcl?.NetworkAclId);
  const Filters = [{ Name: 'association.subnet-id', Values: [subnet] }];
  const { NetworkAcls } = await ec2.send(new DescribeNetworkAclsCommand({ Filters }));
  const found = NetworkAcls?.[0]?.Associations?.find(({ SubnetId }) => SubnetId === subnet);
  const AssociationId = found?.NetworkAclAssociationId;
  await ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId }));
  return NetworkAclId;
}

/** Runs `use` with a cluster on Azure in which nothing is wrong. */
export function withAzurePatient(use: (patient: AzurePatient) => Promise<void>): Promise<void> {
  return withWorld('azure', async (world) => {
    const endpoint = text(world.env['PODROUTES_ARM_ENDPOINT']);
    const subscription = text(world.env['PODROUTES_AZURE_SUBSCRIPTION']);
    const { network, compute } = createClients({ endpoint, subscription });
    const { tags } = await compute.virtualMachines.get(GROUP, 'worker-3');
    const corrected = { ...tags, 'pod-cidr': '10.200.3.0/24' };
    await compute.virtualMachines.update(GROUP, 'worker-3', { tags: corrected });
    await heal(world);
    await use({
      world,
      network,
      putSubnet: async (change) => {
        const subnet = await network.subnets.get(GROUP, 'kubernetes-vnet', SUBNET);
        await network.subnets.createOrUpdate(GROUP, 'kubernetes-vnet', SUBNET, change(subnet));
      },
      putGroup: async (rules) => {
        const body = { location: 'westeurope', securityRules: [...rules] };
        const { id } = await network.networkSecurityGroups.createOrUpdate(GROUP, 'nodes-nsg', body);
        return text(id);
      },
    });
  });
}

/** Brings routes and forwarding in step. */
async function heal({ env }: ClusterWorld): Promise<void> {
  const { code, stderr } = await podroutes(['reconcile', '--yes'], {
    ...env,
    PODROUTES_FORWARDING: 'ensure',
  });
  if (code !== 0) throw new Error(stderr);
}

interface Listed {
  readonly code: string;
  readonly certainty: string;
  readonly nodes: readonly string[];
  readonly evidence: readonly string[];
  readonly lookCommands: readonly string[];
  readonly remedy: string;
  readonly commands: readonly string[];
}

export interface Doctored {
  readonly problems: readonly Listed[];
  readonly hints: readonly Listed[];
  readonly unchecked: readonly { readonly what: string; readonly code: string }[];
}

/** Runs the built command for its JSON; gives that and the exit code. */
export async function doctor(
  { env }: ClusterWorld,
  ...args: readonly string[]
): Promise<Doctored & { readonly exit: unknown }> {
  const { code, stdout, stderr } = await podroutes(['doctor', ...args, '-o', 'json'], env);
  expect(stderr).toBe('');
  return { exit: code, ...JSON.parse(stdout) };
}

/** @example codesOf(found) //=> ['certain route-missing'] */
export function codesOf({ problems }: Doctored): string[] {
  return problems.map(({ code, certainty }) => `${certainty} ${code}`);
}

/** Of worker-1. */
export const POD = '10.200.1.0/24';
