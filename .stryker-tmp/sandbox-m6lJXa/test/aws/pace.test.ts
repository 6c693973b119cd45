// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { Pace, type Turn } from '../../shared/aws/pace.ts';
import { type BucketTable, createThrottle, type Throttle } from '../../shared/sandbox/ec2/throttling.ts';

interface Played {
  readonly seconds: number;
  readonly refused: number;
}

const CONCURRENT = 8;
const LATENCY_MS = 40;
const PAUSE_MS = 8_500;

/**
 * Plays calls against a bucket in simulated time: each caller takes a turn, waits for it, calls, and takes another
 * where it was refused.
 */
function play(
  calls: number,
  bucket: BucketTable[string] & object,
  pauseAt = Number.POSITIVE_INFINITY,
): Played {
  let now = 1e12;
  const pace = new Pace();
  const throttle = createThrottle({ '*': bucket }, () => now);
  const begun = now;
  const turn = (takenAt: number): Waiting => {
    const taken = pace.take(takenAt);
    return { turn: taken, at: takenAt + taken.wait };
  };
  const waiting: Waiting[] = Array.from({ length: CONCURRENT }, () => turn(now));
  const answers: Answer[] = [];
  let [passed, refused] = [0, 0];
  while (passed < calls) {
    waiting.sort((a, b) => b.at - a.at);
    answers.sort((a, b) => b.at - a.at);
    const next = waiting.at(-1);
    const answer = answers.at(-1);
    if (next !== undefined && (answer === undefined || next.at < answer.at)) {
      waiting.pop();
      now = next.at;
      answers.push({ at: now + LATENCY_MS, turn: next.turn, isRefused: isRefused(throttle) });
    } else if (answer !== undefined) {
      answers.pop();
      now = answer.at;
      if (answer.isRefused) pace.refused(answer.turn, now);
      else pace.passed();
      if (answer.isRefused) refused += 1;
      else passed += 1;
      // A delivery ends, and the next begins, with nothing called in between.
      if (passed === pauseAt && !answer.isRefused) {
        for (const { at, turn: left } of waiting.splice(0)) if (at > now && left.wait > 0) pace.giveBack();
        for (; waiting.length < CONCURRENT - 1 - answers.length; ) waiting.push(turn(now + PAUSE_MS));
        waiting.push(turn(now + PAUSE_MS));
      } else waiting.push(turn(now));
    }
  }
  return { seconds: (now - begun) / 1000, refused };
}

interface Waiting {
  readonly turn: Turn;
  readonly at: number;
}

interface Answer extends Waiting {
  readonly isRefused: boolean;
}

function isRefused(throttle: Throttle): boolean {
  try {
    throttle('CreateRoute', new Map());
    return false;
  } catch {
    return true;
  }
}

function waitAt(pace: Pace, now: number): number {
  return pace.take(now).wait;
}

describe('A pace that is learnt from refusals', () => {
  it.each([
    ['500 calls', 500, { capacity: 50, refill: 5 }, { times: 1.05, refused: 50 }],
    ['1,500 calls', 1_500, { capacity: 50, refill: 5 }, { times: 1.05, refused: 100 }],
    ['500 calls of a larger bucket', 500, { capacity: 100, refill: 5 }, { times: 1.05, refused: 50 }],
    ['2,000 calls of a raised quota', 2_000, { capacity: 200, refill: 20 }, { times: 1.1, refused: 120 }],
  ])('keeps %s close to what the bucket takes', (_, calls, bucket, most) => {
    const { seconds, refused } = play(calls, bucket);
    const floor = (calls - bucket.capacity) / bucket.refill;
    expect(seconds / floor).toBeLessThanOrEqual(most.times);
    expect(refused).toBeLessThanOrEqual(most.refused);
  });

  it.each([60, 120, 200, 340, 450])('loses nothing by a pause of 8.5 s after %s of 500 calls', (pauseAt) => {
    const { seconds, refused } = play(500, { capacity: 50, refill: 5 }, pauseAt);
    expect(seconds / 90).toBeLessThanOrEqual(1.05);
    expect(refused).toBeLessThanOrEqual(50);
  });

  it('does not take the end of what was saved up for a smaller refill', () => {
    const pace = new Pace();
    pace.refused({ takenAt: 0, wait: 0 }, 0);
    for (let i = 0; i < 10; i += 1) pace.take(20_000);
    pace.refused(pace.take(20_000), 20_000);
    expect([waitAt(pace, 20_000), waitAt(pace, 20_000)]).toEqual([200, 400]);
  });

  it('falls by a fifth where a turn that was waited for is refused', () => {
    const pace = new Pace();
    pace.refused({ takenAt: 0, wait: 0 }, 0);
    pace.refused({ takenAt: 200, wait: 200 }, 400);
    expect([waitAt(pace, 400), waitAt(pace, 400)]).toEqual([250, 500]);
  });

  it('waits for nothing before the first refusal', () => {
    expect(play(1_000, { capacity: 1_000, refill: 5 })).toMatchObject({
      refused: 0,
      seconds: expect.any(Number),
    });
    const pace = new Pace();
    expect([waitAt(pace, 0), waitAt(pace, 0), waitAt(pace, 0)]).toEqual([0, 0, 0]);
  });

  it('begins at five a second', () => {
    const pace = new Pace();
    pace.refused({ takenAt: 1_000, wait: 0 }, 1_000);
    expect([waitAt(pace, 1_000), waitAt(pace, 1_000), waitAt(pace, 1_000)]).toEqual([200, 400, 600]);
  });

  it('is not lowered again by calls that were under way when it was', () => {
    const pace = new Pace();
    pace.refused({ takenAt: 1_000, wait: 0 }, 1_040);
    pace.refused({ takenAt: 1_010, wait: 0 }, 1_050);
    waitAt(pace, 1_050);
    expect(waitAt(pace, 1_050)).toBe(390);
  });

  it('keeps turns that nobody took for ten seconds', () => {
    const pace = new Pace();
    pace.refused({ takenAt: 0, wait: 0 }, 0);
    const waits = Array.from({ length: 60 }, () => waitAt(pace, 30_000));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(51);
  });

  it('gives a turn that was not used to the next', () => {
    const pace = new Pace();
    pace.refused({ takenAt: 0, wait: 0 }, 0);
    const wait = waitAt(pace, 0);
    pace.giveBack();
    expect(waitAt(pace, 0)).toBe(wait);
  });

  it('forgets what it learnt once the bucket has long been full', () => {
    const pace = new Pace();
    pace.refused({ takenAt: 0, wait: 0 }, 0);
    expect([waitAt(pace, 100_000), waitAt(pace, 100_000)]).toEqual([0, 0]);
    expect(Array.from({ length: 100 }, () => waitAt(pace, 100_000)).every((wait) => wait === 0)).toBe(true);
  });
});
