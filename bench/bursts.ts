import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULTS } from '../infra/aws/prop-rules.ts';
import { redeliveryOf } from '../infra/aws/redelivery.ts';
import type { AwsSandbox } from '../shared/sandbox/aws-server.ts';
import { EC2_BUCKETS } from '../shared/sandbox/ec2/throttling.ts';
import { type Controller, cloudProviderAws, gardener } from './controllers.ts';
import type { Figure } from './run.ts';
import { type BenchCluster, createBenchCluster, createBenchWorld, type SqsRecord } from './world.ts';

const NODES = 500;
/** As EC2 has them: a call takes 40 ms, and each action has a bucket. Time is real. */
const CONDITIONS = { throttling: 'ec2', latencyMs: 40 } as const;
/** What the function is deployed with unless told otherwise. */
const TIMEOUT_SECONDS = DEFAULTS.eventsTimeoutSeconds;
/** Lambda's own limit. */
const LONGEST_SECONDS = 900;
const APART_MS = 6_000;
/** Nobody waits longer for a controller. */
const PATIENCE_MS = 400_000;
const { capacity: BURST, refill: REFILL } = EC2_BUCKETS['*'] ?? { capacity: 50, refill: 5 };

/** What came of a burst; times are seconds from its first event, null for never. */
interface Burst {
  /** When the first node had its routes in all tables, and its check off. */
  readonly first: number | null;
  readonly half: number | null;
  readonly all: number | null;
  /** When the last route was there. */
  readonly routes: number | null;
  readonly refused: number;
}

/** 500 launched nodes whose check is on, for podroutes as deployed and for models of two controllers, side by side. */
export async function measureBursts(): Promise<Figure[]> {
  const [one, three, endless, provider, gardenerOne, gardenerThree] = await Promise.all([
    deploy(1, TIMEOUT_SECONDS),
    later(1, () => deploy(3, TIMEOUT_SECONDS)),
    later(2, () => deploy(3, LONGEST_SECONDS)),
    later(3, () => play(cloudProviderAws, 1)),
    later(4, () => play(gardener, 1)),
    later(5, () => play(gardener, 3)),
  ]);
  return [
    ...figuresOf(1, one),
    ...figuresOf(3, three),
    timesFloor(`${NODES} nodes x 3 tables in one invocation: all usable`, 3, endless.all, 1.05),
    {
      what: `cloud-provider-aws, ${NODES} nodes x 1 table: half usable`,
      value: provider.half,
      unit: 's',
      bar: null,
    },
    { what: 'the same: all usable', value: provider.all, unit: 's', bar: null },
    {
      what: `gardener, ${NODES} nodes x 1 table: all routes, checks on`,
      value: gardenerOne.routes,
      unit: 's',
      bar: null,
    },
    {
      what: `gardener, ${NODES} nodes x 3 tables: all routes, checks on`,
      value: gardenerThree.routes,
      unit: 's',
      bar: null,
    },
  ];
}

/** They run side by side, but do not begin in the same second: the machine has few processors. */
async function later<T>(place: number, begin: () => Promise<T>): Promise<T> {
  await sleep(place * APART_MS);
  return begin();
}

function figuresOf(tables: number, burst: Burst & { deliveries: number }): Figure[] {
  const what = `${NODES} nodes x ${tables} table${tables === 1 ? '' : 's'}, as deployed`;
  const { maxReceives } = redeliveryOf(TIMEOUT_SECONDS);
  return [
    { what: `${what}: first node usable`, value: burst.first, unit: 's', bar: 3 },
    { what: `${what}: half usable`, value: burst.half, unit: 's', bar: null },
    timesFloor(`${what}: all usable`, tables, burst.all, 1.1),
    { what: `${what}: deliveries`, value: burst.deliveries, unit: 'times', bar: Math.floor(maxReceives / 3) },
    { what: `${what}: refused calls`, value: burst.refused, unit: 'calls', bar: tables === 1 ? 50 : null },
  ];
}

/** Against the time that EC2's bucket takes for the creations alone. */
function timesFloor(what: string, tables: number, seconds: number | null, bar: number): Figure {
  const floor = (NODES * tables - BURST) / REFILL;
  const taken = seconds === null ? 'never' : `${seconds.toFixed(1)} s`;
  const value = seconds === null ? null : seconds / floor;
  return { what: `${what} (${taken}), times the floor of ${floor} s`, value, unit: 'x', bar };
}

/** As deployed: what is not done within the time limit comes again only when its message is visible again. */
async function deploy(tables: number, timeoutSeconds: number): Promise<Burst & { deliveries: number }> {
  const world = await createBenchWorld({ tables, entry: 'node-events', ...CONDITIONS });
  let batch = world.launch(NODES).Records;
  world.sandbox.clearCalls();
  const start = Date.now();
  let deliveries = 0;
  while (batch.length > 0) {
    const received = Date.now();
    const answer = await world.host.invoke({ Records: batch }, timeoutSeconds * 1000);
    if (!answer.ok) throw new Error(answer.error.message);
    if (world.host.lastMs() > timeoutSeconds * 1000)
      throw new Error('Lambda would have ended the function before it answered.');
    deliveries += 1;
    batch = leftOf(batch, answer.value);
    const visible = received + redeliveryOf(timeoutSeconds).visibilitySeconds * 1000;
    if (batch.length > 0) await sleep(visible - Date.now());
  }
  const done = usableIn(world, start);
  await world.close();
  return { ...done, deliveries };
}

function leftOf(batch: readonly SqsRecord[], answer: unknown): SqsRecord[] {
  const { batchItemFailures } = answer as { batchItemFailures: { itemIdentifier: string }[] };
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  return batch.filter(({ messageId }) => failed.has(messageId));
}

async function play(controller: Controller, tables: number): Promise<Burst> {
  const cluster = await createBenchCluster({ tables, ...CONDITIONS });
  cluster.launch(NODES);
  const start = Date.now();
  await controller(cluster, start + PATIENCE_MS);
  const done = usableIn(cluster, start);
  await cluster.sandbox.close();
  return done;
}

/** Reads of the calls when each node had what it needs: a route in each table, and its check off. */
function usableIn({ sandbox, tables }: BenchCluster, start: number): Burst {
  const made = sandbox.calls.filter(({ mutating, outcome }) => mutating && outcome === 'ok');
  const creations = made.filter(({ action }) => action === 'CreateRoute');
  const checks = made.filter(({ action }) => action.startsWith('Modify'));
  const routed = Map.groupBy(creations, ({ params }) => params['InstanceId'] ?? '');
  const opened = new Map(checks.map(({ params, at }) => [machineOf(sandbox, params), at]));
  const usable = [...routed].flatMap(([id, routes]) => {
    const open = opened.get(id);
    return open === undefined || routes.length < tables.length
      ? []
      : Math.max(open, ...routes.map(({ at }) => at));
  });
  return {
    first: nth(usable, 1, start),
    half: nth(usable, NODES / 2, start),
    all: nth(usable, NODES, start),
    routes: nth(
      creations.map(({ at }) => at),
      NODES * tables.length,
      start,
    ),
    refused: sandbox.calls.filter(({ outcome }) => outcome === 'RequestLimitExceeded').length,
  };
}

/** Seconds from the start to the n-th of these times. */
function nth(times: readonly number[], n: number, start: number): number | null {
  const at = times.toSorted((a, b) => a - b)[n - 1];
  return at === undefined ? null : (at - start) / 1000;
}

function machineOf({ ec2 }: AwsSandbox, params: Readonly<Record<string, string>>): string {
  const { attachment } = ec2.state.interfaces.get(params['NetworkInterfaceId'] ?? '') ?? { attachment: null };
  return params['InstanceId'] ?? attachment?.instance ?? '';
}
