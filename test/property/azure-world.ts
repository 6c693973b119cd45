import { HttpRequest, InvocationContext } from '@azure/functions';
import { createNodeEventsHandler } from '../../functions/azure/node-events.ts';
import { createRequestHandler } from '../../functions/azure/reconcile.ts';
import { createArmClient } from '../../shared/azure/arm-client.ts';
import { createAzureCloud } from '../../shared/azure/cloud.ts';
import { describeProblems, readConfig } from '../../shared/core/config/config.ts';
import type { Report } from '../../shared/core/run/report.ts';
import { createGroup } from '../../shared/sandbox/arm/groups.ts';
import { createMachine } from '../../shared/sandbox/arm/machines.ts';
import { createNetwork, putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { putRoute, putRouteTable, type RouteRequest } from '../../shared/sandbox/arm/route-tables.ts';
import type { Arm } from '../../shared/sandbox/arm/state.ts';
import { type ArmSandbox, type ArmSandboxOptions, startArmSandbox } from '../../shared/sandbox/arm-server.ts';
import { CLUSTER_TAG, ownName } from './azure-truth.ts';
import type { ChaosLedger } from './ledger.ts';
import type { ReconcileRequest } from './play.ts';
import { FOREIGN_CIDRS } from './story.ts';
import { CLUSTER_CIDR, NETWORK_CIDRS, RESERVED_CIDR } from './truth.ts';

const GROUP = 'chaos';
/** An address that no machine gets. */
export const NOBODY = '10.0.15.254';
const MINE = { [CLUSTER_TAG]: 'owned' };

/** What a machine is launched with. */
interface Launch {
  readonly claim: string | null;
  readonly via: 'tag' | 'user-data';
  readonly isNode: boolean;
}

/** A cluster in a sandbox with the functions in front of it. */
export interface World {
  readonly sandbox: ArmSandbox;
  /** Ids of the cluster's tables, in lower case. */
  readonly managed: readonly string[];
  /** The address of a machine that is no node, with routes of its own. */
  readonly stranger: string;
  /** Launches a machine; gives its id in lower case. */
  readonly launch: (launch: Launch) => string;
  /** Invokes the events function with these messages; says whether they are done. */
  readonly handle: (messages: readonly string[]) => Promise<boolean>;
  readonly reconcile: (request?: ReconcileRequest) => Promise<Report>;
}

/**
 * Builds the network of every story: two tables of the cluster, one that is not, and routes of other people.
 *
 * @param interval minutes between two runs of the schedule
 */
export async function createWorld(
  options: ArmSandboxOptions,
  ledger: ChaosLedger,
  interval: number,
): Promise<World> {
  const sandbox = await startArmSandbox({ ...options, retryAfterSeconds: 0 });
  const { arm } = sandbox;
  createGroup(arm, GROUP);
  const place = { group: GROUP, location: arm.location, disableBgpRoutePropagation: true };
  const managed = ['a', 'b'].map((name) => putRouteTable(arm, { ...place, name, tags: MINE }).id);
  const unmanaged = putRouteTable(arm, { ...place, name: 'c', tags: { team: 'network' } }).id;
  const network = createNetwork(arm, { group: GROUP, name: 'vnet', addressPrefixes: NETWORK_CIDRS }).id;
  const [routeTable = ''] = managed;
  const subnet = putSubnet(arm, { network, name: 'nodes', addressPrefixes: ['10.0.0.0/20'], routeTable }).id;
  const launch = createLauncher(arm, subnet);
  launch({ claim: null, via: 'tag', isNode: false });
  // The first that the sandbox gives away.
  const stranger = '10.0.0.4';
  for (const table of [...managed, unmanaged]) {
    for (const route of foreignRoutes(stranger)) putRoute(arm, table, route);
  }
  sandbox.takeEvents();
  return {
    sandbox,
    managed: managed.map((id) => id.toLowerCase()),
    stranger,
    launch,
    ...createFunctions(sandbox, ledger, interval),
  };
}

/** Of every kind that is not ours; one has a name of ours, but leads to no address. */
function foreignRoutes(stranger: string): readonly RouteRequest[] {
  return [
    { name: 'default', addressPrefix: '0.0.0.0/0', nextHopType: 'Internet' },
    { name: 'vpn', addressPrefix: '192.168.7.0/24', nextHopIpAddress: stranger },
    ...FOREIGN_CIDRS.map((addressPrefix, i) => ({
      name: `vpn-pods-${i}`,
      addressPrefix,
      nextHopIpAddress: stranger,
    })),
    { name: 'spare', addressPrefix: '10.200.251.0/24', nextHopIpAddress: NOBODY },
    { name: ownName('10.200.252.0/24'), addressPrefix: '10.200.252.0/24', nextHopType: 'None' },
    { name: 'storage', addressPrefix: 'Storage.WestEurope', nextHopType: 'Internet' },
  ];
}

/** Names come back as soon as they are free, as in scale sets, and with them ids and addresses. */
function createLauncher(arm: Arm, subnet: string): World['launch'] {
  let count = 0;
  return ({ claim, via, isNode }) => {
    count += 1;
    const { id } = createMachine(arm, {
      group: GROUP,
      name: freeName(arm),
      subnet,
      enableIPForwarding: count % 2 === 0,
      tags: { ...(isNode && MINE), ...(claim !== null && via === 'tag' && { 'pod-cidr': claim }) },
      ...(claim !== null && via === 'user-data' && { userData: btoa(`name=x|pod-cidr=${claim}`) }),
    });
    return id.toLowerCase();
  };
}

/** An interface that a machine left behind keeps its name. */
function freeName({ resources }: Arm): string {
  const taken = new Set([...resources.keys()].map((key) => key.split('/').at(-1)));
  let number = 1;
  while (taken.has(`machine-${number}`) || taken.has(`machine-${number}-nic`)) number += 1;
  return `machine-${number}`;
}

/** Credentials that the sandbox does not look at. */
const ANYBODY = { getToken: async () => ({ token: 'sandbox', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) };

function createFunctions(
  sandbox: ArmSandbox,
  ledger: ChaosLedger,
  interval: number,
): Pick<World, 'handle' | 'reconcile'> {
  const { endpoint, subscription, arm } = sandbox;
  const result = readConfig(
    {
      PODROUTES_CLUSTER: 'chaos',
      PODROUTES_CLUSTER_CIDRS: CLUSTER_CIDR,
      PODROUTES_RESERVED_CIDRS: RESERVED_CIDR,
      PODROUTES_SCHEDULE_INTERVAL: `${interval}m`,
      PODROUTES_ROUTE_LIMIT: String(arm.settings.routeLimit),
      PODROUTES_AZURE_RESOURCE_GROUPS: GROUP,
      PODROUTES_ARM_ENDPOINT: endpoint,
      PODROUTES_FORWARDING: 'ensure',
    },
    'azure',
  );
  if (!result.ok) throw new Error(describeProblems(result.problems));
  const { config } = result;
  const cloud = createAzureCloud(createArmClient({ subscription, endpoint, credential: ANYBODY }), config);
  const started = {
    ok: true,
    runtime: { config, subscription, cloud, openLedger: ledger.open, openDirectory: null },
  } as const;
  const nodeEvents = createNodeEventsHandler(started);
  const request = createRequestHandler(started);
  const newContext = () => new InvocationContext({ logHandler: () => undefined });
  return {
    handle: async (messages) => {
      try {
        await nodeEvents(messages, newContext());
        return true;
      } catch (error) {
        // What is left to do comes again; a mistake of ours must not pass for that.
        if (error instanceof Error && error.message.includes('are not done yet')) return false;
        throw error;
      }
    },
    reconcile: async (asked = {}) => {
      const url = 'https://podroutes.azurewebsites.net/api/reconcile';
      const body = { string: JSON.stringify(asked) };
      const { jsonBody } = await request(new HttpRequest({ method: 'POST', url, body }), newContext());
      return jsonBody;
    },
  };
}
