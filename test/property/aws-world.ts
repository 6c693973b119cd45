import { EC2Client } from '@aws-sdk/client-ec2';
import type { Context } from 'aws-lambda';
import { createNodeEventsHandler } from '../../functions/aws/node-events.ts';
import { createReconcileHandler } from '../../functions/aws/reconcile.ts';
import type { Runtime } from '../../functions/aws/runtime.ts';
import { createAwsCloud } from '../../shared/aws/cloud.ts';
import { readConfig } from '../../shared/core/config/config.ts';
import type { Report } from '../../shared/core/run/report.ts';
import { type AwsSandbox, type AwsSandboxOptions, startAwsSandbox } from '../../shared/sandbox/aws-server.ts';
import { completeTransitions, launchInstances } from '../../shared/sandbox/ec2/instances.ts';
import type { Instance, Route } from '../../shared/sandbox/ec2/model.ts';
import {
  associateRouteTable,
  attachInternetGateway,
  createInternetGateway,
  createRouteTable,
  createSubnet,
  createVpc,
} from '../../shared/sandbox/ec2/network.ts';
import { createRoute, propagateRoute } from '../../shared/sandbox/ec2/routes.ts';
import type { Ec2 } from '../../shared/sandbox/ec2/state.ts';
import { tagsOf } from '../../shared/sandbox/ec2/tags.ts';
import { cidr } from '../core/builders.ts';
import type { ChaosLedger } from './ledger.ts';
import type { ReconcileRequest } from './play.ts';
import { FOREIGN_CIDRS } from './story.ts';
import {
  CLUSTER_CIDR,
  NETWORK_CIDRS,
  RESERVED_CIDR,
  type TrueNode,
  type TrueRoute,
  type Truth,
} from './truth.ts';

export const CLUSTER_TAG = 'kubernetes.io/cluster/chaos';
/** Tells calls of ours from those of other processes, whose sandbox had the port before. */
export const USER_AGENT = `podroutes/chaos-${process.pid}`;
const CREDENTIALS = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };

/** What a node is launched with. */
interface Launch {
  readonly claim: string | null;
  readonly via: 'tag' | 'user-data';
  readonly isNode: boolean;
}

/** A cluster in a sandbox with the two functions in front of it. */
export interface World {
  readonly sandbox: AwsSandbox;
  readonly managed: readonly string[];
  /** An instance that is no node, with routes of its own. */
  readonly stranger: string;
  readonly launch: (launch: Launch) => string;
  /** Invokes the events function with these bodies; gives the positions of those it left in the queue. */
  readonly handle: (bodies: readonly string[]) => Promise<ReadonlySet<number>>;
  readonly reconcile: (request?: ReconcileRequest) => Promise<Report>;
}

const CONTEXT = {
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:podroutes',
  getRemainingTimeInMillis: () => 60_000,
  memoryLimitInMB: '256',
} as Context;

/**
 * Builds the network of every story: two managed tables, one that is not, and routes of other people.
 *
 * @param interval minutes between two runs of the schedule
 */
export async function createWorld(
  options: AwsSandboxOptions,
  ledger: ChaosLedger,
  interval: number,
): Promise<World> {
  const sandbox = await startAwsSandbox({ ...options, transitions: 'manual' });
  const { ec2 } = sandbox;
  const mine = new Map([[CLUSTER_TAG, 'owned']]);
  const vpc = createVpc(ec2, NETWORK_CIDRS.map(cidr)).id;
  const subnet = createSubnet(ec2, { vpc, cidr: cidr('10.0.0.0/20') }).id;
  const managed = [createRouteTable(ec2, vpc, mine).id, createRouteTable(ec2, vpc, mine).id];
  const unmanaged = createRouteTable(ec2, vpc).id;
  associateRouteTable(ec2, managed[0] ?? '', subnet);
  const run = (tags: ReadonlyMap<string, string>, userData?: string): string => {
    const interfaces = [{ deviceIndex: 0, spec: { subnet } }];
    return launchInstances(ec2, { interfaces, tags, userData })[0]?.id ?? '';
  };
  const stranger = run(new Map([['Name', 'vpn']]));
  completeTransitions(ec2);
  addForeignRoutes(ec2, vpc, [...managed, unmanaged], stranger);
  for (const table of managed) propagateRoute(ec2, table, cidr('10.200.252.0/24'), 'vgw-0123456789abcdef0');
  sandbox.takeEvents();
  const runtime = createChaosRuntime(sandbox, ledger, interval);
  const nodeEvents = createNodeEventsHandler({ ok: true, runtime });
  const reconcile = createReconcileHandler({ ok: true, runtime });
  return {
    sandbox,
    managed,
    stranger,
    launch: ({ claim, via, isNode }) => {
      const tags = new Map(isNode ? mine : [['Name', 'other']]);
      if (claim === null) return run(tags);
      if (via === 'tag') return run(tags.set('pod-cidr', claim));
      return run(tags, Buffer.from(`name=x|pod-cidr=${claim}`).toString('base64'));
    },
    handle: async (bodies) => {
      const Records = bodies.map((body, i) => ({ messageId: String(i), body }));
      const answer = await nodeEvents({ Records } as Parameters<typeof nodeEvents>[0], CONTEXT);
      return new Set(answer.batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier)));
    },
    reconcile: (request = {}) => reconcile(request, CONTEXT),
  };
}

function createChaosRuntime(
  { endpoint, region, ec2 }: AwsSandbox,
  ledger: ChaosLedger,
  interval: number,
): Runtime {
  const result = readConfig(
    {
      PODROUTES_CLUSTER: 'chaos',
      PODROUTES_CLUSTER_CIDRS: CLUSTER_CIDR,
      PODROUTES_RESERVED_CIDRS: RESERVED_CIDR,
      PODROUTES_SCHEDULE_INTERVAL: `${interval}m`,
      PODROUTES_ROUTE_LIMIT: String(ec2.settings.routeLimit),
    },
    'aws',
  );
  if (!result.ok) throw new Error(result.problems.join('\n'));
  // One attempt: what fails is seen by podroutes itself, and tried again by the queue.
  const client = new EC2Client({
    endpoint,
    region,
    credentials: CREDENTIALS,
    maxAttempts: 1,
    customUserAgent: USER_AGENT,
  });
  client.middlewareStack.remove('loggerMiddleware');
  return {
    config: result.config,
    cloud: createAwsCloud({ reads: client, writes: client }, result.config),
    openLedger: ledger.open,
    openDirectory: null,
    telemetry: { log: () => undefined, measure: () => undefined },
    region,
  };
}

function addForeignRoutes(ec2: Ec2, vpc: string, tables: readonly string[], stranger: string): void {
  const gateway = createInternetGateway(ec2).id;
  attachInternetGateway(ec2, gateway, vpc);
  for (const table of tables) {
    createRoute(ec2, table, cidr('0.0.0.0/0'), { kind: 'gateway', field: 'gatewayId', id: gateway });
    createRoute(ec2, table, cidr('192.168.7.0/24'), { kind: 'instance', id: stranger });
    for (const range of FOREIGN_CIDRS) {
      createRoute(ec2, table, cidr(range), { kind: 'instance', id: stranger });
    }
  }
}

const STATES: Readonly<Record<Instance['state'], TrueNode['state']>> = {
  pending: 'pending',
  running: 'running',
  stopping: 'stopped',
  stopped: 'stopped',
  'shutting-down': 'gone',
  terminated: 'gone',
};

/** Reads the sandbox's own state, past its API. */
export function readTruth({ sandbox: { ec2 } }: World): Truth {
  const nodes = new Map<string, TrueNode>();
  for (const instance of ec2.state.instances.values()) {
    const tags = tagsOf(ec2.state, instance.id);
    const written = Buffer.from(instance.userData ?? '', 'base64')
      .toString()
      .split('pod-cidr=')[1];
    nodes.set(instance.id, {
      id: instance.id,
      incarnation: instance.id,
      isNode: tags.has(CLUSTER_TAG),
      state: STATES[instance.state],
      claim: tags.get('pod-cidr') || written || null,
    });
  }
  const routes = [...ec2.state.routeTables.values()].flatMap((table) =>
    [...table.routes.values()].map((route): [string, TrueRoute] => [
      `${table.id} ${route.destination.text} ${route.origin}`,
      toTrueRoute(ec2, table.id, route),
    ]),
  );
  return { nodes, routes: new Map(routes) };
}

function toTrueRoute(
  { state, settings }: Ec2,
  table: string,
  { destination, origin, target }: Route,
): TrueRoute {
  const base = { table, destination };
  if (target.kind !== 'interface') {
    const id = target.kind === 'gateway' ? target.id : 'local';
    return {
      ...base,
      isOurKind: false,
      target: `gateway:${id}`,
      owner: null,
      isBlackhole: false,
      isProvable: false,
    };
  }
  const holder = state.interfaces.get(target.id)?.attachment?.instance;
  return {
    ...base,
    isOurKind: origin === 'CreateRoute',
    target: `interface:${target.id}`,
    owner: holder ?? target.instance,
    isBlackhole: holder === undefined || state.instances.get(holder)?.state === 'stopped',
    // A blackhole that names nothing does not say whose it was.
    isProvable: holder !== undefined || settings.blackholeShows !== 'nothing',
  };
}
