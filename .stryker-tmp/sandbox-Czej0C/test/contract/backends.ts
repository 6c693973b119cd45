// @ts-nocheck
import {
  AcceptVpcPeeringConnectionCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
} from '@aws-sdk/client-ec2';
import { parseCidr } from '../../shared/core/cidr.ts';
import { type AwsSandbox, type AwsSandboxOptions, startAwsSandbox } from '../../shared/sandbox/aws-server.ts';
import { propagateRoute } from '../../shared/sandbox/ec2/routes.ts';
import { required } from './aws-network.ts';
import { type AwsBackend, VPN_GATEWAY } from './aws-world.ts';

/** A sandbox that ends with its world. */
export async function startSandboxBackend(
  options: AwsSandboxOptions = {},
): Promise<AwsBackend & { readonly sandbox: AwsSandbox }> {
  const sandbox = await startAwsSandbox(options);
  const { endpoint, region, close } = sandbox;
  return {
    name: 'sandbox',
    sandbox,
    endpoint,
    region,
    peer: async () => 'pcx-0123456789abcdef0',
    propagateRoute: (table, destination) => {
      const result = parseCidr(destination);
      if (!result.ok) throw new Error(result.problem);
      propagateRoute(sandbox.ec2, table, result.cidr, VPN_GATEWAY);
      return true;
    },
    close,
  };
}

/** A running moto server, which its worlds share. */
export function motoBackend(endpoint: string): AwsBackend {
  return {
    name: 'moto',
    endpoint,
    region: 'us-east-1',
    peer: async (ec2, vpc) => {
      const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '172.30.0.0/16' }));
      const { VpcPeeringConnection } = await ec2.send(
        new CreateVpcPeeringConnectionCommand({ VpcId: vpc, PeerVpcId: required(Vpc?.VpcId) }),
      );
      const id = required(VpcPeeringConnection?.VpcPeeringConnectionId);
      await ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }));
      return id;
    },
    propagateRoute: () => false,
    close: async () => undefined,
  };
}
