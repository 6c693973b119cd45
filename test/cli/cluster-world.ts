import { buildAwsCluster } from '../../functions/cli/clouds/aws/sandbox.ts';
import { buildAzureCluster } from '../../functions/cli/clouds/azure/sandbox.ts';
import { CLUSTER, CLUSTER_CIDR, SUBNET, TABLE } from '../../functions/cli/sandbox/cluster.ts';
import { makeLedgerFile } from '../../functions/cli/sandbox/ledger-file.ts';
import { createMachine } from '../../shared/sandbox/arm/machines.ts';
import { tagResource, untagResource } from '../../shared/sandbox/arm/tags.ts';
import { startArmSandbox } from '../../shared/sandbox/arm-server.ts';
import { startAwsSandbox } from '../../shared/sandbox/aws-server.ts';
import { completeTransitions, launchInstances } from '../../shared/sandbox/ec2/instances.ts';
import { setTags } from '../../shared/sandbox/ec2/tags.ts';
import type { Fault } from '../../shared/sandbox/faults.ts';

/** The cluster of `podroutes sandbox` in a loopback cloud of the test's own. */
export interface ClusterWorld {
  readonly cloud: 'aws' | 'azure';
  /** What a person exports. */
  readonly env: Readonly<Record<string, string>>;
  /** The same with a ledger, in a file. */
  readonly remembering: Readonly<Record<string, string>>;
  /** Ids by name. */
  readonly idOf: (name: string) => string;
  /** Destinations of the table's routes. */
  readonly destinations: () => string[];
  /** Mutating calls so far, by name. */
  readonly writes: () => string[];
  /** Lets the next calls that read tables, or nodes, or that write a table, fail. */
  readonly fail: (what: keyof typeof CALLS, fault: Fault) => void;
  readonly setLatency: (ms: number) => void;
  /** More workers, with a claim each and no route yet. */
  readonly launch: (count: number) => void;
  /** A worker of any name, and claim by tag or by user data. */
  readonly launchNamed: (name: string, podCidr: string, address: string, userData?: string) => void;
  /** Sets one tag of a machine. */
  readonly tag: (name: string, key: string, value: string) => void;
  /** Takes a node's pod-CIDR tag away. */
  readonly unclaim: (name: string) => void;
  readonly close: () => Promise<void>;
}

/** Each cloud's own calls. */
const CALLS = {
  tables: { aws: ['DescribeRouteTables'], azure: ['RouteTables_List', 'RouteTables_Get'] },
  claims: { aws: ['DescribeInstanceAttribute'], azure: ['VirtualMachines_Get'] },
  nodes: { aws: ['DescribeInstances'], azure: ['VirtualMachines_List', 'VirtualMachines_ListAll'] },
  members: { aws: ['DescribeNetworkInterfaces'], azure: [] },
  firewalls: { aws: ['DescribeNetworkAcls'], azure: ['NetworkSecurityGroups_Get'] },
  writes: { aws: ['CreateRoute', 'ReplaceRoute'], azure: ['RouteTables_CreateOrUpdate'] },
};

export const CLOUDS = ['aws', 'azure'] as const;

/** How the cloud of a test differs from one that answers at once. */
interface WorldOptions {
  /** How long a write goes on after Azure has accepted it, in milliseconds. */
  readonly operationMs?: number;
}

/** Starts the cloud with the cluster in it. */
async function openWorld(cloud: ClusterWorld['cloud'], options: WorldOptions): Promise<ClusterWorld> {
  const world = await (cloud === 'aws' ? openAws() : openAzure(options));
  const ledger = await makeLedgerFile();
  return {
    ...world,
    remembering: { ...world.env, PODROUTES_LEDGER: ledger.place },
    close: async () => {
      await Promise.all([world.close(), ledger.remove()]);
    },
  };
}

/** A cloud, without what is beside it. */
type Opened = Omit<ClusterWorld, 'remembering'>;

const NAMES = { PODROUTES_CLUSTER: CLUSTER, PODROUTES_CLUSTER_CIDRS: CLUSTER_CIDR };

async function openAws(): Promise<Opened> {
  const sandbox = await startAwsSandbox();
  const { ec2 } = sandbox;
  const ids = new Map(buildAwsCluster(sandbox));
  const table = required(ids.get(TABLE));
  const subnet = required(ids.get(SUBNET));
  const launchNamed: ClusterWorld['launchNamed'] = (name, podCidr, address, userData = '') => {
    const [instance] = launchInstances(ec2, {
      userData: Buffer.from(userData).toString('base64'),
      interfaces: [{ deviceIndex: 0, spec: { subnet, address, sourceDestCheck: false } }],
      tags: new Map([
        ['Name', name],
        [`kubernetes.io/cluster/${CLUSTER}`, 'owned'],
        ['pod-cidr', podCidr],
      ]),
    });
    completeTransitions(ec2);
    ids.set(name, required(instance).id);
  };
  return {
    cloud: 'aws',
    env: {
      ...NAMES,
      AWS_ENDPOINT_URL: sandbox.endpoint,
      AWS_REGION: sandbox.region,
      AWS_ACCESS_KEY_ID: 'person',
      AWS_SECRET_ACCESS_KEY: 'sandbox',
    },
    idOf: (name) => required(ids.get(name)),
    destinations: () => {
      const routes = ec2.state.routeTables.get(table)?.routes.values() ?? [];
      return [...routes].map(({ destination }) => destination.text);
    },
    writes: () => sandbox.calls.filter(({ mutating }) => mutating).map(({ action }) => action),
    fail: (what, fault) => {
      for (const call of CALLS[what].aws) sandbox.failNext(call, fault);
    },
    setLatency: sandbox.setLatency,
    launch: (count) => launchMany(count, launchNamed),
    launchNamed,
    tag: (name, key, value) => setTags(ec2, [required(ids.get(name))], new Map([[key, value]])),
    unclaim: (name) => setTags(ec2, [required(ids.get(name))], new Map([['pod-cidr', '']])),
    close: sandbox.close,
  };
}

async function openAzure({ operationMs = 0 }: WorldOptions): Promise<Opened> {
  // What the test itself has written is done once the clock has been put forward.
  let forward = 0;
  const now = () => Date.now() + forward;
  const sandbox = await startArmSandbox({ retryAfterSeconds: 0, operationMs, now });
  const { arm } = sandbox;
  const ids = new Map(buildAzureCluster(sandbox));
  const table = required(ids.get(TABLE));
  const subnet = required(ids.get(SUBNET));
  forward += operationMs;
  const launchNamed: ClusterWorld['launchNamed'] = (name, podCidr, address, userData = '') => {
    const { id } = createMachine(arm, {
      userData: Buffer.from(userData).toString('base64'),
      group: 'kubernetes',
      name,
      subnet,
      addresses: [address],
      enableIPForwarding: true,
      tags: { [`kubernetes.io_cluster_${CLUSTER}`]: 'owned', 'pod-cidr': podCidr },
    });
    ids.set(name, id.toLowerCase());
    forward += operationMs;
  };
  return {
    cloud: 'azure',
    env: {
      ...NAMES,
      PODROUTES_ARM_ENDPOINT: sandbox.endpoint,
      PODROUTES_AZURE_SUBSCRIPTION: sandbox.subscription,
      PODROUTES_AZURE_RESOURCE_GROUPS: 'kubernetes',
    },
    idOf: (name) => required(ids.get(name)),
    destinations: () => {
      const found = arm.resources.get(table);
      if (found?.type !== 'Microsoft.Network/routeTables') return [];
      return [...found.routes.values()].map(({ addressPrefix }) => addressPrefix);
    },
    writes: () => sandbox.calls.filter(({ mutating }) => mutating).map(({ operation }) => operation),
    fail: (what, fault) => {
      for (const call of CALLS[what].azure) sandbox.failNext(call, fault);
    },
    setLatency: sandbox.setLatency,
    launch: (count) => launchMany(count, launchNamed),
    launchNamed,
    tag: (name, key, value) => tagResource(arm, required(ids.get(name)), { [key]: value }),
    unclaim: (name) => untagResource(arm, required(ids.get(name)), ['pod-cidr']),
    close: sandbox.close,
  };
}

function launchMany(count: number, launchNamed: ClusterWorld['launchNamed']): void {
  for (let i = 0; i < count; i += 1) {
    launchNamed(`worker-${50 + i}`, `10.200.${50 + i}.0/24`, `10.240.1.${10 + i}`);
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The world lacks a value');
  return value;
}

/** Runs `use` in a world of its own. */
export async function withWorld(
  cloud: ClusterWorld['cloud'],
  use: (world: ClusterWorld) => Promise<void>,
  options: WorldOptions = {},
): Promise<void> {
  const world = await openWorld(cloud, options);
  try {
    await use(world);
  } finally {
    await world.close();
  }
}
