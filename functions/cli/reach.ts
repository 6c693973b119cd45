import { connect } from 'node:net';

/** How long a connection may take to come about, in milliseconds. */
export const CONNECT_MS = 3_000;

/**
 * Aborted when an endpoint takes no connection, which clients without a limit of their own wait for until the
 * system gives up, after minutes. A proxy is somebody else's to reach.
 *
 * @param endpoint such as https://management.azure.com
 */
export function watchReach(endpoint: string, env: NodeJS.ProcessEnv): AbortSignal {
  const unreachable = new AbortController();
  if (PROXY_VARIABLES.some((name) => env[name])) return unreachable.signal;
  const { hostname, port, protocol } = new URL(endpoint);
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
    timeout: CONNECT_MS,
  });
  socket.unref();
  socket.once('connect', () => socket.destroy());
  socket.once('timeout', () => {
    socket.destroy();
    unreachable.abort();
  });
  // A refusal is an answer, which the client gets as well.
  socket.once('error', () => socket.destroy());
  return unreachable.signal;
}

const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];
