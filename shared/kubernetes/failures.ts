import type { CloudFailure, FailureKind } from '../core/errors.ts';
import { ApiError, CredentialError } from './api-error.ts';

/** What Node.js says of certificates: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE = /CERT|SIGNATURE|ERR_TLS|ERR_SSL/;

/** The API was too busy, or is about to be itself again. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

const LONGEST_MESSAGE = 300;

/** Whether the same call may succeed if it is made again at once. */
export function isWorthAnotherTry(thrown: unknown): boolean {
  if (thrown instanceof ApiError) return TRANSIENT.has(thrown.status);
  // Whoever keeps the token has tried again by itself.
  if (thrown instanceof CredentialError) return false;
  // Whoever waited for an answer in vain has no time to wait for another.
  return codeOf(thrown) !== 'timeout' && classifyKubernetesFailure(thrown, '').kind === 'transient';
}

/** Whether the place in a list has been lost, so that it has to be read from its beginning. */
export function isExpired(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.status === 410;
}

/** Whether the object is not there, or no more. */
export function isAbsent(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.status === 404;
}

/**
 * Whether somebody else has written the object meanwhile (409), or it is another one of its name: that a patch names
 * another uid makes it invalid (422).
 */
export function isOutOfDate(thrown: unknown): boolean {
  return thrown instanceof ApiError && (thrown.status === 409 || thrown.status === 422);
}

/** Says what a failed call means for the run. */
export function classifyKubernetesFailure(thrown: unknown, action: string): CloudFailure {
  if (thrown instanceof ApiError) return classifyAnswer(thrown, action);
  if (thrown instanceof CredentialError) return thrown.failure;
  const code = codeOf(thrown);
  const { name, message } = Object(thrown);
  if (name === 'AbortError' || name === 'TimeoutError') {
    return {
      kind: 'unfinished',
      code: 'deadline',
      message: `The run ran out of time before ${action} was done.`,
    };
  }
  const kind = CERTIFICATE.test(code) ? 'permanent' : 'transient';
  const hint = kind === 'permanent' ? ' PODROUTES_KUBERNETES_CA must contain the CA that signed it.' : '';
  return { kind, code, message: `${action}: ${shorten(String(message))}${hint}` };
}

const REASONS: Readonly<Record<number, FailureKind>> = { 409: 'stale', 410: 'stale' };

function classifyAnswer({ status, reason, message }: ApiError, action: string): CloudFailure {
  const kind = REASONS[status] ?? (TRANSIENT.has(status) ? 'transient' : 'permanent');
  return { kind, code: reason, message: `${action}: ${shorten(message)}` };
}

function codeOf(thrown: unknown): string {
  const { code, name } = Object(thrown);
  return typeof code === 'string' ? code : String(name ?? 'Error');
}

function shorten(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE - 1)}…` : message;
}
