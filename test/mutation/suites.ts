import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { getState, resetState } from 'jest-circus';

type Block = ReturnType<typeof getState>['rootDescribeBlock'];
type Hook = Block['hooks'][number];
type Entry = Extract<Block['children'][number], { type: 'test' }>;

/** One test of one file, and how to run it with its hooks; it throws where it fails. */
export interface Test {
  /** Its file and all its names. */
  readonly id: string;
  readonly file: string;
  run(): Promise<void>;
}

/** What tests import, and what they get here: Jest's own module is there only under Jest. */
const STAND_INS: ReadonlyMap<string, string> = new Map([
  ['@jest/globals', new URL('globals.ts', import.meta.url).href],
  ['fast-check', new URL('fast-check.ts', import.meta.url).href],
]);

/** In milliseconds: who takes longer waits for what never comes, since every test here takes a fraction of that. */
const LONGEST = 20_000;
/** As they are before tests exchange them. */
const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;

/** Once for a process, before the first test file is loaded. */
export function prepareModules(): void {
  const root = pathToFileURL(`${process.cwd()}/`).href;
  registerHooks({
    resolve: (specifier, context, next) => {
      const standIn = STAND_INS.get(specifier);
      if (standIn !== undefined && context.parentURL !== standIn) return { url: standIn, shortCircuit: true };
      const found = next(specifier, context);
      const [, generation] = context.parentURL?.split('?') ?? [];
      const isOurs = found.url.startsWith(root) && !found.url.includes('/node_modules/');
      return isOurs && generation !== undefined ? { ...found, url: `${found.url}?${generation}` } : found;
    },
  });
  hastenPauses();
}

/** A run's pauses between its looks are waits for nothing here; what is longer is a limit. */
function hastenPauses(): void {
  const { setTimeout } = globalThis;
  const hasten = (done: () => void, ms?: number) => setTimeout(done, (ms ?? 0) <= 5_000 ? 0 : ms);
  globalThis.setTimeout = Object.assign(hasten, setTimeout);
}

/**
 * @param generation files of this tree are loaded once for each, with all that they compute on loading
 */
export async function loadSuite(file: string, generation = 0): Promise<Test[]> {
  resetState();
  await import(`${pathToFileURL(file).href}?${generation}`);
  return testsOf(getState().rootDescribeBlock, file, []);
}

function testsOf(block: Block, file: string, names: readonly string[]): Test[] {
  return block.children.flatMap((child, i): Test[] => {
    // Rows of a table may have the same name.
    const isSecond = block.children.findIndex(({ name }) => name === child.name) < i;
    const path = [...names, isSecond ? `${child.name} (${i})` : child.name];
    if (child.type === 'describeBlock') return testsOf(child, file, path);
    return [{ id: [file, ...path].join(' > '), file, run: () => runTest(child) }];
  });
}

async function runTest({ fn, parent }: Entry): Promise<void> {
  const blocks = ancestorsOf(parent);
  const hooks = (type: Hook['type']): Hook[] =>
    blocks.flatMap((block) => block.hooks.filter((hook) => hook.type === type));
  await callAll([...hooks('beforeAll'), ...hooks('beforeEach')]);
  try {
    await inTime(call(fn));
  } finally {
    await callAll([...hooks('afterEach'), ...hooks('afterAll')]);
  }
}

/** Fails where what is waited for takes too long, so that what comes after the test can be done. */
async function inTime(work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = startTimer(() => late.reject(new Error('The test did not end.')), LONGEST);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    stopTimer(timer);
  }
}

/** From the file's outermost block. */
function ancestorsOf(block: Block | undefined): Block[] {
  return block === undefined ? [] : [...ancestorsOf(block.parent), block];
}

async function callAll(hooks: readonly Hook[]): Promise<void> {
  for (const { fn } of hooks) await call(fn);
}

async function call(fn: Entry['fn'] | Hook['fn']): Promise<void> {
  if (fn.length > 0)
    throw new Error('A test or hook that takes a callback cannot be run here: return a promise.');
  await Reflect.apply(fn, {}, []);
}
