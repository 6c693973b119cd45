import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';

type Environment = Readonly<Record<string, string>>;
type Line = Record<string, unknown>;

/** A process in which a cloud's host loads a built function and calls it. */
export interface FunctionProcess {
  readonly pid: number;
  /** Loads a bundle with these settings in the place of the one before; null where the process ends instead. */
  readonly load: (bundle: URL, env: Environment, more?: object) => Promise<object | null>;
  /** The host's answer to a request; null where the process ends before. */
  readonly ask: (request: object) => Promise<object | null>;
  /** What was logged since last asked, in order; lines that are JSON as what they say. */
  readonly takeLogs: () => Line[];
  /** Whether nothing is under way in it. */
  readonly isIdle: () => boolean;
  /** Whether whoever has started it stays until it ends. */
  readonly keepAwake: (isNeeded: boolean) => void;
  readonly close: () => Promise<void>;
}

/** Lambda ends the log of an invocation with this line. */
const END = 'END RequestId: ';

/**
 * Run in the child process before the host. From the second bundle on, each module of a bundle is loaded under a name
 * of its own, so that nothing is left in it of what ran before.
 */
const LOADER = `
import { registerHooks } from 'node:module';
const NAME = /[?]load=[0-9]+$/;
let loads = 0;
function nameModules(specifier, context, next) {
  const resolved = next(specifier, context);
  const name = NAME.exec(context.parentURL)?.[0];
  const isOwn = name !== undefined && resolved.url.startsWith('file:');
  return isOwn ? { ...resolved, url: resolved.url + name } : resolved;
}
async function load({ bundle, env }) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  loads += 1;
  if (loads === 2) registerHooks({ resolve: nameModules });
  return import(loads === 1 ? bundle : bundle + '?load=' + loads);
}
process.on('message', async (request) => {
  const answer = request.bundle === undefined ? await invoke(request) : await start(request);
  process.send({ ...answer, id: request.id });
});
for (const end of ['SIGTERM', 'disconnect']) process.once(end, () => process.exit());
`;

/**
 * @param host text of a module that has `start`, which calls `load`, and `invoke`; each gets a request and gives what
 * is answered. If its output is piped, it ends that of a request with the line `END RequestId: <id>`.
 */
export function startProcess(host: string, env: Environment, options: SpawnOptions): FunctionProcess {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', `${LOADER}${host}`], {
    ...options,
    env,
  });
  const { answers, ended, takeLogs } = listen(child);
  const exited = once(child, 'exit').then(() => null);
  let count = 0;
  let underWay = 0;
  const ask = async (id: string, request: object): Promise<object | null> => {
    // The log and the answer come by different ways: a request is done when both are there.
    const both = Promise.all([once(answers, id), child.stdout === null ? null : once(ended, id)]);
    underWay += 1;
    child.send({ ...request, id });
    const answer = await Promise.race([both.then(([[message]]) => Object(message)), exited]);
    underWay -= 1;
    return answer;
  };
  return {
    pid: child.pid ?? 0,
    load: (bundle, settings, more = {}) => {
      count = 0;
      takeLogs();
      return ask('load', { ...more, bundle: bundle.href, env: settings });
    },
    ask: (request) => {
      count += 1;
      return ask(`request-${count}`, request);
    },
    takeLogs,
    isIdle: () => underWay === 0 && child.connected,
    keepAwake: (isNeeded) => setAwake(child, isNeeded),
    close: async () => {
      child.kill();
      await exited;
    },
  };
}

/** Sorts what comes from the process: answers by the id of their request, ends of its output, and logs. */
function listen(child: ChildProcess) {
  let logs: Line[] = [];
  const [answers, ended] = [new EventEmitter(), new EventEmitter()];
  child.on('message', ({ log, ...answer }: { readonly log?: LogMessage; readonly id?: string }) => {
    if (log !== undefined) logs.push({ level: log.level, category: log.category, ...parseLine(log.message) });
    if (answer.id !== undefined) answers.emit(answer.id, answer);
  });
  for (const input of [child.stdout, child.stderr]) {
    if (input === null) continue;
    createInterface({ input }).on('line', (line) => {
      if (line.startsWith(END)) ended.emit(line.slice(END.length));
      else logs.push(parseLine(line));
    });
  }
  const takeLogs = (): Line[] => {
    const taken = logs;
    logs = [];
    return taken;
  };
  return { answers, ended, takeLogs };
}

interface LogMessage {
  readonly level: string;
  readonly category: string;
  readonly message: string;
}

function setAwake(child: ChildProcess, isNeeded: boolean): void {
  const how = isNeeded ? 'ref' : 'unref';
  child[how]();
  child.channel?.[how]();
  for (const stream of child.stdio) if (stream instanceof Socket) stream[how]();
}

function parseLine(line: string): Line {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : { message: line };
  } catch {
    return { message: line };
  }
}
