import { type ArmClient, createArmClient } from '../../shared/azure/arm-client.ts';
import { createAzureCloud } from '../../shared/azure/cloud.ts';
import type { Cloud } from '../../shared/core/cloud.ts';
import { type Config, describeProblems, readConfig } from '../../shared/core/config/config.ts';
import type { Scope } from '../../shared/core/model.ts';
import { type ReconcileRequest, reconcile } from '../../shared/core/run/reconcile.ts';
import type { Run } from '../../shared/core/run/run.ts';
import { createGroup } from '../../shared/sandbox/arm/groups.ts';
import { createMachine } from '../../shared/sandbox/arm/machines.ts';
import { createNetwork, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { putRouteTable, type RouteRequest } from '../../shared/sandbox/arm/route-tables.ts';
import { type ArmSandbox, type ArmSandboxOptions, startArmSandbox } from '../../shared/sandbox/arm-server.ts';

export const GROUP = 'kubernetes';
const TABLE = 'kubernetes-routes';
export const CLUSTER_TAG = { 'kubernetes.io_cluster_kthw': 'owned' };

type Environment = Readonly<Record<string, string>>;

/** The network, the subnet and the route table of the manual procedure, and no machine yet. */
export interface AzureWorld {
  readonly sandbox: ArmSandbox;
  readonly arm: ArmClient;
  readonly env: Environment;
  readonly subnet: string;
  readonly table: string;
  readonly cloud: (env?: Environment, client?: ArmClient) => Cloud;
  readonly run: (scope?: Partial<Scope>, options?: RunOptions) => Promise<Run>;
  /** A worker with the last octet of its address, and the cluster's tag; its id in lower case. */
  readonly launch: (octet: number, podCidr?: string | null, options?: LaunchOptions) => string;
  /** What the table holds, as `name destination nextHop` lines in its order. */
  readonly routes: () => string[];
  readonly putTable: (routes: readonly RouteRequest[]) => void;
}

interface RunOptions {
  readonly env?: Environment;
  readonly cloud?: Cloud;
  readonly force?: boolean;
  /** @default none */
  readonly ledger?: ReconcileRequest['ledger'];
  readonly signal?: AbortSignal;
}

interface LaunchOptions {
  readonly name?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly addresses?: readonly string[];
  readonly userData?: string;
  readonly forwarding?: boolean;
}

function readAzureConfig(env: Environment): Config {
  const result = readConfig(env, 'azure');
  if (!result.ok) throw new Error(describeProblems(result.problems));
  return result.config;
}

/** Credentials that the sandbox does not look at. */
export const ANYBODY = {
  getToken: async () => ({ token: 'sandbox', expiresOnTimestamp: Date.now() + 3_600_000 }),
};

export async function createAzureWorld(options: ArmSandboxOptions = {}): Promise<AzureWorld> {
  const sandbox = await startArmSandbox(options);
  const { arm: state, subscription, endpoint } = sandbox;
  createGroup(state, GROUP);
  const network = createNetwork(state, {
    group: GROUP,
    name: 'kubernetes-vnet',
    addressPrefixes: ['10.240.0.0/16', 'fd00:240::/48'],
  });
  const table = putRouteTable(state, {
    group: GROUP,
    name: TABLE,
    location: state.location,
    tags: CLUSTER_TAG,
  });
  const subnet = putSubnet(state, {
    network: network.id,
    name: 'kubernetes-subnet',
    addressPrefixes: ['10.240.0.0/22', 'fd00:240::/64'],
    routeTable: table.id,
  });
  sandbox.takeEvents();
  const env: Environment = {
    PODROUTES_CLUSTER: 'kthw',
    PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16,fd00:200::/48',
    PODROUTES_ROUTE_TABLES: `${GROUP}/${TABLE}`,
    PODROUTES_AZURE_SUBSCRIPTION: subscription,
    PODROUTES_AZURE_RESOURCE_GROUPS: GROUP,
    PODROUTES_ARM_ENDPOINT: endpoint,
  };
  const arm = createArmClient({ subscription, endpoint, credential: ANYBODY });
  const cloud = (more: Environment = {}, client = arm) =>
    createAzureCloud(client, readAzureConfig({ ...env, ...more }));
  return {
    sandbox,
    arm,
    env,
    subnet: subnet.id,
    table: table.id,
    cloud,
    run: (
      { kind = 'all', ids = [] } = {},
      { env: more = {}, force = false, ledger = null, signal, ...rest } = {},
    ) => {
      const config = readAzureConfig({ ...env, ...more });
      return reconcile(rest.cloud ?? cloud(more), {
        scope: { kind, ids },
        dryRun: false,
        ledger,
        settings: { ...config, force, expectClaims: true },
        signal: signal ?? AbortSignal.timeout(20_000),
      });
    },
    launch: (octet, podCidr = `10.200.${octet - 20}.0/24`, options: LaunchOptions = {}) => {
      const {
        name = `worker-${octet - 20}`,
        addresses = [`10.240.0.${octet}`],
        userData,
        forwarding,
      } = options;
      const claim: Readonly<Record<string, string>> = podCidr === null ? {} : { 'pod-cidr': podCidr };
      const machine = createMachine(state, {
        group: GROUP,
        name,
        subnet: subnet.id,
        addresses,
        enableIPForwarding: forwarding ?? true,
        tags: { ...CLUSTER_TAG, ...claim, ...options.tags },
        ...(userData !== undefined && { userData: btoa(userData) }),
      });
      return machine.id.toLowerCase();
    },
    routes: () => {
      const found = state.resources.get(table.id.toLowerCase());
      if (found?.type !== 'Microsoft.Network/routeTables') return [];
      return [...found.routes.values()].map(
        ({ name, addressPrefix, nextHopType, nextHopIpAddress }) =>
          `${name} ${addressPrefix} ${nextHopIpAddress ?? nextHopType}`,
      );
    },
    putTable: (routes) => {
      putRouteTable(state, {
        group: GROUP,
        name: TABLE,
        location: state.location,
        tags: CLUSTER_TAG,
        routes,
      });
    },
  };
}

/** Runs `use` in a world of its own. */
export async function withAzure(
  options: ArmSandboxOptions,
  use: (world: AzureWorld) => Promise<void>,
): Promise<void> {
  const world = await createAzureWorld(options);
  try {
    await use(world);
  } finally {
    await world.sandbox.close();
  }
}
