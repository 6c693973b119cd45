import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { EXPLAINED } from './explained.ts';

/**
 * Changes the core in one place after another, and expects a test to notice each: `npm run test:mutation`, or with
 * the names of its folders or files those alone. With `--reuse`, what an earlier run found of places whose code and
 * tests are as they were is not looked for again; of modules' constants, and where another test may notice now, that
 * may be out of date.
 */
const CORE = 'shared/core';
/**
 * The share of mutants that has to be noticed: 92 % where podroutes reads claims, and decides who has a route and which
 * may go.
 */
const BARS: ReadonlyMap<string, number> = new Map([
  ['guard', 92],
  ['plan', 92],
  ['claims', 92],
  ['claims/user-data', 92],
]);

type Mutants = Awaited<ReturnType<Stryker['runMutationTest']>>;

/** Names are as below the core; `.` is its own files. */
function patternsOf(names: readonly string[]): string[] {
  const missing = names.filter((name) => !existsSync(join(CORE, name)));
  if (missing.length > 0)
    throw new Error(`Expected folders or files of ${CORE}; found ${missing.join(', ')}.`);
  if (names.length === 0) return [`${CORE}/**/*.ts`];
  return names.map((name) => join(CORE, name)).map((path) => (path.endsWith('.ts') ? path : `${path}/*.ts`));
}

function folderOf(fileName: string): string {
  return dirname(relative(CORE, fileName));
}

async function mutate(patterns: string[], isFresh: boolean): Promise<Mutants> {
  const scratch = mkdtempSync(join(tmpdir(), 'podroutes-mutation-'));
  // Compiled once for all processes and reloads.
  process.env['NODE_COMPILE_CACHE'] = join(scratch, 'compiled');
  try {
    return await new Stryker({
      configFile: 'test/mutation/stryker.json',
      mutate: patterns,
      force: isFresh,
      tempDirName: join(scratch, 'sandbox'),
    }).runMutationTest();
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** What was missed in one place. */
function describe({ fileName, location: { start }, replacement = '', status }: Mutants[number]) {
  const file = relative(CORE, fileName);
  const line = readFileSync(fileName, 'utf8').split('\n')[start.line - 1]?.trim() ?? '';
  const mutant = inOneLine(replacement);
  const explained = EXPLAINED.find(
    (each) => each.file === file && each.line === line && each.mutant === mutant,
  );
  return { explained, text: `${file}:${start.line}:${start.column}  ${status}  ${line}  =>  ${mutant}` };
}

/** Says what was missed of a folder, and whether its bar is held. What no test has reached was missed, too. */
function judge(folder: string, mutants: Mutants): boolean {
  const missed = mutants.filter(({ status }) => status !== 'Killed' && status !== 'Timeout').map(describe);
  for (const { text, explained } of missed) if (explained === undefined) console.log(text);
  const explained = new Set(missed.map((each) => each.explained));
  const changed = new Set(mutants.map(({ fileName }) => relative(CORE, fileName)));
  const stale = EXPLAINED.filter((each) => changed.has(each.file) && !explained.has(each));
  for (const { file, line, mutant } of stale)
    console.log(`${file}  explained, but noticed: ${line}  =>  ${mutant}`);
  const percent = (100 * (mutants.length - missed.length)) / mutants.length;
  const bar = BARS.get(folder);
  const isHeld = stale.length === 0 && (bar === undefined || percent >= bar);
  const unexplained = missed.filter((each) => each.explained === undefined).length;
  console.log(
    `${folder.padEnd(16)} ${percent.toFixed(1).padStart(5)} %  ${missed.length} of ${mutants.length} missed, ` +
      `${unexplained} without an explanation` +
      (bar === undefined ? '' : `; bar ${bar} %: ${isHeld ? 'kept' : 'NOT HELD'}`),
  );
  return isHeld;
}

const { values, positionals } = parseArgs({
  options: { reuse: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const results = await mutate(patternsOf(positionals), !values.reuse);
const folders = Map.groupBy(results, ({ fileName }) => folderOf(fileName));
// What an earlier run found elsewhere is among the results, too.
const asked = [...folders].filter(
  ([folder]) =>
    positionals.length === 0 || positionals.some((name) => name === folder || dirname(name) === folder),
);
const verdicts = asked.map(([folder, mutants]) => judge(folder, mutants));
process.exitCode = verdicts.length > 0 && verdicts.every(Boolean) ? 0 : 1;
