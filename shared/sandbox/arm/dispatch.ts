import type { IncomingHttpHeaders } from 'node:http';
import type { Fault, Faults } from '../faults.ts';
import type { ArmAnswer, ArmCall, Endpoint, Matched } from './endpoint.ts';
import { ArmError } from './errors.ts';
import type { Caller } from './events.ts';
import { GROUP_ENDPOINTS } from './group-endpoints.ts';
import { canonicalGroup } from './groups.ts';
import { injectedError } from './injected-errors.ts';
import { INTERFACE_ENDPOINTS } from './interface-endpoints.ts';
import { MACHINE_ENDPOINTS } from './machine-endpoints.ts';
import { MONITOR_ENDPOINTS } from './monitor-endpoints.ts';
import { NETWORK_ENDPOINTS } from './network-endpoints.ts';
import { OPERATION_ENDPOINTS } from './operation-endpoints.ts';
import { PEERING_ENDPOINTS } from './peering-endpoints.ts';
import { ROUTE_ENDPOINTS } from './route-endpoints.ts';
import { SCALE_SET_ENDPOINTS } from './scale-set-endpoints.ts';
import { SECURITY_GROUP_ENDPOINTS } from './security-group-endpoints.ts';
import type { Arm } from './state.ts';
import { TAG_ENDPOINTS } from './tags.ts';

/** One HTTP request, read whole. */
export interface ArmRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface CompiledEndpoint extends Endpoint {
  readonly pattern: RegExp;
}

const ENDPOINTS: readonly CompiledEndpoint[] = [
  ...TAG_ENDPOINTS,
  ...ROUTE_ENDPOINTS,
  ...NETWORK_ENDPOINTS,
  ...PEERING_ENDPOINTS,
  ...INTERFACE_ENDPOINTS,
  ...GROUP_ENDPOINTS,
  ...MACHINE_ENDPOINTS,
  ...SCALE_SET_ENDPOINTS,
  ...OPERATION_ENDPOINTS,
  ...MONITOR_ENDPOINTS,
  ...SECURITY_GROUP_ENDPOINTS,
].map((endpoint) => ({ ...endpoint, pattern: compilePath(endpoint.path) }));

/** Paths are compared without regard to case, as ARM compares them. */
function compilePath(path: string): RegExp {
  const source = path
    .replaceAll('.', '\\.')
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${name === 'scope' ? '.+' : '[^/]+'})`);
  return new RegExp(`^${source}/?$`, 'i');
}

/** Finds what a method and a path ask for, or null where the sandbox does not model it. */
export function matchEndpoint(method: string, path: string): Matched | null {
  for (const endpoint of ENDPOINTS) {
    const match = endpoint.method === method ? endpoint.pattern.exec(path) : null;
    if (match === null) continue;
    const params = Object.entries(match.groups ?? {}).map(
      ([name, value]) => [name, decodeURIComponent(value)] as const,
    );
    return { endpoint, params: new Map(params) };
  }
  return null;
}

/** Whether the method changes anything, had the call been accepted. */
export function isMutating(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** Performs a call that matched, unless ARM itself refuses it or `fault` tells it to fail. */
export function performCall(
  arm: Arm,
  request: ArmRequest,
  endpointUrl: string,
  matched: Matched | null,
  fault: Fault | null,
): ArmAnswer {
  if (!matched?.endpoint.isOpen) checkAuthorization(request);
  const url = new URL(request.url, endpointUrl);
  checkApiVersion(url.searchParams);
  if (matched === null) {
    const message = `The sandbox does not model ${request.method} ${url.pathname}.`;
    throw new ArmError(501, 'NotImplemented', message);
  }
  checkScope(arm, matched.params);
  const failure = fault && injectedError(arm, matched, fault);
  if (failure !== null && fault?.when !== 'after') throw failure;
  const call = readCall(request, url, endpointUrl, matched, arm.operationFaults);
  const answer = matched.endpoint.run(arm, call);
  if (failure !== null) throw failure;
  return answer;
}

function readCall(
  { method, headers, body }: ArmRequest,
  url: URL,
  endpointUrl: string,
  { endpoint, params }: Matched,
  operationFaults: Faults,
): ArmCall {
  return {
    params,
    query: url.searchParams,
    path: url.pathname,
    endpoint: endpointUrl,
    ifMatch: headers['if-match'] ?? null,
    ifNoneMatch: headers['if-none-match'] ?? null,
    body: readJson(body),
    caller: readCaller(method, headers, url.href),
    takeOperationFault: () => operationFaults.take(endpoint.operation, params),
  };
}

function readJson(body: string): unknown {
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw new ArmError(400, 'InvalidRequestContent', 'The request content was invalid: it is not JSON.');
  }
}

/** Signatures are not checked, and nothing but the application id is read from a token. */
function readCaller(method: string, headers: IncomingHttpHeaders, url: string): Caller {
  const clientRequestId = String(headers['x-ms-client-request-id'] ?? '');
  return {
    appId: readAppId(headers.authorization ?? ''),
    userAgent: headers['user-agent'] ?? '',
    clientRequestId,
    correlationId: String(headers['x-ms-correlation-request-id'] ?? clientRequestId),
    method,
    url,
  };
}

const UNKNOWN_APP = '00000000-0000-0000-0000-000000000000';

function readAppId(authorization: string): string {
  const payload = authorization.split('.')[1] ?? '';
  if (payload === '') return UNKNOWN_APP;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const appId = typeof claims === 'object' && claims !== null && 'appid' in claims ? claims.appid : null;
    return typeof appId === 'string' ? appId : UNKNOWN_APP;
  } catch {
    return UNKNOWN_APP;
  }
}

function checkAuthorization({ headers }: ArmRequest): void {
  if (/^Bearer \S/.test(headers.authorization ?? '')) return;
  const message = `Authentication failed. The 'Authorization' header is missing.`;
  throw new ArmError(401, 'AuthenticationFailed', message);
}

function checkApiVersion(query: URLSearchParams): void {
  const version = query.get('api-version');
  if (version === null || version === '') {
    const message = 'The api-version query parameter (?api-version=) is required for all requests.';
    throw new ArmError(400, 'MissingApiVersionParameter', message);
  }
  if (/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version)) return;
  const message = `The api-version '${version}' is invalid. The supported versions are dates of the form YYYY-MM-DD.`;
  throw new ArmError(400, 'InvalidApiVersionParameter', message);
}

function checkScope(arm: Arm, params: ReadonlyMap<string, string>): void {
  const [, , scopeSubscription, , scopeGroup] = `/${params.get('scope')?.replace(/^\//, '') ?? ''}`.split(
    '/',
  );
  if (params.size === 0) return;
  const subscription = params.get('subscription') ?? scopeSubscription ?? '';
  if (subscription.toLowerCase() !== arm.subscription.toLowerCase()) {
    const message = `The subscription '${subscription}' could not be found.`;
    throw new ArmError(404, 'SubscriptionNotFound', message);
  }
  const group = params.get('group') ?? scopeGroup;
  if (group !== undefined) canonicalGroup(arm, group);
}
