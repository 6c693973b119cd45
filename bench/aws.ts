import type { Figure } from './run.ts';
import { createBenchWorld } from './world.ts';

/** The heap that fits a function of 256 MB beside what Node takes outside of it. */
const SMALL_HEAP = '--max-old-space-size=160 --max-semi-space-size=8';

/** Calls for a batch of launches. */
export async function measureCalls(): Promise<Figure[]> {
  const [nodes, tables] = [100, 3];
  const world = await createBenchWorld({ tables, entry: 'node-events' });
  const batch = world.launch(nodes);
  world.sandbox.clearCalls();
  await world.host.invoke(batch);
  const { length } = world.sandbox.calls;
  await world.close();
  return [
    {
      what: `AWS calls for ${nodes} launched nodes, ${tables} tables, one batch`,
      value: length,
      unit: 'calls',
      bar: nodes * tables + nodes + 2,
    },
  ];
}

/** One launch, each call taking 50 ms: the handler's time in round trips. */
export async function measureLaunch(): Promise<Figure[]> {
  const latencyMs = 50;
  const world = await createBenchWorld({ tables: 3, entry: 'node-events' });
  await world.host.invoke(world.launch(1));
  world.sandbox.setLatency(latencyMs);
  const times: number[] = [];
  for (let i = 0; i < 20; i += 1) {
    const batch = world.launch(1);
    const start = performance.now();
    await world.host.invoke(batch);
    times.push(performance.now() - start);
  }
  await world.close();
  const value = times.sort((a, b) => a - b)[times.length / 2] ?? 0;
  return [
    { what: 'one launch at 50 ms a call, median of 20', value, unit: 'ms', bar: 150 },
    { what: 'the same in round trips', value: Math.floor(value / latencyMs), unit: 'trips', bar: 2 },
  ];
}

/** The most memory that a full reconcile of 1,000 nodes takes, everything in the process counted. */
export async function measureMemory(): Promise<Figure[]> {
  const world = await createBenchWorld({ tables: 3, entry: 'reconcile', env: { NODE_OPTIONS: SMALL_HEAP } });
  world.launch(1_000);
  await world.host.invoke({});
  await world.host.invoke({});
  const value = world.host.peakBytes() / 1024 / 1024;
  await world.close();
  return [{ what: 'memory for a full reconcile of 1,000 nodes x 3 tables', value, unit: 'MB', bar: 256 }];
}
