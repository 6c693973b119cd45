import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { EXPLAINED } from './explained.ts';

/**
 * Changes the core in one place after another, and expects a test to notice each: `npm run test:mutation`, or with
 * the names of rooms those alone. With `--reuse`, what an earlier run found of places whose code and tests are as they
 * were is not looked for again; of modules' constants, and where another test may notice now, that may be out of date.
 */
const CORE = 'shared/core';
/** Where podroutes decides who has a route and which may go, and the share of mutants that has to be noticed there. */
const BARS: ReadonlyMap<string, number> = new Map([
  ['guard', 92],
  ['plan', 92],
  ['claims', 92],
]);
/** The other files and folders of the core beside one another are rooms, too. */
const LOOSE = 'core';

type Mutants = Awaited<ReturnType<Stryker['runMutationTest']>>;

function patternsOf(rooms: readonly string[]): string[] {
  if (rooms.length === 0) return [`${CORE}/**/*.ts`];
  const known = [...readdirSync(CORE).filter((name) => !name.endsWith('.ts')), LOOSE];
  const unknown = rooms.filter((room) => !known.includes(room));
  if (unknown.length > 0)
    throw new Error(`Expected rooms of ${CORE} (${known.join(', ')}); found ${unknown.join(', ')}.`);
  return rooms.map((room) => (room === LOOSE ? `${CORE}/*.ts` : `${CORE}/${room}/**/*.ts`));
}

function roomOf(fileName: string): string {
  const [room = '', ...rest] = relative(CORE, fileName).split('/');
  return rest.length === 0 ? LOOSE : room;
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

/** Says what was missed of a room, and whether its bar is held. What no test has reached was missed, too. */
function judge(room: string, mutants: Mutants): boolean {
  const missed = mutants.filter(({ status }) => status !== 'Killed' && status !== 'Timeout').map(describe);
  for (const { text, explained } of missed) if (explained === undefined) console.log(text);
  const explained = new Set(missed.map((each) => each.explained));
  const stale = EXPLAINED.filter((each) => roomOf(join(CORE, each.file)) === room && !explained.has(each));
  for (const { file, line, mutant } of stale)
    console.log(`${file}  explained, but noticed: ${line}  =>  ${mutant}`);
  const percent = (100 * (mutants.length - missed.length)) / mutants.length;
  const bar = BARS.get(room);
  const isHeld = stale.length === 0 && (bar === undefined || percent >= bar);
  const unexplained = missed.filter((each) => each.explained === undefined).length;
  console.log(
    `${room.padEnd(8)} ${percent.toFixed(1).padStart(5)} %  ${missed.length} of ${mutants.length} missed, ` +
      `${unexplained} without an explanation` +
      (bar === undefined ? '' : `; bar ${bar} %: ${isHeld ? 'held' : 'NOT HELD'}`),
  );
  return isHeld;
}

const { values, positionals } = parseArgs({
  options: { reuse: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const results = await mutate(patternsOf(positionals), !values.reuse);
const rooms = Map.groupBy(results, ({ fileName }) => roomOf(fileName));
// What an earlier run found elsewhere is among the results, too.
const asked = [...rooms].filter(([room]) => positionals.length === 0 || positionals.includes(room));
const verdicts = asked.map(([room, mutants]) => judge(room, mutants));
process.exitCode = verdicts.length > 0 && verdicts.every(Boolean) ? 0 : 1;
