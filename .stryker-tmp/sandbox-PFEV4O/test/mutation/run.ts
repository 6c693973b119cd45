// @ts-nocheck
import { Stryker } from '@stryker-mutator/core';
const [...mutate] = process.argv.slice(2);
const results = await new Stryker({
  testRunner: 'in-process',
  plugins: [new URL('runner.ts', import.meta.url).pathname],
  coverageAnalysis: 'perTest',
  mutate: mutate.length > 0 ? mutate : ['shared/core/**/*.ts'],
  concurrency: 2,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: 'coverage/mutation.json' },
  ignorePatterns: ['tsconfig.json', 'dist', 'docs', 'infra', 'bench', 'events', 'functions', '.ci', 'coverage'],
  disableTypeChecks: true,
  allowConsoleColors: false,
}).runMutationTest();
console.log(results.length);
