import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';

/** A function as the app registered it: its name, and its bindings by name. */
interface RegisteredFunction {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Data as the host and its workers exchange it: `{ string }`, `{ json }`, `{ http }`, `{ collectionString }`. */
type RpcData = Readonly<Record<string, unknown>>;

/** What an invocation gave: its outputs by binding name and its return value, or the error that it threw. */
type FunctionInvocation =
  | { readonly ok: true; readonly outputs: Readonly<Record<string, RpcData>>; readonly value: RpcData | null }
  | { readonly ok: false; readonly error: { readonly name: string; readonly message: string } };

/** One warm worker with a built app. */
export interface FunctionsHost {
  readonly functions: readonly RegisteredFunction[];
  /** Calls a function with the data of its trigger and, where it matters, what the host knows about it. */
  readonly invoke: (
    name: string,
    data: RpcData,
    triggerMetadata?: Readonly<Record<string, RpcData>>,
  ) => Promise<FunctionInvocation>;
  /** What was logged since last asked, in order; lines that are JSON as what they say. */
  readonly takeLogs: () => Record<string, unknown>[];
  /** Of the process. */
  readonly pid: number;
  readonly close: () => Promise<void>;
}

/**
 * Run in the child process: it stands in for the worker, which answers `require('@azure/functions-core')` with a
 * module that is on no registry.
 * https://github.com/Azure/azure-functions-nodejs-worker/blob/v3.x/src/setupCoreModule.ts
 */
const BOOTSTRAP = `
import Module from 'node:module';
const functions = new Map();
let model;
const core = {
  version: '3.10.0',
  hostVersion: '4.1036.0',
  setProgrammingModel: (given) => { model = given; },
  getProgrammingModel: () => model,
  registerFunction: (metadata, callback) => {
    functions.set(metadata.name, { metadata, callback });
    return new core.Disposable();
  },
  registerHook: () => new core.Disposable(),
  log: (level, category, message) => process.send({ log: { level, category, message } }),
  Disposable: class { dispose() {} },
};
const { require } = Module.prototype;
Module.prototype.require = function (id) {
  return id === '@azure/functions-core' ? core : require.call(this, id);
};
process.on('message', async ({ id, name, data, triggerMetadata }) => {
  const { metadata, callback } = functions.get(name);
  const trigger = Object.keys(metadata.bindings).find((key) => metadata.bindings[key].direction === 'in');
  const log = (level, category, message) => process.send({ log: { level, category, message } });
  const request = { invocationId: id, inputData: [{ name: trigger, data }], triggerMetadata };
  const invocation = model.getInvocationModel({ invocationId: id, metadata, request, log, state: 'invocation' });
  let result;
  try {
    const { context, inputs } = await invocation.getArguments();
    const value = await invocation.invokeFunction(context, inputs, callback);
    const { outputData, returnValue } = await invocation.getResponse(context, value);
    const outputs = Object.fromEntries(outputData.map((output) => [output.name, output.data]));
    result = { ok: true, outputs, value: returnValue ?? null };
  } catch ({ name, message }) {
    result = { ok: false, error: { name, message } };
  }
  process.send({ id, result });
});
await import(process.argv[1]);
process.once('SIGTERM', () => process.exit());
process.send({ functions: [...functions.values()].map(({ metadata: { name, bindings } }) => ({ name, bindings })) });
`;

interface Message {
  readonly id?: string;
  readonly result?: FunctionInvocation;
  readonly functions?: readonly RegisteredFunction[];
  readonly log?: { readonly level: string; readonly category: string; readonly message: string };
}

/**
 * Starts a process that loads a built app as the Functions host has its worker do: the bundle alone, its settings
 * in the environment. Throws when the app cannot be loaded.
 *
 * @param bundle URL of the module that the app's package.json names as `main`
 */
export async function startFunctions(
  bundle: URL,
  env: Readonly<Record<string, string>>,
): Promise<FunctionsHost> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', BOOTSTRAP, bundle.href], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Bytes of bodies come through as they are.
    serialization: 'advanced',
  });
  const { answers, takeLogs } = listen(child);
  const exited = once(child, 'exit');
  const ready = await Promise.race([once(answers, 'ready'), exited.then(() => null)]);
  if (ready === null) throw new Error('The app could not be loaded; its output says why.');
  const [functions] = ready;
  let count = 0;
  return {
    functions,
    invoke: async (name, data, triggerMetadata = {}) => {
      count += 1;
      const id = `invocation-${count}`;
      const answer = once(answers, id);
      child.send({ id, name, data, triggerMetadata });
      const [result] = await answer;
      return result;
    },
    takeLogs,
    pid: child.pid ?? 0,
    close: async () => {
      child.kill();
      await exited;
    },
  };
}

/** Sorts what the worker sends: answers by the id of their invocation, and logs. */
function listen(child: ChildProcess): { answers: EventEmitter; takeLogs: FunctionsHost['takeLogs'] } {
  let logs: Record<string, unknown>[] = [];
  const answers = new EventEmitter();
  child.on('message', ({ id, result, functions, log }: Message) => {
    if (log !== undefined) logs.push({ level: log.level, category: log.category, ...parseLine(log.message) });
    if (functions !== undefined) answers.emit('ready', functions);
    if (id !== undefined) answers.emit(id, result);
  });
  const takeLogs = () => {
    const taken = logs;
    logs = [];
    return taken;
  };
  return { answers, takeLogs };
}

function parseLine(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : { message: line };
  } catch {
    return { message: line };
  }
}
