import type { WireObject } from '../query.ts';
import { viewMetadataOptions } from './metadata-options.ts';
import type {
  Attachment,
  Gateway,
  Instance,
  InstanceState,
  NetworkInterface,
  Subnet,
  Tags,
  Vpc,
} from './model.ts';
import type { Ec2, State } from './state.ts';
import { tagsOf } from './tags.ts';
import { zoneIdOf } from './zones.ts';

const STATE_CODES: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

/** An instance state as answers carry it. */
export function viewInstanceState(state: InstanceState): WireObject {
  return { code: STATE_CODES[state], name: state };
}

/** The tags of a resource as answers carry them; undefined where there are none. */
export function viewTags(tags: Tags): readonly WireObject[] | undefined {
  return tags.size === 0 ? undefined : [...tags].map(([key, value]) => ({ key, value }));
}

function viewTime(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString();
}

/** An instance. A terminated one has neither network nor addresses, which EC2 takes away with its interfaces. */
export function viewInstance(ec2: Ec2, state: State, instance: Instance): WireObject {
  const interfaces = interfacesOf(state, instance);
  const primary = interfaces[0];
  const subnet = primary && state.subnets.get(primary.subnet);
  const address = primary?.addresses[0];
  const left = instance.state !== 'pending' && instance.state !== 'running';
  return {
    instanceId: instance.id,
    imageId: instance.image,
    instanceState: viewInstanceState(instance.state),
    privateDnsName: privateDnsName(ec2, address) ?? '',
    dnsName: '',
    reason: left ? `User initiated (${viewTime(instance.stateChangedAt)})` : '',
    stateReason: left
      ? {
          code: 'Client.UserInitiatedShutdown',
          message: 'Client.UserInitiatedShutdown: User initiated shutdown',
        }
      : undefined,
    amiLaunchIndex: instance.launchIndex,
    instanceType: instance.type,
    launchTime: viewTime(instance.launchedAt),
    placement: { availabilityZone: subnet?.zone ?? `${ec2.region}a`, groupName: '', tenancy: 'default' },
    monitoring: { state: 'disabled' },
    subnetId: subnet?.id,
    vpcId: primary?.vpc,
    privateIpAddress: address,
    sourceDestCheck: primary?.sourceDestCheck,
    architecture: 'x86_64',
    rootDeviceType: 'ebs',
    virtualizationType: 'hvm',
    clientToken: instance.clientToken ?? '',
    metadataOptions: viewMetadataOptions(instance.metadataOptions),
    tagSet: viewTags(tagsOf(state, instance.id)),
    groupSet: primary ? viewGroups(state, primary) : [],
    networkInterfaceSet: interfaces.map((entry) => viewInstanceInterface(ec2, state, entry)),
  };
}

/** The interfaces of an instance in order of device index. */
export function interfacesOf(state: State, instance: Instance): readonly NetworkInterface[] {
  const found = instance.interfaces.flatMap((id) => state.interfaces.get(id) ?? []);
  return found.sort((a, b) => (a.attachment?.deviceIndex ?? 0) - (b.attachment?.deviceIndex ?? 0));
}

/** The name that the VPC's resolver gives to an address. */
export function privateDnsName(ec2: Ec2, address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const domain = ec2.region === 'us-east-1' ? 'ec2.internal' : `${ec2.region}.compute.internal`;
  return `ip-${address.replaceAll('.', '-')}.${domain}`;
}

function viewInstanceInterface(ec2: Ec2, state: State, networkInterface: NetworkInterface): WireObject {
  const { attachment } = networkInterface;
  return {
    ...viewInterfaceCore(ec2, state, networkInterface),
    attachment: attachment ? viewAttachment(attachment) : undefined,
  };
}

/** An interface as DescribeNetworkInterfaces shows it. */
export function viewInterface(ec2: Ec2, state: State, networkInterface: NetworkInterface): WireObject {
  const { attachment } = networkInterface;
  return {
    ...viewInterfaceCore(ec2, state, networkInterface),
    availabilityZone: state.subnets.get(networkInterface.subnet)?.zone,
    requesterManaged: false,
    attachment: attachment
      ? { instanceId: attachment.instance, instanceOwnerId: ec2.account, ...viewAttachment(attachment) }
      : undefined,
    tagSet: viewTags(tagsOf(state, networkInterface.id)),
  };
}

function viewAttachment(attachment: Attachment): WireObject {
  return {
    attachmentId: attachment.id,
    deviceIndex: attachment.deviceIndex,
    status: 'attached',
    attachTime: viewTime(attachment.attachedAt),
    deleteOnTermination: attachment.deleteOnTermination,
    networkCardIndex: 0,
  };
}

function viewGroups(state: State, { groups }: NetworkInterface): WireObject[] {
  return groups.map((groupId) => ({ groupId, groupName: state.securityGroups.get(groupId)?.name }));
}

function viewInterfaceCore(ec2: Ec2, state: State, networkInterface: NetworkInterface): WireObject {
  const [primary] = networkInterface.addresses;
  return {
    networkInterfaceId: networkInterface.id,
    subnetId: networkInterface.subnet,
    vpcId: networkInterface.vpc,
    description: networkInterface.description,
    ownerId: ec2.account,
    status: networkInterface.attachment ? 'in-use' : 'available',
    interfaceType: 'interface',
    macAddress: macAddress(networkInterface.id),
    privateIpAddress: primary,
    privateDnsName: privateDnsName(ec2, primary),
    sourceDestCheck: networkInterface.sourceDestCheck,
    groupSet: viewGroups(state, networkInterface),
    privateIpAddressesSet: networkInterface.addresses.map((privateIpAddress, i) => ({
      privateIpAddress,
      privateDnsName: privateDnsName(ec2, privateIpAddress),
      primary: i === 0,
    })),
    ipv6AddressesSet: networkInterface.ipv6Addresses.map((ipv6Address) => ({ ipv6Address })),
  };
}

function macAddress(interfaceId: string): string {
  return `02:${interfaceId.slice(-10).match(/../g)?.join(':')}`;
}

/** A VPC. */
export function viewVpc(ec2: Ec2, state: State, vpc: Vpc): WireObject {
  const associated = (family: 4 | 6) => vpc.cidrs.filter(({ cidr }) => cidr.family === family);
  return {
    vpcId: vpc.id,
    ownerId: ec2.account,
    state: 'available',
    cidrBlock: associated(4)[0]?.cidr.text,
    dhcpOptionsId: 'default',
    instanceTenancy: 'default',
    isDefault: false,
    cidrBlockAssociationSet: associated(4).map(({ association, cidr }) => ({
      associationId: association,
      cidrBlock: cidr.text,
      cidrBlockState: { state: 'associated' },
    })),
    ipv6CidrBlockAssociationSet: associated(6).map(({ association, cidr }) => ({
      associationId: association,
      ipv6CidrBlock: cidr.text,
      ipv6CidrBlockState: { state: 'associated' },
    })),
    tagSet: viewTags(tagsOf(state, vpc.id)),
  };
}

/** A subnet. */
export function viewSubnet(ec2: Ec2, state: State, subnet: Subnet): WireObject {
  return {
    subnetId: subnet.id,
    subnetArn: `arn:aws:ec2:${ec2.region}:${ec2.account}:subnet/${subnet.id}`,
    vpcId: subnet.vpc,
    ownerId: ec2.account,
    state: 'available',
    cidrBlock: subnet.cidr.text,
    availabilityZone: subnet.zone,
    availabilityZoneId: zoneIdOf(ec2, subnet.zone),
    defaultForAz: false,
    mapPublicIpOnLaunch: false,
    ipv6CidrBlockAssociationSet: subnet.ipv6
      ? [
          {
            associationId: subnet.ipv6.association,
            ipv6CidrBlock: subnet.ipv6.cidr.text,
            ipv6CidrBlockState: { state: 'associated' },
          },
        ]
      : [],
    tagSet: viewTags(tagsOf(state, subnet.id)),
  };
}

/** An internet gateway. */
export function viewGateway(ec2: Ec2, state: State, gateway: Gateway): WireObject {
  return {
    internetGatewayId: gateway.id,
    ownerId: ec2.account,
    attachmentSet: gateway.vpc === null ? [] : [{ vpcId: gateway.vpc, state: 'available' }],
    tagSet: viewTags(tagsOf(state, gateway.id)),
  };
}
