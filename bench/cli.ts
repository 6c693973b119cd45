import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startAws } from '../functions/cli/clouds/aws/sandbox.ts';
import { startAzure } from '../functions/cli/clouds/azure/sandbox.ts';
import { CLUSTER, CLUSTER_CIDR } from '../functions/cli/sandbox/cluster.ts';
import type { Figure } from './run.ts';
import { createBenchWorld } from './world.ts';

const BUILT = fileURLToPath(new URL('../dist/cli/podroutes.mjs', import.meta.url));
const RUNS = 11;
const BAR_MS = 500;
const NODES = 1_000;
const run = promisify(execFile);

/** How long a person waits for the help, and for a first plan of a small cluster: from start to end of the process. */
export async function measureCommandLine(): Promise<Figure[]> {
  const sandboxes = await Promise.all([startAws(0, false), startAzure(0, false)]);
  const figures = [await measure('podroutes --help', ['--help'], {})];
  for (const { cloud, variables } of sandboxes) {
    const env = { ...variables, PODROUTES_CLUSTER: CLUSTER, PODROUTES_CLUSTER_CIDRS: CLUSTER_CIDR };
    figures.push(await measure(`podroutes plan, on the ${cloud} sandbox`, ['plan'], env));
  }
  await Promise.all(sandboxes.map(({ close }) => close()));
  return figures;
}

/** What doctor costs beside the plan that it begins with, in a cluster of many nodes whose routes are in step. */
export async function measureDoctor(): Promise<Figure[]> {
  const world = await createBenchWorld({ tables: 1, entry: 'reconcile' });
  world.launch(NODES);
  await world.host.invoke({});
  const times = { plan: [] as number[], doctor: [] as number[] };
  for (let i = 0; i < RUNS; i += 1) {
    times.plan.push(await time(['plan'], world.env, 0));
    world.sandbox.clearCalls();
    times.doctor.push(await time(['doctor'], world.env, 3));
  }
  const { length } = world.sandbox.calls;
  await world.close();
  return [
    { what: `podroutes doctor, ${NODES} nodes on AWS`, value: length, unit: 'calls', bar: 11 },
    {
      what: `the same, times podroutes plan, medians of ${RUNS}`,
      value: median(times.doctor) / median(times.plan),
      unit: 'x',
      bar: 2.5,
    },
  ];
}

async function measure(what: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Figure> {
  const times: number[] = [];
  // There is something to plan on the sandboxes; anything else was no plan at all.
  for (let i = 0; i < RUNS; i += 1) times.push(await time(args, env, args.includes('plan') ? 3 : 0));
  const value = median(times);
  return { what: `${what}: start to end, median of ${RUNS}`, value, unit: 'ms', bar: BAR_MS };
}

/** Milliseconds from start to end; throws where the command ends with another exit code. */
async function time(args: readonly string[], env: NodeJS.ProcessEnv, expected: number): Promise<number> {
  const start = performance.now();
  const code = await run(process.execPath, [BUILT, ...args], { env }).then(
    () => 0,
    (error: { code?: unknown }) => error.code,
  );
  const taken = performance.now() - start;
  if (code !== expected) throw new Error(`podroutes ${args.join(' ')} ended with exit code ${code}`);
  return taken;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
