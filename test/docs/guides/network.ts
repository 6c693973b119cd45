import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  type Tag,
} from '@aws-sdk/client-ec2';
import { required } from '../../contract/aws-network.ts';
import type { Account } from './aws.ts';

/** Makes a VPC with a way out; gives both ids. */
export async function makeVpc({ ec2 }: Account): Promise<{ VpcId: string; GatewayId: string }> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.240.0.0/16' }));
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const VpcId = required(Vpc?.VpcId);
  const GatewayId = required(InternetGateway?.InternetGatewayId);
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: GatewayId }));
  return { VpcId, GatewayId };
}

/** Makes a subnet with a route table of its own; gives both ids. */
export async function makeSubnet(
  { ec2 }: Account,
  { VpcId, GatewayId }: { readonly VpcId: string; readonly GatewayId: string },
  { cidr, zone, tags }: { readonly cidr: string; readonly zone: string; readonly tags: Tag[] },
): Promise<{ SubnetId: string; RouteTableId: string }> {
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({ VpcId, CidrBlock: cidr, AvailabilityZone: zone }),
  );
  const { RouteTable } = await ec2.send(
    new CreateRouteTableCommand({
      VpcId,
      TagSpecifications: [{ ResourceType: 'route-table', Tags: tags }],
    }),
  );
  const SubnetId = required(Subnet?.SubnetId);
  const RouteTableId = required(RouteTable?.RouteTableId);
  await ec2.send(new AssociateRouteTableCommand({ SubnetId, RouteTableId }));
  await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId }));
  return { SubnetId, RouteTableId };
}

/** What guides begin with: a subnet whose table is nobody's yet, and an image. */
export async function makeNetwork(account: Account): Promise<Record<string, string>> {
  const place = {
    cidr: '10.240.0.0/22',
    zone: 'us-east-1a',
    tags: [{ Key: 'Name', Value: 'kubernetes-routes' }],
  };
  const { SubnetId, RouteTableId } = await makeSubnet(account, await makeVpc(account), place);
  return { SUBNET: SubnetId, TABLE: RouteTableId, IMAGE: 'ami-12c6146b' };
}
