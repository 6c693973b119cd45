import { createGroup } from '../../../../shared/sandbox/arm/groups.ts';
import { createMachine } from '../../../../shared/sandbox/arm/machines.ts';
import { createNetwork, putSubnet } from '../../../../shared/sandbox/arm/networks.ts';
import { putRouteTable } from '../../../../shared/sandbox/arm/route-tables.ts';
import { type ArmSandbox, startArmSandbox } from '../../../../shared/sandbox/arm-server.ts';
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
import { monitorAzure } from './monitoring.ts';

const GROUP = 'kubernetes';

/** What Azure says to an identity that may not write, as the functions log it. */
const DENIED = {
  error: 'AuthorizationFailed',
  errorMessage:
    "Microsoft.Network/routeTables/write: The client does not have authorization to perform action 'Microsoft.Network/routeTables/write'.",
};

const CLUSTER_TAG = { [`kubernetes.io_cluster_${CLUSTER}`]: 'owned' };

/** Starts a loopback Azure on a port, 0 for a free one, with the cluster in it unless it is to be empty. */
export async function startAzure(port: number, isEmpty: boolean): Promise<RunningSandbox> {
  const sandbox = await startArmSandbox({ port });
  if (isEmpty) createGroup(sandbox.arm, GROUP);
  else stageIncident(monitorAzure(sandbox), buildAzureCluster(sandbox), DENIED, Date.now());
  return {
    cloud: 'azure',
    variables: {
      PODROUTES_ARM_ENDPOINT: sandbox.endpoint,
      PODROUTES_AZURE_SUBSCRIPTION: sandbox.subscription,
      PODROUTES_AZURE_RESOURCE_GROUPS: GROUP,
    },
    takeEvents: () => sandbox.takeEvents(),
    close: sandbox.close,
  };
}

/** Builds the cluster in a group of its own; gives the ids of what was built, by name. */
export function buildAzureCluster({ arm }: Pick<ArmSandbox, 'arm'>): ReadonlyMap<string, string> {
  createGroup(arm, GROUP);
  const network = createNetwork(arm, {
    group: GROUP,
    name: 'kubernetes-vnet',
    addressPrefixes: [NETWORK_CIDR],
  });
  const addresses = new Map([...MEMBERS, DEPARTED].map(({ name, address }) => [name, address]));
  const table = putRouteTable(arm, {
    group: GROUP,
    name: TABLE,
    location: arm.location,
    tags: CLUSTER_TAG,
    routes: [
      { name: 'to-internet', addressPrefix: '0.0.0.0/0', nextHopType: 'Internet' },
      ...ROUTES.map(({ destination, to }) => ({
        name: `kubernetes-route-${destination.replaceAll(/[./]/g, '-')}`,
        addressPrefix: destination,
        nextHopType: 'VirtualAppliance',
        nextHopIpAddress: addresses.get(to) ?? '',
      })),
    ],
  });
  const subnet = putSubnet(arm, {
    network: network.id,
    name: SUBNET,
    addressPrefixes: [SUBNET_CIDR],
    routeTable: table.id,
  });
  const ids = MEMBERS.map((member) => [member.name, create(arm, subnet.id, member)] as const);
  return new Map([...ids, [TABLE, table.id.toLowerCase()], [SUBNET, subnet.id]]);
}

function create(arm: ArmSandbox['arm'], subnet: string, member: Member): string {
  const { name, address, podCidr, claimIn, isNode, forwards } = member;
  const { id } = createMachine(arm, {
    group: GROUP,
    name,
    subnet,
    addresses: [address],
    enableIPForwarding: forwards,
    userData: btoa(userDataOf(member)),
    tags: {
      ...(isNode && CLUSTER_TAG),
      ...(claimIn === 'tag' && podCidr !== null && { 'pod-cidr': podCidr }),
    },
  });
  return id.toLowerCase();
}
