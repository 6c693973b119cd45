import { setTimeout as sleep } from 'node:timers/promises';
import type { Invocation } from '../../../shared/sandbox/lambda-host.ts';
import { createQueue, type Queue } from '../../../shared/sandbox/queue.ts';
import type { Chance } from './chance.ts';

/** One process that runs a built function. */
interface Process {
  readonly pid: number;
  readonly invoke: (event: unknown) => Promise<Invocation>;
  readonly close: () => Promise<void>;
}

interface FleetOptions {
  readonly size: number;
  readonly start: () => Promise<Process>;
  /** What the cloud has told of since last asked. */
  readonly takeEvents: () => readonly object[];
  readonly chance: Chance;
  /** How many processes are killed in the midst of their work. */
  readonly kills: number;
  /** The latest moment of that, in milliseconds after the beginning of the work. */
  readonly killWithinMs: number;
  readonly queue: Omit<Parameters<typeof createQueue>[0], 'invoke'>;
}

/** Several processes that take messages from one queue at once. */
export interface Fleet {
  readonly queue: Queue;
  /** How many processes were killed so far. */
  readonly killed: () => number;
  /** Handles what the cloud tells of until that is done and nothing is left. */
  readonly serve: (until?: Promise<unknown>) => Promise<void>;
  readonly close: () => Promise<void>;
}

const POLL_MS = 25;
/** An EventBridge, and an Event Grid, delivers an event at least once. */
const TWICE = 0.05;
const KILLED = 0.5;
/** What Lambda says of a process that has ended. */
const EXITED: Invocation = { ok: false, error: { name: 'Runtime.ExitError', message: 'signal: killed' } };

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { size, start, takeEvents, chance } = options;
  const idle = await Promise.all(Array.from({ length: size }, start));
  let left = options.kills;
  const invoke = async (event: unknown): Promise<Invocation> => {
    const process = idle.pop();
    if (process === undefined) throw new Error('More batches than processes');
    const dies = left > 0 && chance.next() < KILLED;
    if (dies) left -= 1;
    const answer = await work(process, event, dies ? chance.next() * options.killWithinMs : null);
    if (dies && answer !== EXITED) left += 1;
    idle.push(answer === EXITED ? await start() : process);
    return answer;
  };
  const queue = createQueue({ ...options.queue, invoke });
  const feed = (): void => {
    const events = chance.shuffle([...takeEvents()]);
    const again = events.filter(() => chance.next() < TWICE);
    for (const event of [...events, ...again]) queue.send(event);
  };
  const consume = async (isOver: () => boolean): Promise<void> => {
    for (feed(); !isOver() || queue.waiting() > 0; feed()) {
      if (!(await queue.deliver())) await sleep(POLL_MS);
    }
  };
  return {
    queue,
    killed: () => options.kills - left,
    serve: async (until = Promise.resolve()) => {
      let isOver = false;
      const over = until.finally(() => {
        isOver = true;
      });
      await Promise.all([over, ...idle.map(() => consume(() => isOver))]);
    },
    close: async () => {
      await Promise.all(idle.map((process) => process.close()));
    },
  };
}

/** Lets a process handle a batch, or kills it in the midst of that. */
async function work(
  { pid, invoke, close }: Process,
  event: unknown,
  dieAfterMs: number | null,
): Promise<Invocation> {
  if (dieAfterMs === null) return invoke(event);
  const timer = new AbortController();
  const died = sleep(dieAfterMs, EXITED, { signal: timer.signal });
  // Nobody waits for the death of one that was done sooner.
  died.catch(() => undefined);
  const answer = await Promise.race([invoke(event), died]);
  timer.abort();
  if (answer === EXITED) {
    process.kill(pid, 'SIGKILL');
    await close();
  }
  return answer;
}
