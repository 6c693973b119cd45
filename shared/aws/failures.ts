import { type CloudFailure, describeBreak, type FailureKind } from '../core/errors.ts';

const CONTRADICTED = new Set(['RouteAlreadyExists', 'InvalidRoute.NotFound']);
const STALE = new Set([
  'InvalidInstanceID.NotFound',
  'InvalidNetworkInterfaceID.NotFound',
  'ConditionalCheckFailedException',
  'ConditionalCheckFailed',
  'TransactionConflictException',
  'TransactionConflict',
]);
const FULL = new Set(['RouteLimitExceeded']);
const THROTTLED = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
]);
const TRANSIENT = new Set([
  ...THROTTLED,
  'IncorrectInstanceState',
  'InternalError',
  'InternalFailure',
  'InternalServiceFault',
  'Unavailable',
  'ServiceUnavailable',
  'RequestTimeout',
  'TimeoutError',
  'ResourceContentionFault',
  'ProvisionedThroughputExceededException',
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
  'TransactionInProgressException',
  'InternalServerError',
]);
const DENIED = new Set([
  'UnauthorizedOperation',
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedAccess',
]);

/** EC2 tells these apart from other misuse of the same code by their text alone. */
const BY_MESSAGE: readonly { readonly code: string; readonly text: RegExp; readonly kind: FailureKind }[] = [
  { code: 'InvalidParameterValue', text: /no route defined/i, kind: 'contradicted' },
  { code: 'InvalidInstanceID', text: /multiple interfaces/i, kind: 'stale' },
  { code: 'InvalidInstanceID', text: /pending instance/i, kind: 'transient' },
];

/**
 * Says what a failed AWS call means for the run.
 *
 * @param thrown what the SDK threw
 * @param action the IAM action of the call, such as `ec2:CreateRoute`
 */
export function classifyAwsFailure(thrown: unknown, action: string): CloudFailure {
  const error = isError(thrown) ? thrown : new Error(String(thrown));
  const code = error.name;
  if (isDeadline(error)) {
    return {
      kind: 'unfinished',
      code: 'deadline',
      message: `The invocation ran out of time before ${action} was done.`,
    };
  }
  if (DENIED.has(code)) {
    // AWS says which policy is in the way: one of the role, of the organisation, or a boundary.
    const said = `The role or user is not allowed to call ${action}. Allow it in the IAM policy. AWS says: ${tidy(error.message)}`;
    return { kind: 'permanent', code, message: said };
  }
  if (code === 'CredentialsProviderError') {
    return { kind: 'permanent', code, message: 'Found no AWS credentials. Set up a profile or a role.' };
  }
  if (code === UNCONFIRMED) return { kind: 'transient', code, message: `${action}: ${error.message}` };
  const status = statusOf(error);
  if (status !== null && status < 300) {
    // The parser's own message quotes the answer, which may be user data (R11).
    return {
      kind: 'transient',
      code: 'unreadable-answer',
      message: `${action}: the response could not be read.`,
    };
  }
  const broken = describeBreak(codeOf(error), tidy(error.message));
  return { kind: kindOf(error), code: codeOf(error), message: `${action}: ${broken}` };
}

const UNCONFIRMED = 'unconfirmed-write';

/** A write that was answered as a success, and not with what the service answers. */
export function unconfirmed(httpStatusCode: number): Error {
  const message =
    'expected an answer that confirms it; found a different one. Check for a proxy in between; the next run checks whether the change was made.';
  return Object.assign(new Error(message), { name: UNCONFIRMED, $metadata: { httpStatusCode } });
}

/** Errors of another realm, such as that of the host, are no `Error` of this one. */
function isError(thrown: unknown): thrown is Error {
  return typeof thrown === 'object' && thrown !== null && 'name' in thrown && 'message' in thrown;
}

/** Whether the call was refused for coming too fast. */
export function isThrottled(thrown: unknown): boolean {
  return isError(thrown) && THROTTLED.has(thrown.name);
}

/** Whether the same call would get the same answer: not after a server's error, or none at all. */
export function isAnswered(thrown: unknown): boolean {
  if (!isError(thrown)) return true;
  const status = statusOf(thrown);
  return status === null ? isDeadline(thrown) : status < 500;
}

/**
 * The SDK names every abort alike; a signal that is asked itself gives its own reason, such as its timeout. That one is
 * a `DOMException`, whose codes are numbers; what the SDK calls so is a connection that failed.
 */
function isDeadline(error: Error): boolean {
  if (error.name === 'AbortError') return true;
  return error.name === 'TimeoutError' && Reflect.get(error, 'code') === DOMException.TIMEOUT_ERR;
}

function kindOf(error: Error): FailureKind {
  const { message } = error;
  const name = reasonOf(error);
  const special = BY_MESSAGE.find(({ code, text }) => code === name && text.test(message));
  if (special !== undefined) return special.kind;
  if (CONTRADICTED.has(name)) return 'contradicted';
  if (STALE.has(name)) return 'stale';
  if (FULL.has(name)) return 'full';
  const status = statusOf(error);
  // Without a status there was no answer: a connection that failed, which may come back.
  if (TRANSIENT.has(name) || status === null || status >= 500) return 'transient';
  return 'permanent';
}

/**
 * A transaction of DynamoDB that was cancelled has the code of each of its parts; a condition that was refused
 * tells more than what the others say.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
function reasonOf(error: Error): string {
  const reasons: unknown = Reflect.get(error, 'CancellationReasons');
  if (!Array.isArray(reasons)) return error.name;
  const codes = reasons.map((reason) => String(Object(reason).Code)).filter((code) => code !== 'None');
  return codes.find((code) => STALE.has(code)) ?? codes[0] ?? error.name;
}

function statusOf(error: Error): number | null {
  const metadata: unknown = Reflect.get(error, '$metadata');
  if (typeof metadata !== 'object' || metadata === null) return null;
  const status: unknown = Reflect.get(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : null;
}

/** Errors of the connection have the system's code beside them; the SDK calls some of them a timeout. */
function codeOf(error: Error): string {
  const system: unknown = Reflect.get(error, 'code');
  const isOfConnection = error.name === 'Error' || error.name === 'TimeoutError';
  return isOfConnection && typeof system === 'string' ? system : error.name;
}

/** Keeps encoded authorization details and long texts out of reports. */
function tidy(message: string): string {
  const text = message
    .replace(/\s*Encoded authorization failure message:.*$/is, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  const cut = text.length > 300 ? `${text.slice(0, 299)}…` : text;
  return cut === '' ? 'no message' : cut;
}
