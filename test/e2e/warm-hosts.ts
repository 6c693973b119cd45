import type { FunctionProcess } from '../../shared/sandbox/function-process.ts';
import {
  type FunctionsHost,
  loadFunctions,
  startFunctionsProcess,
} from '../../shared/sandbox/functions-host.ts';
import { type LambdaHost, loadLambda, startLambdaProcess } from '../../shared/sandbox/lambda-host.ts';

/** What a process holds of all that it has loaded grows with each. */
const MOST_LOADS = 40;

/** Processes of one host, which run one function after another. */
class WarmProcesses {
  readonly #start: () => FunctionProcess;
  /** As many as have ever been needed at once. */
  readonly #idle: FunctionProcess[] = [];
  readonly #loads = new WeakMap<FunctionProcess, number>();

  constructor(start: () => FunctionProcess) {
    this.#start = start;
  }

  /** A function in a process that may have run others before; at its end the process is there for the next. */
  async load<Host extends { readonly close: () => Promise<void> }>(
    load: (process: FunctionProcess) => Promise<Host>,
  ): Promise<Host> {
    const process = this.#idle.pop() ?? this.#start();
    process.keepAwake(true);
    const host = await load(process);
    const loads = (this.#loads.get(process) ?? 0) + 1;
    this.#loads.set(process, loads);
    const close = async (): Promise<void> => {
      // What is in the midst of its work does not live on.
      if (!process.isIdle() || loads === MOST_LOADS) return host.close();
      process.keepAwake(false);
      this.#idle.push(process);
    };
    return { ...host, close };
  }
}

const LAMBDA = new WarmProcesses(() => startLambdaProcess({}));
const FUNCTIONS = new WarmProcesses(() => startFunctionsProcess({}));

/** As `startLambda`: to start Node and to compile a bundle takes longer than most of what tests ask of it. */
export function startWarmLambda(
  ...given: Parameters<WithoutProcess<typeof loadLambda>>
): Promise<LambdaHost> {
  return LAMBDA.load((process) => loadLambda(process, ...given));
}

/** As `startFunctions`. */
export function startWarmFunctions(
  ...given: Parameters<WithoutProcess<typeof loadFunctions>>
): Promise<FunctionsHost> {
  return FUNCTIONS.load((process) => loadFunctions(process, ...given));
}

type WithoutProcess<F> = F extends (process: FunctionProcess, ...rest: infer Rest) => infer R
  ? (...rest: Rest) => R
  : never;
