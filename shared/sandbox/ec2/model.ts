import type { Cidr } from '../../core/cidr.ts';

export type InstanceState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';

export type Tags = ReadonlyMap<string, string>;

/** What all resources have. */
export interface Resource {
  readonly id: string;
  /** Order of creation, by which answers are sorted and paged. */
  readonly ordinal: number;
}

export interface Vpc extends Resource {
  readonly cidrs: readonly { readonly association: string; readonly cidr: Cidr }[];
}

export interface Subnet extends Resource {
  readonly vpc: string;
  readonly cidr: Cidr;
  readonly ipv6: { readonly association: string; readonly cidr: Cidr } | null;
  readonly zone: string;
}

export interface Gateway extends Resource {
  readonly vpc: string | null;
}

export interface Attachment {
  readonly id: string;
  readonly instance: string;
  readonly deviceIndex: number;
  readonly deleteOnTermination: boolean;
  readonly attachedAt: number;
}

export interface NetworkInterface extends Resource {
  readonly vpc: string;
  readonly subnet: string;
  readonly description: string;
  /** The primary IPv4 address first. */
  readonly addresses: readonly string[];
  readonly ipv6Addresses: readonly string[];
  readonly sourceDestCheck: boolean;
  /** Ids of its security groups. */
  readonly groups: readonly string[];
  readonly attachment: Attachment | null;
}

/** What an instance's metadata service answers, and to whom. */
export interface MetadataOptions {
  readonly httpEndpoint: 'enabled' | 'disabled';
  readonly httpTokens: 'optional' | 'required';
  readonly httpPutResponseHopLimit: number;
  readonly instanceMetadataTags: 'enabled' | 'disabled';
}

export interface Instance extends Resource {
  readonly reservation: string;
  readonly launchIndex: number;
  readonly state: InstanceState;
  /** Milliseconds since the epoch; renewed at every start. */
  readonly launchedAt: number;
  readonly stateChangedAt: number;
  readonly type: string;
  readonly image: string;
  /** Base64 as sent. */
  readonly userData: string | null;
  readonly clientToken: string | null;
  readonly metadataOptions: MetadataOptions;
  /** Ids in order of device index; empty once terminated. */
  readonly interfaces: readonly string[];
}

type RouteOrigin = 'CreateRouteTable' | 'CreateRoute' | 'EnableVgwRoutePropagation';

/** The fields of an answer that name a target other than an interface. */
export type GatewayField = 'gatewayId' | 'natGatewayId' | 'vpcPeeringConnectionId' | 'transitGatewayId';

/** EC2 keeps the interface even where the route was made for an instance. */
export type RouteTarget =
  | { readonly kind: 'local' }
  | { readonly kind: 'interface'; readonly id: string; readonly instance: string | null }
  | { readonly kind: 'gateway'; readonly field: GatewayField; readonly id: string };

/** Whether it is active or a blackhole is not kept: it follows from the target (`viewRouteTable`). */
export interface Route {
  readonly destination: Cidr;
  readonly target: RouteTarget;
  readonly origin: RouteOrigin;
}

export interface RouteTable extends Resource {
  readonly vpc: string;
  readonly main: boolean;
  readonly associations: readonly { readonly id: string; readonly subnet: string | null }[];
  /** By `routeKey`. */
  readonly routes: ReadonlyMap<string, Route>;
}
