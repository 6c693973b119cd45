/**
 * What a failed cloud call means for the run, whatever the cloud's own code:
 * `stale`: the state has moved since it was read; read again and plan again.
 * `contradicted`: there is such a route already, or none, against what was read; tried again only where a later look
 * asks for something else.
 * `transient`: the same call may work later (throttling, server error, node not ready).
 * `unfinished`: it was not begun, or not waited for, before the run ended.
 * `full`: the table takes no more routes.
 * `permanent`: it will fail again until a person changes something.
 */
export type FailureKind = 'stale' | 'contradicted' | 'transient' | 'unfinished' | 'full' | 'permanent';

/** A failed cloud call as a value. `code` is the cloud's own; `message` is safe to show. */
export interface CloudFailure {
  readonly kind: FailureKind;
  readonly code: string;
  readonly message: string;
}

const RETRYABLE: Readonly<Record<FailureKind, boolean>> = {
  stale: true,
  contradicted: true,
  transient: true,
  unfinished: true,
  full: false,
  permanent: false,
};

/** Whether trying the same again later may help. */
export function isRetryable({ kind }: CloudFailure): boolean {
  return RETRYABLE[kind];
}

/** The system's words for a connection that the other side, or something between, has closed. */
const BROKEN = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE']);

/** What the failure with the system's code is, in words: a broken connection is not called by its name there. */
export function describeBreak(code: string, message: string): string {
  return BROKEN.has(code) ? `the connection broke before the answer came (${message})` : message;
}
