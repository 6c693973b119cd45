/** A further error inside ARM's error envelope. */
// @ts-nocheck

interface ErrorDetail {
  readonly code: string;
  readonly message: string;
}

/** What an ARM error tells besides its code and message. */
interface ErrorOptions {
  readonly details?: readonly ErrorDetail[];
  /** The parameter that is wrong. */
  readonly target?: string;
  /** Sent as `Retry-After`; null leaves the header out. */
  readonly retryAfterSeconds?: number | null;
}

/** A refusal by Azure Resource Manager or a resource provider, as the client sees it. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  /** HTTP status. */
  readonly status: number;
  readonly code: string;
  readonly details: readonly ErrorDetail[];
  readonly target: string | undefined;
  readonly retryAfterSeconds: number | null;

  constructor(status: number, code: string, message: string, options: ErrorOptions = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = options.details ?? [];
    this.target = options.target;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

/** The JSON body that an error is sent as. */
export function errorBody({ code, message, target, details }: ArmError): Readonly<Record<string, unknown>> {
  return { error: { code, message, target, ...(details.length > 0 && { details }) } };
}

/** What the code was really about: the provider's own code where the envelope hides it in its details. */
export function innermostCode({ code, details }: ArmError): string {
  return details[0]?.code ?? code;
}

/** A resource that is not there. `path` is the provider's part of the id: `Microsoft.Network/routeTables/a`. */
export function resourceNotFound(path: string, group: string): ArmError {
  const message = `The Resource '${path}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  return new ArmError(404, 'ResourceNotFound', message);
}

/**
 * A part of a resource that is not there: the network provider answers for its routes and subnets itself.
 *
 * @example childNotFound('.../routeTables/a/routes/b') has the code NotFound, not ResourceNotFound.
 */
export function childNotFound(id: string): ArmError {
  return new ArmError(404, 'NotFound', `Resource ${id} not found.`);
}

/** A network resource that another operation holds, in the form with status 429. */
export function lockedRetryable(
  operation: string,
  id: string,
  seconds: number,
  retryAfterSeconds: number | null,
): ArmError {
  const message = `Operation ${operation} is updating resource ${id}. The call can be retried in ${seconds} seconds.`;
  const details = [{ code: 'RetryableErrorDueToAnotherOperation', message }];
  return new ArmError(429, 'RetryableError', 'A retryable error occurred.', { details, retryAfterSeconds });
}

/** A network resource that another operation holds, in the form with status 409. */
export function lockedConflict(operationUrl: string): ArmError {
  const message = `Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: ${operationUrl}.`;
  return new ArmError(409, 'AnotherOperationInProgress', message);
}

/** An `If-Match` or `If-None-Match` header that the resource does not satisfy. */
export function preconditionFailed(detail: string): ArmError {
  const details = [{ code: 'PreconditionFailedEtagMismatch', message: detail }];
  return new ArmError(412, 'PreconditionFailed', 'Precondition failed.', { details });
}

/** A reference to a resource that is not there or lies in another region. */
export function invalidReference(target: string, from: string): ArmError {
  const message = `Resource ${target} referenced by resource ${from} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`;
  return new ArmError(400, 'InvalidResourceReference', message);
}
