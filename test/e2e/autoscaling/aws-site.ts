import { setTimeout as sleep } from 'node:timers/promises';
import { redeliveryOf } from '../../../infra/aws/redelivery.ts';
import {
  changeInstances,
  completeTransitions,
  launchInstances,
} from '../../../shared/sandbox/ec2/instances.ts';
import { DEFAULT_METADATA_OPTIONS } from '../../../shared/sandbox/ec2/metadata-options.ts';
import { tagsOf } from '../../../shared/sandbox/ec2/tags.ts';
import { EC2_BUCKETS, scaleBuckets } from '../../../shared/sandbox/ec2/throttling.ts';
import { metadataEndpoint } from '../../../shared/sandbox/instance-metadata.ts';
import { startLambda } from '../../../shared/sandbox/lambda-host.ts';
import { type AwsCluster, withAws } from '../../adversary/cluster.ts';
import { startFunction } from '../deployment.ts';
import { createChance } from './chance.ts';
import { type Fleet, startFleet } from './fleet.ts';
import type { Scale, Site } from './site.ts';

const TIMEOUT_SECONDS = 60;
/** A template with a slash in the key of a tag could not have its tags told by the metadata service. */
const NODE_TAG = 'pool';
/** Between shutting down and terminated. */
const ENDING_MS = 60_000;
const BATCH_SIZE = 60;

/** Runs `use` with a cluster on EC2: its buckets, its lag, ends that take a minute. */
export async function withAwsSite(scale: Scale, use: (site: Site) => Promise<void>): Promise<void> {
  const { haste, lagMs, clusterCidr } = scale;
  const options = {
    clusterCidrs: [clusterCidr],
    env: { PODROUTES_ALLOCATE: '/24', PODROUTES_NODE_TAG: NODE_TAG },
    sandbox: { transitions: 'manual', throttling: scaleBuckets(EC2_BUCKETS, haste) },
  } as const;
  await withAws(options, async (cluster) => {
    const fleet = await startProcesses(cluster, scale);
    try {
      cluster.sandbox.staleReads({ ms: lagMs });
      await use(siteOf(cluster, fleet, scale));
    } finally {
      await fleet.close();
    }
  });
}

function startProcesses({ sandbox, env }: AwsCluster, { haste, kills, seed }: Scale): Promise<Fleet> {
  const { visibilitySeconds, maxReceives } = redeliveryOf(TIMEOUT_SECONDS);
  const visibilityMs = (receipt: string): number =>
    ((sandbox.queues.visibility.get(receipt) ?? visibilitySeconds) * 1_000) / haste;
  sandbox.takeEvents();
  return startFleet({
    size: 4,
    start: async () => {
      const host = await startFunction('node-events', sandbox, env, { start: startLambda });
      return { ...host, invoke: (event) => host.invoke(event, TIMEOUT_SECONDS * 1_000) };
    },
    takeEvents: () => sandbox.takeEvents(),
    chance: createChance(seed + 1),
    kills,
    killWithinMs: 4_000 / haste,
    queue: { batchSize: BATCH_SIZE, maxReceives, visibilityMs },
  });
}

function siteOf(cluster: AwsCluster, fleet: Fleet, { haste }: Scale): Site {
  const { sandbox, world, ledger } = cluster;
  const { ec2, endpoint } = sandbox;
  const tagOf = (id: string): string | null => tagsOf(ec2.state, id).get('pod-cidr') ?? null;
  return {
    fleet,
    launch: async (count) => {
      const launched = launchInstances(ec2, {
        count,
        interfaces: [{ deviceIndex: 0, spec: { subnet: world.network.subnet } }],
        tags: new Map([[NODE_TAG, 'workers']]),
        metadataOptions: { ...DEFAULT_METADATA_OPTIONS, instanceMetadataTags: 'enabled' },
      });
      const ids = launched.map(({ id }) => id);
      completeTransitions(ec2, ids);
      return ids;
    },
    end: async (ids) => {
      changeInstances(ec2, 'terminate', ids);
      await sleep(ENDING_MS / haste);
      completeTransitions(ec2, ids);
    },
    reconcile: cluster.reconcile,
    pass: cluster.pass,
    ripen: async () => cluster.sleep(45),
    tagOf,
    routes: () => world.network.tables.map((table) => routesOf(cluster, table)),
    told: () =>
      sandbox.calls
        .filter(({ action, outcome }) => action === 'CreateTags' && outcome === 'ok')
        .map(({ params, at }) => ({
          id: params['ResourceId.1'] ?? '',
          block: params['Tag.1.Value'] ?? '',
          at,
        })),
    closed: (ids) =>
      ids.filter((id) =>
        (ec2.state.instances.get(id)?.interfaces ?? []).some(
          (each) => ec2.state.interfaces.get(each)?.sourceDestCheck !== false,
        ),
      ),
    metadataOf: (id) => ({
      PODCIDR_CLOUD: 'aws',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataEndpoint(endpoint, id),
    }),
    ledger: { path: ledger, cluster: cluster.env['PODROUTES_CLUSTER'] ?? '' },
  };
}

/** What leads to an instance. */
function routesOf({ sandbox: { ec2 } }: AwsCluster, table: string): ReadonlyMap<string, string> {
  const routes = [...(ec2.state.routeTables.get(table)?.routes.values() ?? [])];
  return new Map(
    routes.flatMap(({ destination, target }) =>
      target.kind === 'interface'
        ? [[destination.text, ec2.state.interfaces.get(target.id)?.attachment?.instance ?? 'nobody'] as const]
        : [],
    ),
  );
}
