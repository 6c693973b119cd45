import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const SCRIPT = fileURLToPath(new URL('../../../infra/node/podroutes-node', import.meta.url));

/** What runs the script, and with which programs. */
export interface Shell {
  readonly name: string;
  readonly command: readonly string[];
  readonly path: string;
}

export const SYSTEM_SHELL: Shell = {
  name: '/bin/sh',
  command: ['/bin/sh'],
  path: process.env['PATH'] ?? '',
};

/** The part of a machine's file system that the script writes to. */
export interface Disk {
  readonly folder: string;
  readonly envFile: string;
  readonly cniFile: string;
  /** Names of the files that are left over from writing: in none of these folders may there be any. */
  readonly leftovers: () => Promise<string[]>;
  readonly remove: () => Promise<void>;
}

export async function createDisk(): Promise<Disk> {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-node-'));
  const envFile = join(folder, 'etc/podroutes/pod-cidr.env');
  const cniFile = join(folder, 'etc/cni/net.d/10-podroutes.conflist');
  await mkdir(join(folder, 'tmp'));
  return {
    folder,
    envFile,
    cniFile,
    leftovers: async () => {
      const folders = [join(folder, 'tmp'), dirname(envFile), dirname(cniFile)];
      const names = await Promise.all(folders.map((each) => readdir(each).catch((): string[] => [])));
      return names.flat().filter((name) => !/^(pod-cidr\.env|10-podroutes\.conflist)$/.test(name));
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** What came of the script. */
export interface Outcome {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly log: string;
}

export interface Run {
  readonly ended: Promise<Outcome>;
  /** Waits until the script has logged this, or has ended. */
  readonly logged: (text: string) => Promise<void>;
  /** Sends a signal to the script and all that it has started, as systemd does. */
  readonly signal: (name: NodeJS.Signals) => void;
}

export const CLUSTER_CIDRS = '10.200.0.0/16,fd00:200::/48';

/** Starts the script on a disk, with settings beside those that all runs have. */
export function startScript(
  { command, path }: Shell,
  disk: Disk,
  settings: Readonly<Record<string, string>>,
  { script = SCRIPT, uid }: { readonly script?: string; readonly uid?: number } = {},
): Run {
  const [program = '', ...args] = command;
  const child = spawn(program, [...args, script], {
    // A group of its own, so that a signal to it reaches nobody else.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(uid !== undefined && { uid }),
    env: {
      PATH: path,
      TMPDIR: join(disk.folder, 'tmp'),
      PODCIDR_CLUSTER_CIDRS: CLUSTER_CIDRS,
      PODCIDR_ENV_FILE: disk.envFile,
      PODCIDR_CNI_FILE: disk.cniFile,
      PODCIDR_TIME_LIMIT: '60',
      ...settings,
    },
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, log }));
  return {
    ended,
    logged: async (text) => {
      while (!log.includes(text) && child.exitCode === null && child.signalCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    signal: (name) => {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    },
  };
}

/** Runs the script to its end. */
export function runScript(...args: Parameters<typeof startScript>): Promise<Outcome> {
  return startScript(...args).ended;
}

/** The text and the mode of a file; null where there is none. */
export async function readWritten(path: string): Promise<{ text: string; mode: string } | null> {
  try {
    const { mode } = await stat(path);
    return { text: await readFile(path, 'utf8'), mode: (mode & 0o777).toString(8) };
  } catch {
    return null;
  }
}
