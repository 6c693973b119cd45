import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteTagsCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';

export const CLUSTER = 'kthw';
export const CLUSTER_CIDR = '10.200.0.0/16';
const CLUSTER_TAG = { Key: `kubernetes.io/cluster/${CLUSTER}`, Value: 'owned' };

/** Who runs the cluster's machines and network, with the official EC2 client and names for what was made. */
export interface Operator {
  readonly ec2: EC2Client;
  /** Resource ids by name. */
  readonly ids: Map<string, string>;
  /** Names by resource id. */
  readonly names: Map<string, string>;
}

export interface Machine {
  readonly name: string;
  readonly subnet: string;
  readonly address: string;
  /** Null where it claims none. */
  readonly podCidr: string | null;
  readonly claimIn: 'user-data' | 'tag';
  /** Only nodes carry the cluster's tag. */
  readonly isNode: boolean;
}

export function createOperator(endpoint: string, region: string): Operator {
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'sandbox' };
  return { ec2: new EC2Client({ endpoint, region, credentials }), ids: new Map(), names: new Map() };
}

/** Id of what the operator called so; throws where there is none. */
export function idOf({ ids }: Operator, name: string): string {
  return required(ids.get(name), `an id for ${name}`);
}

/** Name of a resource, or its id where it was given none. */
export function nameOf({ names }: Operator, id: string): string {
  return names.get(id) ?? id;
}

/** Remembers a resource under a name, which the demo shows instead of the id. */
export function remember({ ids, names }: Operator, name: string, id: string | undefined): string {
  const known = required(id, `the id of ${name}`);
  ids.set(name, known);
  names.set(known, name);
  return known;
}

/** A VPC with an internet gateway. */
export async function createNetwork(operator: Operator, cidr: string): Promise<void> {
  const { ec2 } = operator;
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: cidr }));
  const VpcId = remember(operator, 'vpc', Vpc?.VpcId);
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const InternetGatewayId = remember(operator, 'internet gateway', InternetGateway?.InternetGatewayId);
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
}

/** A subnet with a route table of its own, which bears the cluster's tag and leads out to the internet. */
export async function addSubnet(
  operator: Operator,
  { subnet, table, cidr }: { readonly subnet: string; readonly table: string; readonly cidr: string },
): Promise<void> {
  const { ec2 } = operator;
  const VpcId = idOf(operator, 'vpc');
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: cidr }));
  const SubnetId = remember(operator, subnet, Subnet?.SubnetId);
  const Tags = [CLUSTER_TAG, { Key: 'Name', Value: table }];
  const { RouteTable } = await ec2.send(
    new CreateRouteTableCommand({ VpcId, TagSpecifications: [{ ResourceType: 'route-table', Tags }] }),
  );
  const RouteTableId = remember(operator, table, RouteTable?.RouteTableId);
  await ec2.send(new AssociateRouteTableCommand({ SubnetId, RouteTableId }));
  await ec2.send(
    new CreateRouteCommand({
      RouteTableId,
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: idOf(operator, 'internet gateway'),
    }),
  );
}

/** Launches a machine that says in its user data or in a tag which pod CIDR is its own. */
export async function launch(operator: Operator, machine: Machine): Promise<void> {
  const { name, subnet, address, podCidr, claimIn, isNode } = machine;
  const inTag = claimIn === 'tag' && podCidr !== null;
  const Tags = [
    { Key: 'Name', Value: name },
    ...(isNode ? [CLUSTER_TAG] : []),
    ...(inTag ? [{ Key: 'pod-cidr', Value: podCidr }] : []),
  ];
  const userData = `name=${name}${inTag || podCidr === null ? '' : `|pod-cidr=${podCidr}`}`;
  const { Instances = [] } = await operator.ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-00000000000000000',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: idOf(operator, subnet),
      PrivateIpAddress: address,
      UserData: Buffer.from(userData).toString('base64'),
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    }),
  );
  remember(operator, name, Instances[0]?.InstanceId);
  // EC2 shows an interface alone once the instance of a route is gone; it is the machine's all the same.
  const networkInterface = Instances[0]?.NetworkInterfaces?.[0]?.NetworkInterfaceId;
  operator.names.set(required(networkInterface, `the interface of ${name}`), name);
}

/** Says which pod CIDR is a machine's own, by its tag. */
export async function tagPodCidr(operator: Operator, name: string, podCidr: string): Promise<void> {
  const Tags = [{ Key: 'pod-cidr', Value: podCidr }];
  await operator.ec2.send(new CreateTagsCommand({ Resources: [idOf(operator, name)], Tags }));
}

/** Takes the tags away that say which pod CIDRs are the machines' own. */
export async function untagPodCidrs(operator: Operator, names: readonly string[]): Promise<void> {
  const Resources = names.map((name) => idOf(operator, name));
  await operator.ec2.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: 'pod-cidr' }] }));
}

/** The `ADDRESS CIDR` lines of the manual procedure, read as it reads them: from user data. */
export async function readClaimLines(operator: Operator, names: readonly string[]): Promise<string[]> {
  const lines = names.map(async (name) => {
    const InstanceId = idOf(operator, name);
    const [{ Reservations = [] }, { UserData }] = await Promise.all([
      operator.ec2.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] })),
      operator.ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' })),
    ]);
    const userData = Buffer.from(UserData?.Value ?? '', 'base64').toString();
    const claim = userData.split('|').find((entry) => entry.startsWith('pod-cidr='));
    return `${Reservations[0]?.Instances?.[0]?.PrivateIpAddress} ${claim?.split('=')[1]}`;
  });
  return Promise.all(lines);
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The sandbox did not give ${what}`);
  return value;
}

/** Launches machines of one template at once, as an Auto Scaling group does: nothing in it is one machine's own. */
export async function launchGroup(
  operator: Operator,
  names: readonly string[],
  nodeTag: string,
): Promise<void> {
  const Tags = [{ Key: nodeTag, Value: 'workers' }];
  const { Instances = [] } = await operator.ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-00000000000000000',
      MinCount: names.length,
      MaxCount: names.length,
      SubnetId: idOf(operator, 'subnet-a'),
      MetadataOptions: { HttpTokens: 'required', InstanceMetadataTags: 'enabled' },
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    }),
  );
  for (const [i, { InstanceId, NetworkInterfaces = [] }] of Instances.entries()) {
    const name = names[i] ?? '';
    remember(operator, name, InstanceId);
    operator.names.set(required(NetworkInterfaces[0]?.NetworkInterfaceId, `the interface of ${name}`), name);
  }
}
