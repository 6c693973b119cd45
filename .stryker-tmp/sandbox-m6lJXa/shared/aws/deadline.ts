/**
 * Gives up waiting for `work` when the signal is aborted. The SDK's adaptive mode waits for its turn without
 * a look at the signal, for many seconds when EC2 throttles. What is given up may still come to pass; the
 * next run sees whether it did.
 */
// @ts-nocheck

export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(new DOMException('The time is up.', 'AbortError'));
  });
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
