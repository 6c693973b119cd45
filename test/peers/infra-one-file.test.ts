import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AwsWorld, createAwsWorld } from '../contract/aws-world.ts';
import { motoBackend } from '../contract/backends.ts';
import { ACCOUNT } from '../e2e/deployment.ts';
import { deployOneFileToMoto, type MotoStack } from './moto-stack.ts';

/** Set by `run`, which starts the server. */
const ENDPOINT = process.env['PODROUTES_TEST_MOTO'] ?? '';

describe('The template in one file, as two stacks of one cluster', () => {
  let world: AwsWorld;
  const stacks: MotoStack[] = [];

  beforeAll(async () => {
    world = await createAwsWorld(motoBackend(ENDPOINT));
    const Cluster = world.env['PODROUTES_CLUSTER'] ?? '';
    for (const name of ['one-file-a', 'one-file-b']) {
      stacks.push(await deployOneFileToMoto(ENDPOINT, name, { Cluster, ClusterCidrs: '10.200.0.0/16' }));
    }
  });
  afterAll(async () => {
    for (const stack of stacks) stack.close();
    await world.close();
  });

  it('is deployed with everything that moto knows', () => {
    const [first, second] = stacks.map(({ leftOut }) => leftOut);
    // Alarms, which moto does not know either, are there on a condition, and such resources are not counted.
    expect(first).toEqual([
      'AWS::Lambda::EventInvokeConfig',
      'AWS::Logs::QueryDefinition',
      'AWS::SQS::QueuePolicy',
      'AWS::Scheduler::Schedule',
    ]);
    expect(second).toEqual(first);
  });

  it('brings an event to both, and the inline function makes the route', async () => {
    await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
    const detail = { 'instance-id': world.idOf('worker-0'), state: 'running' };
    await stacks[0]?.put([
      { source: 'aws.ec2', 'detail-type': 'EC2 Instance State-change Notification', detail },
    ]);
    for (const stack of stacks) {
      const bodies = await stack.receive();
      expect(bodies.map((body) => JSON.parse(body).account)).toEqual([ACCOUNT]);
      const host = await stack.startNodeEvents();
      try {
        const Records = bodies.map((body, i) => ({ messageId: String(i), body }));
        const answer = await host.invoke({ Records });
        expect(answer).toEqual({ ok: true, value: { batchItemFailures: [] } });
      } finally {
        await host.close();
      }
      expect(await world.routes()).toEqual([...world.given, '10.200.0.0/24 worker-0 active'].sort());
    }
  });
});
