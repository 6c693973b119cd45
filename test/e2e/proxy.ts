import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** What the proxy does with a call before it passes it on: nothing, or wait. */
export type Gate = (action: string) => Promise<void>;

/** Stands between a function and an EC2, and notes what goes through. */
export interface CallProxy {
  readonly endpoint: string;
  /** Names of the actions since last asked, in the order of arrival. */
  readonly takeActions: () => readonly string[];
  /** Holds calls until the gate lets them pass; null for none. */
  readonly setGate: (gate: Gate | null) => void;
  readonly close: () => Promise<void>;
}

/** Starts a loopback proxy in front of an endpoint. */
export async function startProxy(target: string): Promise<CallProxy> {
  let actions: string[] = [];
  let gate: Gate | null = null;
  const server = createServer(async (incoming, answer) => {
    const body = await readBody(incoming);
    const action = new URLSearchParams(body).get('Action') ?? 'unknown';
    actions.push(action);
    await gate?.(action);
    forward(target, incoming, body, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The proxy has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    takeActions: () => {
      const taken = actions;
      actions = [];
      return taken;
    },
    setGate: (next) => {
      gate = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Lets calls pass in waves: none of a wave before all of it have arrived. Calls that wait for one another
 * never come together, so they stay held for ever, as does whatever comes after the last wave.
 */
export function gateWaves(sizes: readonly number[]): Gate {
  const left = [...sizes];
  let waiting: (() => void)[] = [];
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length !== left[0]) return;
      left.shift();
      for (const pass of waiting) pass();
      waiting = [];
    });
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function forward(target: string, incoming: IncomingMessage, body: string, answer: ServerResponse): void {
  // The client gave up: what it asked for must not happen after all.
  if (incoming.socket.destroyed) return;
  const { method = 'POST', headers, url = '/' } = incoming;
  const outgoing = request(new URL(url, target), { method, headers }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(answer);
  });
  outgoing.on('error', () => answer.destroy());
  outgoing.end(body);
}
