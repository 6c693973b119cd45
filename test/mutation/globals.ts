import { mock } from 'node:test';

export { expect } from 'expect';
export { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'jest-circus';

/** What the tests of the core use of Jest's clock. */
export const jest = {
  useFakeTimers: () => mock.timers.enable({ apis: ['setTimeout', 'Date'] }),
  useRealTimers: () => mock.timers.reset(),
  advanceTimersByTime: (ms: number) => mock.timers.tick(ms),
};
