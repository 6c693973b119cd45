// @ts-nocheck
import type { Cidr } from '../../core/cidr.ts';
import { ApiError, type Params, readRequired } from '../query.ts';
import { type ActionTable, DONE } from './action.ts';
import { readCidr } from './network.ts';
import { createRoute, deleteRoute, replaceRoute, type TargetRequest } from './routes.ts';

const DESTINATION_PARAMS = ['RouteTableId', 'DestinationCidrBlock', 'DestinationIpv6CidrBlock'];

const TARGETS: ReadonlyMap<string, (id: string) => TargetRequest> = new Map([
  ['InstanceId', (id: string): TargetRequest => ({ kind: 'instance', id })],
  ['NetworkInterfaceId', (id: string): TargetRequest => ({ kind: 'interface', id })],
  ['GatewayId', (id: string): TargetRequest => ({ kind: 'gateway', field: 'gatewayId', id })],
  ['NatGatewayId', (id: string): TargetRequest => ({ kind: 'gateway', field: 'natGatewayId', id })],
  [
    'VpcPeeringConnectionId',
    (id: string): TargetRequest => ({ kind: 'gateway', field: 'vpcPeeringConnectionId', id }),
  ],
  ['TransitGatewayId', (id: string): TargetRequest => ({ kind: 'gateway', field: 'transitGatewayId', id })],
]);

const ROUTE_PARAMS = [...DESTINATION_PARAMS, ...TARGETS.keys()];

function readDestination(params: Params): Cidr {
  const v4 = params.get('DestinationCidrBlock');
  const v6 = params.get('DestinationIpv6CidrBlock');
  if (v4 !== undefined && v6 !== undefined) {
    const message =
      'The parameter destinationCidrBlock cannot be used with the parameter destinationIpv6CidrBlock';
    throw new ApiError('InvalidParameterCombination', message);
  }
  if (v6 !== undefined) return readCidr(v6, 'destinationIpv6CidrBlock', 6);
  if (v4 !== undefined) return readCidr(v4, 'destinationCidrBlock', 4);
  throw new ApiError('MissingParameter', 'The request must contain the parameter destinationCidrBlock');
}

function readTarget(params: Params): TargetRequest {
  const requests: TargetRequest[] = [];
  for (const [name, toRequest] of TARGETS) {
    const id = params.get(name);
    if (id !== undefined) requests.push(toRequest(id));
  }
  const [request, ...others] = requests;
  if (request !== undefined && others.length === 0) return request;
  if (request === undefined) {
    throw new ApiError('MissingParameter', 'The request must contain exactly one route target');
  }
  throw new ApiError('InvalidParameterCombination', 'The request must contain exactly one route target');
}

export const ROUTE_ACTIONS: ActionTable = {
  CreateRoute: {
    params: ROUTE_PARAMS,
    mutating: true,
    run: (ec2, params) => {
      createRoute(ec2, readRequired(params, 'RouteTableId'), readDestination(params), readTarget(params));
      return DONE;
    },
  },
  ReplaceRoute: {
    params: ROUTE_PARAMS,
    mutating: true,
    run: (ec2, params) => {
      replaceRoute(ec2, readRequired(params, 'RouteTableId'), readDestination(params), readTarget(params));
      return DONE;
    },
  },
  DeleteRoute: {
    params: DESTINATION_PARAMS,
    mutating: true,
    run: (ec2, params) => {
      deleteRoute(ec2, readRequired(params, 'RouteTableId'), readDestination(params));
      return DONE;
    },
  },
};
