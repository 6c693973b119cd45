import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Figure } from './run.ts';

const RUNS = 15;
/** By cloud, in KB. */
const BARS: Readonly<Record<string, number>> = { aws: 450, azure: 700 };
const ENV = { PODROUTES_CLUSTER: 'bench', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16', AWS_REGION: 'us-east-1' };
const PROBE = `const start = performance.now(); await import(process.argv[1]); console.log(performance.now() - start);`;
const run = promisify(execFile);

/** Start-up size of the functions, and their import time against the same entry bundled by esbuild's defaults. */
export async function measureBundles(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const folder = await mkdtemp(`${tmpdir()}/podroutes-bench-`);
  const sizes: Record<string, number> = JSON.parse(
    await readFile(new URL('../dist/sizes.json', import.meta.url), 'utf8'),
  );
  for (const [path, size] of Object.entries(sizes)) {
    const bar = BARS[path.split('/')[1] ?? ''];
    if (bar === undefined) continue;
    figures.push({ what: `${path}: loaded at start`, value: Math.round(size / 1024), unit: 'KB', bar });
  }
  const ours = fileURLToPath(new URL('../dist/aws/node-events/index.mjs', import.meta.url));
  const theirs = `${folder}/index.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL('../functions/aws/node-events.ts', import.meta.url))],
    outfile: theirs,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'silent',
  });
  // In turns, so that whatever else the machine does falls on both.
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i < RUNS; i += 1) {
    times[0].push(await importTime(ours));
    times[1].push(await importTime(theirs));
  }
  await rm(folder, { recursive: true });
  const [mine, other] = times.map((list) => list.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0);
  figures.push({
    what: "import time, times that of esbuild's default bundle",
    value: (mine ?? 0) / (other ?? 1),
    unit: 'x',
    bar: 0.5,
  });
  figures.push({ what: 'import time of node-events, median', value: mine ?? 0, unit: 'ms', bar: 150 });
  return figures;
}

async function importTime(path: string): Promise<number> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', PROBE, path], {
    env: ENV,
  });
  return Number(stdout);
}
