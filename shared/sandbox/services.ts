import type { IncomingHttpHeaders } from 'node:http';
import type { AutoScaling } from './auto-scaling.ts';
import type { CloudWatch } from './cloud-watch.ts';
import type { CloudWatchLogs } from './cloud-watch-logs.ts';
import { runEc2Action } from './ec2/actions.ts';
import { type Caller, recordCall } from './ec2/cloudtrail.ts';
import type { Ec2 } from './ec2/state.ts';
import type { Throttle } from './ec2/throttling.ts';
import type { EventBridge } from './event-bridge.ts';
import { type Fault, faultError } from './faults.ts';
import { ApiError, type Params, readParams, writeXml } from './query.ts';
import type { Secrets } from './secrets.ts';
import type { SecurityTokens } from './security-tokens.ts';
import type { SimpleQueues } from './simple-queues.ts';

/** As the credential scope of a signed request names them. */
export type Service =
  | 'ec2'
  | 'autoscaling'
  | 'events'
  | 'monitoring'
  | 'logs'
  | 'secretsmanager'
  | 'sqs'
  | 'sts';

/** The clouds behind the server. */
export interface Backends {
  readonly ec2: Ec2;
  readonly throttle: Throttle;
  readonly autoScaling: AutoScaling;
  readonly eventBridge: EventBridge;
  readonly cloudWatch: CloudWatch;
  readonly logs: CloudWatchLogs;
  readonly secrets: Secrets;
  readonly securityTokens: SecurityTokens;
  readonly queues: SimpleQueues;
}

/** One request as its headers and body tell it. */
export interface ServiceCall {
  readonly service: Service;
  readonly action: string;
  readonly params: Params;
  /** The body of a JSON service. */
  readonly json: unknown;
  readonly caller: Caller;
  /** Set where the request is refused before any service looks at it. */
  readonly refusal: ApiError | null;
}

/** What goes back to the client. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** `ok` or the error code. */
  readonly outcome: string;
}

const CREDENTIAL = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/** Tells the service, the action and the caller from a request. Signatures are not checked. */
export function readCall(headers: IncomingHttpHeaders, body: string, region: string): ServiceCall {
  const [, accessKeyId = '', signedRegion, scope = ''] = CREDENTIAL.exec(headers.authorization ?? '') ?? [];
  const service = isService(scope) ? scope : 'ec2';
  const caller = { accessKeyId, userAgent: headers['user-agent'] ?? '' };
  const refusal = refuseScope(signedRegion, scope, region);
  if (RUNNERS[service].contentType.includes('json')) {
    // `AWSEvents.PutEvents`
    const action = String(headers['x-amz-target'] ?? '').replace(/^\w+\./, '');
    const json = readJson(body);
    const malformed = new ApiError('SerializationException', 'The body is not JSON');
    return {
      service,
      action,
      params: new Map([['body', body]]),
      json,
      caller,
      refusal: refusal ?? (json === undefined ? malformed : null),
    };
  }
  const params = readParams(body);
  return { service, action: params.get('Action') ?? '', params, json: undefined, caller, refusal };
}

function isService(scope: string): scope is Service {
  return Object.hasOwn(RUNNERS, scope);
}

/** A client that is set up for another region would otherwise seem to work. */
function refuseScope(signedRegion: string | undefined, scope: string, region: string): ApiError | null {
  if (signedRegion === undefined) {
    return new ApiError('MissingAuthenticationToken', 'Request is missing Authentication Token');
  }
  if (!isService(scope)) {
    return new ApiError('UnsupportedOperation', `The sandbox does not model the service ${scope}`);
  }
  if (signedRegion === region) return null;
  const message = `Credential should be scoped to a valid region, not '${signedRegion}'.`;
  return new ApiError('AuthFailure', message);
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Performs a call, or the fault that was planned for it, and writes the answer. */
export function answerCall(backends: Backends, call: ServiceCall, fault: Fault | null): Answer {
  const requestId = backends.ec2.ids.uuid();
  const runner = RUNNERS[call.service];
  try {
    if (call.refusal !== null) throw call.refusal;
    const failure = fault && faultError(fault);
    const answer = runner.run(backends, call, requestId, fault?.when === 'after' ? null : failure);
    if (failure !== null) throw failure;
    return { status: 200, contentType: runner.contentType, body: answer, outcome: 'ok' };
  } catch (error) {
    const refused = asApiError(error);
    const body = runner.writeError(refused, requestId);
    return { status: refused.status, contentType: runner.contentType, body, outcome: refused.code };
  }
}

/** A mistake of the sandbox itself reaches the client as a server error that says so. */
function asApiError(error: unknown): ApiError {
  return error instanceof ApiError
    ? error
    : new ApiError('InternalError', `Sandbox failure: ${String(error)}`);
}

interface Runner {
  readonly contentType: string;
  readonly run: (
    backends: Backends,
    call: ServiceCall,
    requestId: string,
    failure: ApiError | null,
  ) => string;
  readonly writeError: (error: ApiError, requestId: string) => string;
}

const EC2_NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const AUTO_SCALING_NAMESPACE = 'http://autoscaling.amazonaws.com/doc/2011-01-01/';
const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

const RUNNERS: Readonly<Record<Service, Runner>> = {
  ec2: {
    contentType: 'text/xml;charset=UTF-8',
    run: ({ ec2, throttle }, { action, params, caller }, requestId, failure) => {
      try {
        if (failure !== null) throw failure;
        throttle(action, params);
        const content = runEc2Action(ec2, action, params);
        recordCall(ec2, action, params, caller, requestId, null);
        return writeXml(`${action}Response`, EC2_NAMESPACE, { requestId, ...content });
      } catch (error) {
        recordCall(ec2, action, params, caller, requestId, asApiError(error));
        throw error;
      }
    },
    writeError: ({ code, message }, requestId) =>
      writeXml('Response', null, {
        Errors: { Error: { Code: code, Message: message } },
        RequestID: requestId,
      }),
  },
  autoscaling: {
    contentType: 'text/xml',
    run: ({ autoScaling }, { action, params }, requestId, failure) => {
      if (failure !== null) throw failure;
      const content = { [`${action}Result`]: autoScaling.run(action, params) };
      const answer = { ...content, ResponseMetadata: { RequestId: requestId } };
      return writeXml(`${action}Response`, AUTO_SCALING_NAMESPACE, answer);
    },
    writeError: queryErrorWriter(AUTO_SCALING_NAMESPACE),
  },
  sts: {
    contentType: 'text/xml',
    run: ({ securityTokens }, { action, params }, requestId, failure) => {
      if (failure !== null) throw failure;
      const content = { [`${action}Result`]: securityTokens.run(action, params) };
      return writeXml(`${action}Response`, STS_NAMESPACE, {
        ...content,
        ResponseMetadata: { RequestId: requestId },
      });
    },
    writeError: queryErrorWriter(STS_NAMESPACE),
  },
  secretsmanager: jsonRunner('1.1', ({ secrets }) => secrets),
  sqs: jsonRunner('1.0', ({ queues }) => queues),
  events: jsonRunner('1.1', ({ eventBridge }) => eventBridge),
  monitoring: jsonRunner('1.0', ({ cloudWatch }) => cloudWatch),
  logs: jsonRunner('1.1', ({ logs }) => logs),
};

function queryErrorWriter(namespace: string): Runner['writeError'] {
  return ({ code, message, status }, requestId) =>
    writeXml('ErrorResponse', namespace, {
      Error: { Type: status >= 500 ? 'Receiver' : 'Sender', Code: code, Message: message },
      RequestId: requestId,
    });
}

function jsonRunner(
  version: '1.0' | '1.1',
  serviceOf: (backends: Backends) => { readonly run: (action: string, body: unknown) => unknown },
): Runner {
  return {
    contentType: `application/x-amz-json-${version}`,
    run: (backends, { action, json }, _requestId, failure) => {
      if (failure !== null) throw failure;
      return JSON.stringify(serviceOf(backends).run(action, json));
    },
    writeError: ({ code, message }) => JSON.stringify({ __type: code, message }),
  };
}
