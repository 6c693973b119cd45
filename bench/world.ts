import { type Cidr, cidrOf } from '../shared/core/cidr.ts';
import { type AwsSandbox, type AwsSandboxOptions, startAwsSandbox } from '../shared/sandbox/aws-server.ts';
import { launchInstances, settleInstances } from '../shared/sandbox/ec2/instances.ts';

import { createRouteTable, createSubnet, createVpc } from '../shared/sandbox/ec2/network.ts';
import { type LambdaHost, startLambda } from '../shared/sandbox/lambda-host.ts';

const CLUSTER = 'bench';
/** Ten bits of node number above eight bits of pod address. */
const PODS = { first: 10n << 24n, prefix: 24 };
const CLUSTER_CIDR = '10.0.0.0/10';

/** A sandbox with `tables` managed tables, and the built function in front of it. */
export interface BenchWorld {
  readonly sandbox: AwsSandbox;
  readonly host: LambdaHost;
  /** What the function is given, and a command line needs. */
  readonly env: Readonly<Record<string, string>>;
  /** Launches nodes with a tag each; the events that this raises are an SQS batch. */
  readonly launch: (count: number) => { Records: object[] };
  readonly close: () => Promise<void>;
}

/** The pod CIDR of the n-th node. */
export function podCidr(n: number): Cidr {
  return cidrOf(4, PODS.first + (BigInt(n) << 8n), PODS.prefix);
}

export async function createBenchWorld(
  options: AwsSandboxOptions & {
    tables: number;
    entry: 'node-events' | 'reconcile';
    /** Whether machines come with the source/destination check on, as EC2 launches them. */
    check?: boolean;
    env?: Record<string, string>;
  },
): Promise<BenchWorld> {
  const sandbox = await startAwsSandbox({ routeLimit: 2_000, ...options });
  const { ec2, endpoint, region, account } = sandbox;
  const tag = [`kubernetes.io/cluster/${CLUSTER}`, 'owned'] as const;
  const vpc = createVpc(ec2, [cidrOf(4, (172n << 24n) | (16n << 16n), 16)]).id;
  const subnet = createSubnet(ec2, { vpc, cidr: cidrOf(4, (172n << 24n) | (16n << 16n), 16) }).id;
  for (let i = 0; i < options.tables; i += 1) createRouteTable(ec2, vpc, new Map([tag]));
  const env = {
    PODROUTES_CLUSTER: CLUSTER,
    PODROUTES_CLUSTER_CIDRS: CLUSTER_CIDR,
    PODROUTES_ROUTE_LIMIT: '2000',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    ...options.env,
  };
  const entry = new URL(`../dist/aws/${options.entry}/index.mjs`, import.meta.url);
  const host = await startLambda(entry, { region, account, env });
  let launched = 0;
  return {
    sandbox,
    host,
    env: { ...env, AWS_REGION: region },
    launch: (count) => {
      for (let i = 0; i < count; i += 1) {
        const tags = new Map([tag, ['pod-cidr', podCidr(launched).text], ['Name', `node-${launched}`]]);
        launchInstances(ec2, {
          interfaces: [{ deviceIndex: 0, spec: { subnet, sourceDestCheck: options.check ?? true } }],
          tags,
        });
        launched += 1;
      }
      settleInstances(ec2);
      const events = sandbox.takeEvents();
      return { Records: events.map((event, i) => ({ messageId: `m${i}`, body: JSON.stringify(event) })) };
    },
    close: async () => {
      await host.close();
      await sandbox.close();
    },
  };
}
