import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const ROOT = new URL('../../', import.meta.url).pathname;

/** What one source file imports: files by their path from the root, packages by name. */
export interface Source {
  readonly path: string;
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** Files of the product. */
const PRODUCT = /^(shared|functions|infra)\//;

/** Every source file of the product, or of what `within` says, with its static and dynamic imports, of types too. */
export function readSources(within = PRODUCT): Source[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((path) => within.test(path))
    .map(readSource);
}

function readSource(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const names = [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)'([^']+)'/gm)].flatMap(
    ([, name]) => name ?? [],
  );
  const isFile = (name: string): boolean => name.startsWith('.');
  return {
    path,
    files: names.filter(isFile).map((name) => normalize(join(dirname(path), name))),
    packages: names.filter((name) => !isFile(name)),
  };
}
