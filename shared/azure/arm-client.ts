import { createComputeManagement } from '@azure/arm-compute/api';
import { createNetworkManagement } from '@azure/arm-network/api';
import type { TokenCredential } from '@azure/core-auth';
import * as z from 'zod/mini';
import { VERSION } from '../core/version.ts';
import { type ArmError, readArmError } from './arm-error.ts';
import { isThrottled, unexpectedAnswer, unreadableAnswer } from './failures.ts';
import { tryPatiently } from './patience.ts';
import { newRequestId } from './request-ids.ts';
import { type Answer, waitForEnd } from './write-end.ts';

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
  tags: '2021-04-01',
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
  /** Changes a part of a resource, and waits until the operation that this starts has succeeded. */
  patch(service: Service, id: string, body: unknown, signal: AbortSignal): Promise<void>;
}

export interface ArmClientOptions {
  readonly subscription: string;
  /** Origin without a slash at its end; null for the public cloud. */
  readonly endpoint: string | null;
  readonly credential: TokenCredential;
  /**
   * How the ids of its requests begin, by which its caller knows them again in events.
   *
   * @default ''
   */
  readonly requestMark?: string;
  /**
   * How long one request may go without its whole answer, in milliseconds. A function needs none: it has a deadline.
   *
   * @default no limit
   */
  readonly requestTimeoutMs?: number;
}

const PUBLIC_ENDPOINT = 'https://management.azure.com';

interface Call {
  readonly method: 'GET' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
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
  const write = async (service: Service, call: Call, signal: AbortSignal): Promise<void> => {
    const answer = await send(service, call, signal);
    // What an operation ended with must not be taken for what the question about it met.
    const ask = (url: string) => send(service, { method: 'GET', url }, signal, isThrottled);
    await waitForEnd(answer, ask, signal);
  };
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
        if (seen.has(call.url)) throw unexpectedAnswer(path);
        seen.add(call.url);
        const page = Page.safeParse((await send(service, call, signal)).body);
        if (!page.success) throw unexpectedAnswer(path);
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
      await write(service, { method: 'PUT', url: toPath(id), headers, body }, signal);
    },
    patch: (service, id, body, signal) => write(service, { method: 'PATCH', url: toPath(id), body }, signal),
  };
}

function createSender(options: ArmClientOptions): Send {
  const clients = createClients(options);
  const { origin } = new URL(options.endpoint ?? PUBLIC_ENDPOINT);
  const authorization = isSandbox(options) ? { authorization: 'Bearer sandbox' } : {};
  return (service, { method, url, query, headers, body }, abortSignal, isBusy) => {
    const call = async () => {
      // Links come from answers. The token goes nowhere but to where it is for.
      if (!url.startsWith('/') && new URL(url).origin !== origin) throw unexpectedAnswer(url);
      const request = {
        abortSignal,
        timeout: options.requestTimeoutMs ?? 0,
        headers: {
          'x-ms-client-request-id': newRequestId(options.requestMark ?? ''),
          ...authorization,
          ...headers,
        },
        // Links of the answers have their parameters in them.
        ...(url.startsWith('/') && {
          queryParameters: { 'api-version': API_VERSIONS[service], ...query },
        }),
      };
      const path = clients[service].pathUnchecked(url);
      const withBody = { ...request, body, contentType: 'application/json' };
      const response = await {
        GET: () => path.get(request),
        PUT: () => path.put(withBody),
        PATCH: () => path.patch(withBody),
      }[method]();
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
    userAgentOptions: { userAgentPrefix: `podroutes/${VERSION}` },
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
    tags: network,
  } satisfies Record<Service, unknown>;
}

/** Names may hold letters of any script. */
function toPath(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/');
}
