import { createComputeManagement } from '@azure/arm-compute/api';
import { createNetworkManagement } from '@azure/arm-network/api';
import type { TokenCredential } from '@azure/core-auth';
import * as z from 'zod/mini';
import packageJson from '../../package.json' with { type: 'json' };
import {
  ArmError,
  failedLater,
  isBusy,
  isThrottled,
  readArmError,
  readRetryAfter,
  unreadableAnswer,
} from './failures.ts';
import { pause, tryPatiently } from './patience.ts';
import { newRequestId } from './request-ids.ts';

/**
 * The parts of Azure Resource Manager that are called, and in which version. The interfaces of uniform scale
 * sets are served in this old version alone.
 */
const API_VERSIONS = {
  network: '2026-01-01',
  compute: '2026-04-01',
  'instance-network': '2018-10-01',
  'log-rules': '2023-12-01',
  'metric-rules': '2018-03-01',
  alerts: '2019-03-01',
  insights: '2018-04-20',
} as const;

type Service = keyof typeof API_VERSIONS;

type Query = Readonly<Record<string, string>>;

/** What a write demands of the resource: to be as it was read, or not to be there yet. */
type Condition = { readonly ifMatch: string } | { readonly ifNoneMatch: '*' };

/**
 * Azure Resource Manager as JSON. Resources are kept as they came, because what is put back must hold what no
 * model of ours knows. What it is busy with is waited out until `signal` is aborted; everything else that goes
 * wrong is thrown for `classifyArmFailure`.
 */
export interface ArmClient {
  readonly subscription: string;
  get(service: Service, id: string, signal: AbortSignal, query?: Query): Promise<unknown>;
  /** All items of a list, page by page. */
  list(service: Service, path: string, signal: AbortSignal, query?: Query): Promise<unknown[]>;
  /** Puts a resource whole, and waits until the operation that this starts has succeeded. */
  put(service: Service, id: string, body: unknown, condition: Condition, signal: AbortSignal): Promise<void>;
}

export interface ArmClientOptions {
  readonly subscription: string;
  /** Origin without a slash at its end; null for the public cloud. */
  readonly endpoint: string | null;
  readonly credential: TokenCredential;
  /**
   * How long one request may go without its whole answer, in milliseconds. A function needs none: it has a deadline.
   *
   * @default no limit
   */
  readonly requestTimeoutMs?: number;
}

const PUBLIC_ENDPOINT = 'https://management.azure.com';

interface Call {
  readonly method: 'GET' | 'PUT';
  readonly url: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

type Send = (
  service: Service,
  call: Call,
  signal: AbortSignal,
  isBusy?: (error: ArmError) => boolean,
) => Promise<Answer>;

const Page = z.object({ value: z.array(z.unknown()), nextLink: z.nullish(z.string()) });

/** Creates a client on the pipelines of the official SDK: credentials, user agent, connections. */
export function createArmClient(options: ArmClientOptions): ArmClient {
  const send = createSender(options);
  return {
    subscription: options.subscription,
    get: async (service, id, signal, query = {}) => {
      const url = toPath(id);
      return (await send(service, { method: 'GET', url, query }, signal)).body;
    },
    list: async (service, path, signal, query = {}) => {
      const items: unknown[] = [];
      const seen = new Set<string>();
      let call: Call = { method: 'GET', url: toPath(path), query };
      for (;;) {
        if (seen.has(call.url)) throw unexpected(path);
        seen.add(call.url);
        const page = Page.safeParse((await send(service, call, signal)).body);
        if (!page.success) throw unexpected(path);
        items.push(...page.data.value);
        if (!page.data.nextLink) return items;
        call = { method: 'GET', url: page.data.nextLink };
      }
    },
    put: async (service, id, body, condition, signal) => {
      const headers =
        'ifMatch' in condition
          ? { 'if-match': condition.ifMatch }
          : { 'if-none-match': condition.ifNoneMatch };
      const answer = await send(service, { method: 'PUT', url: toPath(id), headers, body }, signal);
      // What an operation ended with must not be taken for what the question about it met.
      const ask = (url: string) => send(service, { method: 'GET', url }, signal, isThrottled);
      await waitForEnd(answer, ask, signal);
    },
  };
}

function createSender(options: ArmClientOptions): Send {
  const clients = createClients(options);
  const { origin } = new URL(options.endpoint ?? PUBLIC_ENDPOINT);
  const authorization = isSandbox(options) ? { authorization: 'Bearer sandbox' } : {};
  return (service, { method, url, query, headers, body }, abortSignal, isBusy) => {
    const call = async () => {
      // Links come from answers. The token goes nowhere but to where it is for.
      if (!url.startsWith('/') && new URL(url).origin !== origin) throw unexpected(url);
      const request = {
        abortSignal,
        timeout: options.requestTimeoutMs ?? 0,
        headers: { 'x-ms-client-request-id': newRequestId(), ...authorization, ...headers },
        // Links of the answers have their parameters in them.
        ...(url.startsWith('/') && {
          queryParameters: { 'api-version': API_VERSIONS[service], ...query },
        }),
      };
      const path = clients[service].pathUnchecked(url);
      const response = await (method === 'GET'
        ? path.get(request)
        : path.put({ ...request, body, contentType: 'application/json' }));
      const answer = { ...response, status: Number(response.status) };
      if (answer.status >= 300) throw readArmError(answer);
      if (typeof answer.body === 'string' && answer.body !== '') throw unreadableAnswer(answer.status);
      return answer;
    };
    return tryPatiently(call, abortSignal, isBusy);
  };
}

/** Plain HTTP leads to this machine alone: configuration sees to it. */
function isSandbox({ endpoint }: ArmClientOptions): boolean {
  return endpoint?.startsWith('http:') ?? false;
}

function createClients(options: ArmClientOptions) {
  const { subscription, credential } = options;
  const endpoint = options.endpoint ?? PUBLIC_ENDPOINT;
  const settings = {
    endpoint,
    // A sovereign cloud has an audience of its own, at its endpoint.
    credentials: { scopes: [`${endpoint}/.default`] },
    userAgentOptions: { userAgentPrefix: `podroutes/${packageJson.version}` },
    allowInsecureConnection: isSandbox(options),
    // All instances of a function would come again at the same moment: `tryPatiently` adds jitter.
    retryOptions: { maxRetries: 0 },
  };
  const network = createNetworkManagement(credential, subscription, settings);
  const compute = createComputeManagement(credential, subscription, settings);
  // The SDK sends tokens over TLS only. The sandbox takes any, which the sender adds.
  if (isSandbox(options)) {
    for (const { pipeline } of [network, compute]) {
      pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
    }
  }
  // All that tells them apart for us is the version.
  return {
    network,
    compute,
    'instance-network': network,
    'log-rules': network,
    'metric-rules': network,
    alerts: network,
    insights: network,
  } satisfies Record<Service, unknown>;
}

const Operation = z.object({ status: z.string() });
const Resource = z.object({ properties: z.object({ provisioningState: z.nullish(z.string()) }) });

/** Between two looks at an operation whose answers do not say when to come again, in milliseconds. */
const POLL_MS = 1_000;

type Ask = (url: string) => Promise<Answer>;

/**
 * Follows a write to its end. One that is answered as done is done: asking once more could only fail. The resource of
 * one that others kept from its end is no longer as it was read, and is left in peace for as long as they need.
 */
async function waitForEnd(started: Answer, ask: Ask, signal: AbortSignal): Promise<void> {
  if (readResource(started)?.provisioningState === 'Succeeded') return;
  try {
    if (started.headers['azure-asyncoperation'] !== undefined) await waitForOperation(started, ask, signal);
    else await waitForResource(started, ask, signal);
  } catch (thrown) {
    if (!(thrown instanceof ArmError) || isThrottled(thrown) || !isBusy(thrown)) throw thrown;
    // What Azure said is better to know than that the time ran out meanwhile.
    await pause(thrown.retryAfterMs ?? 0, signal).catch(() => undefined);
    throw failedLater(thrown);
  }
}

/**
 * Follows an operation to its end. The SDK's poller reads the resource once more after it, which nothing here
 * needs, and would wait two seconds where Azure names no delay.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
 */
async function waitForOperation(started: Answer, ask: Ask, signal: AbortSignal): Promise<void> {
  const url = started.headers['azure-asyncoperation'] ?? '';
  for (let looks = 1; ; looks += 1) {
    const answer = await ask(url);
    const operation = Operation.safeParse(answer.body);
    if (!operation.success) throw unexpected(url);
    const { status } = operation.data;
    if (status === 'Succeeded') return;
    if (status === 'Failed' || status === 'Canceled') throw readArmError(answer, `Operation${status}`);
    await pauseAsAsked(answer, looks, signal);
  }
}

/** Without an operation to follow, an accepted write is over when its location no longer answers 202. */
async function waitForResource(started: Answer, ask: Ask, signal: AbortSignal): Promise<void> {
  let answer = started;
  for (let looks = 1; answer.status === 202; looks += 1) {
    const { location = started.headers['location'] } = answer.headers;
    if (location === undefined) throw unexpected('an accepted write');
    await pauseAsAsked(answer, looks, signal);
    answer = await ask(location);
  }
  if (answer.status === 204) return;
  const resource = readResource(answer);
  if (resource === null) throw unexpected('a write');
  const state = resource.provisioningState ?? 'Succeeded';
  if (state !== 'Succeeded') throw readArmError(answer, `Provisioning${state}`);
}

/** The properties of the resource that a write was answered with; null where it was answered with none. */
function readResource({ body }: Answer): z.infer<typeof Resource>['properties'] | null {
  const resource = Resource.safeParse(body);
  return resource.success ? resource.data.properties : null;
}

/** Azure may ask to come again at once, which is not meant for ever. */
async function pauseAsAsked({ headers }: Answer, looks: number, signal: AbortSignal): Promise<void> {
  const asked = readRetryAfter(headers['retry-after'] ?? '');
  await pause(asked === null ? POLL_MS : Math.max(asked, Math.min(2 ** looks, POLL_MS)), signal);
}

function unexpected(what: string): ArmError {
  const message = `The answer about ${what.split('?')[0]} is not of the documented form.`;
  return new ArmError(200, { code: 'unexpected-answer', message, inner: [], retryAfterMs: null });
}

/** Names may hold letters of any script. */
function toPath(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/');
}
