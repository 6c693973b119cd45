import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';

/** What the handler answered, or the error that it threw. */
export type Invocation =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: { readonly name: string; readonly message: string } };

/** One warm execution environment of a built function. */
export interface LambdaHost {
  /** @param timeoutMs what the invocation may take; Lambda's own limit is 15 minutes */
  readonly invoke: (event: unknown, timeoutMs?: number) => Promise<Invocation>;
  /** Lines that the function wrote to its log since last asked: JSON of logs and embedded metrics. */
  readonly takeLogs: () => Record<string, unknown>[];
  /** Of the process, to limit what it may use. */
  readonly pid: number;
  /** How long the last invocation took by the clock of its own process, in milliseconds. */
  readonly lastMs: () => number;
  /** The most memory that the process has held so far, in bytes. */
  readonly peakBytes: () => number;
  readonly close: () => Promise<void>;
}

/** Lambda ends the log of an invocation with this line. */
const END = 'END RequestId: ';
const FUNCTION_NAME = 'podroutes-function';

/** Run in the child process, which has nothing but the bundle: as in the cloud. */
const BOOTSTRAP = `
const [bundle, arn] = process.argv.slice(1);
const { handler } = await import(bundle);
process.on('message', async ({ id, event, timeoutMs }) => {
  const begun = Date.now();
  const deadline = begun + timeoutMs;
  const context = {
    awsRequestId: id,
    functionName: arn.split(':').at(-1),
    functionVersion: '$LATEST',
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? '256',
    invokedFunctionArn: arn,
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  let result;
  try {
    result = { ok: true, value: (await handler(event, context)) ?? null };
  } catch ({ name, message }) {
    result = { ok: false, error: { name, message } };
  }
  const tookMs = Date.now() - begun;
  process.stdout.write('END RequestId: ' + id + '\\n');
  process.send({ id, result, tookMs, peakBytes: process.resourceUsage().maxRSS * 1024 });
});
process.once('SIGTERM', () => process.exit());
process.send({ ready: true });
`;

/**
 * Starts a process that loads a built function as Lambda would: the bundle alone, its settings in the
 * environment, events in and answers out. Throws when the bundle cannot be loaded.
 *
 * @param bundle URL of the module that exports `handler`
 */
export async function startLambda(
  bundle: URL,
  { env, region, account }: { env: Readonly<Record<string, string>>; region: string; account: string },
): Promise<LambdaHost> {
  const arn = `arn:aws:lambda:${region}:${account}:function:${FUNCTION_NAME}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', BOOTSTRAP, bundle.href, arn], {
    env: { AWS_LAMBDA_FUNCTION_NAME: FUNCTION_NAME, AWS_REGION: region, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let logs: Record<string, unknown>[] = [];
  const output = new EventEmitter();
  for (const input of [child.stdout, child.stderr]) {
    if (input === null) continue;
    createInterface({ input }).on('line', (line) => {
      // The log and the answer come by different ways: an invocation is over when both are there.
      if (line.startsWith(END)) output.emit(line.slice(END.length));
      else logs.push(parseLine(line));
    });
  }
  const exited = once(child, 'exit');
  const answers = new EventEmitter();
  let peakBytes = 0;
  let lastMs = 0;
  child.on(
    'message',
    (message: { id?: string; result?: Invocation; tookMs?: number; peakBytes?: number }) => {
      lastMs = message.tookMs ?? lastMs;
      peakBytes = message.peakBytes ?? peakBytes;
      answers.emit(message.id ?? 'ready', message.result);
    },
  );
  const ready = await Promise.race([once(answers, 'ready').then(() => true), exited.then(() => false)]);
  if (!ready) throw new Error(`The function could not be loaded: ${JSON.stringify(logs)}`);
  let count = 0;
  return {
    pid: child.pid ?? 0,
    invoke: async (event, timeoutMs = 900_000) => {
      count += 1;
      const id = `request-${count}`;
      const both = Promise.all([once(answers, id), once(output, id)]);
      child.send({ id, event, timeoutMs });
      const [[result]] = await both;
      return result;
    },
    takeLogs: () => {
      const taken = logs;
      logs = [];
      return taken;
    },
    lastMs: () => lastMs,
    peakBytes: () => peakBytes,
    close: async () => {
      child.kill();
      await exited;
    },
  };
}

function parseLine(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : { message: line };
  } catch {
    return { message: line };
  }
}
