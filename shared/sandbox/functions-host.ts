import { type FunctionProcess, startProcess } from './function-process.ts';

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
const HOST = `
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
async function start(request) {
  functions.clear();
  await load(request);
  const known = [...functions.values()];
  return { functions: known.map(({ metadata: { name, bindings } }) => ({ name, bindings })) };
}
async function invoke({ id, name, data, triggerMetadata }) {
  const { metadata, callback } = functions.get(name);
  const trigger = Object.keys(metadata.bindings).find((key) => metadata.bindings[key].direction === 'in');
  const log = (level, category, message) => process.send({ log: { level, category, message } });
  const request = { invocationId: id, inputData: [{ name: trigger, data }], triggerMetadata };
  const invocation = model.getInvocationModel({ invocationId: id, metadata, request, log, state: 'invocation' });
  try {
    const { context, inputs } = await invocation.getArguments();
    const value = await invocation.invokeFunction(context, inputs, callback);
    const { outputData, returnValue } = await invocation.getResponse(context, value);
    const outputs = Object.fromEntries(outputData.map((output) => [output.name, output.data]));
    return { result: { ok: true, outputs, value: returnValue ?? null } };
  } catch ({ name, message }) {
    return { result: { ok: false, error: { name, message } } };
  }
}
`;

interface Answer {
  readonly functions?: readonly RegisteredFunction[];
  readonly result?: FunctionInvocation;
}

/** What is told of a worker that has ended. */
const EXITED: FunctionInvocation = {
  ok: false,
  error: { name: 'WorkerProcessExitException', message: 'The process ended before it answered.' },
};

/**
 * Starts a process that loads a built app as the Functions host has its worker do: the bundle alone, its settings
 * in the environment. Throws when the app cannot be loaded.
 *
 * @param bundle URL of the module that the app's package.json names as `main`
 */
export function startFunctions(bundle: URL, env: Readonly<Record<string, string>>): Promise<FunctionsHost> {
  return loadFunctions(startFunctionsProcess(env), bundle, env);
}

/** A process that loads no app yet. */
export function startFunctionsProcess(env: Readonly<Record<string, string>>): FunctionProcess {
  return startProcess(HOST, env, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Bytes of bodies come through as they are.
    serialization: 'advanced',
  });
}

/** Loads an app in the place of the one that was in the process before. */
export async function loadFunctions(
  process: FunctionProcess,
  bundle: URL,
  env: Readonly<Record<string, string>>,
): Promise<FunctionsHost> {
  const loaded: Answer | null = await process.load(bundle, env);
  if (loaded === null) throw new Error('The app could not be loaded; its output says why.');
  return {
    functions: loaded.functions ?? [],
    invoke: async (name, data, triggerMetadata = {}) => {
      const answer: Answer = (await process.ask({ name, data, triggerMetadata })) ?? {};
      return answer.result ?? EXITED;
    },
    takeLogs: process.takeLogs,
    pid: process.pid,
    close: process.close,
  };
}
