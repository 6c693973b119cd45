import { join } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { startAwsSandbox } from '../../../shared/sandbox/aws-server.ts';
import { completeTransitions } from '../../../shared/sandbox/ec2/instances.ts';
import type { Instance } from '../../../shared/sandbox/ec2/model.ts';
import { tagsOf } from '../../../shared/sandbox/ec2/tags.ts';
import { metadataEndpoint } from '../../../shared/sandbox/instance-metadata.ts';
import type { LambdaHost } from '../../../shared/sandbox/lambda-host.ts';
import { createQueue } from '../../../shared/sandbox/queue.ts';
import { COMPILE_CACHE } from '../../compile-cache.ts';
import { SCHEDULED, startFunction } from '../../e2e/deployment.ts';
import { startProxy } from '../../e2e/proxy.ts';
import { type Account, runAws } from './aws.ts';
import { scaleTo } from './karpenter.ts';
import { runKops } from './kops.ts';
import { makeNetwork } from './network.ts';
import { runNpm } from './npm.ts';
import type { Environment, Machine, MachineRoute, Place } from './place.ts';

const KEYS = { accessKeyId: 'operator', secretAccessKey: 'sandbox' };
const ALIVE: readonly Instance['state'][] = ['pending', 'running'];

/** An AWS account with nothing in it. */
export async function startAwsPlace(folder: string): Promise<Place> {
  const sandbox = await startAwsSandbox();
  const { region } = sandbox;
  const { state } = sandbox.ec2;
  const proxy = await startProxy(sandbox.endpoint);
  const ec2 = new EC2Client({ endpoint: proxy.endpoint, region, credentials: KEYS });
  const account: Account = { sandbox, ec2 };
  const shared = {
    AWS_ENDPOINT_URL: proxy.endpoint,
    AWS_REGION: region,
    // Version 1 of the aws program knows this name alone.
    AWS_DEFAULT_REGION: region,
    ...COMPILE_CACHE,
  };
  const LEDGER = `file:${join(folder, '.ledger')}`;
  const functions = createFunctions(account, { ...shared, PODROUTES_LEDGER: LEDGER });
  const keys = { AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey };
  return {
    ...functions,
    environment: { ...shared, ...keys, LEDGER },
    programs: {
      aws: (args, files) => runAws(account, args, files),
      kops: (args, files) => runKops(account, args, files),
      npm: (args) => runNpm(functions, args),
    },
    makeNetwork: () => makeNetwork(account),
    advance: () => completeTransitions(sandbox.ec2),
    listRunning: () =>
      [...state.instances.values()]
        .filter((instance) => instance.state === 'running')
        .map((instance) => toMachine(account, instance)),
    isAlive: (id) => ALIVE.some((each) => each === state.instances.get(id)?.state),
    scaleTo: (count, files) => scaleTo(account, count, files),
    listTables: () => [...state.routeTables.keys()].filter((table) => isClusters(account, table)),
    listRoutes: () => [...state.routeTables.keys()].flatMap((table) => routesOf(account, table)),
    tagsOf: (id) => tagsOf(state, id),
    lets: (id) => {
      const [primary = ''] = state.instances.get(id)?.interfaces ?? [];
      return state.interfaces.get(primary)?.sourceDestCheck === false;
    },
    watch: (look) => proxy.setGate(async () => look()),
    close: async () => {
      ec2.destroy();
      await Promise.all([proxy.close(), sandbox.close()]);
    },
  };
}

/** The function for events, which answers the schedule as well, with its queue. */
function createFunctions({ sandbox }: Account, environment: Environment): Pick<Place, 'deploy' | 'deliver'> {
  let host: LambdaHost | null = null;
  const nobody = { ok: true, value: { batchItemFailures: [] } } as const;
  const queue = createQueue({ invoke: async (event) => (host === null ? nobody : host.invoke(event)) });
  const deliver: Place['deliver'] = async (until) => {
    for (const event of sandbox.takeEvents()) queue.send(event);
    if (until === 'once') await queue.deliver();
    else await queue.drain();
  };
  return {
    deliver,
    deploy: async (settings) => {
      await host?.close();
      host =
        settings === null
          ? null
          : await startFunction('node-events', sandbox, { ...environment, ...settings });
      queue.send(SCHEDULED);
      await deliver('handled');
    },
  };
}

function toMachine({ sandbox }: Account, { id, userData, interfaces: [primary = ''] }: Instance): Machine {
  const { interfaces, subnets } = sandbox.ec2.state;
  const { addresses: [address = ''] = [], subnet = '' } = interfaces.get(primary) ?? {};
  const zone = subnets.get(subnet)?.zone ?? '';
  return {
    id,
    hostname: `ip-${address.replaceAll('.', '-')}`,
    instanceData: { 'v1.instance_id': id, 'v1.availability_zone': zone },
    providerId: `aws:///${zone}/${id}`,
    userData: Buffer.from(userData ?? '', 'base64').toString(),
    metadata: { AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataEndpoint(sandbox.endpoint, id) },
  };
}

function isClusters({ sandbox }: Account, table: string): boolean {
  return [...tagsOf(sandbox.ec2.state, table).keys()].some((key) => key.startsWith('kubernetes.io/cluster/'));
}

/** The routes of a table that lead to an instance. */
function routesOf({ sandbox }: Account, table: string): MachineRoute[] {
  const routes = sandbox.ec2.state.routeTables.get(table)?.routes.values() ?? [];
  return [...routes].flatMap(({ destination, target }) =>
    target.kind === 'interface' && target.instance !== null
      ? [{ table, destination: destination.text, machine: target.instance }]
      : [],
  );
}
