// @ts-nocheck
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import {
  AssociateRouteTableCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  EC2Client,
  type Route,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type AwsSandbox, type AwsSandboxOptions, startAwsSandbox } from '../../shared/sandbox/aws-server.ts';

/** A clock that stands still until it is told. */
export function createClock(start = Date.parse('2026-11-21T03:00:00Z')) {
  let time = start;
  return {
    now: () => time,
    advance: (ms: number) => {
      time += ms;
    },
  };
}

/** The settings of a client of the sandbox; calls are not retried, so that each answer is seen. */
export function clientConfig({ endpoint, region }: AwsSandbox, maxAttempts = 1) {
  return {
    endpoint,
    region,
    maxAttempts,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  };
}

/** Runs `use` with a sandbox and its clients, then stops both. */
export async function withSandbox(
  options: AwsSandboxOptions,
  use: (world: World) => Promise<void>,
): Promise<void> {
  const sandbox = await startAwsSandbox(options);
  const config = clientConfig(sandbox);
  const ec2 = new EC2Client(config);
  const autoScaling = new AutoScalingClient(config);
  const eventBridge = new EventBridgeClient(config);
  try {
    await use({ sandbox, ec2, autoScaling, eventBridge });
  } finally {
    for (const client of [ec2, autoScaling, eventBridge]) client.destroy();
    await sandbox.close();
  }
}

export interface World {
  readonly sandbox: AwsSandbox;
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly eventBridge: EventBridgeClient;
}

/** A VPC 10.0.0.0/16 with a subnet 10.0.1.0/24 and a route table of its own. */
export async function createNetwork(ec2: EC2Client) {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const vpc = text(Vpc?.VpcId);
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: '10.0.1.0/24' }));
  const subnet = text(Subnet?.SubnetId);
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpc }));
  const table = text(RouteTable?.RouteTableId);
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId: subnet }));
  return { vpc, subnet, table };
}

/** Launches one instance and gives its id. */
export async function launch(
  ec2: EC2Client,
  subnet: string,
  more: Partial<RunInstancesCommandInput> = {},
): Promise<string> {
  const place = more.NetworkInterfaces === undefined ? { SubnetId: subnet } : {};
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId: 'ami-1', MinCount: 1, MaxCount: 1, ...place, ...more }),
  );
  return text(Instances?.[0]?.InstanceId);
}

/** The routes of a table by destination. */
export async function readRoutes(ec2: EC2Client, table: string): Promise<ReadonlyMap<string, Route>> {
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [table] }));
  const routes = RouteTables?.[0]?.Routes ?? [];
  return new Map(
    routes.map((route) => [text(route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock), route]),
  );
}

/** A text that an answer must have. */
export function text(value: string | undefined): string {
  if (value === undefined) throw new Error('The answer lacks a value');
  return value;
}

/** How a call was refused: its code, HTTP status and message. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const status = '$metadata' in error ? Object(error.$metadata).httpStatusCode : undefined;
    return { code: error.name, status, message: error.message };
  }
  throw new Error('The call was accepted');
}

export interface Refusal {
  readonly code: string;
  readonly status: unknown;
  readonly message: string;
}
