import type { Config } from 'jest';

const config: Config = {
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/peers/'],
  runtime: '<rootDir>/test/jest/runtime.ts',
  testEnvironment: '<rootDir>/test/jest/environment.ts',
  transform: {},
  injectGlobals: false,
  // Most suites wait for servers of their own, so that each core can have a worker.
  maxWorkers: '100%',
  // What a test file loads stays in its worker for the next ones.
  workerIdleMemoryLimit: '700MB',
  // No test is timed: this only ends one that hangs, on a slow machine too.
  testTimeout: 180_000,
};

export default config;
