import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startAws } from '../functions/cli/sandbox/aws.ts';
import { startAzure } from '../functions/cli/sandbox/azure.ts';
import { CLUSTER, CLUSTER_CIDR } from '../functions/cli/sandbox/cluster.ts';
import type { Figure } from './run.ts';

const BUILT = fileURLToPath(new URL('../dist/cli/podroutes.mjs', import.meta.url));
const RUNS = 11;
const BAR_MS = 500;
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

async function measure(what: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Figure> {
  const times: number[] = [];
  for (let i = 0; i < RUNS; i += 1) {
    const start = performance.now();
    const code = await run(process.execPath, [BUILT, ...args], { env }).then(
      () => 0,
      (error: { code?: unknown }) => error.code,
    );
    times.push(performance.now() - start);
    // There is something to plan on the sandboxes; anything else was no plan at all.
    if (code !== (args.includes('plan') ? 3 : 0)) throw new Error(`${what} ended with exit code ${code}`);
  }
  const value = times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
  return { what: `${what}: start to end, median of ${RUNS}`, value, unit: 'ms', bar: BAR_MS };
}
