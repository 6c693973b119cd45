// @ts-nocheck
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
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

/** Tests take these from Jest, whose module is there only under Jest itself. */
const GLOBALS = new URL('globals.ts', import.meta.url).href;

/** Loads test files into this process, once and for all runs of them. */
export async function loadSuites(files: readonly string[]): Promise<Test[]> {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@jest/globals' ? { url: GLOBALS, shortCircuit: true } : next(specifier, context),
  });
  // The same values in every run, or a mutant would be killed by luck.
  fc.configureGlobal({ seed: 1, endOnFailure: true });
  const tests: Test[] = [];
  for (const file of files) {
    resetState();
    await import(pathToFileURL(file).href);
    tests.push(...testsOf(getState().rootDescribeBlock, file, []));
  }
  return tests;
}

function testsOf(block: Block, file: string, names: readonly string[]): Test[] {
  return block.children.flatMap((child, i): Test[] => {
    // Rows of a table may have the same name.
    const path = [...names, `${child.name}${block.children.findIndex(({ name }) => name === child.name) < i ? ` (${i})` : ''}`];
    if (child.type === 'describeBlock') return testsOf(child, file, path);
    return [{ id: [file, ...path].join(' > '), file, run: () => runTest(child) }];
  });
}

async function runTest({ fn, parent }: Entry): Promise<void> {
  const blocks = ancestorsOf(parent);
  const hooks = (type: Hook['type']): Hook[] => blocks.flatMap((block) => block.hooks.filter((hook) => hook.type === type));
  await callAll([...hooks('beforeAll'), ...hooks('beforeEach')]);
  try {
    await call(fn);
  } finally {
    await callAll([...hooks('afterEach'), ...hooks('afterAll')]);
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
  if (fn.length > 0) throw new Error('A test or hook that takes a callback cannot be run here: return a promise.');
  await Reflect.apply(fn, {}, []);
}
