import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningSandbox } from './cluster.ts';

/** How soon an event is in its file; nobody waits for one. */
const INTERVAL_MS = 200;

/** Goes on writing the events of loopback clouds until it is stopped. */
export interface EventFiles {
  readonly stop: () => Promise<void>;
}

/** Writes each event of the clouds to a file of its own, in order, for `podroutes replay`. */
export async function keepEventFiles(
  folder: string,
  running: readonly Pick<RunningSandbox, 'cloud' | 'takeEvents'>[],
): Promise<EventFiles> {
  await mkdir(folder, { recursive: true });
  let count = 0;
  const writeTaken = async (): Promise<void> => {
    for (const { cloud, takeEvents } of running) {
      for (const event of takeEvents()) {
        count += 1;
        const path = join(folder, `${cloud}-${String(count).padStart(3, '0')}.json`);
        await writeFile(path, `${JSON.stringify(event, null, 2)}\n`);
      }
    }
  };
  await writeTaken();
  let writing = Promise.resolve();
  const timer = setInterval(() => {
    writing = writing.then(writeTaken);
  }, INTERVAL_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return writing;
    },
  };
}
