import type { CloudFailure } from '../core/errors.ts';

/** An answer of the Kubernetes API other than success, by the `Status` that it has as its body. */
export class ApiError extends Error {
  readonly status: number;
  /** Such as `Forbidden`; the status again where the answer has none. */
  readonly reason: string;
  readonly retryAfterMs: number | null;

  constructor(status: number, reason: string, message: string, retryAfterMs: number | null = null) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No token could be had from where it is kept, or issued. */
export class CredentialError extends Error {
  readonly failure: CloudFailure;

  constructor(failure: CloudFailure) {
    super(failure.message);
    this.name = 'CredentialError';
    this.failure = failure;
  }
}
