import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Ended, Environment } from './built-command.ts';

const CHILD = fileURLToPath(new URL('warm-child.ts', import.meta.url));
/** What stands in place of the end of a stream, with the exit code. */
const MARK = /\0(\d+)\0$/;

/**
 * One process for many commands, one after another: to start Node and to load the cloud's clients takes ten times as
 * long as a command does.
 */
export class WarmProcess {
  readonly #child;
  readonly #closed: Promise<unknown[]>;
  readonly #output: readonly Socket[];

  constructor(entry: string, env: Environment) {
    this.#child = spawn(process.execPath, [CHILD, entry], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env });
    this.#closed = once(this.#child, 'close');
    this.#output = this.#child.stdio.filter((stream) => stream instanceof Socket);
    for (const stream of this.#output) stream.setEncoding('utf8');
  }

  /** No more, once a command has ended its process itself. */
  get isAlive(): boolean {
    return this.#child.connected;
  }

  async run(args: readonly string[], env: Environment): Promise<Ended> {
    this.#keepAwake(true);
    this.#child.send({ args, env });
    const [stdout = '', stderr = ''] = await Promise.all(this.#output.map(readToMark));
    const code = MARK.exec(stdout)?.[1];
    const ended = code === undefined ? (await this.#closed)[0] : Number(code);
    this.#keepAwake(false);
    return { code: ended, stdout: stdout.replace(MARK, ''), stderr: stderr.replace(MARK, '') };
  }

  /** Between commands it keeps nobody from ending who has nothing else to wait for. */
  #keepAwake(isNeeded: boolean): void {
    const how = isNeeded ? 'ref' : 'unref';
    this.#child[how]();
    this.#child.channel?.[how]();
    for (const stream of this.#output) stream[how]();
  }
}

/** All that is written up to the mark, or to the end of the process. */
function readToMark(stream: Socket): Promise<string> {
  return new Promise((resolve) => {
    let read = '';
    const take = (more: string): void => {
      read += more;
      if (more.endsWith('\0')) end();
    };
    const end = (): void => {
      stream.off('data', take).off('end', end);
      resolve(read);
    };
    stream.on('data', take).on('end', end);
  });
}
