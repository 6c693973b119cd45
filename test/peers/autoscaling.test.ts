import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { startLambda } from '../../shared/sandbox/lambda-host.ts';
import { createAwsWorld } from '../contract/aws-world.ts';
import { motoBackend } from '../contract/backends.ts';
import { withAwsSite } from '../e2e/autoscaling/aws-site.ts';
import { withAzureSite } from '../e2e/autoscaling/azure-site.ts';
import type { Scale } from '../e2e/autoscaling/site.ts';
import { playStory } from '../e2e/autoscaling/story.ts';
import { ACCOUNT, SCHEDULED, startFunction } from '../e2e/deployment.ts';
import { createLedgerTable } from './ledger-table.ts';

/** A /16 of /24 blocks. A fifth of the time that EC2 and the queue take, but reads lag as they may in reality. */
const SCALE: Omit<Scale, 'seed'> = {
  capacity: 256,
  clusterCidr: '10.200.0.0/16',
  machines: 250,
  turnover: 50,
  haste: 5,
  lagMs: 3_000,
  kills: 8,
};

describe.each([
  { cloud: 'AWS', withSite: withAwsSite },
  { cloud: 'Azure', withSite: withAzureSite },
])('250 machines of one template on $cloud', ({ withSite }) => {
  const seed = Number(process.env['AUTOSCALING_SEED'] ?? Date.now() % 1_000_000);
  it(
    `get a block each, and a full cluster CIDR says so (AUTOSCALING_SEED=${seed})`,
    () => withSite({ ...SCALE, seed }, (site) => playStory(site, { ...SCALE, seed })),
    900_000,
  );
});

describe('20 machines of one template at moto, with a ledger in DynamoDB', () => {
  it('get a block each from four processes at once', async () => {
    const endpoint = process.env['PODROUTES_TEST_MOTO'];
    if (endpoint === undefined) throw new Error('No moto server: start this suite by test/peers/run');
    const backend = motoBackend(endpoint);
    const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
    const table = await createLedgerTable(
      new DynamoDBClient({ endpoint, region: backend.region, credentials }),
    );
    const world = await createAwsWorld(backend, { tables: 2 });
    const env = {
      ...world.env,
      ...{ AWS_ENDPOINT_URL: endpoint, PODROUTES_LEDGER: `dynamodb:${table}`, PODROUTES_ALLOCATE: '/24' },
    };
    const schedule = await startFunction('reconcile', backend, env);
    const processes = await Promise.all(
      [1, 2, 3, 4].map(() => startFunction('node-events', backend, env, { start: startLambda })),
    );
    try {
      expect(await schedule.invoke(SCHEDULED)).toMatchObject({ ok: true });
      await world.launchMany('w', 20);
      const names = Array.from({ length: 20 }, (_, i) => `w-${i}`);
      const batches = processes.map((_, part) => names.filter((_, i) => i % 4 === part));
      const answers = await Promise.all(
        processes.map(({ invoke }, part) =>
          invoke({ Records: (batches[part] ?? []).map((name) => running(world.idOf(name))) }),
        ),
      );
      for (const answer of answers) expect(answer).toEqual({ ok: true, value: { batchItemFailures: [] } });
      const InstanceIds = names.map(world.idOf);
      const { Reservations = [] } = await world.ec2.send(new DescribeInstancesCommand({ InstanceIds }));
      const blocks = new Map(
        Reservations.flatMap(({ Instances = [] }) =>
          Instances.map(({ InstanceId = '', Tags = [] }) => [
            InstanceId,
            Tags.find(({ Key }) => Key === 'pod-cidr')?.Value ?? '',
          ]),
        ),
      );
      expect(new Set(blocks.values()).size).toBe(20);
      const routes = names.map((name) => `${blocks.get(world.idOf(name))} ${name} active`);
      for (const each of world.tables) {
        expect(await world.routes(each)).toEqual([...world.given, ...routes].sort());
      }
    } finally {
      await Promise.all([schedule, ...processes].map((host) => host.close()));
      await world.close();
    }
  });
});

/** moto sends no events, so this one is written as AWS documents it. */
function running(id: string): object {
  const body = {
    version: '0',
    id: '7bf73129-1428-4cd3-a780-95db273d1602',
    account: ACCOUNT,
    time: new Date().toISOString(),
    region: 'us-east-1',
    resources: [`arn:aws:ec2:us-east-1:${ACCOUNT}:instance/${id}`],
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    detail: { 'instance-id': id, state: 'running' },
  };
  return { messageId: id, body: JSON.stringify(body) };
}
