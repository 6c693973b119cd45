// @ts-nocheck
import { globSync } from 'node:fs';
import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from '@stryker-mutator/api/core';
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
import { loadSuites, type Test } from './suites.ts';

/** Tests that reach the core within milliseconds; those with random values last, as they take longest. */
const SUITES = ['test/core/**/*.test.ts', 'test/{cidr,config}*.test.ts'];

declare global {
  var __stryker__: InstrumenterContext | undefined;
}

/**
 * Runs tests in the process that has loaded them, and switches mutants on and off between runs: a run of Jest's own
 * costs a second for each mutant before its first test.
 */
class InProcessRunner implements TestRunner {
  readonly #context: InstrumenterContext;
  #tests: readonly Test[] | null = null;

  constructor() {
    globalThis.__stryker__ ??= {};
    this.#context = globalThis.__stryker__;
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  async dryRun(): Promise<DryRunResult> {
    const tests: TestResult[] = [];
    for (const test of await this.#load()) {
      this.#context.currentTestId = test.id;
      tests.push(await run(test));
    }
    this.#context.currentTestId = undefined;
    return { status: DryRunStatus.Complete, tests, mutantCoverage: this.#context.mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }: MutantRunOptions): Promise<MutantRunResult> {
    const context = this.#context;
    context.hitLimit = hitLimit;
    context.hitCount = hitLimit === undefined ? undefined : 0;
    if (mutantActivation === 'static') context.activeMutant = activeMutant.id;
    try {
      const all = await this.#load();
      context.activeMutant = activeMutant.id;
      const wanted = testFilter && new Set(testFilter);
      return await this.#findKiller(wanted ? all.filter(({ id }) => wanted.has(id)) : all);
    } catch (error) {
      // What cannot even be loaded is noticed.
      return { status: MutantRunStatus.Killed, killedBy: [], failureMessage: String(error), nrOfTests: 0 };
    } finally {
      context.activeMutant = undefined;
    }
  }

  async #findKiller(tests: readonly Test[]): Promise<MutantRunResult> {
    for (const [i, test] of tests.entries()) {
      const result = await run(test);
      const endless = determineHitLimitReached(this.#context.hitCount, this.#context.hitLimit);
      if (endless) return { status: MutantRunStatus.Timeout, reason: endless.reason };
      if (result.status === TestStatus.Failed) {
        const { failureMessage, id } = result;
        return { status: MutantRunStatus.Killed, killedBy: [id], failureMessage, nrOfTests: i + 1 };
      }
    }
    return { status: MutantRunStatus.Survived, nrOfTests: tests.length };
  }

  async #load(): Promise<readonly Test[]> {
    if (this.#tests === null) {
      const files = SUITES.flatMap((pattern) => globSync(pattern)).sort();
      const isRandom = (file: string): number => (file.includes('.property.') ? 1 : 0);
      this.#tests = await loadSuites(files.sort((a, b) => isRandom(a) - isRandom(b)));
    }
    return this.#tests;
  }
}

async function run({ id, file, run: start }: Test): Promise<TestResult> {
  const startedAt = performance.now();
  const result = await start().then(
    () => ({ status: TestStatus.Success }) as const,
    (error: unknown) => ({ status: TestStatus.Failed, failureMessage: String(error) }) as const,
  );
  return { id, name: id, fileName: file, timeSpentMs: performance.now() - startedAt, ...result };
}

/** What Stryker looks for. */
export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)];
