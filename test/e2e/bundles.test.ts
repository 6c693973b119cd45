import { readdir, readFile, stat } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MOST_BYTES = 450 * 1024;

/** `import … from"x"`, `import"x"` and `export … from"x"`, but not `import("x")`. */
const STATIC_IMPORT = /(?:\bfrom|\bimport)\s*["']([^"'\s]+)["']/g;

/** A text that only the sandbox has, and the file that has it. */
const SANDBOX_MARK = { text: 'The sandbox does not model the service', file: 'shared/sandbox/services.ts' };

/** What only its client sends. */
const KUBERNETES_MARK = 'strategic-merge-patch+json';

describe.each(['node-events', 'reconcile'])('The bundle of %s', (name) => {
  const folder = `${ROOT}dist/aws/${name}`;

  it('loads at most 450 KB at start', async () => {
    const files = await startUpFiles(folder, 'index.mjs');
    const sizes = await Promise.all(files.map(async (file) => (await stat(`${folder}/${file}`)).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeGreaterThan(50 * 1024);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('exports its handler', async () => {
    const code = await readFile(`${folder}/index.mjs`, 'utf8');
    expect(code).toMatch(/export\s*\{[^}]*\bhandler\s*[,}]/);
  });

  it('imports nothing at start but its own files and modules of Node', async () => {
    for (const file of await startUpFiles(folder, 'index.mjs')) {
      const code = await readFile(`${folder}/${file}`, 'utf8');
      const strange = [...code.matchAll(STATIC_IMPORT)]
        .map(([, specifier = '']) => specifier)
        .filter((specifier) => !specifier.startsWith('./') && !isBuiltin(specifier));
      expect({ file, strange }).toEqual({ file, strange: [] });
    }
  });

  it('imports node:http nowhere, with which Node would load its whole fetch', async () => {
    const importing = (await readBundle(folder)).filter(({ code }) =>
      /(?:\bfrom|\bimport)\s*\(?\s*["'`](?:node:)?http["'`]/.test(code),
    );
    expect(importing.map(({ file }) => file)).toEqual([]);
  });

  it('loads what reads Kubernetes only when a run needs it', async () => {
    const holders = (await readBundle(folder)).filter(({ code }) => code.includes(KUBERNETES_MARK));
    expect(holders.map(({ file }) => file)).toEqual(['open-kubernetes.mjs']);
    expect(await startUpFiles(folder, 'index.mjs')).not.toContain('open-kubernetes.mjs');
  });

  it('holds no path of the machine that built it, and nothing of the sandbox', async () => {
    expect(await readFile(`${ROOT}${SANDBOX_MARK.file}`, 'utf8')).toContain(SANDBOX_MARK.text);
    for (const { file, code } of await readBundle(folder)) {
      const found = [ROOT, 'file:///', 'shared/sandbox', SANDBOX_MARK.text].filter((text) =>
        code.includes(text),
      );
      expect({ file, found }).toEqual({ file, found: [] });
    }
  });
});

async function readBundle(folder: string): Promise<{ file: string; code: string }[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.mjs'));
  return Promise.all(
    files.map(async (file) => ({ file, code: await readFile(`${folder}/${file}`, 'utf8') })),
  );
}

/** The entry and every file that it imports statically, itself or through others. */
async function startUpFiles(folder: string, entry: string): Promise<string[]> {
  const loaded = new Set<string>();
  const load = async (file: string): Promise<void> => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const code = await readFile(`${folder}/${file}`, 'utf8');
    for (const [, specifier = ''] of code.matchAll(STATIC_IMPORT)) {
      if (specifier.startsWith('./')) await load(specifier.slice(2));
    }
  };
  await load(entry);
  return [...loaded];
}
