import { access, constants, mkdir, rmdir, writeFile } from 'node:fs/promises';
import { DEFAULTS } from '../infra/aws/prop-rules.ts';
import type { Figure } from './run.ts';
import { type BenchWorld, createBenchWorld } from './world.ts';

/** Lambda gives a whole processor with so much memory, and a share of one with less. */
const MB_OF_A_PROCESSOR = 1_769;
const CPU_CONTROLLER = '/sys/fs/cgroup/cpu';
const PERIOD_US = 100_000;
const CONDITIONS = { throttling: 'ec2', latencyMs: 30 } as const;

interface Case {
  readonly entry: 'node-events' | 'reconcile';
  readonly nodes: number;
  readonly tables: number;
  readonly memoryMb: number;
}

const SMALL = 256;
const CASES: readonly Case[] = [SMALL, DEFAULTS.memoryMb].flatMap(
  (memoryMb) =>
    [
      { entry: 'node-events', nodes: 1_000, tables: 3, memoryMb },
      { entry: 'node-events', nodes: 1_000, tables: 5, memoryMb },
      { entry: 'reconcile', nodes: 1_000, tables: 5, memoryMb },
    ] as const,
);

/** Whether a function answers in time with the processor that Lambda gives it, under EC2's buckets. */
export async function measureSmallFunctions(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const isThere = await access(`${CPU_CONTROLLER}/cpu.cfs_quota_us`, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    console.log(`small functions: not measured, for want of a writable ${CPU_CONTROLLER}`);
    return [];
  }
  for (const each of CASES) figures.push(await measure(each));
  return figures;
}

async function measure({ entry, nodes, tables, memoryMb }: Case): Promise<Figure> {
  const limitSeconds =
    entry === 'reconcile' ? DEFAULTS.reconcileTimeoutSeconds : DEFAULTS.eventsTimeoutSeconds;
  const env = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb), NODE_OPTIONS: '--max-semi-space-size=8' };
  const world = await createBenchWorld({ tables, entry, env, ...CONDITIONS });
  const batch = world.launch(nodes);
  const free = await limitProcessor(world, memoryMb);
  const answer = await world.host.invoke(entry === 'reconcile' ? {} : batch, limitSeconds * 1000);
  const value = world.host.lastMs() / 1000;
  const lines = world.host.takeLogs().length;
  await world.close();
  await free();
  if (!answer.ok) throw new Error(answer.error.message);
  const what = `${entry}, ${nodes} nodes x ${tables} tables, ${memoryMb} MB: answered, with ${lines} lines`;
  return { what, value, unit: 's', bar: limitSeconds };
}

/** Puts the function under a quota of the scheduler, as Lambda does; gives what lifts it. */
async function limitProcessor({ host }: BenchWorld, memoryMb: number): Promise<() => Promise<void>> {
  const group = `${CPU_CONTROLLER}/podroutes-bench-${host.pid}`;
  await mkdir(group);
  const quota = Math.round((PERIOD_US * memoryMb) / MB_OF_A_PROCESSOR);
  await writeFile(`${group}/cpu.cfs_period_us`, String(PERIOD_US));
  await writeFile(`${group}/cpu.cfs_quota_us`, String(quota));
  await writeFile(`${group}/cgroup.procs`, String(host.pid));
  return () => rmdir(group);
}
