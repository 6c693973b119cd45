import { mkdir, writeFile } from 'node:fs/promises';
import { brotliCompressSync } from 'node:zlib';
import { type Plugin, rolldown } from 'rolldown';
import { createOneFile } from './template.ts';

const TARGET = 'dist/podroutes.template.json';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_BYTES = 1_000_000;

/** Parts that a function has no use for, and what stands in for them. */
const STAND_INS: Readonly<Record<string, string>> = {
  // Lambda gives credentials in the environment.
  '@aws-sdk/credential-provider-node': `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
};

const LEAVE_OUT: Plugin = {
  name: 'leave-out',
  resolveId: (source) => (Object.hasOwn(STAND_INS, source) ? `stand-in:${source}` : null),
  load: (id) => STAND_INS[id.replace(/^stand-in:/, '')] ?? null,
};

/** A client that is imported at need: what is in one file with the rest is all of it, unless that is said. */
const CLIENT = /const \{ ([\w, ]+) \} = await import\('(@aws-sdk\/[\w-]+)'\)/g;

const ONLY_WHAT_IS_NAMED: Plugin = {
  name: 'only-what-is-named',
  transform: (code) =>
    code.replace(CLIENT, (_, names: string, source: string) => {
      return `const { ${names} } = await import('named:${names.replaceAll(' ', '')}:${source}')`;
    }),
  resolveId: (source) => (source.startsWith('named:') ? source : null),
  load: (id) => {
    const [, names, source] = /^named:([\w,]+):(.+)$/.exec(id) ?? [];
    return names === undefined ? null : `export { ${names} } from '${source}';`;
  },
};

/** One CommonJS module, as CloudFormation takes code: it names the file `index.js`. */
async function bundle(entry: string): Promise<string> {
  const bundler = await rolldown({
    input: entry,
    plugins: [LEAVE_OUT, ONLY_WHAT_IS_NAMED],
    platform: 'node',
    resolve: { mainFields: ['module', 'main'] },
  });
  const { output } = await bundler.generate({ format: 'cjs', minify: true, codeSplitting: false });
  return pack(output[0].code);
}

/** Two functions of 0.6 MB would not go into a template: the module unpacks the code that is in it. */
function pack(code: string): string {
  const packed = brotliCompressSync(code).toString('base64');
  return [
    `const { compileFunction, constants } = require('node:vm');`,
    `const { brotliDecompressSync } = require('node:zlib');`,
    `const code = brotliDecompressSync(Buffer.from('${packed}', 'base64')).toString();`,
    'const unpacked = {};',
    // The SDK imports modules of Node at need.
    'const options = { filename: __filename, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER };',
    `compileFunction(code, ['exports', 'require'], options)(unpacked, require);`,
    // Seen by whoever imports the module, too.
    'exports.handler = unpacked.handler;',
    '',
  ].join('\n');
}

const [NodeEvents, Reconcile] = await Promise.all(
  ['node-events', 'reconcile'].map((name) => bundle(`functions/aws/${name}.ts`)),
);
if (NodeEvents === undefined || Reconcile === undefined) throw new Error('expected two bundles');
const text = JSON.stringify(createOneFile({ NodeEvents, Reconcile }));
const bytes = Buffer.byteLength(text);
if (bytes > MOST_BYTES) throw new Error(`${TARGET}: expected at most ${MOST_BYTES} bytes; found ${bytes}`);
await mkdir('dist', { recursive: true });
await writeFile(TARGET, text);
console.log(`${TARGET}: ${Math.round(bytes / 1000)} KB`);
