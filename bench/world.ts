import { type Cidr, cidrOf } from '../shared/core/cidr.ts';
import { type AwsSandbox, type AwsSandboxOptions, startAwsSandbox } from '../shared/sandbox/aws-server.ts';
import { completeTransitions, launchInstances } from '../shared/sandbox/ec2/instances.ts';

import { createRouteTable, createSubnet, createVpc } from '../shared/sandbox/ec2/network.ts';
import { type LambdaHost, startLambda } from '../shared/sandbox/lambda-host.ts';

const CLUSTER = 'bench';
/** Ten bits of node number above eight bits of pod address. */
const PODS = { first: 10n << 24n, prefix: 24 };
const CLUSTER_CIDR = '10.0.0.0/10';

/** A sandbox with managed tables, and nothing that looks after them. */
export interface BenchCluster {
  readonly sandbox: AwsSandbox;
  readonly tables: readonly string[];
  /** What the function is given, and a command line needs. */
  readonly env: Readonly<Record<string, string>>;
  /** Launches nodes with a tag each; the events that this raises are an SQS batch. */
  readonly launch: (count: number) => { Records: SqsRecord[] };
}

export interface SqsRecord {
  readonly messageId: string;
  readonly body: string;
}

/** A cluster with the built function in front of it. */
export interface BenchWorld extends BenchCluster {
  readonly host: LambdaHost;
  readonly close: () => Promise<void>;
}

export interface ClusterOptions extends AwsSandboxOptions {
  /** How many. */
  readonly tables: number;
  /** Whether machines come with the source/destination check on, as EC2 launches them. */
  readonly check?: boolean;
}

/** The pod CIDR of the n-th node. */
export function podCidr(n: number): Cidr {
  return cidrOf(4, PODS.first + (BigInt(n) << 8n), PODS.prefix);
}

export async function createBenchCluster(options: ClusterOptions): Promise<BenchCluster> {
  const sandbox = await startAwsSandbox({ routeLimit: 2_000, ...options });
  const { ec2, endpoint, region } = sandbox;
  const tag = [`kubernetes.io/cluster/${CLUSTER}`, 'owned'] as const;
  const vpc = createVpc(ec2, [cidrOf(4, (172n << 24n) | (16n << 16n), 16)]).id;
  const subnet = createSubnet(ec2, { vpc, cidr: cidrOf(4, (172n << 24n) | (16n << 16n), 16) }).id;
  const tables = Array.from({ length: options.tables }, () => createRouteTable(ec2, vpc, new Map([tag])).id);
  const spec = { subnet, sourceDestCheck: options.check ?? true };
  let launched = 0;
  return {
    sandbox,
    tables,
    env: {
      PODROUTES_CLUSTER: CLUSTER,
      PODROUTES_CLUSTER_CIDRS: CLUSTER_CIDR,
      PODROUTES_ROUTE_LIMIT: '2000',
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'sandbox',
      AWS_SECRET_ACCESS_KEY: 'sandbox',
      AWS_REGION: region,
    },
    launch: (count) => {
      for (let i = 0; i < count; i += 1, launched += 1) {
        const tags = new Map([tag, ['pod-cidr', podCidr(launched).text], ['Name', `node-${launched}`]]);
        launchInstances(ec2, { interfaces: [{ deviceIndex: 0, spec }], tags });
      }
      completeTransitions(ec2);
      const events = sandbox.takeEvents();
      return { Records: events.map((event, i) => ({ messageId: `m${i}`, body: JSON.stringify(event) })) };
    },
  };
}

export async function createBenchWorld({
  entry,
  env: more,
  ...options
}: ClusterOptions & {
  entry: 'node-events' | 'reconcile';
  env?: Record<string, string>;
}): Promise<BenchWorld> {
  const cluster = await createBenchCluster(options);
  const { sandbox, env } = cluster;
  const { region, account } = sandbox;
  const bundle = new URL(`../dist/aws/${entry}/index.mjs`, import.meta.url);
  const host = await startLambda(bundle, { region, account, env: { ...env, ...more } });
  return {
    ...cluster,
    host,
    close: async () => {
      await host.close();
      await sandbox.close();
    },
  };
}
