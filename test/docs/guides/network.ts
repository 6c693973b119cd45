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
import type { Site } from './site.ts';

/** Makes a VPC with a way out; gives both ids. */
export async function makeVpc({ ec2 }: Site): Promise<{ VpcId: string; GatewayId: string }> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.240.0.0/16' }));
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const VpcId = required(Vpc?.VpcId);
  const GatewayId = required(InternetGateway?.InternetGatewayId);
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: GatewayId }));
  return { VpcId, GatewayId };
}

/** Makes a subnet with a route table of its own; gives both ids. */
export async function makeSubnet(
  { ec2 }: Site,
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
export async function makeNetwork(site: Site): Promise<void> {
  const place = {
    cidr: '10.240.0.0/22',
    zone: 'us-east-1a',
    tags: [{ Key: 'Name', Value: 'kubernetes-routes' }],
  };
  const { SubnetId, RouteTableId } = await makeSubnet(site, await makeVpc(site), place);
  site.variables.set('SUBNET', SubnetId).set('TABLE', RouteTableId).set('IMAGE', 'ami-12c6146b');
}
