import { mock } from 'node:test';

export { expect } from 'expect';
export { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'jest-circus';

/** What the tests of the core use of Jest's clock and spies. */
export const jest = {
  useFakeTimers: () => mock.timers.enable({ apis: ['setTimeout', 'Date'] }),
  useRealTimers: () => mock.timers.reset(),
  advanceTimersByTime: (ms: number) => mock.timers.tick(ms),
  spyOn: (target: object, name: PropertyKey) => ({
    mockImplementation: (replacement: (...args: never) => unknown) => {
      const { mock: spy } = mock.method(target, name as never, replacement);
      return { mockRestore: () => spy.restore() };
    },
  }),
};
