import { globSync } from 'node:fs';
import type { InstrumenterContext } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestResult,
  type TestRunner,
  TestStatus,
} from '@stryker-mutator/api/test-runner';
import { loadSuite, prepareModules, type Test } from './suites.ts';

/**
 * Tests that reach the core within milliseconds, so none of great size; those that write files and those with random
 * values come last, as they take longest.
 */
const FILES = [
  ...globSync('test/core/**/*.test.ts', { exclude: ['**/*.property.test.ts', '**/*-size.test.ts'] }).sort(),
  ...globSync(['test/{cidr,config,config-*}.test.ts', 'test/docs/{configuration,telemetry}.test.ts']),
  ...globSync('test/ledger/{file,faulty}.test.ts'),
  ...globSync(['test/core/**/*.property.test.ts', 'test/cidr.property.test.ts']).sort(),
];

/** Of a failure, in characters: the rest of a large value says nothing more. */
const LONGEST_MESSAGE = 2_000;

/** What instrumented code and its runner tell each other; a field that is undefined is not there. */
type Context = { -readonly [Field in keyof InstrumenterContext]: InstrumenterContext[Field] | undefined };

type ActiveMutant = MutantRunOptions['activeMutant'];

declare global {
  var __stryker__: Context | undefined;
}

/**
 * Runs tests in the process that has loaded them, and switches mutants on and off between runs: a run of Jest's own
 * costs a second for each mutant before its first test.
 */
class InProcessRunner implements TestRunner {
  readonly #context: Context;
  readonly #suites = new Map<string, readonly Test[]>();
  /** In milliseconds, of tests that ran before: the quick ones go first. */
  readonly #durations = new Map<string, number>();
  /** How often all has been loaded anew, for a mutant of what modules compute on loading. */
  #generation = 0;
  /** Mutants found by the tests of a file, as `mutated-file test-file`. */
  readonly #kills = new Map<string, number>();

  constructor() {
    globalThis.__stryker__ ??= {};
    this.#context = globalThis.__stryker__;
    prepareModules();
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun(): Promise<DryRunResult> {
    const tests: TestResult[] = [];
    for (const test of await this.#loadAll()) {
      this.#context.currentTestId = test.id;
      tests.push(await this.#run(test));
    }
    this.#context.currentTestId = undefined;
    const { mutantCoverage } = this.#context;
    return { status: DryRunStatus.Complete, tests, ...(mutantCoverage && { mutantCoverage }) };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, mutantActivation, hitLimit } = options;
    await this.#loadAll();
    this.#context.hitLimit = hitLimit;
    this.#context.hitCount = hitLimit === undefined ? undefined : 0;
    this.#context.activeMutant = activeMutant.id;
    try {
      return mutantActivation === 'runtime'
        ? await this.#runLoaded(options)
        : ((await this.#runFamiliar(activeMutant)) ?? (await this.#runReloaded(options)));
    } finally {
      this.#context.activeMutant = undefined;
    }
  }

  async #runLoaded({ activeMutant, testFilter }: MutantRunOptions): Promise<MutantRunResult> {
    const wanted = new Set(testFilter);
    const tests = [...this.#suites.values()].flat().filter(({ id }) => wanted.has(id));
    return (
      (await this.#findKiller(tests, activeMutant)) ?? {
        status: MutantRunStatus.Survived,
        nrOfTests: tests.length,
      }
    );
  }

  #killsOf(activeMutant: ActiveMutant, file: string): number {
    return this.#kills.get(`${activeMutant.fileName} ${file}`) ?? 0;
  }

  /**
   * Most of what shows while modules are loaded shows afterwards as well, and to the same tests that found others
   * beside it: those come first, since loading anew takes many times as long.
   */
  #runFamiliar(activeMutant: ActiveMutant): Promise<MutantRunResult | null> {
    const familiar = [...this.#suites].filter(([file]) => this.#killsOf(activeMutant, file) > 0);
    return this.#findKiller(
      familiar.flatMap(([, tests]) => tests),
      activeMutant,
    );
  }

  /** File by file, beginning with those that found others beside it. */
  async #runReloaded({ activeMutant }: MutantRunOptions): Promise<MutantRunResult> {
    this.#generation += 1;
    const kills = (file: string): number => this.#killsOf(activeMutant, file);
    let nrOfTests = 0;
    for (const file of FILES.toSorted((a, b) => kills(b) - kills(a))) {
      const tests = await loadSuite(file, this.#generation).catch((error: unknown) => String(error));
      // What cannot even be loaded is noticed.
      if (typeof tests === 'string') {
        return { status: MutantRunStatus.Killed, killedBy: [], failureMessage: tests, nrOfTests };
      }
      const killer = await this.#findKiller(tests, activeMutant);
      if (killer !== null) return killer;
      nrOfTests += tests.length;
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }

  async #findKiller(tests: readonly Test[], { fileName }: ActiveMutant): Promise<MutantRunResult | null> {
    const duration = ({ id }: Test): number => this.#durations.get(id) ?? 0;
    for (const [i, test] of tests.toSorted((a, b) => duration(a) - duration(b)).entries()) {
      const result = await this.#run(test);
      const endless = determineHitLimitReached(this.#context.hitCount, this.#context.hitLimit);
      if (endless) return { status: MutantRunStatus.Timeout, reason: endless.reason ?? '' };
      if (result.status === TestStatus.Failed) {
        const key = `${fileName} ${test.file}`;
        this.#kills.set(key, (this.#kills.get(key) ?? 0) + 1);
        const { failureMessage, id } = result;
        return { status: MutantRunStatus.Killed, killedBy: [id], failureMessage, nrOfTests: i + 1 };
      }
    }
    return null;
  }

  async #run({ id, file, run }: Test): Promise<TestResult> {
    const startedAt = performance.now();
    const result = await run().then(
      () => ({ status: TestStatus.Success }) as const,
      (error: unknown) =>
        ({ status: TestStatus.Failed, failureMessage: String(error).slice(0, LONGEST_MESSAGE) }) as const,
    );
    const timeSpentMs = performance.now() - startedAt;
    this.#durations.set(id, timeSpentMs);
    return { id, name: id, fileName: file, timeSpentMs, ...result };
  }

  /** All tests, loaded while no mutant is active. */
  async #loadAll(): Promise<Test[]> {
    if (this.#suites.size === 0) {
      for (const file of FILES) this.#suites.set(file, await loadSuite(file));
    }
    return [...this.#suites.values()].flat();
  }
}

/** What Stryker looks for. */
export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)];
