import { setTimeout as sleep } from 'node:timers/promises';

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
const FASTER = 1.005;

/**
 * How fast one action may be called. Others call it too, and quotas differ, so it is learnt from the answers: there is
 * no limit before the first refusal; then a bucket of its own, whose refill grows a little with each call that passes
 * and falls with each refusal.
 */
export class Pace {
  /** Calls a second; null while nothing was refused. */
  #rate: number | null = null;
  /** When the next turn is due, in milliseconds since the epoch, as are all times here. */
  #next = 0;
  /** What was called before the pace was last lowered tells nothing new. */
  #lowered = 0;

  /** Waits for a turn. Throws when the signal is aborted. */
  async turn(signal: AbortSignal): Promise<void> {
    const now = Date.now();
    if (now - this.#next > FORGOTTEN_MS) this.#rate = null;
    if (this.#rate === null) {
      this.#next = now;
      return;
    }
    const due = Math.max(this.#next, now - CREDIT_MS);
    const interval = 1000 / this.#rate;
    this.#next = due + interval;
    if (due <= now) return;
    try {
      await sleep(due - now, undefined, { signal });
    } catch (aborted) {
      // The turn was not taken: whoever comes in the next invocation has it.
      this.#next -= interval;
      throw aborted;
    }
  }

  passed(): void {
    if (this.#rate !== null) this.#rate *= FASTER;
  }

  /** @param calledAt when the call was made that was refused */
  refused(calledAt: number): void {
    const now = Date.now();
    if (calledAt < this.#lowered) return;
    this.#rate = this.#rate === null ? FIRST_RATE : this.#rate * SLOWER;
    this.#lowered = now;
    this.#next = Math.max(this.#next, now + 1000 / this.#rate);
  }
}
