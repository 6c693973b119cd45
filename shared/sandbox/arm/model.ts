import type { Fault } from '../faults.ts';

export type Tags = Readonly<Record<string, string>>;

/** Properties that the sandbox keeps and gives back as they were sent. */
export type Properties = Readonly<Record<string, unknown>>;

type ProvisioningState = 'Succeeded' | 'Creating' | 'Updating' | 'Deleting' | 'Failed';

export interface ResourceGroup {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly tags: Tags;
}

/** Spelt as Azure spells them. */
export type ResourceType = keyof ResourcesByType;

/** What all resources have. */
export interface Tracked<T extends string> {
  readonly type: T;
  /** In the case of its creation. */
  readonly id: string;
  readonly name: string;
  /** Order of creation, by which lists are sorted and paged. */
  readonly ordinal: number;
  readonly location: string;
  readonly tags: Tags;
  /** With its quotes, as headers and bodies carry it: weak and a GUID of networks, a number of machines. */
  readonly etag: string;
  readonly provisioningState: ProvisioningState;
}

export interface Route {
  readonly name: string;
  /** Canonical CIDR, or a service tag. */
  readonly addressPrefix: string;
  readonly nextHopType: string;
  readonly nextHopIpAddress: string | null;
}

export interface RouteTable extends Tracked<'Microsoft.Network/routeTables'> {
  readonly disableBgpRoutePropagation: boolean;
  readonly resourceGuid: string;
  /** By name in lower case. */
  readonly routes: ReadonlyMap<string, Route>;
}

export interface Subnet {
  readonly id: string;
  readonly name: string;
  readonly addressPrefixes: readonly string[];
  /** The id of its route table, in the case in which it was associated. */
  readonly routeTable: string | null;
  /** Security group, delegations, endpoints and whatever else was put. */
  readonly properties: Properties;
}

export type PeeringState = 'Initiated' | 'Connected' | 'Disconnected';

/** One network's side of a peering with another. */
export interface Peering {
  readonly name: string;
  /** The id of the other network, in the case in which it was named. */
  readonly remote: string;
  /** Null where it follows from the other side. */
  readonly state: PeeringState | null;
  /** What it lets through, and whatever else was put. */
  readonly properties: Properties;
}

export interface VirtualNetwork extends Tracked<'Microsoft.Network/virtualNetworks'> {
  readonly addressPrefixes: readonly string[];
  readonly resourceGuid: string;
  /** By name in lower case. */
  readonly subnets: ReadonlyMap<string, Subnet>;
  /** By name in lower case. */
  readonly peerings: ReadonlyMap<string, Peering>;
}

/** A rule of a network security group, with its properties as they were sent. */
export interface SecurityRule {
  readonly name: string;
  readonly properties: Properties;
}

export interface NetworkSecurityGroup extends Tracked<'Microsoft.Network/networkSecurityGroups'> {
  readonly rules: readonly SecurityRule[];
}

export interface IpConfiguration {
  readonly name: string;
  readonly primary: boolean;
  readonly subnet: string;
  /** Null while no address was given to it. */
  readonly address: string | null;
  readonly version: 'IPv4' | 'IPv6';
  readonly allocation: 'Dynamic' | 'Static';
}

interface InterfaceState {
  readonly enableIPForwarding: boolean;
  /** Null while attached to no machine. */
  readonly primary: boolean | null;
  readonly machine: string | null;
  readonly ipConfigurations: readonly IpConfiguration[];
  /** Security group, DNS settings and whatever else was put. */
  readonly properties: Properties;
}

export interface NetworkInterface extends Tracked<'Microsoft.Network/networkInterfaces'>, InterfaceState {}

/** An interface of a uniform scale set's instance, which lives and dies with it. */
export interface InstanceInterface
  extends Tracked<'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces'>,
    InterfaceState {}

export type PowerState = 'running' | 'stopped' | 'deallocated';

interface MachineState {
  readonly power: PowerState;
  /** Base64 as sent. */
  readonly userData: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly uuid: string;
  /** Interface ids, the primary one first. */
  readonly interfaces: readonly string[];
  /** Size, disks, operating system and whatever else was put. */
  readonly properties: Properties;
}

export interface VirtualMachine extends Tracked<'Microsoft.Compute/virtualMachines'>, MachineState {
  /** The id of the flexible scale set that it belongs to. */
  readonly scaleSet: string | null;
}

/** An instance of a uniform scale set. */
export interface ScaleSetInstance
  extends Tracked<'Microsoft.Compute/virtualMachineScaleSets/virtualMachines'>,
    MachineState {
  readonly instanceId: string;
  readonly scaleSet: string;
}

export interface ScaleSet extends Tracked<'Microsoft.Compute/virtualMachineScaleSets'> {
  readonly mode: 'Uniform' | 'Flexible';
  readonly subnet: string;
  readonly enableIPForwarding: boolean;
  readonly userData: string | null;
  readonly sku: string;
  readonly uniqueId: string;
  /** Upgrade policy and whatever else was put, but the profile of its machines. */
  readonly properties: Properties;
  /** The profile of its machines as it was put; only what the sandbox acts upon is kept beside it. */
  readonly profile: Properties;
  /** The number that the next instance gets. */
  readonly nextInstance: number;
}

export type Machine = VirtualMachine | ScaleSetInstance;

/** What each resource type is kept as. */
export interface ResourcesByType {
  readonly 'Microsoft.Network/routeTables': RouteTable;
  readonly 'Microsoft.Network/virtualNetworks': VirtualNetwork;
  readonly 'Microsoft.Network/networkInterfaces': NetworkInterface;
  readonly 'Microsoft.Network/networkSecurityGroups': NetworkSecurityGroup;
  readonly 'Microsoft.Compute/virtualMachines': VirtualMachine;
  readonly 'Microsoft.Compute/virtualMachineScaleSets': ScaleSet;
  readonly 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines': ScaleSetInstance;
  readonly 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces': InstanceInterface;
}

export type Resource = ResourcesByType[ResourceType];

/** A write that was accepted: it holds its resource until it ends. */
export interface AsyncOperation {
  readonly id: string;
  /** As the network provider calls it in its messages: `PutRouteOperation`. */
  readonly name: string;
  readonly provider: string;
  readonly location: string;
  /** The id of the resource that it holds: a route's table, a subnet's virtual network. */
  readonly holds: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endsAt: number;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed';
  readonly failure: Fault | null;
  readonly finish: () => void;
}
