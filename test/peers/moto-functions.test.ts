import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from '@jest/globals';
import type { LambdaHost } from '../../shared/sandbox/lambda-host.ts';
import { type AwsWorld, createAwsWorld } from '../contract/aws-world.ts';
import { motoBackend } from '../contract/backends.ts';
import { ACCOUNT, SCHEDULED, startFunction } from '../e2e/deployment.ts';
import { type CallProxy, startProxy } from '../e2e/proxy.ts';
import { createLedgerTable } from './ledger-table.ts';

/** Set by `run`, which starts the server. */
const ENDPOINT = process.env['PODROUTES_TEST_MOTO'];

const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };

const WORKERS = [0, 1, 2].map((i) => ({ name: `worker-${i}`, podCidr: `10.200.${i}.0/24` }));
const WORKER_ROUTES = WORKERS.map(({ name, podCidr }) => `${podCidr} ${name} active`);

interface Peer {
  readonly world: AwsWorld;
  /** Invokes the function with these records, and gives the mutating calls that it made. */
  readonly deliver: (events: readonly object[]) => Promise<readonly string[]>;
  /** Invokes the scheduled function, and gives all calls that it made. */
  readonly reconcile: () => Promise<readonly string[]>;
}

describe('The built node-events function against moto', () => {
  it.each(['tag', 'user-data'] as const)(
    'brings the final list of the manual procedure from %s, and a second identical batch changes nothing',
    (via) =>
      withPeer(async ({ world, deliver }) => {
        for (const worker of WORKERS) await world.launch({ ...worker, via });
        const batch = WORKERS.map(({ name }) => stateChange(world, name, 'running'));
        expect(countOf(await deliver(batch), 'CreateRoute')).toBe(3);
        expect(await world.routes()).toEqual([...world.given, ...WORKER_ROUTES].sort());
        expect(await deliver(batch)).toEqual([]);
        expect(await world.routes()).toEqual([...world.given, ...WORKER_ROUTES].sort());
      }),
  );

  it('takes away the route of a terminated worker', () =>
    withPeer(async ({ world, deliver }) => {
      for (const worker of WORKERS) await world.launch(worker);
      await deliver(WORKERS.map(({ name }) => stateChange(world, name, 'running')));
      await world.terminate('worker-1');
      expect(await deliver([stateChange(world, 'worker-1', 'terminated')])).toEqual(['DeleteRoute']);
      expect(await world.routes()).toEqual(
        [...world.given, ...WORKER_ROUTES.filter((line) => !line.includes('worker-1'))].sort(),
      );
    }));

  it('gives a retagged node its new route, and leaves the old one to the schedule', () =>
    withPeer(async ({ world, deliver }) => {
      for (const worker of WORKERS) await world.launch(worker);
      await deliver(WORKERS.map(({ name }) => stateChange(world, name, 'running')));
      await world.retag('worker-1', '10.200.77.0/24');
      expect(await deliver([tagChange(world, 'worker-1', '10.200.77.0/24')])).toEqual(['CreateRoute']);
      expect(await world.routes()).toEqual(
        [...world.given, ...WORKER_ROUTES, '10.200.77.0/24 worker-1 active'].sort(),
      );
    }));

  it('leaves routes outside the cluster CIDRs and gateway routes untouched', () =>
    withPeer(async ({ world, deliver }) => {
      await world.launch({ name: 'vpn', podCidr: null, isNode: false });
      await world.addRoute('192.168.0.0/16', { machine: 'vpn' });
      await world.addRoute('10.200.250.0/24', { machine: 'vpn' });
      await world.addRoute('172.30.0.0/16', { gateway: 'peering' });
      await world.addRoute('10.200.251.0/24', { gateway: 'internet' });
      const before = await world.routes();
      for (const worker of WORKERS) await world.launch(worker);
      await deliver(WORKERS.map(({ name }) => stateChange(world, name, 'running')));
      await world.terminate('worker-0');
      await deliver([stateChange(world, 'worker-0', 'terminated')]);
      expect(await world.routes()).toEqual([...before, ...WORKER_ROUTES.slice(1)].sort());
    }));
});

describe('A ledger in DynamoDB', () => {
  it('costs a launch and a termination with given claims no call, and an idle scheduled run one read', () =>
    withPeer(async ({ world, deliver, reconcile }) => {
      for (const worker of WORKERS) await world.launch(worker);
      const launches = WORKERS.map(({ name }) => stateChange(world, name, 'running'));
      expect(await deliver(launches)).not.toEqual(expect.arrayContaining(LEDGER_CALLS));
      await world.terminate('worker-1');
      expect(await deliver([stateChange(world, 'worker-1', 'terminated')])).toEqual(['DeleteRoute']);
      // The first run notes who claims which route.
      expect(await reconcile()).toEqual(expect.arrayContaining(['Query', 'TransactWriteItems']));
      expect((await reconcile()).toSorted()).toEqual(['DescribeInstances', 'DescribeRouteTables', 'Query']);
    }));
});

/** Whatever a function may ask of DynamoDB. */
const LEDGER_CALLS = [expect.stringMatching(/Item|Query|Scan/)];

async function withPeer(use: (peer: Peer) => Promise<void>): Promise<void> {
  if (ENDPOINT === undefined) throw new Error('No moto server: start this suite by test/peers/run');
  const backend = motoBackend(ENDPOINT);
  const world = await createAwsWorld(backend);
  const proxy = await startProxy(ENDPOINT);
  const table = await createLedgerTable(
    new DynamoDBClient({ endpoint: ENDPOINT, region: backend.region, credentials: CREDENTIALS }),
  );
  const env = { ...world.env, AWS_ENDPOINT_URL: proxy.endpoint, PODROUTES_LEDGER: `dynamodb:${table}` };
  const host = await startFunction('node-events', backend, env);
  const scheduled = await startFunction('reconcile', backend, env);
  const reconcile = async () => {
    proxy.takeActions();
    expect(await scheduled.invoke(SCHEDULED)).toMatchObject({ ok: true });
    return proxy.takeActions();
  };
  try {
    await use({ world, deliver: (events) => deliver(host, proxy, events), reconcile });
  } finally {
    await host.close();
    await scheduled.close();
    await proxy.close();
    await world.close();
  }
}

async function deliver(
  host: LambdaHost,
  proxy: CallProxy,
  events: readonly object[],
): Promise<readonly string[]> {
  const Records = events.map((event, i) => ({ messageId: `message-${i}`, body: JSON.stringify(event) }));
  const answer = await host.invoke({ Records });
  expect(answer).toEqual({ ok: true, value: { batchItemFailures: [] } });
  return proxy.takeActions().filter((action) => !action.startsWith('Describe'));
}

function countOf(actions: readonly string[], action: string): number {
  return actions.filter((candidate) => candidate === action).length;
}

/** moto sends no events, so they are written here as AWS documents them. */
function envelope(world: AwsWorld, name: string, content: object): object {
  return {
    version: '0',
    id: '7bf73129-1428-4cd3-a780-95db273d1602',
    account: ACCOUNT,
    time: new Date().toISOString(),
    region: 'us-east-1',
    resources: [`arn:aws:ec2:us-east-1:${ACCOUNT}:instance/${world.idOf(name)}`],
    ...content,
  };
}

function stateChange(world: AwsWorld, name: string, state: string): object {
  return envelope(world, name, {
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    detail: { 'instance-id': world.idOf(name), state },
  });
}

function tagChange(world: AwsWorld, name: string, podCidr: string): object {
  return envelope(world, name, {
    'detail-type': 'Tag Change on Resource',
    source: 'aws.tag',
    detail: {
      'changed-tag-keys': ['pod-cidr'],
      service: 'ec2',
      'resource-type': 'instance',
      version: 2,
      tags: { Name: name, 'pod-cidr': podCidr },
    },
  });
}
