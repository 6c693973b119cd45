import { type FunctionProcess, startProcess } from './function-process.ts';

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

const FUNCTION_NAME = 'podroutes-function';

/** Run in the child process, which has nothing but the bundle: as in the cloud. */
const HOST = `
let handler, arn;
async function start(request) {
  ({ handler } = await load(request));
  ({ arn } = request);
  process.stdout.write('END RequestId: ' + request.id + '\\n');
}
async function invoke({ id, event, timeoutMs }) {
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
  return { result, tookMs, peakBytes: process.resourceUsage().maxRSS * 1024 };
}
`;

interface LambdaSettings {
  readonly env: Readonly<Record<string, string>>;
  readonly region: string;
  readonly account: string;
}

interface Answer {
  readonly result?: Invocation;
  readonly tookMs?: number;
  readonly peakBytes?: number;
}

/** What Lambda says of a process that has ended. */
const EXITED: Invocation = {
  ok: false,
  error: { name: 'Runtime.ExitError', message: 'The process ended before it answered.' },
};

/**
 * Starts a process that loads a built function as Lambda would: the bundle alone, its settings in the
 * environment, events in and answers out. Throws when the bundle cannot be loaded.
 *
 * @param bundle URL of the module that exports `handler`
 */
export function startLambda(bundle: URL, settings: LambdaSettings): Promise<LambdaHost> {
  return loadLambda(startLambdaProcess(settings.env), bundle, settings);
}

/** A process that loads no function yet. */
export function startLambdaProcess(env: LambdaSettings['env']): FunctionProcess {
  return startProcess(HOST, env, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
}

/** Loads a function in the place of the one that was in the process before. */
export async function loadLambda(
  process: FunctionProcess,
  bundle: URL,
  { env, region, account }: LambdaSettings,
): Promise<LambdaHost> {
  const arn = `arn:aws:lambda:${region}:${account}:function:${FUNCTION_NAME}`;
  const settings = { AWS_LAMBDA_FUNCTION_NAME: FUNCTION_NAME, AWS_REGION: region, ...env };
  const loaded = await process.load(bundle, settings, { arn });
  if (loaded === null)
    throw new Error(`The function could not be loaded: ${JSON.stringify(process.takeLogs())}`);
  let last: Answer = {};
  return {
    pid: process.pid,
    invoke: async (event, timeoutMs = 900_000) => {
      last = (await process.ask({ event, timeoutMs })) ?? {};
      return last.result ?? EXITED;
    },
    takeLogs: process.takeLogs,
    lastMs: () => last.tookMs ?? 0,
    peakBytes: () => last.peakBytes ?? 0,
    close: process.close,
  };
}
