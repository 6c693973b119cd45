import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { startServer } from '../../shared/sandbox/loopback.ts';

/** An answer on its way. */
interface PassingAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** What becomes of an answer; null where it gets lost. */
type Liveness = (answer: PassingAnswer) => PassingAnswer | null;

/** A server between a client and the service that it means. */
export interface Between {
  readonly endpoint: string;
  /** Decides about the next answers to requests that hold this text, in their head or body. */
  readonly meddle: (text: string, times: number, fate: Liveness) => void;
  /** Shows every request. */
  readonly watch: (
    see: (request: Pick<IncomingMessage, 'headers'> & { readonly body: Buffer }) => void,
  ) => void;
  readonly close: () => Promise<void>;
}

/** Starts one in front of an address such as http://127.0.0.1:5000. */
export async function startBetween(target: string): Promise<Between> {
  let plan: { readonly text: string; readonly fate: Liveness; left: number } | null = null;
  let see: Parameters<Between['watch']>[0] = () => undefined;
  const { port, close } = await startServer(0, async (incoming, outgoing) => {
    const body = await readBody(incoming);
    see({ headers: incoming.headers, body });
    const answer = await pass(target, incoming, body);
    const head = `${incoming.url} ${JSON.stringify(incoming.headers)}`;
    const isMeant = plan !== null && plan.left > 0 && (head.includes(plan.text) || body.includes(plan.text));
    if (plan !== null && isMeant) plan.left -= 1;
    send(outgoing, plan !== null && isMeant ? plan.fate(answer) : answer);
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    meddle: (text, times, fate) => {
      plan = { text, fate, left: times };
    },
    watch: (watcher) => {
      see = watcher;
    },
    close,
  };
}

async function pass(
  target: string,
  { method, url = '', headers }: IncomingMessage,
  body: Buffer,
): Promise<PassingAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(new URL(url, target), { method, headers }, resolve).once('error', reject).end(body);
  const answer = await promise;
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await readBody(answer) };
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function send(outgoing: ServerResponse, answer: PassingAnswer | null): void {
  if (answer === null) {
    outgoing.destroy();
    return;
  }
  const length = { 'transfer-encoding': undefined, 'content-length': String(answer.body.byteLength) };
  for (const [name, value] of Object.entries({ ...answer.headers, ...length })) {
    if (value !== undefined) outgoing.setHeader(name, value);
  }
  outgoing.sendDate = false;
  outgoing.writeHead(answer.status).end(answer.body);
}
