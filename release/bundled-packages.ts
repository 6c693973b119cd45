import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A package of which something is in what is released. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
  readonly author: string;
  /** The licence's text, and notices that go with it; none where the package brings none. */
  readonly texts: readonly string[];
  /** SHA-512 of the package as it was installed, in hexadecimal. */
  readonly sha512: string;
  /** Folders of the bundles that it is in. */
  readonly bundles: readonly string[];
}

/**
 * Reads what the build has put into its bundles, by the modules that are in them. Throws where a package says nothing
 * of its licence, which nobody may pass on, or the lock file nothing of the package.
 */
export async function readBundledPackages(root: string): Promise<BundledPackage[]> {
  const byBundle: Readonly<Record<string, readonly string[]>> = await readJson(
    join(root, 'dist/packages.json'),
  );
  const { packages: locked } = await readJson(join(root, 'package-lock.json'));
  const folders = [...new Set(Object.values(byBundle).flat())].sort();
  return Promise.all(
    folders.map(async (folder) => {
      const { name, version, license, author } = await readJson(join(root, folder, 'package.json'));
      if (typeof license !== 'string') throw new Error(`${folder}: expected a licence; found ${license}`);
      return {
        name,
        version,
        licence: license,
        author: Object(author).name ?? author ?? `the authors of ${name}`,
        texts: await readTexts(join(root, folder)),
        sha512: sha512Of(locked[folder]?.integrity),
        bundles: Object.keys(byBundle).filter((bundle) => byBundle[bundle]?.includes(folder)),
      };
    }),
  );
}

async function readJson(path: string) {
  return JSON.parse(await readFile(path, 'utf8'));
}

async function readTexts(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^(licen[cs]e|notice|copying)/i.test(name)).sort();
  return Promise.all(names.map(async (name) => (await readFile(join(folder, name), 'utf8')).trim()));
}

function sha512Of(integrity: unknown): string {
  const [, base64] = /^sha512-(.+)$/.exec(String(integrity)) ?? [];
  if (base64 === undefined) throw new Error(`expected sha512 in the lock file; found ${integrity}`);
  return Buffer.from(base64, 'base64').toString('hex');
}
