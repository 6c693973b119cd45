import type { Config } from 'jest';
import project from '../../jest.config.ts';

/** The suites that need other people's programs, which `run` installs and starts, and one that needs time. */
const config: Config = {
  ...project,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/peers/*.test.ts', '<rootDir>/test/azure/writers.property.test.ts'],
  testPathIgnorePatterns: [],
  // The aws program and moto are slow to start; this only ends what hangs.
  testTimeout: 300_000,
};

// biome-ignore lint/style/noDefaultExport: jest reads its configuration from there
export default config;
