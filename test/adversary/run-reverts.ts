import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { REVERTS, type Revert } from './reverts.ts';

/**
 * Reverts each fix in a copy of the tree, and expects the test of its row to fail: a test that still passes proves
 * nothing. Arguments select rows.
 */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** Their tests need no bundle. */
const WITHOUT_BUNDLES: ReadonlySet<string> = new Set(['arithmetic']);

type Verdict = 'red' | 'STAYED GREEN' | 'DOES NOT APPLY' | 'DOES NOT BUILD' | 'FINDS NO TEST';

function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'podroutes-reverts-'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
  });
  for (const file of files.toString().split('\n').filter(Boolean)) cpSync(join(ROOT, file), join(copy, file));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Patched texts by file, or null where one of the patches finds nothing, or more than one place. */
function patched(copy: string, { patches }: Revert): ReadonlyMap<string, string> | null {
  const texts = new Map<string, string>();
  for (const { file, find, replace } of patches) {
    const parts = (texts.get(file) ?? readFileSync(join(copy, file), 'utf8')).split(find);
    if (parts.length !== 2) return null;
    texts.set(file, parts.join(replace));
  }
  return texts;
}

function run(
  copy: string,
  script: string,
  ...given: string[]
): { readonly failed: boolean; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', script, '--', ...given], {
    cwd: copy,
    encoding: 'utf8',
  });
  return { failed: status !== 0, output: `${stdout}${stderr}` };
}

function judge(copy: string, revert: Revert): Verdict {
  const texts = patched(copy, revert);
  if (texts === null) return 'DOES NOT APPLY';
  for (const [file, text] of texts) writeFileSync(join(copy, file), text);
  try {
    if (!WITHOUT_BUNDLES.has(revert.suite) && run(copy, 'build').failed) return 'DOES NOT BUILD';
    const { failed, output } = run(
      copy,
      'test:jest',
      `test/adversary/${revert.suite}.test.ts`,
      '-t',
      revert.test,
    );
    // A suite that could not be loaded, or in which no test matched, proves nothing.
    if (!/^Tests: .*(failed|passed)/m.test(output)) return 'FINDS NO TEST';
    return failed ? 'red' : 'STAYED GREEN';
  } finally {
    for (const file of texts.keys()) cpSync(join(ROOT, file), join(copy, file));
  }
}

const rows = new Set(process.argv.slice(2).map(Number));
const copy = copyTree();
let isHeld = true;
try {
  // A test that fails before anything is reverted would prove nothing.
  if (run(copy, 'build').failed) throw new Error('The tree does not build as it is.');
  const suites = [...new Set(REVERTS.map(({ suite }) => `test/adversary/${suite}.test.ts`))];
  const { failed, output } = run(copy, 'test:jest', ...suites);
  if (failed) throw new Error(`The tests are not green as they are:\n${output}`);
  for (const revert of REVERTS.filter(({ row }) => rows.size === 0 || rows.has(row))) {
    const verdict = judge(copy, revert);
    isHeld &&= verdict === 'red';
    console.log(`${String(revert.row).padStart(3)}  ${verdict.padEnd(14)}  ${revert.suite}: ${revert.test}`);
  }
} finally {
  rmSync(copy, { recursive: true });
}
process.exitCode = isHeld ? 0 : 1;
