/**
 * The least that EC2 refills for an action that writes: where a pace begins.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
const FIRST_RATE = 5;
/** Turns that nobody took stay good for so long: EC2's buckets hold ten seconds of refill. */
const CREDIT_MS = 10_000;
/** After so long without a call a bucket is full, and what was learnt of it of no use. */
const FORGOTTEN_MS = 60_000;
const SLOWER = 0.8;
/** Growth with each call that passes: quick until a second refusal shows where the limit is, then slow. */
const QUICK = 1.02;
const SLOW = 1.003;

/** Leave to call, after a wait in milliseconds. */
export interface Turn {
  readonly takenAt: number;
  readonly wait: number;
}

/**
 * How fast one action may be called. Others call it too, and quotas differ, so it is learnt from the answers: there is
 * no limit before the first refusal; then a bucket of its own, whose refill grows a little with each call that passes
 * and falls with each refusal. All times are milliseconds since the epoch.
 */
export class Pace {
  /** Calls a second; null while nothing was refused. */
  #rate: number | null = null;
  #growth = QUICK;
  /** When the next turn is due. */
  #next = 0;
  /** Turns that were taken before the bucket was last found empty tell nothing new. */
  #lastRefused = 0;

  /** Takes the next turn. */
  take(now: number): Turn {
    if (now - this.#next > FORGOTTEN_MS) this.#rate = null;
    if (this.#rate === null) {
      this.#next = now;
      return { takenAt: now, wait: 0 };
    }
    const due = Math.max(this.#next, now - CREDIT_MS);
    this.#next = due + 1000 / this.#rate;
    return { takenAt: now, wait: Math.max(0, due - now) };
  }

  /** Gives back a turn that was not used: whoever comes in the next invocation has it. */
  giveBack(): void {
    if (this.#rate !== null) this.#next -= 1000 / this.#rate;
  }

  passed(): void {
    if (this.#rate !== null) this.#rate *= this.#growth;
  }

  /**
   * That a turn without a wait was refused says that less was saved up than was thought, not that the refill is less.
   */
  refused({ takenAt, wait }: Turn, now: number): void {
    if (takenAt < this.#lastRefused) return;
    if (this.#rate === null) {
      this.#rate = FIRST_RATE;
      this.#growth = QUICK;
    } else if (wait > 0) {
      this.#rate *= SLOWER;
      this.#growth = SLOW;
    }
    this.#lastRefused = now;
    this.#next = Math.max(this.#next, now + 1000 / this.#rate);
  }
}
