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
/** Of 100 mutants, how many have to be noticed: in each folder, and in the whole of the core. */
const BAR = 92;

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

/** What no test has reached was missed, too. */
function findMissed(mutants: Mutants): Mutants {
  return mutants.filter(({ status }) => status !== 'Killed' && status !== 'Timeout');
}

/** Says of a folder what was missed without an explanation, and what is explained without need. */
function judge(folder: string, mutants: Mutants): boolean {
  const missed = findMissed(mutants).map(describe);
  const unexplained = missed.filter(({ explained }) => explained === undefined);
  for (const { text } of unexplained) console.log(text);
  const explained = new Set(missed.map((each) => each.explained));
  const changed = new Set(mutants.map(({ fileName }) => relative(CORE, fileName)));
  const stale = EXPLAINED.filter((each) => changed.has(each.file) && !explained.has(each));
  for (const { file, line, mutant } of stale)
    console.log(`${file}  explained, but noticed: ${line}  =>  ${mutant}`);
  return count(folder, mutants) && stale.length === 0;
}

/** One line, and whether the bar is held. */
function count(what: string, mutants: Mutants): boolean {
  const missed = findMissed(mutants).map(describe);
  const percent = (100 * (mutants.length - missed.length)) / mutants.length;
  const unexplained = missed.filter(({ explained }) => explained === undefined).length;
  console.log(
    `${what.padEnd(16)} ${percent.toFixed(1).padStart(5)} %  ${missed.length} of ${mutants.length} missed, ` +
      `${unexplained} without an explanation; bar ${BAR} %: ${percent >= BAR ? 'kept' : 'NOT KEPT'}`,
  );
  return percent >= BAR;
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
    positionals.length === 0 ||
    positionals.some((name) => (name.endsWith('.ts') ? dirname(name) : name) === folder),
);
const verdicts = asked.map(([folder, mutants]) => judge(folder, mutants));
if (positionals.length === 0) verdicts.push(count('the core', results));
process.exitCode = verdicts.length > 0 && verdicts.every(Boolean) ? 0 : 1;
