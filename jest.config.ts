import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/peers/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  injectGlobals: false,
  // Most suites wait for servers of their own, so that each core can have a worker.
  maxWorkers: '100%',
  // Modules of ES tests are never freed within a worker: https://github.com/jestjs/jest/issues/14605
  workerIdleMemoryLimit: '700MB',
  // No test is timed: this only ends one that hangs, on a slow machine too.
  testTimeout: 60_000,
};

export default config;
