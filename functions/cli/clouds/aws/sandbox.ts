import { type Cidr, parseCidr } from '../../../../shared/core/cidr.ts';
import { type AwsSandbox, startAwsSandbox } from '../../../../shared/sandbox/aws-server.ts';
import {
  changeInstances,
  completeTransitions,
  launchInstances,
} from '../../../../shared/sandbox/ec2/instances.ts';
import {
  associateRouteTable,
  attachInternetGateway,
  createInternetGateway,
  createRouteTable,
  createSubnet,
  createVpc,
} from '../../../../shared/sandbox/ec2/network.ts';
import { createRoute } from '../../../../shared/sandbox/ec2/routes.ts';
import {
  CLUSTER,
  DEPARTED,
  MEMBERS,
  type Member,
  NETWORK_CIDR,
  ROUTES,
  type RunningSandbox,
  SUBNET,
  SUBNET_CIDR,
  TABLE,
  userDataOf,
} from '../../sandbox/cluster.ts';
import { stageIncident } from '../../sandbox/incident.ts';
import { monitorAws } from './monitoring.ts';

/** What EC2 says to a role that may not write, as the functions log it. */
const DENIED = {
  error: 'UnauthorizedOperation',
  errorMessage:
    'The role or user is not allowed to call ec2:CreateRoute or ec2:ReplaceRoute. Allow it in the IAM policy.',
};

const CLUSTER_TAG = [`kubernetes.io/cluster/${CLUSTER}`, 'owned'] as const;

/** Starts a loopback AWS on a port, 0 for a free one, with the cluster in it unless it is to be empty. */
export async function startAws(port: number, isEmpty: boolean): Promise<RunningSandbox> {
  const sandbox = await startAwsSandbox({ port });
  if (!isEmpty) {
    const ids = buildAwsCluster(sandbox);
    stageIncident(monitorAws(sandbox), ids, DENIED, Date.now());
  }
  return {
    cloud: 'aws',
    variables: {
      AWS_ENDPOINT_URL: sandbox.endpoint,
      AWS_REGION: sandbox.region,
      // Version 1 of the aws program knows this name alone.
      AWS_DEFAULT_REGION: sandbox.region,
      AWS_ACCESS_KEY_ID: 'sandbox',
      AWS_SECRET_ACCESS_KEY: 'sandbox',
    },
    takeEvents: () => sandbox.takeEvents(),
    close: sandbox.close,
  };
}

/** Builds the cluster; gives the ids of what was built, by name. */
export function buildAwsCluster({ ec2 }: Pick<AwsSandbox, 'ec2'>): ReadonlyMap<string, string> {
  const vpc = createVpc(ec2, [network(NETWORK_CIDR)]).id;
  const subnet = createSubnet(ec2, { vpc, cidr: network(SUBNET_CIDR) }).id;
  const gateway = createInternetGateway(ec2).id;
  attachInternetGateway(ec2, gateway, vpc);
  const table = createRouteTable(ec2, vpc, new Map([CLUSTER_TAG, ['Name', TABLE]])).id;
  associateRouteTable(ec2, table, subnet);
  createRoute(ec2, table, network('0.0.0.0/0'), { kind: 'gateway', field: 'gatewayId', id: gateway });
  const ids = new Map([...MEMBERS, DEPARTED].map((member) => [member.name, launch(ec2, subnet, member)]));
  completeTransitions(ec2);
  for (const { destination, to } of ROUTES) {
    createRoute(ec2, table, network(destination), { kind: 'instance', id: ids.get(to) ?? '' });
  }
  changeInstances(ec2, 'terminate', [ids.get(DEPARTED.name) ?? '']);
  completeTransitions(ec2);
  return ids.set(TABLE, table).set(SUBNET, subnet);
}

function launch(ec2: AwsSandbox['ec2'], subnet: string, member: Member): string {
  const { name, address, podCidr, claimIn, isNode, forwards } = member;
  const [instance] = launchInstances(ec2, {
    interfaces: [{ deviceIndex: 0, spec: { subnet, address, sourceDestCheck: !forwards } }],
    userData: btoa(userDataOf(member)),
    tags: new Map([
      ['Name', name],
      ...(isNode ? [CLUSTER_TAG] : []),
      ...(claimIn === 'tag' && podCidr !== null ? [['pod-cidr', podCidr] as const] : []),
    ]),
  });
  return instance?.id ?? '';
}

function network(text: string): Cidr {
  const result = parseCidr(text);
  if (!result.ok) throw new Error(`${text} ${result.problem}`);
  return result.cidr;
}
