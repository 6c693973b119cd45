// @ts-nocheck
import { readFile, writeFile } from 'node:fs/promises';

/**
 * npm leaves the optional packages of other platforms out of the lock file where the registry does not offer
 * them, and `npm ci` then refuses the lock file on every platform: https://github.com/npm/cli/issues/4828.
 * This adds what is missing, by the names that such packages have.
 */

interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const FILE = new URL('package-lock.json', import.meta.url);
const SYSTEMS = 'aix android darwin freebsd linux netbsd openbsd openharmony sunos win32'.split(' ');
const PROCESSORS = 'arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x wasm32 x64'.split(' ');

/** Whether Node would find the package from where its dependent is installed. */
function isLocked(packages: Readonly<Record<string, Entry>>, dependent: string, name: string): boolean {
  const folders = dependent
    .split('/node_modules/')
    .map((_, i, parts) => parts.slice(0, i + 1).join('/node_modules/'));
  return [...folders, ''].some(
    (folder) => `${folder}${folder === '' ? '' : '/'}node_modules/${name}` in packages,
  );
}

/** An entry for a package such as `@swc/core-linux-x64-musl`; null where the name tells no platform. */
function platformEntry(name: string, range: string, isDev: boolean): object | null {
  const words = (name.split('/').at(-1) ?? '').split('-');
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  if (os.length === 0 && cpu.length === 0) return null;
  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc';
  return {
    version: range.replace(/^[\^~]/, ''),
    ...(cpu.length === 0 ? {} : { cpu }),
    ...(isDev ? { dev: true } : {}),
    ...(os.includes('linux') && words.some((word) => /^(musl|gnu)/.test(word)) ? { libc: [libc] } : {}),
    optional: true,
    ...(os.length === 0 ? {} : { os }),
  };
}

const lock: { packages: Record<string, Entry> } = JSON.parse(await readFile(FILE, 'utf8'));
const added: Record<string, object> = {};
for (const [dependent, { optionalDependencies = {}, dev = false }] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(optionalDependencies)) {
    if (isLocked(lock.packages, dependent, name)) continue;
    const entry = platformEntry(name, range, dev);
    if (entry === null)
      throw new Error(`${name}, an optional dependency of ${dependent}, names no platform: add it by hand`);
    added[`node_modules/${name}`] = entry;
  }
}
const { '': root, ...others } = { ...lock.packages, ...added };
const sorted = Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1));
await writeFile(
  FILE,
  `${JSON.stringify({ ...lock, packages: { '': root, ...Object.fromEntries(sorted) } }, null, 2)}\n`,
);
console.log(`${Object.keys(added).length} packages of other platforms added`);
