// @ts-nocheck
import {
  AssociateRouteTableCommand,
  AssociateVpcCidrBlockCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  type EC2Client,
  type Instance,
  ModifyNetworkInterfaceAttributeCommand,
  type Route,
  RunInstancesCommand,
  type Tag,
} from '@aws-sdk/client-ec2';
import type { Machine } from './world.ts';

/** A VPC with an internet gateway, one subnet, and tables that the cluster's tag marks. */
export interface AwsNetwork {
  readonly vpc: string;
  readonly subnet: string;
  readonly gateway: string;
  readonly tables: readonly string[];
}

interface NetworkSpec {
  readonly clusterTag: string;
  readonly cidrs: readonly string[];
  readonly tables: number;
}

const SUBNET_CIDR = '10.0.0.0/20';

/** Builds the network as an operator would, by EC2 calls. */
export async function buildNetwork(
  ec2: EC2Client,
  { clusterTag, cidrs: [first = '10.0.0.0/16', ...more], tables }: NetworkSpec,
): Promise<AwsNetwork> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: first }));
  const vpc = required(Vpc?.VpcId);
  for (const CidrBlock of more) await ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: vpc, CidrBlock }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: SUBNET_CIDR }));
  const subnet = required(Subnet?.SubnetId);
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const gateway = required(InternetGateway?.InternetGatewayId);
  await ec2.send(new AttachInternetGatewayCommand({ VpcId: vpc, InternetGatewayId: gateway }));
  const ids: string[] = [];
  for (let i = 0; i < tables; i += 1) ids.push(await createTable(ec2, vpc, gateway, clusterTag));
  await ec2.send(new AssociateRouteTableCommand({ SubnetId: subnet, RouteTableId: required(ids[0]) }));
  return { vpc, subnet, gateway, tables: ids };
}

async function createTable(
  ec2: EC2Client,
  vpc: string,
  gateway: string,
  clusterTag: string,
): Promise<string> {
  const Tags = [{ Key: clusterTag, Value: 'owned' }];
  const { RouteTable } = await ec2.send(
    new CreateRouteTableCommand({
      VpcId: vpc,
      TagSpecifications: [{ ResourceType: 'route-table', Tags }],
    }),
  );
  const table = required(RouteTable?.RouteTableId);
  await ec2.send(
    new CreateRouteCommand({
      RouteTableId: table,
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: gateway,
    }),
  );
  return table;
}

export interface Placement {
  readonly subnet: string;
  readonly clusterTag: string;
}

/** Launches one machine, with its claim in a tag or in user data. */
export async function launchMachine(
  ec2: EC2Client,
  machine: Machine,
  { subnet, clusterTag }: Placement,
): Promise<Instance> {
  const { name, podCidr, via = 'tag', isNode = true, interfaces = 1, forwarding = 'off' } = machine;
  const tags: Tag[] = [{ Key: 'Name', Value: name }];
  if (isNode) tags.push({ Key: clusterTag, Value: 'owned' });
  if (podCidr !== null && via === 'tag') tags.push({ Key: 'pod-cidr', Value: podCidr });
  const claim = podCidr !== null && via === 'user-data' ? `name=${name}|pod-cidr=${podCidr}` : null;
  const userData = claim ?? machine.userData ?? null;
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: IMAGE,
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [{ ResourceType: 'instance', Tags: tags }],
      ...(userData !== null && { UserData: Buffer.from(userData, 'latin1').toString('base64') }),
      ...(interfaces === 1
        ? { SubnetId: subnet }
        : { NetworkInterfaces: await createInterfaces(ec2, subnet, interfaces) }),
    }),
  );
  const instance = Instances?.[0];
  if (instance === undefined) throw new Error(`${name} was not launched`);
  if (forwarding === 'on') await switchOffChecks(ec2, instance);
  return instance;
}

/** Launches machines of the cluster at once, without names or claims. */
export async function launchMachines(
  ec2: EC2Client,
  count: number,
  { subnet, clusterTag }: Placement,
): Promise<readonly Instance[]> {
  const Tags = [{ Key: clusterTag, Value: 'owned' }];
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: IMAGE,
      MinCount: count,
      MaxCount: count,
      SubnetId: subnet,
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    }),
  );
  return Instances;
}

/** Known to moto; the sandbox takes any. */
export const IMAGE = 'ami-12c6146b';

/** Listed with the primary one last, so that nothing can rely on their order. */
async function createInterfaces(ec2: EC2Client, subnet: string, count: number) {
  const specs: { DeviceIndex: number; NetworkInterfaceId: string }[] = [];
  for (let DeviceIndex = count - 1; DeviceIndex >= 0; DeviceIndex -= 1) {
    const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnet }));
    specs.push({ DeviceIndex, NetworkInterfaceId: required(NetworkInterface?.NetworkInterfaceId) });
  }
  return specs;
}

async function switchOffChecks(ec2: EC2Client, { NetworkInterfaces = [] }: Instance): Promise<void> {
  for (const { NetworkInterfaceId } of NetworkInterfaces) {
    await ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, SourceDestCheck: { Value: false } }),
    );
  }
}

/** The destination parameter of the route calls; EC2 has one for each family. */
export function destinationOf(destination: string) {
  return destination.includes(':')
    ? { DestinationIpv6CidrBlock: destination }
    : { DestinationCidrBlock: destination };
}

/** `destination target state` of one route, with what it leads to by name. */
export function describeRoute(route: Route, names: ReadonlyMap<string, string>): string {
  const destination = required(route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock);
  const target =
    route.NetworkInterfaceId ??
    route.InstanceId ??
    route.GatewayId ??
    route.VpcPeeringConnectionId ??
    'nothing';
  return `${destination} ${names.get(target) ?? target} ${route.State}`;
}

/** What an answer of EC2 always has. */
export function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The answer lacks a value');
  return value;
}
