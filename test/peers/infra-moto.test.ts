import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { awsEntries, bodyOf, busEvent } from '../aws/event-fixtures.ts';
import { type AwsWorld, createAwsWorld } from '../contract/aws-world.ts';
import { motoBackend } from '../contract/backends.ts';
import { readText } from '../docs/markdown.ts';
import { ACCOUNT } from '../e2e/deployment.ts';
import { type BusEvent, deployToMoto, type MotoStack } from './moto-stack.ts';

/** Set by `run`, which starts the server. */
const ENDPOINT = process.env['PODROUTES_TEST_MOTO'] ?? '';

/** What moto's CloudFormation does not make, and what is therefore not proved here. */
const LEFT_OUT = {
  'AWS::AutoScaling::LifecycleHook': 'that the hooks are made',
  'AWS::CloudWatch::Alarm': 'that the alarms are accepted',
  'AWS::Lambda::EventInvokeConfig': 'how a failed reconcile is tried again',
  'AWS::Logs::QueryDefinition': 'that the queries are saved',
  'AWS::SNS::TopicPolicy': 'that only this account may publish to the topic',
  'AWS::SQS::QueuePolicy': 'that only our rules may put events into the queues',
  'AWS::Scheduler::Schedule': 'that the schedule invokes the function',
};

/** Events that a rule lets through though the function then ignores them: patterns do not see everything. */
const IGNORED_BY_FUNCTION = new Set([
  'aws/call-modify-instance-other-attribute-form.json',
  'aws/call-modify-instance-type.json',
  'aws/call-modify-interface-groups.json',
  'aws/unreadable-instance-id.json',
  'aws/unreadable-lifecycle-without-token.json',
  'aws/verification.json',
]);

/** Events that the function would act on, and no rule lets through. */
const NOT_WANTED: Readonly<Record<string, string>> = {
  'aws/scheduled-event.json': 'the schedule invokes the reconcile function itself',
  'aws/scheduled-event-from-scheduler.json': 'the schedule invokes the reconcile function itself',
  'aws/lifecycle-terminate.json': 'a hook of another name is not ours to complete',
  'aws/lifecycle-terminate-into-warm-pool.json': 'a hook of another name is not ours to complete',
  'aws/lifecycle-terminate-from-warm-pool.json': 'a hook of another name is not ours to complete',
};

type Liveness = 'arrives' | 'is filtered' | 'is not on the bus';

interface Sample {
  readonly file: string;
  readonly event: BusEvent | null;
  readonly fate: Liveness;
}

/** Wrapped by SNS, sent by Auto Scaling itself, of another account or region: none of that is on the bus. */
const SAMPLES: readonly Sample[] = awsEntries.map(({ file, expect: { kind } }) => {
  const body = bodyOf(file);
  const event = body.includes('"Message"') ? null : busEvent(body);
  if (event?.['account'] !== ACCOUNT || event['region'] !== 'us-east-1') {
    return { file, event: null, fate: 'is not on the bus' };
  }
  const isWanted = (kind === 'nodes' || kind === 'all') && NOT_WANTED[file] === undefined;
  const arrives = isWanted || IGNORED_BY_FUNCTION.has(file);
  return { file, event: event as unknown as BusEvent, fate: arrives ? 'arrives' : 'is filtered' };
});

describe('The deployed rules', () => {
  let stack: MotoStack;
  let received: readonly string[];
  const idByFile = new Map<string, string>();

  beforeAll(async () => {
    stack = await deployToMoto(ENDPOINT, 'podroutes-kthw', {
      cluster: 'kthw',
      clusterCidrs: ['10.200.0.0/16'],
      autoScalingGroups: ['kthw-workers'],
      lifecycleHook: 'podroutes-launch',
      driftEvents: true,
      encryptQueuesWithKey: true,
    });
    const onBus = SAMPLES.flatMap(({ file, event }) => (event === null ? [] : [{ file, event }]));
    const ids = await stack.put(onBus.map(({ event }) => event));
    for (const [i, { file }] of onBus.entries()) idByFile.set(file, ids[i] ?? '');
    received = await stack.receive();
  });
  afterAll(() => stack.close());

  it('are made by CloudFormation, with everything that moto knows', () => {
    expect(stack.leftOut).toEqual(Object.keys(LEFT_OUT));
  });

  it.each(SAMPLES.map(({ file, fate }) => [file, fate] as const))('%s %s', (file, fate) => {
    const arrived = received.map((body) => JSON.parse(body).id);
    const id = idByFile.get(file);
    expect(id === undefined ? 'is not on the bus' : arrived.includes(id) ? 'arrives' : 'is filtered').toBe(
      fate,
    );
  });

  it('come with the outputs that the pages ask for: the guides get the ledger of the functions', async () => {
    const define = /^output\(\) \{.*?\}$/ms.exec(await readText('docs/deploy-aws.md'))?.[0];
    const ask = /^LEDGER=.*$/m.exec(await readText('docs/guides/README.md'))?.[0];
    const { PODROUTES_LEDGER } = await stack.readSettings();
    expect(await stack.type(`${define}\n${ask}\necho "$LEDGER"`)).toBe(`${PODROUTES_LEDGER}\n`);
    expect(PODROUTES_LEDGER).toMatch(/^dynamodb:[\w-]+$/);
  });

  it('let every event of the list through at most once', () => {
    const arriving = SAMPLES.filter(({ fate }) => fate === 'arrives');
    expect(arriving.length).toBeGreaterThan(20);
    expect(received).toHaveLength(arriving.length);
  });

  it('hand over what the function reads, but for what cannot be read', async () => {
    const host = await stack.startNodeEvents();
    try {
      const Records = received.map((body, i) => ({ messageId: String(i), body }));
      const answer = await host.invoke({ Records });
      const unreadable = Records.filter(({ body }) => {
        const file = [...idByFile].find(([, id]) => id === JSON.parse(body).id)?.[0];
        return file?.startsWith('aws/unreadable-');
      });
      const failures = unreadable.map(({ messageId }) => ({ itemIdentifier: messageId }));
      expect(answer).toMatchObject({
        ok: true,
        value: { batchItemFailures: expect.arrayContaining(failures) },
      });
      expect(host.takeLogs()).toContainEqual(expect.objectContaining({ EventsUnreadable: failures.length }));
    } finally {
      await host.close();
    }
  });
});

describe('A deployed stack', () => {
  const WORKERS = [0, 1, 2].map((i) => ({ name: `worker-${i}`, podCidr: `10.200.${i}.0/24` }));
  const ROUTES = WORKERS.map(({ name, podCidr }) => `${podCidr} ${name} active`);
  let world: AwsWorld;
  let stack: MotoStack;

  beforeAll(async () => {
    world = await createAwsWorld(motoBackend(ENDPOINT));
    stack = await deployToMoto(ENDPOINT, 'podroutes-world', {
      cluster: world.env['PODROUTES_CLUSTER'] ?? '',
      clusterCidrs: ['10.200.0.0/16'],
    });
  });
  afterAll(async () => {
    stack.close();
    await world.close();
  });

  /** From the bus through the queue to the function, whose answer tells what comes again. */
  async function deliver(events: readonly BusEvent[]): Promise<unknown> {
    await stack.put(events);
    const bodies = await stack.receive();
    expect(bodies).toHaveLength(events.length);
    const host = await stack.startNodeEvents();
    try {
      return await host.invoke({ Records: bodies.map((body, i) => ({ messageId: String(i), body })) });
    } finally {
      await host.close();
    }
  }

  const DONE = { ok: true, value: { batchItemFailures: [] } };

  it('routes machines that start, follows a retag, and forgets one that ends', async () => {
    for (const worker of WORKERS) await world.launch(worker);
    expect(await deliver(WORKERS.map(({ name }) => stateChange(world, name, 'running')))).toEqual(DONE);
    expect(await world.routes()).toEqual([...world.given, ...ROUTES].sort());

    await world.retag('worker-1', '10.200.77.0/24');
    expect(await deliver([tagChange(world, 'worker-1')])).toEqual(DONE);
    await world.terminate('worker-0');
    expect(await deliver([stateChange(world, 'worker-0', 'terminated')])).toEqual(DONE);
    expect(await world.routes()).toEqual(
      [
        ...world.given,
        // Events withdraw nothing: the block that worker-1 gave up is the schedule's.
        '10.200.1.0/24 worker-1 active',
        '10.200.2.0/24 worker-2 active',
        '10.200.77.0/24 worker-1 active',
      ].sort(),
    );
  });
});

function stateChange(world: AwsWorld, name: string, state: string): BusEvent {
  const detail = { 'instance-id': world.idOf(name), state };
  return { source: 'aws.ec2', 'detail-type': 'EC2 Instance State-change Notification', detail };
}

function tagChange(world: AwsWorld, name: string): BusEvent {
  return {
    source: 'aws.tag',
    'detail-type': 'Tag Change on Resource',
    resources: [`arn:aws:ec2:us-east-1:${ACCOUNT}:instance/${world.idOf(name)}`],
    detail: { 'changed-tag-keys': ['pod-cidr'], service: 'ec2', 'resource-type': 'instance' },
  };
}
