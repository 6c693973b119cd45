import { setTimeout as sleep } from 'node:timers/promises';
import { redeliveryOf } from '../infra/aws/redelivery.ts';
import type { AwsSandbox } from '../shared/sandbox/aws-server.ts';
import { EC2_BUCKETS } from '../shared/sandbox/ec2/throttling.ts';
import type { Figure } from './run.ts';
import { type BenchWorld, createBenchWorld } from './world.ts';

const NODES = 500;
const LATENCY_MS = 40;
/** As the function is deployed unless told otherwise. */
const TIMEOUT_SECONDS = 60;

/** What came of a burst; times are seconds from its first event. */
export interface Burst {
  /** When the first node had its routes in all tables, and its check off. */
  readonly first: number;
  readonly half: number;
  readonly all: number;
  readonly deliveries: number;
  readonly refused: number;
  readonly calls: number;
}

/** EC2's own buckets take so long for the creations of a burst, in seconds. */
export function floorOf(tables: number): number {
  const { capacity, refill } = EC2_BUCKETS['*'] ?? { capacity: 50, refill: 5 };
  return (NODES * tables - capacity) / refill;
}

/** A burst as deployed: the function's time limit, and messages that come again only when they are visible again. */
async function burst(tables: number, timeoutSeconds: number): Promise<Burst> {
  const world = await createBenchWorld({
    tables,
    entry: 'node-events',
    throttling: 'ec2',
    latencyMs: LATENCY_MS,
  });
  let batch = world.launch(NODES).Records;
  world.sandbox.clearCalls();
  const start = Date.now();
  let deliveries = 0;
  for (; batch.length > 0; deliveries += 1) {
    const received = Date.now();
    const failed = await deliver(world, batch, timeoutSeconds);
    batch = batch.filter(({ messageId }) => failed.has(messageId));
    const visible = received + redeliveryOf(timeoutSeconds).visibilitySeconds * 1000;
    if (batch.length > 0) await sleep(visible - Date.now());
  }
  await world.close();
  return { ...usableOf(world.sandbox, tables, start), deliveries };
}

async function deliver(
  { host }: BenchWorld,
  records: readonly object[],
  timeoutSeconds: number,
): Promise<Set<string>> {
  const begun = Date.now();
  const answer = await host.invoke({ Records: records }, timeoutSeconds * 1000);
  if (Date.now() - begun > timeoutSeconds * 1000) throw new Error('Lambda would have ended the function');
  if (!answer.ok) throw new Error(answer.error.message);
  const { batchItemFailures } = answer.value as { batchItemFailures: { itemIdentifier: string }[] };
  return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
}
