import { setTimeout as sleep } from 'node:timers/promises';
import { findResource, listResources } from '../../../shared/sandbox/arm/resources.ts';
import { ARM_BUCKETS, type BucketTable } from '../../../shared/sandbox/arm/throttling.ts';
import { startFunctions } from '../../../shared/sandbox/functions-host.ts';
import { metadataEndpoint } from '../../../shared/sandbox/instance-metadata.ts';
import type { Invocation } from '../../../shared/sandbox/lambda-host.ts';
import { APP, type AzureCluster, withAzure } from '../../adversary/cluster.ts';
import { COMPILE_CACHE } from '../../compile-cache.ts';
import { createChance } from './chance.ts';
import { type Fleet, startFleet } from './fleet.ts';
import type { Scale, Site } from './site.ts';

/** As Service Bus is deployed. */
const MAX_DELIVERIES = 200;
const BATCH_SIZE = 1_000;
const ENDING_MS = 60_000;

/**
 * Runs `use` with a cluster on Azure, under its buckets. A session lets one process write at a time; here four do, which
 * is harder.
 */
export async function withAzureSite(scale: Scale, use: (site: Site) => Promise<void>): Promise<void> {
  const options = {
    clusterCidrs: [scale.clusterCidr],
    env: { PODROUTES_ALLOCATE: '/24' },
    sandbox: { throttling: hurry(ARM_BUCKETS, scale.haste) },
  };
  await withAzure(options, async (cluster) => {
    const fleet = await startProcesses(cluster, scale);
    try {
      await use(siteOf(cluster, fleet, scale));
    } finally {
      await fleet.close();
    }
  });
}

function hurry(table: BucketTable, haste: number): BucketTable {
  const entries = Object.entries(table).map(([kind, { capacity, refill }]) => [
    kind,
    { capacity, refill: refill * haste },
  ]);
  return Object.fromEntries(entries);
}

function startProcesses({ world, env }: AzureCluster, { kills, haste, seed }: Scale): Promise<Fleet> {
  world.sandbox.takeEvents();
  return startFleet({
    size: 4,
    start: async () => {
      const host = await startFunctions(APP, { ...COMPILE_CACHE, ...env });
      return { ...host, invoke: (event) => deliver(host, event) };
    },
    takeEvents: () => world.sandbox.takeEvents(),
    chance: createChance(seed + 1),
    kills,
    killWithinMs: 4_000 / haste,
    queue: { batchSize: BATCH_SIZE, maxReceives: MAX_DELIVERIES },
  });
}

/** One batch of messages, which is done or comes again as a whole. */
async function deliver(
  host: Awaited<ReturnType<typeof startFunctions>>,
  event: unknown,
): Promise<Invocation> {
  const { Records: records } = event as {
    Records: { body: string; attributes: { ApproximateReceiveCount: string } }[];
  };
  const string = records.map(({ body }) => body);
  const counts = records.map(({ attributes }) => Number(attributes.ApproximateReceiveCount));
  const metadata = { DeliveryCountArray: { json: JSON.stringify(counts) } };
  const result = await host.invoke('node-events', { collectionString: { string } }, metadata);
  return result.ok ? { ok: true, value: { batchItemFailures: [] } } : result;
}

function siteOf(cluster: AzureCluster, fleet: Fleet, { haste }: Scale): Site {
  const { world, ledger } = cluster;
  const { arm, endpoint } = world.sandbox;
  const machineOf = (id: string) => findResource(arm, 'Microsoft.Compute/virtualMachines', id);
  const nameOf = (id: string): string => id.split('/').at(-1) ?? '';
  let launches = 0;
  return {
    fleet,
    launch: async (count) => {
      launches += 1;
      const before = new Set(machinesIn(cluster));
      await world.launchMany(`w${launches}`, count);
      return machinesIn(cluster).filter((id) => !before.has(id));
    },
    end: async (ids) => {
      await sleep(ENDING_MS / haste);
      for (const id of ids) await world.terminate(nameOf(id));
    },
    reconcile: cluster.reconcile,
    pass: cluster.pass,
    ripen: async () => {
      cluster.sleep(20);
      // The first run takes the routes, whose addresses nobody has; the second finds that there are none.
      await cluster.reconcile();
      await cluster.reconcile();
      cluster.sleep(45);
    },
    tagOf: (id) => machineOf(id)?.tags['pod-cidr'] ?? null,
    routes: () => world.tables.map((table) => routesOf(cluster, table)),
    // What a call of Azure's says is not kept.
    told: () => null,
    closed: (ids) =>
      ids.filter((id) =>
        (machineOf(id)?.interfaces ?? []).some(
          (each) =>
            findResource(arm, 'Microsoft.Network/networkInterfaces', each)?.enableIPForwarding !== true,
        ),
      ),
    metadataOf: (id) => ({
      PODCIDR_CLOUD: 'azure',
      AZURE_POD_IDENTITY_AUTHORITY_HOST: metadataEndpoint(endpoint, id),
    }),
    ledger: { path: ledger, cluster: cluster.env['PODROUTES_CLUSTER'] ?? '' },
  };
}

/** In lower case, as reports have them. */
function machinesIn({ world: { sandbox } }: AzureCluster): string[] {
  return listResources(
    sandbox.arm,
    'Microsoft.Compute/virtualMachines',
    `/subscriptions/${sandbox.subscription}`,
  ).map(({ id }) => id.toLowerCase());
}

/** What leads to an address, by whose it is. */
function routesOf({ world: { sandbox } }: AzureCluster, table: string): ReadonlyMap<string, string> {
  const { arm } = sandbox;
  const owners = new Map(
    listResources(arm, 'Microsoft.Network/networkInterfaces', `/subscriptions/${arm.subscription}`).flatMap(
      ({ machine, ipConfigurations }) =>
        ipConfigurations.map(({ address }) => [address, machine?.toLowerCase() ?? 'nobody'] as const),
    ),
  );
  const routes = [...(findResource(arm, 'Microsoft.Network/routeTables', table)?.routes.values() ?? [])];
  return new Map(
    routes.flatMap(({ addressPrefix, nextHopType, nextHopIpAddress }) =>
      nextHopType === 'VirtualAppliance'
        ? [[addressPrefix, owners.get(nextHopIpAddress ?? null) ?? 'nobody'] as const]
        : [],
    ),
  );
}
