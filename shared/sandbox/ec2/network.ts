import { type Cidr, containsCidr, overlaps, parseCidr } from '../../core/cidr.ts';
import { ApiError } from '../query.ts';
import { createAddressPool } from './addresses.ts';
import { addDefaultFirewalls, addSubnetToAcl } from './firewalls.ts';
import type { Gateway, RouteTable, Subnet, Tags, Vpc } from './model.ts';
import { requireOne } from './resources.ts';
import { localRoutes } from './routes.ts';
import type { Ec2, WritableState } from './state.ts';
import { checkTags } from './tags.ts';

const NO_TAGS: Tags = new Map();

/** Reads a CIDR parameter; host bits are cleared, as EC2 does with routes. */
export function readCidr(text: string, parameter: string, family: 4 | 6): Cidr {
  const result = parseCidr(text);
  const corrected = result.ok || result.corrected === null ? result : parseCidr(result.corrected);
  if (corrected.ok && corrected.cidr.family === family) return corrected.cidr;
  const problem = family === 4 ? 'This is not a valid CIDR block.' : 'This is not a valid IPv6 CIDR block.';
  throw new ApiError(
    'InvalidParameterValue',
    `Value (${text}) for parameter ${parameter} is invalid. ${problem}`,
  );
}

/** Creates a VPC with its main route table. IPv4 first, then what further CIDRs it shall have. */
export function createVpc(ec2: Ec2, cidrs: readonly Cidr[], tags: Tags = NO_TAGS): Vpc {
  checkTags(tags);
  const state = ec2.write();
  const vpc: Vpc = {
    id: ec2.ids.resource('vpc'),
    ordinal: ec2.ids.ordinal(),
    cidrs: cidrs.map((cidr) => ({ association: ec2.ids.resource('vpc-cidr-assoc'), cidr })),
  };
  state.vpcs.set(vpc.id, vpc);
  state.tags.set(vpc.id, tags);
  addRouteTable(ec2, state, vpc, true, NO_TAGS);
  addDefaultFirewalls(state, vpc, ec2.account);
  return vpc;
}

/** Adds a CIDR to a VPC; all its route tables get the local route. */
export function associateVpcCidr(ec2: Ec2, vpcId: string, cidr: Cidr): Vpc {
  const vpc = requireOne(ec2, ec2.state, 'vpc', ec2.state.vpcs, vpcId);
  if (vpc.cidrs.some((known) => overlaps(known.cidr, cidr))) {
    throw new ApiError('InvalidVpc.Range', `The CIDR '${cidr.text}' conflicts with another of the VPC.`);
  }
  const state = ec2.write();
  const association = { association: ec2.ids.resource('vpc-cidr-assoc'), cidr };
  const wider: Vpc = { ...vpc, cidrs: [...vpc.cidrs, association] };
  state.vpcs.set(vpcId, wider);
  for (const table of state.routeTables.values()) {
    if (table.vpc !== vpcId) continue;
    state.routeTables.set(table.id, { ...table, routes: new Map([...localRoutes([cidr]), ...table.routes]) });
  }
  return wider;
}

/** What `createSubnet` needs; `zone` is an availability zone such as us-east-1a. */
export interface SubnetSpec {
  readonly vpc: string;
  readonly cidr: Cidr;
  readonly ipv6?: Cidr | undefined;
  readonly zone?: string | undefined;
  readonly tags?: Tags;
}

/** Creates a subnet inside a VPC's CIDRs. */
export function createSubnet(ec2: Ec2, spec: SubnetSpec): Subnet {
  const vpc = requireOne(ec2, ec2.state, 'vpc', ec2.state.vpcs, spec.vpc);
  const cidrs = [spec.cidr, spec.ipv6].filter((cidr) => cidr !== undefined);
  for (const cidr of cidrs) checkSubnetCidr(ec2, vpc, cidr);
  const tags = spec.tags ?? NO_TAGS;
  checkTags(tags);
  const state = ec2.write();
  const subnet: Subnet = {
    id: ec2.ids.resource('subnet'),
    ordinal: ec2.ids.ordinal(),
    vpc: vpc.id,
    cidr: spec.cidr,
    ipv6: spec.ipv6 ? { association: ec2.ids.resource('subnet-cidr-assoc'), cidr: spec.ipv6 } : null,
    zone: spec.zone ?? `${ec2.region}a`,
  };
  state.subnets.set(subnet.id, subnet);
  ec2.pools.set(subnet.id, createAddressPool(subnet));
  state.tags.set(subnet.id, tags);
  addSubnetToAcl(state, subnet);
  return subnet;
}

function checkSubnetCidr(ec2: Ec2, vpc: Vpc, cidr: Cidr): void {
  if (!vpc.cidrs.some((known) => containsCidr(known.cidr, cidr))) {
    throw new ApiError('InvalidSubnet.Range', `The CIDR '${cidr.text}' is invalid.`);
  }
  for (const other of ec2.state.subnets.values()) {
    const taken = [other.cidr, other.ipv6?.cidr].filter((known) => known !== undefined);
    if (other.vpc !== vpc.id || !taken.some((known) => overlaps(known, cidr))) continue;
    throw new ApiError('InvalidSubnet.Conflict', `The CIDR '${cidr.text}' conflicts with another subnet`);
  }
}

/** Creates a route table that holds the VPC's local routes. */
export function createRouteTable(ec2: Ec2, vpcId: string, tags: Tags = NO_TAGS): RouteTable {
  const vpc = requireOne(ec2, ec2.state, 'vpc', ec2.state.vpcs, vpcId);
  checkTags(tags);
  return addRouteTable(ec2, ec2.write(), vpc, false, tags);
}

function addRouteTable(ec2: Ec2, state: WritableState, vpc: Vpc, main: boolean, tags: Tags): RouteTable {
  const table: RouteTable = {
    id: ec2.ids.resource('rtb'),
    ordinal: ec2.ids.ordinal(),
    vpc: vpc.id,
    main,
    associations: main ? [{ id: ec2.ids.resource('rtbassoc'), subnet: null }] : [],
    routes: localRoutes(vpc.cidrs.map(({ cidr }) => cidr)),
  };
  state.routeTables.set(table.id, table);
  state.tags.set(table.id, tags);
  return table;
}

/** Makes a table serve a subnet; gives the association's id. */
export function associateRouteTable(ec2: Ec2, tableId: string, subnetId: string): string {
  const table = requireOne(ec2, ec2.state, 'rtb', ec2.state.routeTables, tableId);
  const subnet = requireOne(ec2, ec2.state, 'subnet', ec2.state.subnets, subnetId);
  if (table.vpc !== subnet.vpc) {
    const message = `Route table ${tableId} and subnet ${subnetId} belong to different networks`;
    throw new ApiError('InvalidParameterValue', message);
  }
  for (const other of ec2.state.routeTables.values()) {
    if (!other.associations.some((association) => association.subnet === subnetId)) continue;
    const message = `the specified association for route table ${tableId} conflicts with an existing association`;
    throw new ApiError('Resource.AlreadyAssociated', message);
  }
  const id = ec2.ids.resource('rtbassoc');
  const associations = [...table.associations, { id, subnet: subnetId }];
  ec2.write().routeTables.set(tableId, { ...table, associations });
  return id;
}

/** Ends an association: the subnet is left to the main table. */
export function disassociateRouteTable(ec2: Ec2, associationId: string): void {
  const table = [...ec2.state.routeTables.values()].find(({ associations }) =>
    associations.some(({ id, subnet }) => id === associationId && subnet !== null),
  );
  if (table === undefined) {
    const message = `The association ID '${associationId}' does not exist`;
    throw new ApiError('InvalidAssociationID.NotFound', message);
  }
  const associations = table.associations.filter(({ id }) => id !== associationId);
  ec2.write().routeTables.set(table.id, { ...table, associations });
}

/** Creates an internet gateway that belongs to no VPC yet. */
export function createInternetGateway(ec2: Ec2, tags: Tags = NO_TAGS): Gateway {
  checkTags(tags);
  const state = ec2.write();
  const gateway: Gateway = { id: ec2.ids.resource('igw'), ordinal: ec2.ids.ordinal(), vpc: null };
  state.gateways.set(gateway.id, gateway);
  state.tags.set(gateway.id, tags);
  return gateway;
}

/** Attaches an internet gateway to a VPC. */
export function attachInternetGateway(ec2: Ec2, gatewayId: string, vpcId: string): void {
  const gateway = requireOne(ec2, ec2.state, 'igw', ec2.state.gateways, gatewayId);
  requireOne(ec2, ec2.state, 'vpc', ec2.state.vpcs, vpcId);
  if (gateway.vpc !== null) {
    throw new ApiError(
      'Resource.AlreadyAssociated',
      `resource ${gatewayId} is already attached to a network`,
    );
  }
  ec2.write().gateways.set(gatewayId, { ...gateway, vpc: vpcId });
}
