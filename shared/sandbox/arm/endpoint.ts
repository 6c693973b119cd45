import type { Fault } from '../faults.ts';
import { operationPath } from './async-operations.ts';
import { ArmError } from './errors.ts';
import type { Caller } from './events.ts';
import type { AsyncOperation } from './model.ts';
import { groupId } from './resource-ids.ts';
import type { Arm } from './state.ts';

/** One request as the endpoint that serves it sees it. */
export interface ArmCall {
  /** The names in the path, as sent. */
  readonly params: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  /** The path as sent, without the query. */
  readonly path: string;
  /** Where the sandbox is reached, without a slash at the end. */
  readonly endpoint: string;
  readonly ifMatch: string | null;
  readonly ifNoneMatch: string | null;
  /** Undefined where there was none. */
  readonly body: unknown;
  readonly caller: Caller;
  /** Takes the fault by which this call's operation shall fail after it was accepted. */
  readonly takeOperationFault: () => Fault | null;
}

export interface ArmAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>> | readonly unknown[] | undefined;
}

/** One operation of the REST API. */
export interface Endpoint {
  /** The operation id of Azure's specifications: `RouteTables_CreateOrUpdate`. */
  readonly operation: string;
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  /** `{name}` stands for one segment; `{scope}` for a whole id. */
  readonly path: string;
  /** By which roles allow it: `Microsoft.Network/routeTables/write`. */
  readonly action: string;
  /** Whether it is answered without a token. */
  readonly isOpen?: boolean;
  readonly run: (arm: Arm, call: ArmCall) => ArmAnswer;
}

/** What a request asks for. */
export interface Matched {
  readonly endpoint: Endpoint;
  readonly params: ReadonlyMap<string, string>;
}

/** Describes an operation; the action follows from its method and path. */
export function endpoint(
  operation: string,
  method: Endpoint['method'],
  path: string,
  run: Endpoint['run'],
): Endpoint {
  const [, provided = `Microsoft.Resources${path}`] = /.*\/providers\/(.*)/.exec(path) ?? [];
  const type = provided.split('/').filter((segment) => !segment.startsWith('{') && segment !== 'default');
  return { operation, method, path, action: [...type, ACTION_SUFFIXES[method]].join('/'), run };
}

const ACTION_SUFFIXES: Readonly<Record<Endpoint['method'], string>> = {
  GET: 'read',
  PUT: 'write',
  PATCH: 'write',
  POST: 'action',
  DELETE: 'delete',
};

/** The path up to the provider in the paths of endpoints. */
export const IN_GROUP = '/subscriptions/{subscription}/resourceGroups/{group}/providers';
export const IN_SUBSCRIPTION = '/subscriptions/{subscription}/providers';

/** A name of the path. */
export function param(call: ArmCall, name: string): string {
  return call.params.get(name) ?? '';
}

/** The id of the scope that a list asks for: the group where the path names one, else the subscription. */
export function scopeOf(arm: Arm, call: ArmCall): string {
  const group = call.params.get('group');
  return group === undefined ? `/subscriptions/${arm.subscription}` : groupId(arm.subscription, group);
}

/** One page of a list, and the link to the next. */
export function answerPage(
  arm: Arm,
  call: ArmCall,
  items: readonly Readonly<Record<string, unknown>>[],
): ArmAnswer {
  const from = Number(call.query.get('$skiptoken') ?? 0);
  const to = from + arm.settings.pageSize;
  if (to >= items.length) return { status: 200, body: { value: items.slice(from) } };
  const query = new URLSearchParams(call.query);
  query.set('$skiptoken', String(to));
  const nextLink = `${call.endpoint}${call.path}?${query}`;
  return { status: 200, body: { value: items.slice(from, to), nextLink } };
}

/** The answer to a PUT or PATCH that was accepted. */
export function answerWrite(
  arm: Arm,
  call: ArmCall,
  status: 200 | 201,
  body: Readonly<Record<string, unknown>>,
  operation: AsyncOperation | null,
): ArmAnswer {
  if (operation === null) return { status, headers: {}, body };
  if (arm.settings.followBy === 'azure-asyncoperation') {
    return { status, headers: pollHeaders(arm, call, operation), body };
  }
  return { status: 202, headers: { location: resultLocation(arm, call, operation), ...retryAfter(arm) } };
}

/** The answer to a DELETE or POST that was accepted: it has no body. */
export function answerAccepted(arm: Arm, call: ArmCall, operation: AsyncOperation | null): ArmAnswer {
  if (operation === null) return { status: 200 };
  const location = resultLocation(arm, call, operation);
  return { status: 202, headers: { ...pollHeaders(arm, call, operation), location } };
}

/** Network keeps the results of its operations apart; Compute gives them with the operation, by a parameter. */
function resultLocation(arm: Arm, call: ArmCall, operation: AsyncOperation): string {
  const version = call.query.get('api-version') ?? undefined;
  const path =
    operation.provider === 'Microsoft.Compute'
      ? `${operationPath(arm, operation, 'operations', version)}&monitor=true`
      : operationPath(arm, operation, 'operationResults', version);
  return `${call.endpoint}${path}`;
}

/** The answer with the entity tag of what it is about in its headers, as Compute sends it. */
export function withEtag(answer: ArmAnswer, etag: string): ArmAnswer {
  return { ...answer, headers: { ...answer.headers, etag } };
}

function pollHeaders(arm: Arm, call: ArmCall, operation: AsyncOperation): Readonly<Record<string, string>> {
  const version = call.query.get('api-version') ?? undefined;
  return {
    'azure-asyncoperation': `${call.endpoint}${operationPath(arm, operation, 'operations', version)}`,
    'azure-asyncnotification': 'Enabled',
    ...(operation.status === 'InProgress' && operation.endsAt > arm.now() && retryAfter(arm)),
  };
}

/** The header that tells when to ask again, where it is to be sent. */
export function retryAfter({ settings }: Arm): Readonly<Record<string, string>> {
  return settings.retryAfterSeconds === null ? {} : { 'retry-after': String(settings.retryAfterSeconds) };
}

/** The values of `$expand`, of which each endpoint knows a few. */
export function readExpand(call: ArmCall, known: readonly string[]): ReadonlySet<string> {
  const asked = (call.query.get('$expand') ?? '').split(',').filter((value) => value !== '');
  const unknown = asked.find((value) => !known.includes(value));
  if (unknown === undefined) return new Set(asked);
  throw new ArmError(400, 'InvalidParameter', `The value '${unknown}' of parameter $expand is invalid.`);
}
