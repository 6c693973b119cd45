/**
 * What a failed cloud call means for the run, whatever the cloud's own code:
 * `stale`: the state has moved since it was read; read again and plan again.
 * `transient`: the same call may work later (throttling, server error, node not ready).
 * `full`: the table takes no more routes.
 * `permanent`: it will fail again until a person changes something.
 */
export type FailureKind = 'stale' | 'transient' | 'full' | 'permanent';

/** A failed cloud call as a value. `code` is the cloud's own; `message` is safe to show. */
export interface CloudFailure {
  readonly kind: FailureKind;
  readonly code: string;
  readonly message: string;
}

/** Whether trying the same again later may help. */
export function isRetryable(failure: CloudFailure): boolean {
  return failure.kind === 'stale' || failure.kind === 'transient';
}
