// @ts-nocheck
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What the proxy does with a call before it passes it on: nothing, or wait. */
export type Gate = (action: string) => Promise<void>;

/** Stands between a function and an EC2, and notes what goes through. */
export interface CallProxy {
  readonly endpoint: string;
  /** Names of the actions since last asked, in the order of arrival. */
  readonly takeActions: () => readonly string[];
  /** Holds calls until the gate lets them pass; null for none. */
  readonly setGate: (gate: Gate | null) => void;
  /** Answers calls of the action, or those of them whose body is so, with this one and status 200. */
  readonly answerWith: (action: string, body: string, where?: (question: string) => boolean) => void;
  /** How many calls of matching actions were under way at once, at most. */
  readonly peakOf: (actions: RegExp) => number;
  /** How many connections the calls of the action came by. */
  readonly connectionsOf: (action: string) => number;
  readonly close: () => Promise<void>;
}

/** Starts a loopback proxy in front of an endpoint. */
export async function startProxy(target: string): Promise<CallProxy> {
  let actions: string[] = [];
  let gate: Gate | null = null;
  const answers = new Map<string, { readonly body: string; readonly where: (question: string) => boolean }>();
  const load = createLoad();
  const server = createServer(async (incoming, answer) => {
    const body = await readBody(incoming);
    const action = actionOf(incoming, body);
    actions.push(action);
    const onAnswer = load.begin(action, incoming.socket);
    await gate?.(action);
    const own = answers.get(action);
    if (own === undefined || !own.where(body)) return forward(target, incoming, body, { answer, onAnswer });
    onAnswer();
    answer.writeHead(200, { 'content-type': 'text/xml' }).end(own.body);
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
    answerWith: (action, body, where = () => true) => {
      answers.set(action, { body, where });
    },
    peakOf: load.peakOf,
    connectionsOf: load.connectionsOf,
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

/** Counts what is under way. A call ends where its answer begins, before its client can begin another. */
function createLoad() {
  const marks: { readonly action: string; readonly step: 1 | -1 }[] = [];
  const connections = new Map<string, Set<Socket>>();
  return {
    begin: (action: string, socket: Socket): (() => void) => {
      marks.push({ action, step: 1 });
      connections.set(action, (connections.get(action) ?? new Set()).add(socket));
      let isUnderWay = true;
      return () => {
        if (isUnderWay) marks.push({ action, step: -1 });
        isUnderWay = false;
      };
    },
    peakOf: (actions: RegExp): number => {
      let now = 0;
      const loads = marks.filter(({ action }) => actions.test(action)).map(({ step }) => (now += step));
      return Math.max(0, ...loads);
    },
    connectionsOf: (action: string): number => connections.get(action)?.size ?? 0,
  };
}

/** The Query services name the action in the body, EventBridge in a header. */
function actionOf({ headers }: IncomingMessage, body: string): string {
  const [, target] = String(headers['x-amz-target'] ?? '').split('.');
  return target ?? new URLSearchParams(body).get('Action') ?? 'unknown';
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

interface Exchange {
  readonly answer: ServerResponse;
  readonly onAnswer: () => void;
}

function forward(
  target: string,
  incoming: IncomingMessage,
  body: string,
  { answer, onAnswer }: Exchange,
): void {
  // The client gave up: what it asked for must not happen after all.
  if (incoming.socket.destroyed) {
    onAnswer();
    return;
  }
  const { method = 'POST', headers, url = '/' } = incoming;
  const outgoing = request(new URL(url, target), { method, headers }, (answered) => {
    onAnswer();
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(answer);
  });
  outgoing.on('error', () => {
    onAnswer();
    answer.destroy();
  });
  outgoing.end(body);
}
