// @ts-nocheck
import { setTimeout as sleep } from 'node:timers/promises';
import { untilAborted } from './deadline.ts';
import { isAnswered, isThrottled } from './failures.ts';
import { Pace, type Turn } from './pace.ts';

/**
 * Calls of one action under way at once. At 40 ms a call that is 200 a second, far above what EC2 lets through for
 * long; as many are refused when a bucket is found empty.
 */
const CONCURRENT = 8;
/** For what EC2 did not answer: a server's error, a broken connection. */
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;

/**
 * Calls of one EC2 action, at the pace that its bucket allows. A node is of use when all its tables have it, so they go
 * node by node, in the order in which the nodes came.
 */
export class CallQueue {
  readonly #waiting = new Map<string, (() => Promise<void>)[]>();
  readonly #pace = new Pace();
  #active = 0;

  /**
   * Calls when it is its turn, and again where trying again may help within the run. Throws what `send` throws.
   *
   * @param node id; null where the call is for none
   */
  call<T>(node: string | null, send: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const key = node ?? '';
    return new Promise((resolve, reject) => {
      const work = () => this.#persist(send, signal).then(resolve, reject);
      const ofNode = this.#waiting.get(key);
      if (ofNode === undefined) this.#waiting.set(key, [work]);
      else ofNode.push(work);
      // Whoever queues in the same breath is to be seen before the order is chosen.
      queueMicrotask(() => this.#begin());
    });
  }

  #begin(): void {
    while (this.#active < CONCURRENT) {
      const work = this.#take();
      if (work === undefined) return;
      this.#active += 1;
      void work().then(() => {
        this.#active -= 1;
        this.#begin();
      });
    }
  }

  #take(): (() => Promise<void>) | undefined {
    for (const [node, works] of this.#waiting) {
      const work = works.shift();
      if (works.length === 0) this.#waiting.delete(node);
      return work;
    }
    return undefined;
  }

  async #persist<T>(send: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let attempt = 1; ; ) {
      signal.throwIfAborted();
      const turn = this.#pace.take(Date.now());
      await this.#waitFor(turn, signal);
      try {
        const answer = await untilAborted(send(), signal);
        this.#pace.passed();
        return answer;
      } catch (thrown) {
        if (isThrottled(thrown)) {
          this.#pace.refused(turn, Date.now());
          continue;
        }
        if (isAnswered(thrown) || attempt === ATTEMPTS) throw thrown;
        await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** attempt, undefined, { signal });
        attempt += 1;
      }
    }
  }

  async #waitFor({ wait }: Turn, signal: AbortSignal): Promise<void> {
    if (wait === 0) return;
    try {
      await sleep(wait, undefined, { signal });
    } catch (aborted) {
      this.#pace.giveBack();
      throw aborted;
    }
  }
}
