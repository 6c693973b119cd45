import { EXIT, type Invocation } from './command.ts';

/**
 * From now until `release`, the first Ctrl-C aborts `signal` and lets what is under way finish; the second does not.
 *
 * @param hint what tells afterwards what came of calls that were abandoned
 */
export function stopOnInterrupt(
  { err }: Pick<Invocation, 'err'>,
  hint: string,
): { readonly signal: AbortSignal; readonly release: () => void } {
  const stopping = new AbortController();
  const onSignal = (): void => {
    if (stopping.signal.aborted) {
      err.print(`podroutes: abandoned; ${hint} shows the results of the calls that were in progress`);
      process.exit(EXIT.interrupted);
    }
    err.print('Stopping: waiting for the calls in progress to finish. Press Ctrl-C again to abandon them.');
    stopping.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: stopping.signal,
    release: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
