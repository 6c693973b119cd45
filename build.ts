import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { basename, dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';
import { isolatedDeclarationSync } from 'rolldown/experimental';
import { VERSION } from './shared/core/version.ts';

/** One bundle: its entry, and the folder and file it is written to. */
interface Bundle {
  readonly entry: string;
  readonly folder: string;
  readonly file: string;
  /** What an import() of each of these modules loads, as a bundle of its own beside it. */
  readonly apart?: readonly string[];
}

const FUNCTIONS: readonly Bundle[] = [
  {
    entry: 'functions/aws/node-events.ts',
    folder: 'dist/aws/node-events',
    file: 'index.mjs',
    apart: ['shared/aws/open-ledger.ts', 'shared/aws/open-kubernetes.ts', 'functions/aws/hasten.ts'],
  },
  {
    entry: 'functions/aws/reconcile.ts',
    folder: 'dist/aws/reconcile',
    file: 'index.mjs',
    apart: ['shared/aws/open-ledger.ts', 'shared/aws/open-kubernetes.ts'],
  },
  {
    entry: 'functions/azure/index.ts',
    folder: 'dist/azure',
    file: 'index.mjs',
    apart: ['shared/azure/open-ledger.ts', 'shared/azure/open-kubernetes.ts'],
  },
];

const CLI: Bundle = { entry: 'functions/cli/podroutes.ts', folder: 'dist/cli', file: 'podroutes.mjs' };

/** What `podroutes/cdk` leads to. */
const CONSTRUCT: Bundle = { entry: 'infra/aws/index.ts', folder: 'dist/infra/aws', file: 'index.mjs' };

/** What goes into the package as it is: where it stands, and where it goes. */
const FILES = [
  ['functions/azure/host.json', 'dist/azure/host.json'],
  // As infra/azure/synth.ts has written it.
  ['infra/azure/main.json', 'dist/infra/azure/main.json'],
  ['infra/kubernetes/podroutes.yaml', 'dist/infra/kubernetes/podroutes.yaml'],
  ['infra/node/podroutes-node', 'dist/infra/node/podroutes-node'],
  ['infra/node/podroutes-node.service', 'dist/infra/node/podroutes-node.service'],
] as const;

/** Some dependencies call `require` for modules of Node itself, which an ES module does not have. */
const REQUIRE = `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);`;

/** What a bundle has become. */
interface Bundled {
  /** Bytes that importing it loads. */
  readonly size: number;
  /** Packages that something of is in it, by their folders, as the lock file names them. */
  readonly packages: readonly string[];
}

async function bundle({ entry, folder, file, apart = [] }: Bundle): Promise<Bundled> {
  await rm(folder, { recursive: true, force: true });
  const names = apart.map((path) => basename(path, '.ts'));
  const chunks: OutputChunk[] = [];
  for (const [i, path] of apart.entries()) {
    chunks.push(...(await build(path, { folder, file: `${names[i]}.mjs`, apart: [] })));
  }
  const own = await build(entry, { folder, file, apart: names });
  const packages = [...chunks, ...own].flatMap(({ moduleIds }) => moduleIds.flatMap(packageOf));
  return { size: startUp(own), packages: [...new Set(packages)].sort() };
}

/** The folder of the package that a module is of; none where the module is our own. */
function packageOf(module: string): readonly string[] {
  return /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(module)?.slice(0, 1) ?? [];
}

/**
 * Modules that a chunk shares with the entry are loaded at start, with all that either of them uses: what is apart has
 * its own copies.
 */
function leaveApart(names: readonly string[]): Plugin {
  return {
    name: 'leave-apart',
    resolveId: (source) => {
      const name = names.find((each) => source.endsWith(`/${each}.ts`));
      return name === undefined ? null : { id: `./${name}.mjs`, external: 'relative' };
    },
  };
}

/**
 * An import of `node:http` reads all that it exports, and with WebSocket there Node loads its whole fetch, which takes
 * as long as Node itself: a call of `require` reads what is used.
 */
const REQUIRE_HTTP: Plugin = {
  name: 'require-http',
  resolveId: (source, _, { kind }) =>
    /^(node:)?http$/.test(source) && kind !== 'require-call' ? 'required-http' : null,
  load: (id) => {
    if (id !== 'required-http') return null;
    const plain = Object.entries(Object.getOwnPropertyDescriptors(http)).filter(([, { get }]) => !get);
    const names = plain.map(([name]) => name).filter((name) => name !== 'default');
    return `const http = require('node:http'); export default http; export const { ${names} } = http;`;
  },
};

async function build(
  entry: string,
  { folder, file, apart }: { folder: string; file: string; apart: readonly string[] },
): Promise<OutputChunk[]> {
  const bundler = await rolldown({
    input: entry,
    plugins: [REQUIRE_HTTP, leaveApart(apart)],
    platform: 'node',
    // There at run time alone: the Functions worker answers the call of `require` for it itself.
    // The CDK is whatever the app that uses the construct has: two copies would not know each other's types.
    external: ['@azure/functions-core', /^(aws-cdk-lib|constructs)(\/|$)/],
    // The SDK's CommonJS entry keeps all of its shapes; the ES module one lets the unused go.
    resolve: { mainFields: ['module', 'main'] },
  });
  const { output } = await bundler.write({
    dir: folder,
    format: 'esm',
    minify: true,
    banner: REQUIRE,
    entryFileNames: file,
    // Clients that are rarely needed are chunks of their own, which only an import() loads.
    chunkFileNames: '[name]-[hash].mjs',
  });
  return output.filter((part): part is OutputChunk => part.type === 'chunk');
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

/** Writes the types of modules whose exports say theirs, beside the bundle that holds them. */
async function declare(modules: readonly string[], folder: string): Promise<void> {
  for (const path of modules) {
    const { code, errors } = isolatedDeclarationSync(path, await readFile(path, 'utf8'), {});
    if (errors.length > 0) throw new Error(`${path}: ${errors.map(({ message }) => message).join('; ')}`);
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.ts$/, '.d.ts');
    await writeFile(`${folder}/${name}`, code.replace(/(from "\.[^"]+)\.ts"/g, '$1.js"'));
  }
}

/** Fills the user data of machines with the files that it brings, packed: EC2 takes 16 KB. */
async function writeCloudInit(folder: string, to: string): Promise<void> {
  let text = await readFile(`${folder}/cloud-init.yaml`, 'utf8');
  for (const name of ['podroutes-node', 'podroutes-node.service']) {
    const packed = gzipSync(await readFile(`${folder}/${name}`), { level: 9 }).toString('base64');
    text = text.replace(`"{${name}}"`, packed);
  }
  await writeFile(to, text);
}

const all = [...FUNCTIONS, CLI, CONSTRUCT];
const bundled = await Promise.all(all.map(bundle));
const byFile = FUNCTIONS.map(({ folder, file }, i) => [`${folder}/${file}`, bundled[i]?.size ?? 0] as const);
for (const [path, size] of byFile) console.log(`${path}: ${Math.round(size / 1024)} KB at start`);
// npm makes it executable where it is installed; npx in a checkout takes it as it is.
await chmod('dist/cli/podroutes.mjs', 0o755);
await writeFile('dist/sizes.json', `${JSON.stringify(Object.fromEntries(byFile), null, 2)}\n`);
const byFolder = all.map(({ folder }, i) => [folder, bundled[i]?.packages ?? []] as const);
await writeFile('dist/packages.json', `${JSON.stringify(Object.fromEntries(byFolder), null, 2)}\n`);
// What makes the folder a function app: https://learn.microsoft.com/azure/azure-functions/functions-reference-node
await writeFile(
  'dist/azure/package.json',
  `${JSON.stringify({ name: 'podroutes-azure', version: VERSION, private: true, type: 'module', main: 'index.mjs' }, null, 2)}\n`,
);
for (const [from, to] of FILES) {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}
await writeCloudInit('infra/node', 'dist/infra/node/cloud-init.yaml');
await declare(['infra/aws/index.ts', 'infra/aws/pod-routes.ts', 'infra/aws/props.ts'], 'dist/infra/aws');
