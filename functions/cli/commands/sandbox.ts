import { once } from 'node:events';
import { CLOUDS, findCloud, titleOf } from '../clouds.ts';
import { EXIT, errorRefusal, type Invocation, refuse, usageRefusal } from '../command.ts';
import { CLUSTER, CLUSTER_CIDR, type RunningSandbox } from '../sandbox/cluster.ts';
import { type EventFiles, keepEventFiles } from '../sandbox/event-files.ts';
import { makeLedgerFile } from '../sandbox/ledger-file.ts';

/** Runs loopback clouds until it is interrupted, which is how it is meant to end. */
export async function sandbox(invocation: Invocation): Promise<number> {
  const { values, flags } = invocation;
  const port = readPort(values.get('port'));
  if (port === null) {
    return refuse(invocation, usageRefusal(`--port: expected 1 to 65534; found "${values.get('port')}"`));
  }
  const named = findCloud(values.get('cloud'));
  const started = await Promise.allSettled(
    (named === undefined ? CLOUDS : [named]).map(async ({ startSandbox }, i) => {
      const start = await startSandbox();
      return start(port === 0 ? 0 : port + i, flags.has('empty'));
    }),
  );
  const running = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failure = started.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    await closeAll(running);
    return refuse(invocation, errorRefusal(`could not start: ${describe(failure.reason)}`));
  }
  const folder = values.get('events');
  const eventFiles = folder === undefined ? null : await keepEventFiles(folder, running).catch(describe);
  if (typeof eventFiles === 'string') {
    await closeAll(running);
    return refuse(invocation, errorRefusal(`could not write events to ${folder}: ${eventFiles}`));
  }
  await runUntilSignal(invocation, running, eventFiles);
  return EXIT.ok;
}

async function runUntilSignal(
  invocation: Invocation,
  running: readonly RunningSandbox[],
  eventFiles: EventFiles | null,
): Promise<void> {
  const { values, flags, err } = invocation;
  const interrupted = waitForSignal();
  const ledger = await makeLedgerFile();
  const cluster = flags.has('empty')
    ? {}
    : {
        PODROUTES_CLUSTER: CLUSTER,
        PODROUTES_CLUSTER_CIDRS: CLUSTER_CIDR,
        PODROUTES_LEDGER: ledger.place,
      };
  printExports(running, cluster, invocation);
  if (eventFiles !== null) err.print(`Events: podroutes replay ${values.get('events')}/*.json`);
  err.print('Ctrl-C stops it and discards everything in it.');
  await interrupted;
  await eventFiles?.stop();
  await closeAll(running);
  await ledger.remove();
}

/** 0 stands for a free one. */
function readPort(text: string | undefined): number | null {
  if (text === undefined) return 0;
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port >= 1 && port <= 65_534 ? port : null;
}

function describe(reason: unknown): string {
  const message = reason instanceof Error ? reason.message : String(reason);
  return message.includes('EADDRINUSE') ? `${message}; choose another one by --port` : message;
}

async function waitForSignal(): Promise<void> {
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
}

async function closeAll(running: readonly RunningSandbox[]): Promise<void> {
  await Promise.all(running.map(({ close }) => close()));
}

/** The exports go to standard output, so that a file made of it can be sourced; the rest is for people. */
function printExports(
  running: readonly RunningSandbox[],
  cluster: Readonly<Record<string, string>>,
  { out, err }: Invocation,
): void {
  const clouds = running.map(({ cloud }) => cloud);
  err.print(`A loopback ${clouds.map(titleOf).join(' and ')} runs. In another shell:`);
  if (!out.isWatched) err.print(FROM_FILE);
  const variables = Object.assign({}, ...running.map((sandbox) => sandbox.variables), cluster);
  for (const [name, value] of Object.entries(variables)) out.print(`export ${name}=${value}`);
  err.print(`Then, for example: ${clouds.map((cloud) => `podroutes plan --cloud ${cloud}`).join('; ')}`);
}

/** What is printed on standard output alone is seen by nobody where that is a file. */
const FROM_FILE = 'source the file that standard output goes to, as in ". ./sandbox.env".';
