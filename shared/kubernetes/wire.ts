import type { IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { ApiError } from './api-error.ts';

/** How long one call may take, in milliseconds: routes that need nothing from Kubernetes wait no longer for it. */
const CALL_MS = 5_000;
/** Connections at once. */
const MOST_CONNECTIONS = 8;
/** A page of Node objects has a few megabytes. */
const LONGEST_ANSWER = 64 * 1024 * 1024;
/** Longest pause that an answer can ask for, in milliseconds. */
const LONGEST_PAUSE_MS = 2_000;

/** How a server is known, and how the caller is where that is not by a token. */
export interface TlsSettings {
  /** PEM; null for what Node.js trusts. */
  readonly ca: string | null;
  /** The name in the server's certificate, where it is not the one in its address. */
  readonly serverName?: string;
}

/** A certificate of the caller, and its key, in PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** One call. */
export interface Call {
  readonly method: 'GET' | 'PATCH';
  /** From the server's address on, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly certificate: ClientCertificate | null;
}

/** Makes calls to one server, and keeps its connections. */
export function createWire(
  server: string,
  { ca, serverName }: TlsSettings,
): (call: Call, signal: AbortSignal) => Promise<unknown> {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS });
  const tls = { agent, ...(ca !== null && { ca }), ...(serverName && { servername: serverName }) };
  return async ({ method, path, headers, body, certificate }, signal) => {
    const late = AbortSignal.timeout(CALL_MS);
    const options = { ...tls, ...certificate, method, headers, signal: AbortSignal.any([signal, late]) };
    try {
      return await exchange(`${server}${path}`, options, body);
    } catch (thrown) {
      if (!late.aborted || signal.aborted) throw thrown;
      const silence = new Error(`no whole answer came within ${CALL_MS / 1000} seconds`);
      throw Object.assign(silence, { code: 'timeout' });
    }
  };
}

function exchange(url: string, options: RequestOptions, body: string | null): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (answer) => readAnswer(answer).then(resolve, reject));
    sent.once('error', reject);
    sent.end(body ?? undefined);
  });
}

async function readAnswer(answer: IncomingMessage): Promise<unknown> {
  const { statusCode = 0, headers } = answer;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    length += chunk.length;
    if (length > LONGEST_ANSWER) {
      throw new ApiError(200, 'answer-too-long', `The answer has more than ${LONGEST_ANSWER} bytes.`);
    }
    chunks.push(chunk);
  }
  const json = parse(Buffer.concat(chunks).toString());
  if (statusCode >= 200 && statusCode < 300) {
    if (json === undefined) throw new ApiError(502, 'unreadable-answer', 'JSON was expected.');
    return json;
  }
  const { reason, message } = Object(json);
  throw new ApiError(
    statusCode,
    typeof reason === 'string' && reason !== '' ? reason : `Http${statusCode}`,
    typeof message === 'string' ? message : `The API answered with ${statusCode}.`,
    readPause(headers['retry-after']),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readPause(retryAfter: string | undefined): number | null {
  const seconds = Number(retryAfter);
  return retryAfter === undefined || !Number.isFinite(seconds)
    ? null
    : Math.min(Math.max(0, seconds * 1_000), LONGEST_PAUSE_MS);
}
