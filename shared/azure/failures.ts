import * as z from 'zod/mini';
import { type CloudFailure, describeBreak, type FailureKind, isRetryable } from '../core/errors.ts';
import type { ReadFailure } from '../core/model.ts';
import { ArmError } from './arm-error.ts';

/** Another operation holds the resource, or the subscription's budget is spent: the same call works later. */
const BUSY = new Set([
  'RetryableError',
  'RetryableErrorDueToAnotherOperation',
  'AnotherOperationInProgress',
  'ReferencedResourceNotProvisioned',
  'TooManyRequests',
  'SubscriptionRequestsThrottled',
  'OperationNotAllowedOnResourceInUpdatingState',
]);

/** Somebody else's write came in between: https://github.com/kubernetes/kubernetes/issues/75582 */
const STALE = new Set([
  'PreconditionFailed',
  'PreconditionFailedEtagMismatch',
  'CanceledAndSupersededDueToAnotherOperation',
]);

const UNREADABLE = 'unreadable-answer';

/** Codes with which an accepted operation may fail without fault of what was asked. */
const SERVER = new Set(['InternalServerError', 'ServerTimeout', 'ServiceUnavailable', 'GatewayTimeout']);

/** Azure documents no code for a full route table; names of resources are in messages, not in codes. */
const FULL_CODE = /route.*limit/i;
const FULL_TEXT = /cannot create more than \d+ routes/i;

/** Whether the answer asks to come again: another operation is in progress, or calls are throttled. */
export function isBusy(error: ArmError): boolean {
  return isThrottled(error) || codesOf(error).some((code) => BUSY.has(code));
}

/** Whether the very call was too much, whatever it was about. */
export function isThrottled({ status }: ArmError): boolean {
  return status === 429;
}

/** The same of a write that had been accepted. */
export function failedLater({ status, code, message, inner, retryAfterMs }: ArmError): ArmError {
  return new ArmError(status, { code, message, inner, retryAfterMs, wasAccepted: true });
}

/** Whether the resource is not there, or the group that it would be in, as its provider says: a proxy says 404, too. */
export function isNotFound(thrown: unknown): boolean {
  if (!(thrown instanceof ArmError) || thrown.status !== 404) return false;
  return thrown.code.endsWith('NotFound') && thrown.code !== 'SubscriptionNotFound';
}

/** Whether a write was refused because the resource is not as its condition demands. */
export function isConditionUnmet(thrown: unknown): boolean {
  return thrown instanceof ArmError && thrown.status === 412;
}

/**
 * Whether the network says that the address is of none of its subnets.
 * https://learn.microsoft.com/rest/api/virtualnetwork/virtual-networks/check-ip-address-availability
 */
export function isInNoSubnet(thrown: unknown): boolean {
  return thrown instanceof ArmError && codesOf(thrown).includes('PrivateIPAddressNotInAnySubnet');
}

/** An answer of which a part is missing. */
export function unexpectedAnswer(what: string): ArmError {
  const message = `The answer about ${what.split('?')[0]} does not have the documented form.`;
  return new ArmError(200, { code: 'unexpected-answer', message, inner: [], retryAfterMs: null });
}

/** An answer that is no JSON, such as a page of a proxy: what it says of the call is not known. */
export function unreadableAnswer(status: number): ArmError {
  const message = 'The response could not be read: expected JSON.';
  return new ArmError(status, { code: UNREADABLE, message, inner: [], retryAfterMs: null });
}

/** Whether the answer to a call did not arrive, or not whole: the call may have had its effect. */
export function isLost(thrown: unknown): boolean {
  if (!(thrown instanceof ArmError)) return Object(thrown).name === 'RestError';
  return thrown.status === 408 || thrown.status >= 500 || thrown.code === UNREADABLE;
}

/**
 * Says what a failed call to Azure means for the run.
 *
 * @param thrown what a client threw
 * @param action the call as role definitions name it, such as `Microsoft.Network/routeTables/write`
 */
export function classifyArmFailure(thrown: unknown, action: string): CloudFailure {
  if (thrown instanceof ArmError) {
    return { kind: kindOf(thrown), code: thrown.code, message: `${action}: ${shorten(thrown.message)}` };
  }
  const { name, code, message } = describe(thrown);
  // The SDK's own message quotes the answer, which may be user data (R11).
  if (code === 'PARSE_ERROR') {
    return {
      kind: 'transient',
      code: UNREADABLE,
      message: `${action}: the response could not be read.`,
    };
  }
  if (name === 'AbortError' || name === 'TimeoutError') {
    return {
      kind: 'unfinished',
      code: 'deadline',
      message: `The invocation ran out of time before ${action} was done.`,
    };
  }
  const kind = CREDENTIAL_ERRORS.has(name) ? 'permanent' : 'transient';
  const what = describeBreak(code ?? name, message);
  return { kind, code: code ?? name, message: `${action}: ${shorten(what)}` };
}

/** An entity was made, changed or removed since it was read. */
const TABLE_STALE = new Set(['EntityAlreadyExists', 'UpdateConditionNotSatisfied', 'ResourceNotFound']);

const TableErrorBody = z.object({
  odataError: z.object({
    code: z.optional(z.string()),
    message: z.optional(z.object({ value: z.string() })),
  }),
});

/**
 * Says what a failed call to Table storage means for the run.
 * https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes
 *
 * @param action the data action of the call, as role definitions name it
 */
export function classifyTableFailure(thrown: unknown, action: string): CloudFailure {
  const { statusCode: status, details, message: body } = Object(thrown);
  if (typeof status !== 'number' || status < 300) return classifyArmFailure(thrown, action);
  const odata = TableErrorBody.safeParse(details).data?.odataError;
  const code = odata?.code ?? describe(thrown).code ?? `Http${status}`;
  if (status === 401 || status === 403) {
    const text = `The identity is not allowed to ${action}. Assign it the role Storage Table Data Contributor on that account.`;
    return { kind: 'permanent', code: code, message: text };
  }
  // Below the first line it has the time and the request's id.
  const [text = ''] = String(odata?.message?.value ?? body).split('\n');
  const error = new ArmError(status, { code: code, message: text, inner: [], retryAfterMs: null });
  const kind = TABLE_STALE.has(code) ? 'stale' : kindOf(error);
  return { kind, code: code, message: `${action}: ${shorten(text)}` };
}

/**
 * Notes a read that failed. One that may work the next time counts as a failure of the whole list, so that every
 * event stays in the queue; one that will not names what a person has to mend.
 */
export function toReadFailure(
  what: ReadFailure['what'],
  id: string | null,
  failure: CloudFailure,
): ReadFailure {
  return { what, id: isRetryable(failure) ? null : id, failure };
}

/** What `@azure/identity` throws where no identity is set up, or nobody has logged in. */
const CREDENTIAL_ERRORS = new Set(['CredentialUnavailableError', 'AuthenticationRequiredError']);

function kindOf(error: ArmError): FailureKind {
  const { code, message } = error;
  const codes = codesOf(error);
  if (isConditionUnmet(error) || codes.some((each) => STALE.has(each))) return 'stale';
  if (isBusy(error)) return error.wasAccepted ? 'stale' : 'transient';
  if (isLost(error) || SERVER.has(code)) return 'transient';
  const isFull = codes.some((each) => FULL_CODE.test(each)) || FULL_TEXT.test(message);
  return isFull ? 'full' : 'permanent';
}

function codesOf({ code, inner }: ArmError): readonly string[] {
  return [code, ...inner];
}

/** Errors of the connection have the system's code, such as ECONNRESET. */
function describe(thrown: unknown): { name: string; code: string | null; message: string } {
  const { name, code, message } = Object(thrown);
  return {
    name: typeof name === 'string' ? name : 'Error',
    code: typeof code === 'string' ? code : null,
    message: typeof message === 'string' ? message : String(thrown),
  };
}

function shorten(message: string): string {
  return message.length > 400 ? `${message.slice(0, 399)}…` : message;
}
