import { ApiError, type Params, readRequired, readValues, type Wire, type WireObject } from '../query.ts';
import type { Action, ActionTable } from './action.ts';
import { type FilterFields, type Paging, readFilters, readPage } from './filters.ts';
import type { Instance, NetworkInterface, RouteTable, Subnet, Tags, Vpc } from './model.ts';
import { isVisible, requireIds, requireOne, resourceType } from './resources.ts';
import { viewRouteTable } from './route-views.ts';
import type { Ec2, State } from './state.ts';
import { tagsOf } from './tags.ts';
import { interfacesOf, privateDnsName, viewInstance, viewInterface, viewSubnet, viewVpc } from './views.ts';
import { zoneIdOf } from './zones.ts';

/** One kind of resource that can be described: where it is kept, how it is filtered, paged and shown. */
export interface Described<T> {
  readonly idPrefix: string;
  readonly idsParam: string;
  readonly all: (state: State) => ReadonlyMap<string, T>;
  readonly fields: FilterFields<T>;
  readonly paging: Paging;
}

interface Resource {
  readonly id: string;
  readonly ordinal: number;
}

const INSTANCES: Described<Instance> = {
  idPrefix: 'i',
  idsParam: 'InstanceId',
  all: (state) => state.instances,
  paging: { most: 1000, idsParam: 'InstanceId' },
  fields: {
    'instance-id': ({ id }) => [id],
    'instance-state-name': ({ state }) => [state],
    'instance-type': ({ type }) => [type],
    'vpc-id': (instance, state) => [interfacesOf(state, instance)[0]?.vpc],
    'subnet-id': (instance, state) => [interfacesOf(state, instance)[0]?.subnet],
    'private-ip-address': (instance, state) => [interfacesOf(state, instance)[0]?.addresses[0]],
    'private-dns-name': (instance, state, ec2) => [
      privateDnsName(ec2, interfacesOf(state, instance)[0]?.addresses[0]),
    ],
    'availability-zone': (instance, state) => [
      state.subnets.get(interfacesOf(state, instance)[0]?.subnet ?? '')?.zone,
    ],
    'network-interface.network-interface-id': ({ interfaces }) => interfaces,
    'network-interface.addresses.private-ip-address': (instance, state) =>
      interfacesOf(state, instance).flatMap(({ addresses }) => addresses),
    'network-interface.private-dns-name': (instance, state, ec2) =>
      interfacesOf(state, instance).map(({ addresses }) => privateDnsName(ec2, addresses[0])),
    'reservation-id': ({ reservation }) => [reservation],
  },
};

const INTERFACES: Described<NetworkInterface> = {
  idPrefix: 'eni',
  idsParam: 'NetworkInterfaceId',
  all: (state) => state.interfaces,
  paging: { most: 1000, idsParam: 'NetworkInterfaceId' },
  fields: {
    'network-interface-id': ({ id }) => [id],
    'vpc-id': ({ vpc }) => [vpc],
    'subnet-id': ({ subnet }) => [subnet],
    'attachment.attachment-id': ({ attachment }) => [attachment?.id],
    'attachment.instance-id': ({ attachment }) => [attachment?.instance],
    'attachment.device-index': ({ attachment }) => [attachment?.deviceIndex.toString()],
    'private-ip-address': ({ addresses }) => addresses,
    'addresses.private-ip-address': ({ addresses }) => addresses,
    'ipv6-addresses.ipv6-address': ({ ipv6Addresses }) => ipv6Addresses,
    'private-dns-name': ({ addresses }, _state, ec2) => [privateDnsName(ec2, addresses[0])],
    'group-id': ({ groups }) => groups,
    status: ({ attachment }) => [attachment ? 'in-use' : 'available'],
  },
};

const ROUTE_TABLES: Described<RouteTable> = {
  idPrefix: 'rtb',
  idsParam: 'RouteTableId',
  all: (state) => state.routeTables,
  paging: { most: 100, idsParam: null },
  fields: {
    'route-table-id': ({ id }) => [id],
    'vpc-id': ({ vpc }) => [vpc],
    'association.subnet-id': ({ associations }) => associations.map(({ subnet }) => subnet ?? undefined),
    'association.main': ({ associations }) => associations.map(({ subnet }) => String(subnet === null)),
    'association.route-table-association-id': ({ associations }) => associations.map(({ id }) => id),
    'route.destination-cidr-block': ({ routes }) => [...routes.values()].map((r) => r.destination.text),
  },
};

const VPCS: Described<Vpc> = {
  idPrefix: 'vpc',
  idsParam: 'VpcId',
  all: (state) => state.vpcs,
  paging: { most: 1000, idsParam: null },
  fields: {
    'vpc-id': ({ id }) => [id],
    cidr: ({ cidrs }) => cidrs.slice(0, 1).map(({ cidr }) => cidr.text),
    'cidr-block-association.cidr-block': ({ cidrs }) => cidrs.map(({ cidr }) => cidr.text),
    state: () => ['available'],
  },
};

const SUBNETS: Described<Subnet> = {
  idPrefix: 'subnet',
  idsParam: 'SubnetId',
  all: (state) => state.subnets,
  paging: { most: 1000, idsParam: null },
  fields: {
    'subnet-id': ({ id }) => [id],
    'vpc-id': ({ vpc }) => [vpc],
    'cidr-block': ({ cidr }) => [cidr.text],
    'availability-zone': ({ zone }) => [zone],
    'availability-zone-id': ({ zone }, _state, ec2) => [zoneIdOf(ec2, zone)],
  },
};

/** The page of resources that a describe call asks for. */
export function select<T extends Resource>(
  ec2: Ec2,
  params: Params,
  described: Described<T>,
  isShown: (resource: T) => boolean = () => true,
) {
  const state = ec2.read();
  const ids = readValues(params, described.idsParam);
  requireIds(ec2, state, described.idPrefix, ids);
  const all = described.all(state);
  const named = ids.length === 0 ? all.values() : new Set(ids.flatMap((id) => all.get(id) ?? []));
  const matches = readFilters(ec2, params, described.fields, (resource, now) => tagsOf(now, resource.id));
  const found = [...named].filter((resource) => isShown(resource) && matches(resource, state));
  return { state, ...readPage(params, found, described.paging) };
}

function describeInstances(ec2: Ec2, params: Params): WireObject {
  const { state, page, nextToken } = select(ec2, params, INSTANCES, (instance) => isVisible(ec2, instance));
  const reservations = new Map<string, Wire[]>();
  for (const instance of page) {
    const instances = reservations.get(instance.reservation) ?? [];
    instances.push(viewInstance(ec2, state, instance));
    reservations.set(instance.reservation, instances);
  }
  const reservationSet = [...reservations].map(([reservationId, instancesSet]) => ({
    reservationId,
    ownerId: ec2.account,
    groupSet: [],
    instancesSet,
  }));
  return { reservationSet, nextToken };
}

function describeInterfaces(ec2: Ec2, params: Params): WireObject {
  const { state, page, nextToken } = select(ec2, params, INTERFACES);
  return { networkInterfaceSet: page.map((entry) => viewInterface(ec2, state, entry)), nextToken };
}

function describeRouteTables(ec2: Ec2, params: Params): WireObject {
  const { state, page, nextToken } = select(ec2, params, ROUTE_TABLES);
  return { routeTableSet: page.map((table) => viewRouteTable(ec2, state, table)), nextToken };
}

function describeVpcs(ec2: Ec2, params: Params): WireObject {
  const { state, page, nextToken } = select(ec2, params, VPCS);
  return { vpcSet: page.map((vpc) => viewVpc(ec2, state, vpc)), nextToken };
}

function describeSubnets(ec2: Ec2, params: Params): WireObject {
  const { state, page, nextToken } = select(ec2, params, SUBNETS);
  return { subnetSet: page.map((subnet) => viewSubnet(ec2, state, subnet)), nextToken };
}

interface TagRow extends Resource {
  readonly resource: string;
  readonly key: string;
  readonly value: string;
}

const NO_TAGS: Tags = new Map();

const TAG_FIELDS: FilterFields<TagRow> = {
  'resource-id': ({ resource }) => [resource],
  'resource-type': ({ resource }) => [resourceType(resource) ?? undefined],
  key: ({ key }) => [key],
  value: ({ value }) => [value],
};

function describeTags(ec2: Ec2, params: Params): WireObject {
  const state = ec2.read();
  const matches = readFilters(ec2, params, TAG_FIELDS, () => NO_TAGS);
  let ordinal = 0;
  const rows: TagRow[] = [];
  for (const [resource, tags] of state.tags) {
    if (state.instances.has(resource) && !isVisible(ec2, state.instances.get(resource))) continue;
    for (const [key, value] of tags) rows.push({ id: resource, ordinal: ++ordinal, resource, key, value });
  }
  const found = rows.filter((row) => matches(row, state));
  const { page, nextToken } = readPage(params, found, { most: 1000, idsParam: null });
  return {
    tagSet: page.map(({ resource, key, value }) => ({
      resourceId: resource,
      resourceType: resourceType(resource) ?? '',
      key,
      value,
    })),
    nextToken,
  };
}

const ATTRIBUTES: Readonly<Record<string, (instance: Instance, state: State) => WireObject>> = {
  userData: ({ userData }) => ({ userData: userData === null ? {} : { value: userData } }),
  instanceType: ({ type }) => ({ instanceType: { value: type } }),
  sourceDestCheck: (instance, state) => ({
    sourceDestCheck: { value: interfacesOf(state, instance)[0]?.sourceDestCheck ?? true },
  }),
};

function describeInstanceAttribute(ec2: Ec2, params: Params): WireObject {
  const state = ec2.read();
  const instance = requireOne(ec2, state, 'i', state.instances, readRequired(params, 'InstanceId'));
  const name = readRequired(params, 'Attribute');
  const view = Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined;
  if (view === undefined) {
    throw new ApiError('UnsupportedOperation', `The sandbox does not model the attribute ${name}`);
  }
  return { instanceId: instance.id, ...view(instance, state) };
}

/** A describe call with filters and pages; `described` is null where it takes no ids. */
export function describeAction(described: { readonly idsParam: string } | null, run: Action['run']): Action {
  const params = ['Filter.N.Name', 'Filter.N.Value.N', 'MaxResults', 'NextToken'];
  return { params: described ? [`${described.idsParam}.N`, ...params] : params, mutating: false, run };
}

export const DESCRIBE_ACTIONS: ActionTable = {
  DescribeInstances: describeAction(INSTANCES, describeInstances),
  DescribeNetworkInterfaces: describeAction(INTERFACES, describeInterfaces),
  DescribeRouteTables: describeAction(ROUTE_TABLES, describeRouteTables),
  DescribeVpcs: describeAction(VPCS, describeVpcs),
  DescribeSubnets: describeAction(SUBNETS, describeSubnets),
  DescribeTags: describeAction(null, describeTags),
  DescribeInstanceAttribute: {
    params: ['InstanceId', 'Attribute'],
    mutating: false,
    run: describeInstanceAttribute,
  },
};
