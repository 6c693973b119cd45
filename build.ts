import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { type OutputChunk, rolldown } from 'rolldown';

/** One bundle: its entry, and the folder and file it is written to. */
interface Bundle {
  readonly entry: string;
  readonly folder: string;
  readonly file: string;
}

const BUNDLES: readonly Bundle[] = [
  { entry: 'functions/aws/node-events.ts', folder: 'dist/aws/node-events', file: 'index.mjs' },
  { entry: 'functions/aws/reconcile.ts', folder: 'dist/aws/reconcile', file: 'index.mjs' },
  { entry: 'functions/cli/podroutes.ts', folder: 'dist/cli', file: 'podroutes.mjs' },
];

/** Some dependencies call `require` for modules of Node itself, which an ES module does not have. */
const REQUIRE = `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);`;

async function bundle({ entry, folder, file }: Bundle): Promise<string> {
  const build = await rolldown({
    input: entry,
    platform: 'node',
    // The SDK's CommonJS entry keeps all of its shapes; the ES module one lets the unused go.
    resolve: { mainFields: ['module', 'main'] },
  });
  const { output } = await build.write({
    dir: folder,
    format: 'esm',
    minify: true,
    banner: REQUIRE,
    entryFileNames: file,
    // Clients that are rarely needed are chunks of their own, which only an import() loads.
    chunkFileNames: '[name]-[hash].mjs',
  });
  const chunks = output.filter((part): part is OutputChunk => part.type === 'chunk');
  const start = startUp(chunks);
  await writeFile(`${folder}/size.json`, `${JSON.stringify({ start })}\n`);
  return `${folder}/${file}: ${(start / 1024).toFixed(0)} KB at start`;
}

/** Bytes that importing the entry loads: the entry and whatever it imports statically. */
function startUp(chunks: readonly OutputChunk[]): number {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set<string>();
  const load = (name: string): void => {
    const chunk = byName.get(name);
    if (chunk === undefined || loaded.has(name)) return;
    loaded.add(name);
    chunk.imports.forEach(load);
  };
  for (const chunk of chunks.filter(({ isEntry }) => isEntry)) load(chunk.fileName);
  return [...loaded].reduce((sum, name) => sum + Buffer.byteLength(byName.get(name)?.code ?? ''), 0);
}

await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
const only = process.argv[2];
for (const line of await Promise.all(
  BUNDLES.filter(({ entry }) => only === undefined || entry.includes(only)).map(bundle),
)) {
  console.log(line);
}
void cp;
