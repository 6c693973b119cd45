import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateRouteCommand,
  DescribeInstancesCommand,
  DescribeRouteTablesCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
} from '@aws-sdk/client-ec2';
import pLimit from 'p-limit';
import { type BenchCluster, podCidr } from './world.ts';

/** The tries of the Go SDKs that the controllers use, the first included. */
const GO_ATTEMPTS = { retryMode: 'standard', maxAttempts: 4 } as const;

/** A node, as its controller knows it from Kubernetes. */
interface Owner {
  readonly instance: string;
  readonly cidr: string;
}

/** Plays a controller's calls until every node has its routes, or `until`, in milliseconds since the epoch. */
export type Controller = (cluster: BenchCluster, until: number) => Promise<void>;

/** Calls of one pass over the nodes whose routes are missing; gives those that it finished. */
type Pass = (client: EC2Client, tables: readonly string[], owners: readonly Owner[]) => Promise<Owner[]>;

/**
 * cloud-provider-aws, one table: a pass every 10 s reads the table and the instances; then, 30 nodes at once, it reads
 * the table again, switches off the node's check and creates its route.
 */
export const cloudProviderAws: Controller = playPasses(10_000, async (client, [table = ''], owners) => {
  const limit = pLimit(30);
  const read = () => client.send(new DescribeRouteTablesCommand({ RouteTableIds: [table] }));
  await read();
  await Promise.all([
    client.send(new DescribeInstancesCommand({ MaxResults: 1000 })),
    client.send(new DescribeInstancesCommand({ MaxResults: 1000 })),
  ]);
  return finished(owners, (owner) =>
    limit(async () => {
      await read();
      await client.send(
        new ModifyInstanceAttributeCommand({ InstanceId: owner.instance, SourceDestCheck: { Value: false } }),
      );
      await createRoute(client, table, owner);
    }),
  );
});

/**
 * gardener's aws-custom-route-controller: a tick every 5 s reads the tables; then for each node and table, one after
 * the other, it reads the instance and creates the route. The check stays on.
 */
export const gardener: Controller = playPasses(5_000, async (client, tables, owners) => {
  await client.send(new DescribeRouteTablesCommand({ RouteTableIds: [...tables] }));
  const limit = pLimit(1);
  return finished(owners, (owner) =>
    limit(async () => {
      for (const table of tables) {
        await client.send(new DescribeInstancesCommand({ InstanceIds: [owner.instance] }));
        await createRoute(client, table, owner);
      }
    }),
  );
});

function playPasses(everyMs: number, pass: Pass): Controller {
  return async ({ sandbox, tables }, until) => {
    const { endpoint, region, ec2 } = sandbox;
    const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
    const client = new EC2Client({ ...GO_ATTEMPTS, endpoint, region, credentials });
    let left = [...ec2.state.instances.keys()].map((instance, n) => ({ instance, cidr: podCidr(n).text }));
    while (left.length > 0 && Date.now() < until) {
      const begun = Date.now();
      const done = new Set(await pass(client, tables, left));
      left = left.filter((owner) => !done.has(owner));
      if (left.length > 0) await sleep(Math.max(0, begun + everyMs - Date.now()));
    }
    client.destroy();
  };
}

/** Those for which it went well; what failed is for the next pass. */
async function finished(owners: readonly Owner[], make: (owner: Owner) => Promise<void>): Promise<Owner[]> {
  const made = await Promise.all(
    owners.map((owner) =>
      make(owner).then(
        () => [owner],
        () => [],
      ),
    ),
  );
  return made.flat();
}

async function createRoute(client: EC2Client, table: string, { instance, cidr }: Owner): Promise<void> {
  const route = { RouteTableId: table, DestinationCidrBlock: cidr, InstanceId: instance };
  await client.send(new CreateRouteCommand(route)).catch((error: Error) => {
    if (error.name !== 'RouteAlreadyExists') throw error;
  });
}
