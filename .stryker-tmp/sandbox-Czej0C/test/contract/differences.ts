/** The stand-ins for AWS. */
// @ts-nocheck

export type AwsStandIn = 'sandbox' | 'moto';

/** One thing that the stand-ins for AWS do not do alike, as `aws-differences.ts` observes it. */
export interface Difference extends Readonly<Record<AwsStandIn, string>> {
  readonly what: string;
  /** What AWS documents, with the page that does. */
  readonly documented: string;
}

const API = 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference';

/** Where sandbox and moto differ in what podroutes depends on; the sandbox follows AWS in all of them. */
export const DIFFERENCES = {
  stoppedTarget: {
    what: 'state of a route whose instance is stopped',
    sandbox: 'blackhole',
    moto: 'active',
    documented: `blackhole: the route's target isn't available, ${API}/API_Route.html`,
  },
  terminatedTarget: {
    what: 'state of a route whose instance was terminated',
    sandbox: 'blackhole',
    moto: 'active',
    documented: `blackhole: such as a NAT instance that has been terminated, ${API}/API_Route.html`,
  },
  instanceRoute: {
    what: 'target fields of a route made for an instance',
    sandbox: 'InstanceId InstanceOwnerId NetworkInterfaceId',
    moto: 'InstanceId',
    documented: `fields for the instance, its owner and the interface; real output has all three, ${API}/API_Route.html`,
  },
  interfaceRoute: {
    what: 'target fields of a route made for an attached interface',
    sandbox: 'InstanceId InstanceOwnerId NetworkInterfaceId',
    moto: 'NetworkInterfaceId',
    documented: `fields for the instance, its owner and the interface; real output has all three, ${API}/API_Route.html`,
  },
  severalInterfaces: {
    what: 'a route to the id of an instance with two interfaces',
    sandbox: 'InvalidInstanceID',
    moto: 'accepted',
    documented: `only for an instance with exactly one interface, ${API}/API_CreateRoute.html`,
  },
  secondToInterface: {
    what: 'a second route to one destination, to an interface',
    sandbox: 'RouteAlreadyExists',
    moto: 'accepted',
    documented: `RouteAlreadyExists, ${API}/errors-overview.html`,
  },
  secondIpv6: {
    what: 'a second route to one IPv6 destination',
    sandbox: 'RouteAlreadyExists',
    moto: 'accepted',
    documented: `RouteAlreadyExists, ${API}/errors-overview.html`,
  },
  hostBits: {
    what: 'the destination 100.68.0.18/18 as it is kept',
    sandbox: '100.68.0.0/18',
    moto: '100.68.0.18/18',
    documented: `100.68.0.0/18, ${API}/API_CreateRoute.html`,
  },
  fullTable: {
    what: 'one route more than the quota of a table',
    sandbox: 'RouteLimitExceeded',
    moto: 'accepted',
    documented: `RouteLimitExceeded, ${API}/errors-overview.html`,
  },
  tablePages: {
    what: 'six route tables asked for with MaxResults 5',
    sandbox: '5 and a token',
    moto: '6',
    documented: `at most MaxResults of them and a token for the rest, ${API}/API_DescribeRouteTables.html`,
  },
  filterValues: {
    what: 'a filter of 201 values',
    sandbox: 'FilterLimitExceeded',
    moto: 'accepted',
    documented: `FilterLimitExceeded for too many filter values, ${API}/errors-overview.html`,
  },
  propagatedRoutes: {
    what: 'routes that a virtual private gateway propagates',
    sandbox: 'modelled',
    moto: 'not modelled',
    documented: `Origin EnableVgwRoutePropagation, ${API}/API_Route.html`,
  },
  unknownInterfaces: {
    what: 'how many of two unknown interface ids a refusal names',
    sandbox: '2',
    moto: '1',
    documented: `InvalidNetworkInterfaceID.NotFound without a word on how many, ${API}/errors-overview.html`,
  },
  terminatedInterfaces: {
    what: 'interfaces that a terminated instance still shows',
    sandbox: '0',
    moto: '1',
    documented:
      'the primary interface is deleted with its instance, https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html',
  },
} as const satisfies Record<string, Difference>;

export type DifferenceName = keyof typeof DIFFERENCES;
