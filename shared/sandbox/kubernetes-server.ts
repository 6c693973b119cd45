import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import { createCertificates, type KeyPair } from './certificates.ts';
import { Nodes, type SentNode } from './kubernetes/nodes.ts';
import { StatusError, toStatus } from './kubernetes/status.ts';
import { closeServer, listen, readText } from './loopback.ts';

/** One call, as it was made. */
interface KubernetesCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** The status that it was answered with; null where it was left without an answer. */
  readonly status: number | null;
}

/** What befalls a call instead of its answer: a refusal, silence, or the end of its connection. */
export type KubernetesFault = StatusError | 'silence' | 'reset';

/** Says what befalls a call; null lets it through. */
type FaultFor = (method: string, path: string) => KubernetesFault | null;

/** A loopback API server for Node objects, over HTTPS. */
export interface KubernetesSandbox {
  /** Such as `https://127.0.0.1:41234`. */
  readonly server: string;
  /** PEM of whoever signed its certificate. */
  readonly ca: string;
  /** Of a client that it takes without a token. */
  readonly client: KeyPair;
  readonly nodes: Nodes;
  readonly calls: readonly KubernetesCall[];
  readonly clearCalls: () => void;
  /** Tokens that it takes; any other is refused, but for those of an issuer that it trusts. */
  readonly tokens: Set<string>;
  /** @param verify whether a token is of a trusted issuer: structured authentication */
  readonly setTrust: (verify: (token: string) => boolean) => void;
  /** @param fault null for none */
  readonly setFault: (fault: FaultFor | null) => void;
  readonly close: () => Promise<void>;
}

/**
 * Starts one. Of the API it knows Node objects: list with pages, get, create, delete, and patches of themselves and of
 * their status.
 */
export async function startKubernetesSandbox(token: string): Promise<KubernetesSandbox> {
  const { ca, server: keyPair, client } = createCertificates();
  const nodes = new Nodes();
  const tokens = new Set([token]);
  let calls: KubernetesCall[] = [];
  let faultFor: FaultFor | null = null;
  let isTrusted = (_token: string): boolean => false;
  const accepts = (given: string): boolean => tokens.has(given) || isTrusted(given);
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url: path = '' } = request;
    const body = await readText(request);
    const record = (status: number | null): void => {
      calls.push({ method, path, status });
    };
    const fault = faultFor?.(method, path) ?? null;
    if (fault === 'silence') return record(null);
    if (fault === 'reset') {
      record(null);
      response.destroy();
      return;
    }
    const answer = answerTo(request, body, { nodes, accepts, fault });
    record(answer.status);
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(JSON.stringify(answer.body));
  };
  // Whoever shows no certificate may show a token.
  const tls = { ...keyPair, ca, requestCert: true, rejectUnauthorized: false };
  const server = createServer(tls, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const port = await listen(server, 0);
  return {
    server: `https://127.0.0.1:${port}`,
    ca,
    client,
    nodes,
    tokens,
    get calls() {
      return calls;
    },
    clearCalls: () => {
      calls = [];
    },
    setTrust: (verify) => {
      isTrusted = verify;
    },
    setFault: (fault) => {
      faultFor = fault;
    },
    close: () => closeServer(server),
  };
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Backend {
  readonly nodes: Nodes;
  readonly accepts: (token: string) => boolean;
  readonly fault: StatusError | null;
}

function answerTo(request: IncomingMessage, body: string, { nodes, accepts, fault }: Backend): Answer {
  try {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    const isKnown = request.socket instanceof TLSSocket && request.socket.authorized;
    if (!isKnown && !accepts(token)) throw new StatusError(401, 'Unauthorized', 'Unauthorized');
    if (fault !== null) throw fault;
    return route(request, body, nodes);
  } catch (thrown) {
    if (!(thrown instanceof StatusError)) throw thrown;
    return { status: thrown.status, body: toStatus(thrown), headers: thrown.headers };
  }
}

function route({ method = '', url = '', headers }: IncomingMessage, body: string, nodes: Nodes): Answer {
  const { pathname, searchParams } = new URL(url, 'https://sandbox');
  const [, name = '', part = ''] = /^\/api\/v1\/nodes(?:\/([^/]+)(?:\/([^/]+))?)?$/.exec(pathname) ?? [];
  if (!pathname.startsWith('/api/v1/nodes')) {
    throw new StatusError(404, 'NotFound', 'the server could not find the requested resource');
  }
  const read = (): SentNode => readBody(body, method === 'PATCH' ? headers['content-type'] : undefined);
  switch (`${method} ${name === '' ? 'nodes' : `node${part === '' ? '' : `/${part}`}`}`) {
    case 'GET nodes':
      return ok(list(nodes, searchParams));
    case 'POST nodes':
      return { status: 201, body: nodes.create(read()) };
    case 'GET node':
      return ok(nodes.get(decodeURIComponent(name)));
    case 'DELETE node':
      return ok(nodes.delete(decodeURIComponent(name)));
    case 'PATCH node':
      return ok(nodes.patch(decodeURIComponent(name), read()));
    case 'PATCH node/status':
      return ok(nodes.patchStatus(decodeURIComponent(name), read()));
    case 'PUT node/status':
      return ok(nodes.replaceStatus(decodeURIComponent(name), read()));
    default:
      throw new StatusError(
        405,
        'MethodNotAllowed',
        'the server does not allow this method on the requested resource',
      );
  }
}

function ok(body: object): Answer {
  return { status: 200, body };
}

function list(nodes: Nodes, query: URLSearchParams): object {
  const { items, next, version } = nodes.list(Number(query.get('limit') ?? 0), query.get('continue') ?? '');
  const metadata = { resourceVersion: version, ...(next !== '' && { continue: next }) };
  return { kind: 'NodeList', apiVersion: 'v1', metadata, items };
}

const PATCHES = ['application/strategic-merge-patch+json', 'application/merge-patch+json'];

function readBody(body: string, patchType: string | undefined): SentNode {
  if (patchType !== undefined && !PATCHES.includes(patchType)) {
    const message = `the body of the request was in an unknown format - accepted media types include: ${PATCHES.join(', ')}`;
    throw new StatusError(415, 'UnsupportedMediaType', message);
  }
  try {
    return JSON.parse(body);
  } catch {
    throw new StatusError(400, 'BadRequest', 'the object provided is unrecognized');
  }
}
