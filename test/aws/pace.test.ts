import { describe, expect, it } from '@jest/globals';
import { Pace } from '../../shared/aws/pace.ts';
import { type BucketTable, createThrottle, type Throttle } from '../../shared/sandbox/ec2/throttling.ts';

interface Played {
  readonly seconds: number;
  readonly refused: number;
}

const CONCURRENT = 8;
const LATENCY_MS = 40;

/**
 * Plays calls against a bucket in simulated time: each caller takes a turn, waits for it, calls, and takes another
 * where it was refused.
 */
function play(calls: number, bucket: BucketTable[string] & object): Played {
  let now = 1e12;
  const pace = new Pace();
  const throttle = createThrottle({ '*': bucket }, () => now);
  const begun = now;
  const turn = (takenAt: number): Turn => ({ takenAt, at: takenAt + pace.take(takenAt) });
  const waiting: Turn[] = Array.from({ length: CONCURRENT }, () => turn(now));
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
      answers.push({ at: now + LATENCY_MS, takenAt: next.takenAt, isRefused: isRefused(throttle) });
    } else if (answer !== undefined) {
      answers.pop();
      now = answer.at;
      if (answer.isRefused) pace.refused(answer.takenAt, now);
      else pace.passed();
      if (answer.isRefused) refused += 1;
      else passed += 1;
      waiting.push(turn(now));
    }
  }
  return { seconds: (now - begun) / 1000, refused };
}

interface Turn {
  readonly takenAt: number;
  readonly at: number;
}

interface Answer extends Turn {
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

  it('waits for nothing before the first refusal', () => {
    expect(play(1_000, { capacity: 1_000, refill: 5 })).toMatchObject({
      refused: 0,
      seconds: expect.any(Number),
    });
    const pace = new Pace();
    expect([pace.take(0), pace.take(0), pace.take(0)]).toEqual([0, 0, 0]);
  });

  it('begins at five a second', () => {
    const pace = new Pace();
    pace.refused(1_000, 1_000);
    expect([pace.take(1_000), pace.take(1_000), pace.take(1_000)]).toEqual([200, 400, 600]);
  });

  it('is not lowered again by calls that were under way when it was', () => {
    const pace = new Pace();
    pace.refused(1_000, 1_040);
    pace.refused(1_010, 1_050);
    pace.take(1_050);
    expect(pace.take(1_050)).toBe(390);
  });

  it('keeps turns that nobody took for ten seconds', () => {
    const pace = new Pace();
    pace.refused(0, 0);
    const waits = Array.from({ length: 60 }, () => pace.take(30_000));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(51);
  });

  it('gives a turn that was not used to the next', () => {
    const pace = new Pace();
    pace.refused(0, 0);
    const wait = pace.take(0);
    pace.giveBack();
    expect(pace.take(0)).toBe(wait);
  });

  it('forgets what it learnt once the bucket has long been full', () => {
    const pace = new Pace();
    pace.refused(0, 0);
    expect([pace.take(100_000), pace.take(100_000)]).toEqual([0, 0]);
    expect(Array.from({ length: 100 }, () => pace.take(100_000)).every((wait) => wait === 0)).toBe(true);
  });
});
