import { mock } from 'node:test';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startDeadlines } from '../../shared/core/run/invoke.ts';

/** A run of a minute, of which each result takes a hundredth of a second to report. */
const MINUTE = 60_000;
const PER_RESULT = 10;

describe('The time for doing', () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  /** How long after the start nothing further is begun, in seconds. */
  function endOf(results: number | null, toldAfterMs = 0): number {
    const { signal, reserve } = startDeadlines(MINUTE, PER_RESULT);
    mock.timers.tick(toldAfterMs);
    if (results !== null) reserve?.(results);
    let ms = toldAfterMs;
    for (; !signal.aborted && ms <= MINUTE; ms += 1_000) mock.timers.tick(1_000);
    return ms / 1_000;
  }

  it.each([
    ['all of it, where nothing was said of results', null, 60],
    ['all of it, where there are none', 0, 60],
    ['what the report of the results leaves', 1_200, 48],
    ['half of it at least, however much there is to report', 1_000_000, 30],
  ])('is %s', (_, results, seconds) => {
    expect(endOf(results)).toBe(seconds);
  });

  it('counts from the start, whenever it is known how much there is to do', () => {
    expect(endOf(1_200, 20_000)).toBe(48);
    expect(endOf(1_000_000, 40_000)).toBe(41);
  });

  it('ends with a reason that counts as the deadline', () => {
    const { signal, answerBy = 0 } = startDeadlines(MINUTE, PER_RESULT);
    expect(answerBy).toBe(Date.now() + MINUTE);
    mock.timers.tick(MINUTE);
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });
});
