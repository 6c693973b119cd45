import type { Fault } from '../faults.ts';
import type { Matched } from './endpoint.ts';
import { ArmError, lockedConflict, lockedRetryable, preconditionFailed } from './errors.ts';
import type { Arm } from './state.ts';
import { requestKind, throttled } from './throttling.ts';

/** What a fault is about, for the messages that name it. */
interface Subject {
  readonly arm: Arm;
  readonly action: string;
  readonly method: string;
  readonly scope: string;
}

/** The faults whose answers have a shape of their own, by the code that a fault asks for. */
const INJECTED: Readonly<Record<string, (subject: Subject) => ArmError>> = {
  AuthorizationFailed: ({ action, scope }) =>
    new ArmError(
      403,
      'AuthorizationFailed',
      `The client does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    ),
  ScopeLocked: ({ scope }) =>
    new ArmError(
      409,
      'ScopeLocked',
      `The scope '${scope}' cannot perform write operation because following scope(s) are locked: '${scope}'. Please remove the lock and try again.`,
    ),
  RequestDisallowedByPolicy: ({ scope }) =>
    new ArmError(403, 'RequestDisallowedByPolicy', `Resource '${scope}' was disallowed by policy.`),
  SubscriptionRequestsThrottled: ({ arm, method }) =>
    throttled(requestKind(method), arm.subscription, arm.settings.retryAfterSeconds ?? 1),
  RetryableErrorDueToAnotherOperation: ({ arm, scope }) =>
    lockedRetryable('PutRouteTableOperation', scope, 1, arm.settings.retryAfterSeconds),
  AnotherOperationInProgress: ({ arm }) =>
    lockedConflict(
      `https://management.azure.com/subscriptions/${arm.subscription}/providers/Microsoft.Network/locations/${arm.location}/operations/${arm.ids.uuid()}?api-version=2026-01-01`,
    ),
  PreconditionFailedEtagMismatch: ({ scope }) =>
    preconditionFailed(
      `Etag provided in if-match header does not match etag of resource ${scope} in NRP data store.`,
    ),
};

const STATUSES: Readonly<Record<string, number>> = {
  InternalServerError: 500,
  ServiceUnavailable: 503,
  GatewayTimeout: 504,
  ResourceNotFound: 404,
  ResourceGroupNotFound: 404,
};

/** The error that a fault shows: Azure's own shape where the code is known, and the fault's own words. */
export function injectedError(arm: Arm, { endpoint, params }: Matched, fault: Fault): ArmError {
  const { code = 'InternalServerError', message, status } = fault;
  const scope = [...params].reduce((path, [name, value]) => path.replace(`{${name}}`, value), endpoint.path);
  const known = INJECTED[code]?.({ arm, action: endpoint.action, method: endpoint.method, scope });
  if (known === undefined) {
    return new ArmError(status ?? STATUSES[code] ?? 400, code, message ?? `Injected ${code}`);
  }
  const { details, retryAfterSeconds } = known;
  return new ArmError(status ?? known.status, known.code, message ?? known.message, {
    details,
    retryAfterSeconds,
  });
}
