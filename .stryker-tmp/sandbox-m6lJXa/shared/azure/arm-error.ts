// @ts-nocheck
import * as z from 'zod/mini';

/** A refusal by Azure Resource Manager, or an operation that failed after it was accepted. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  /** HTTP status; that of an operation that failed is 200. */
  readonly status: number;
  readonly code: string;
  /** The provider's own codes, which the envelope may hide in its details. */
  readonly inner: readonly string[];
  /** How long the answer asks to wait, in milliseconds; null where it does not say. */
  readonly retryAfterMs: number | null;
  /** Whether a write failed only after it was accepted: the resource is then no longer as it was read. */
  readonly wasAccepted: boolean;

  constructor(status: number, { code, message, inner, retryAfterMs, wasAccepted = false }: ArmErrorParts) {
    super(message);
    this.status = status;
    this.code = code;
    this.inner = inner;
    this.retryAfterMs = retryAfterMs;
    this.wasAccepted = wasAccepted;
  }
}

interface ArmErrorParts {
  readonly code: string;
  readonly message: string;
  readonly inner: readonly string[];
  readonly retryAfterMs: number | null;
  readonly wasAccepted?: boolean;
}

const Detail = z.object({ code: z.nullish(z.string()), message: z.nullish(z.string()) });

/** @see https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md#handling-errors */
const ErrorBody = z.object({
  error: z.object({
    code: z.nullish(z.string()),
    message: z.nullish(z.string()),
    details: z.nullish(z.array(Detail)),
  }),
});

/**
 * Reads the error of an answer.
 *
 * @param fallback the code of an answer that has none
 */
export function readArmError(
  { status, headers, body }: { status: number; headers: Readonly<Record<string, string>>; body: unknown },
  fallback = `Http${status}`,
): ArmError {
  const parsed = ErrorBody.safeParse(body);
  const error = parsed.success ? parsed.data.error : {};
  const details = error.details ?? [];
  // What the provider says in the details is what a person can act on.
  const message = [error.message, ...details.map((detail) => detail.message)].flatMap((text) => text ?? []);
  const text = [...new Set(message)].join(' ');
  return new ArmError(status, {
    code: error.code ?? fallback,
    message: text === '' ? `Azure answered with status ${status} and no message.` : text,
    inner: details.flatMap(({ code }) => code ?? []),
    retryAfterMs: readRetryAfter(headers['retry-after'] ?? '') ?? readSpokenDelay(text),
  });
}

/** No invocation lives longer than that; timers of Node go wild beyond 24 days. */
const LONGEST_WAIT_MS = 3_600_000;

/** How long a `Retry-After` header asks to wait, in milliseconds, an hour at most: it holds seconds or a date. */
export function readRetryAfter(header: string): number | null {
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), LONGEST_WAIT_MS);
}

/** The network provider says it in words alone: https://github.com/kubernetes/kubernetes/issues/88151 */
function readSpokenDelay(message: string): number | null {
  const [, seconds] = /can be retried in (\d{1,4}) seconds/.exec(message) ?? [];
  return seconds === undefined ? null : Number(seconds) * 1000;
}
