import { setTimeout as delay } from 'node:timers/promises';
import { ArmError } from './arm-error.ts';
import { isLost, isBusy as saysBusy } from './failures.ts';

/** Tries of a call that the server or the connection fails, before it counts as failed. */
const MAX_TRIES = 4;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** The first pause where Azure names one: "at once" is not meant for ever. */
const SHORTEST_PAUSE_MS = 10;

/**
 * Tries a call again while Azure says that it is busy, for as long as `signal` lets it, and a few times when
 * the server or the connection fails. Writes are conditional, so that one whose answer was lost is not made
 * twice: the second is refused because of the first.
 *
 * @param isBusy which answers are waited out
 */
export async function tryPatiently<T>(
  call: () => Promise<T>,
  signal: AbortSignal,
  isBusy = saysBusy,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (thrown) {
      if (signal.aborted || !mayPass(thrown, tries, isBusy)) throw thrown;
      const asked = thrown instanceof ArmError ? thrown.retryAfterMs : null;
      const base = Math.max(asked ?? 0, backOff(tries, asked === null ? FIRST_PAUSE_MS : SHORTEST_PAUSE_MS));
      // What Azure said is better to know than that the time ran out meanwhile.
      await pause(base + jitterOf(base), signal).catch(() => {
        throw thrown;
      });
    }
  }
}

/** Waits, in milliseconds; rejects as soon as the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal });
}

function backOff(tries: number, first: number): number {
  return Math.min(first * 2 ** (tries - 1), LONGEST_PAUSE_MS);
}

/** Callers that were given the same delay must not come back at the same moment. */
function jitterOf(base: number): number {
  return Math.random() * Math.max(50, Math.min(base / 2, 2_000));
}

function mayPass(thrown: unknown, tries: number, isBusy: (error: ArmError) => boolean): boolean {
  if (thrown instanceof ArmError && isBusy(thrown)) return true;
  return isLost(thrown) && tries < MAX_TRIES;
}
