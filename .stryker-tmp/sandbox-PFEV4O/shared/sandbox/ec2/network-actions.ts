// @ts-nocheck
import type { Cidr } from '../../core/cidr.ts';
import { ApiError, type Params, readBoolean, readRequired } from '../query.ts';
import { type ActionTable, DONE } from './action.ts';
import {
  associateRouteTable,
  associateVpcCidr,
  attachInternetGateway,
  createInternetGateway,
  createRouteTable,
  createSubnet,
  createVpc,
  disassociateRouteTable,
  readCidr,
} from './network.ts';
import { viewRouteTable } from './route-views.ts';
import { readTagSpecification, TAG_SPECIFICATION_PARAMS } from './tag-actions.ts';
import { viewGateway, viewSubnet, viewVpc } from './views.ts';

function readVpcCidrs(params: Params): readonly Cidr[] {
  const v4 = params.get('CidrBlock');
  const v6 = params.get('Ipv6CidrBlock');
  const cidrs = [
    v4 === undefined ? undefined : readCidr(v4, 'cidrBlock', 4),
    v6 === undefined ? undefined : readCidr(v6, 'ipv6CidrBlock', 6),
    readBoolean(params, 'AmazonProvidedIpv6CidrBlock')
      ? readCidr(AMAZON_IPV6, 'ipv6CidrBlock', 6)
      : undefined,
  ].filter((cidr) => cidr !== undefined);
  if (cidrs.length > 0) return cidrs;
  throw new ApiError('MissingParameter', 'Either cidrBlock or ipv6CidrBlock must be provided.');
}

/** What every VPC gets that asks Amazon for an IPv6 range; a documentation range, so that it is nobody's. */
const AMAZON_IPV6 = '2001:db8:1234:1a00::/56';

const VPC_CIDR_PARAMS = ['CidrBlock', 'Ipv6CidrBlock', 'Ipv6Pool', 'AmazonProvidedIpv6CidrBlock'];

const VPC_ACTIONS: ActionTable = {
  CreateVpc: {
    params: [...VPC_CIDR_PARAMS, 'InstanceTenancy', ...TAG_SPECIFICATION_PARAMS],
    mutating: true,
    run: (ec2, params) => {
      const vpc = createVpc(ec2, readVpcCidrs(params), readTagSpecification(params, 'vpc'));
      return { vpc: viewVpc(ec2, ec2.state, vpc) };
    },
  },
  AssociateVpcCidrBlock: {
    params: ['VpcId', ...VPC_CIDR_PARAMS],
    mutating: true,
    run: (ec2, params) => {
      const [cidr, ...others] = readVpcCidrs(params);
      if (cidr === undefined || others.length > 0) {
        throw new ApiError('InvalidParameterCombination', 'Associate one CIDR block at a time.');
      }
      const vpc = associateVpcCidr(ec2, readRequired(params, 'VpcId'), cidr);
      const associationId = vpc.cidrs.at(-1)?.association;
      return cidr.family === 4
        ? {
            vpcId: vpc.id,
            cidrBlockAssociation: {
              associationId,
              cidrBlock: cidr.text,
              cidrBlockState: { state: 'associated' },
            },
          }
        : {
            vpcId: vpc.id,
            ipv6CidrBlockAssociation: {
              associationId,
              ipv6CidrBlock: cidr.text,
              ipv6CidrBlockState: { state: 'associated' },
            },
          };
    },
  },
  CreateSubnet: {
    params: ['VpcId', 'CidrBlock', 'Ipv6CidrBlock', 'AvailabilityZone', ...TAG_SPECIFICATION_PARAMS],
    mutating: true,
    run: (ec2, params) => {
      const v6 = params.get('Ipv6CidrBlock');
      const subnet = createSubnet(ec2, {
        vpc: readRequired(params, 'VpcId'),
        cidr: readCidr(readRequired(params, 'CidrBlock'), 'cidrBlock', 4),
        ipv6: v6 === undefined ? undefined : readCidr(v6, 'ipv6CidrBlock', 6),
        zone: params.get('AvailabilityZone'),
        tags: readTagSpecification(params, 'subnet'),
      });
      return { subnet: viewSubnet(ec2, ec2.state, subnet) };
    },
  },
  CreateInternetGateway: {
    params: TAG_SPECIFICATION_PARAMS,
    mutating: true,
    run: (ec2, params) => {
      const gateway = createInternetGateway(ec2, readTagSpecification(params, 'internet-gateway'));
      return { internetGateway: viewGateway(ec2, ec2.state, gateway) };
    },
  },
  AttachInternetGateway: {
    params: ['InternetGatewayId', 'VpcId'],
    mutating: true,
    run: (ec2, params) => {
      attachInternetGateway(ec2, readRequired(params, 'InternetGatewayId'), readRequired(params, 'VpcId'));
      return DONE;
    },
  },
};

const TABLE_ACTIONS: ActionTable = {
  CreateRouteTable: {
    params: ['VpcId', 'ClientToken', ...TAG_SPECIFICATION_PARAMS],
    mutating: true,
    run: (ec2, params) => {
      const tags = readTagSpecification(params, 'route-table');
      const table = createRouteTable(ec2, readRequired(params, 'VpcId'), tags);
      return { routeTable: viewRouteTable(ec2, ec2.state, table) };
    },
  },
  AssociateRouteTable: {
    params: ['RouteTableId', 'SubnetId'],
    mutating: true,
    run: (ec2, params) => ({
      associationId: associateRouteTable(
        ec2,
        readRequired(params, 'RouteTableId'),
        readRequired(params, 'SubnetId'),
      ),
      associationState: { state: 'associated' },
    }),
  },
  DisassociateRouteTable: {
    params: ['AssociationId'],
    mutating: true,
    run: (ec2, params) => {
      disassociateRouteTable(ec2, readRequired(params, 'AssociationId'));
      return DONE;
    },
  },
};

export const NETWORK_ACTIONS: ActionTable = { ...VPC_ACTIONS, ...TABLE_ACTIONS };
