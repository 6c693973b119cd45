import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { completeOperations } from './arm/async-operations.ts';
import { type ArmRequest, isMutating, matchEndpoint, performCall } from './arm/dispatch.ts';
import type { ArmAnswer, Matched } from './arm/endpoint.ts';
import { ArmError, errorBody, innermostCode } from './arm/errors.ts';
import type { ArmEvent, EventSchema } from './arm/events.ts';
import { answerInstanceMetadata } from './arm/instance-metadata.ts';
import type { Arm } from './arm/state.ts';
import { createSubscription, type SubscriptionOptions } from './arm/subscription.ts';
import { requestKind, type Throttle } from './arm/throttling.ts';
import type { Fault } from './faults.ts';
import { createMetadataService } from './instance-metadata.ts';
import { readText, startServer } from './loopback.ts';

export interface ArmSandboxOptions extends SubscriptionOptions {
  /** A free one by default. */
  readonly port?: number;
  /** How long every call takes, in milliseconds. */
  readonly latencyMs?: number;
}

/** One call that reached the sandbox. */
interface LoggedCall {
  /** As Azure's specifications name it, such as `RouteTables_CreateOrUpdate`; empty where nothing matched. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly ifMatch: string | null;
  readonly mutating: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly status: number;
  /** `ok`, or the innermost error code that the client saw; `reset` where the connection was broken. */
  readonly outcome: string;
  readonly userAgent: string;
}

/** A loopback Azure Resource Manager with one subscription, and the metadata services of its virtual machines. */
export interface ArmSandbox {
  /** Plain HTTP, for the `endpoint` of SDK clients and for PODROUTES_ARM_ENDPOINT. */
  readonly endpoint: string;
  readonly subscription: string;
  readonly arm: Arm;
  /** All calls since the start or the last `clearCalls`, in order. */
  readonly calls: readonly LoggedCall[];
  readonly clearCalls: () => void;
  /** How often each operation was called. */
  readonly countCalls: () => Readonly<Record<string, number>>;
  /** The events emitted since last asked. */
  readonly takeEvents: (schema?: EventSchema) => readonly ArmEvent[];
  /** Lets the next calls of an operation (`*` for any) fail; the code decides the shape of the answer. */
  readonly failNext: (operation: string, fault: Fault) => void;
  /** Lets the next calls of an operation be accepted and fail later, as their operation's outcome. */
  readonly failOperation: (operation: string, fault: Fault) => void;
  readonly clearFaults: () => void;
  readonly setLatency: (ms: number) => void;
  readonly close: () => Promise<void>;
}

/**
 * Starts a loopback server that the Azure SDK's clients work against. They send tokens over TLS only:
 * over plain HTTP a client needs `allowInsecureConnection` and a policy of its own that sets `Authorization`.
 */
export async function startArmSandbox(options: ArmSandboxOptions = {}): Promise<ArmSandbox> {
  const { arm, faults, throttle, takeEvents } = createSubscription(options);
  const serveMetadata = createMetadataService((request) => answerInstanceMetadata(arm, request), faults);
  let calls: LoggedCall[] = [];
  let latencyMs = options.latencyMs ?? 0;
  let endpoint = '';

  const { port, close } = await startServer(options.port ?? 0, async (incoming, response) => {
    if (serveMetadata(incoming, response)) return;
    const body = await readText(incoming);
    if (latencyMs > 0) await delay(latencyMs);
    const { method = 'GET', url = '/', headers } = incoming;
    const request: ArmRequest = { method, url, headers, body };
    const matched = matchEndpoint(method, url.split('?')[0] ?? '');
    const fault = matched && faults.take(matched.endpoint.operation, matched.params);
    const { answer, outcome } = answerRequest(arm, throttle, request, endpoint, matched, fault);
    const isReset = fault?.answer === 'reset';
    calls.push(logEntry(request, matched, arm.now(), answer.status, isReset ? 'reset' : outcome));
    if (isReset) incoming.socket.destroy();
    else sendAnswer(response, arm, request, answer);
  });
  endpoint = `http://127.0.0.1:${port}`;

  return {
    endpoint,
    subscription: arm.subscription,
    arm,
    get calls() {
      return calls;
    },
    clearCalls: () => {
      calls = [];
    },
    countCalls: () => countOperations(calls),
    takeEvents,
    failNext: faults.add,
    failOperation: arm.operationFaults.add,
    clearFaults: () => {
      faults.clear();
      arm.operationFaults.clear();
    },
    setLatency: (ms) => {
      latencyMs = ms;
    },
    close,
  };
}

interface Answered {
  readonly answer: ArmAnswer;
  readonly outcome: string;
}

function answerRequest(
  arm: Arm,
  throttle: Throttle,
  request: ArmRequest,
  endpoint: string,
  matched: Matched | null,
  fault: Fault | null,
): Answered {
  completeOperations(arm);
  const kind = requestKind(request.method);
  try {
    const remaining = throttle(kind);
    const answer = performCall(arm, request, endpoint, matched, fault);
    if (remaining === null) return { answer, outcome: 'ok' };
    const limits = { [`x-ms-ratelimit-remaining-subscription-${kind}`]: String(remaining) };
    return { answer: { ...answer, headers: { ...answer.headers, ...limits } }, outcome: 'ok' };
  } catch (error) {
    const refused = asArmError(error);
    const { status, retryAfterSeconds } = refused;
    const headers = {
      ...(retryAfterSeconds !== null && { 'retry-after': String(retryAfterSeconds) }),
      ...(status === 401 && { 'www-authenticate': challenge(arm, endpoint) }),
    };
    return { answer: { status, headers, body: errorBody(refused) }, outcome: innermostCode(refused) };
  }
}

/** Where clients read which tenant a subscription belongs to. */
function challenge({ tenant }: Arm, endpoint: string): string {
  return `Bearer authorization_uri="${endpoint}/${tenant}", error="invalid_token", error_description="The access token is missing or invalid."`;
}

/** A mistake of the sandbox itself reaches the client as a server error that says so. */
function asArmError(error: unknown): ArmError {
  return error instanceof ArmError
    ? error
    : new ArmError(500, 'InternalServerError', `Sandbox failure: ${String(error)}`);
}

function sendAnswer(
  response: ServerResponse,
  arm: Arm,
  request: ArmRequest,
  { status, headers = {}, body }: ArmAnswer,
): void {
  const content = body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
  response.writeHead(status, { ...commonHeaders(arm, request), ...content, ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** What every answer carries; the client's own id comes back only to one that asks for it. */
function commonHeaders(arm: Arm, { headers }: ArmRequest): Readonly<Record<string, string>> {
  const id = arm.ids.uuid();
  const own = headers['x-ms-client-request-id'];
  return {
    'cache-control': 'no-cache',
    'x-ms-request-id': id,
    'x-ms-correlation-request-id': String(headers['x-ms-correlation-request-id'] ?? id),
    ...(headers['x-ms-return-client-request-id'] === 'true' && {
      'x-ms-client-request-id': String(own ?? id),
    }),
  };
}

function logEntry(
  { method, url, headers }: ArmRequest,
  matched: Matched | null,
  at: number,
  status: number,
  outcome: string,
): LoggedCall {
  return {
    operation: matched?.endpoint.operation ?? '',
    method,
    path: url,
    params: Object.fromEntries(matched?.params ?? []),
    ifMatch: headers['if-match'] ?? null,
    mutating: isMutating(method),
    at,
    status,
    outcome,
    userAgent: headers['user-agent'] ?? '',
  };
}

function countOperations(calls: readonly LoggedCall[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { operation } of calls) counts.set(operation, (counts.get(operation) ?? 0) + 1);
  return Object.fromEntries(counts);
}
