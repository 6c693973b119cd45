import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Serves HTTP on the loopback address, on a free port where `port` is 0. */
export function startServer(
  port: number,
  handle: Handler,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    // Only a client that left half-way ends here: whatever the services throw is an answer.
    handle(request, response).catch(() => response.destroy());
  });
  // Longer than clients keep an idle connection: a reused one must not break just as a call is sent.
  server.keepAliveTimeout = 120_000;
  return listen(server, port).then((bound) => ({ port: bound, close: () => closeServer(server) }));
}

/** Listens on the loopback address, and gives the port. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** The whole body of a request as text. */
export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Ends what is under way, too. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
