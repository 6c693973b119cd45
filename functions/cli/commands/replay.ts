import { readFile } from 'node:fs/promises';
import type { Cloud } from '../../../shared/core/cloud.ts';
import { findBegun, type NodeEvent } from '../../../shared/core/events/node-event.ts';
import type { Scope } from '../../../shared/core/model.ts';
import type { Report } from '../../../shared/core/run/report.ts';
import { CLOUDS, findCloud, titleOf } from '../clouds.ts';
import { runDry } from '../cluster-view.ts';
import { EXIT, type Invocation, refuse } from '../command.ts';
import { connect } from '../connect.ts';
import { shortenIds } from '../describe.ts';
import { outputOf } from '../options.ts';
import { showReport } from '../plan-text.ts';
import type { Session } from '../session.ts';
import { hasSettings } from '../settings.ts';
import { fitTable } from '../table.ts';
import { formatJson, type Terminal } from '../terminal.ts';
import { exitOfPlan } from './plan.ts';

/** What `-o json` prints: docs/schemas/replay.schema.json. */
interface Replay {
  /** The files that hold events. */
  readonly files: readonly EventFile[];
  /** What would happen; null where no cluster was named, or no event asks for anything. */
  readonly report: Report | null;
}

interface EventFile {
  readonly file: string;
  readonly events: readonly Exclude<NodeEvent, { kind: 'unreadable' }>[];
}

/** What was read of one file, or the one line that says why it is no event. */
type Reading = ({ readonly ok: true } & EventFile) | { readonly ok: false; readonly problem: string };

/** Shows what events are taken for and, where a cluster is named, what they would lead to. */
export async function replay(invocation: Invocation): Promise<number> {
  const session = hasSettings(invocation) ? await connect(invocation) : null;
  if (session?.ok === false) return refuse(invocation, session);
  const read = session === null ? await readEventsOffline(invocation) : session.session.readEvents;
  const whose =
    session === null ? CLOUDS.map(({ title }) => title).join(' or ') : describeOwner(session.session.cloud);
  const readings = await Promise.all(invocation.operands.map((file) => readEventFile(file, read, whose)));
  const files = readings.flatMap((reading) => (reading.ok ? [reading] : []));
  const problems = readings.flatMap((reading) => (reading.ok ? [] : [reading.problem]));
  const shown = files.map(({ file, events }) => ({ file, events }));
  const scope = scopeOf(shown.flatMap(({ events }) => events));
  const view = session === null || scope === null ? null : await planFor(session.session, invocation, scope);
  show({ files: shown, report: view?.ok ? view.report : null }, invocation);
  for (const problem of problems) invocation.err.print(`podroutes: ${problem}`);
  if (view?.ok === false) return refuse(invocation, view);
  if (problems.length > 0) return EXIT.error;
  return view === null ? EXIT.ok : exitOfPlan(view);
}

function planFor(session: Session, invocation: Invocation, scope: Scope): ReturnType<typeof runDry> {
  return runDry(session, invocation, { scope, trigger: 'event' });
}

/** Without a cluster, each event is taken to be of the one that it came from. */
async function readEventsOffline({ values }: Invocation): Promise<(text: string) => NodeEvent[]> {
  const named = findCloud(values.get('cloud'));
  const clouds = named === undefined ? CLOUDS : [named];
  const readers = await Promise.all(clouds.map((cloud) => cloud.readEventsOffline()));
  return (text) => {
    const [first = [], ...others] = readers.map((read) => read(text));
    return [first, ...others].find((events) => !isUnreadable(events)) ?? first;
  };
}

function isUnreadable(events: readonly NodeEvent[]): boolean {
  return events.every(({ kind }) => kind === 'unreadable');
}

const PROBLEMS = {
  'not-json': 'it is not JSON',
  'unknown-envelope': 'it is JSON in no known format',
  'bad-shape': 'it is an event that lacks a required field',
};

/** A cluster is of one cloud, and so are its events. */
function describeOwner({ name }: Cloud): string {
  const hints = CLOUDS.filter((other) => other.name !== name).map(
    (other) => `--cloud ${other.name} reads those of ${other.title}`,
  );
  return `${titleOf(name)}${hints.length === 0 ? '' : ` (${hints.join(', ')})`}`;
}

async function readEventFile(
  file: string,
  read: (text: string) => NodeEvent[],
  whose: string,
): Promise<Reading> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => error);
  if (bytes instanceof Error) {
    return { ok: false, problem: `${file}: could not be read: ${bytes.code}. Check the path.` };
  }
  const text = decode(bytes);
  const events: EventFile['events'][number][] = [];
  for (const event of read(text)) {
    if (event.kind !== 'unreadable') events.push(event);
    else {
      const problem = `${file}: expected an event of ${whose}; ${PROBLEMS[event.problem]}`;
      return { ok: false, problem: `${problem}. The folder events/ of the package has one of each kind.` };
    }
  }
  return { ok: true, file, events };
}

/** Text as PowerShell and Notepad write it, too: UTF-16, or UTF-8 behind a byte order mark, which is taken away. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const encoding = isUtf16 ? (first === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** The scope of one run for all events, as the functions take a batch; null where none needs a run. */
function scopeOf(events: EventFile['events']): Scope | null {
  const hints = events.filter(({ kind }) => kind !== 'ignored');
  if (hints.length === 0) return null;
  const ids = new Set(hints.flatMap((event) => (event.kind === 'nodes' ? event.nodes : [])));
  // On Azure, whose a route was is seen only when all others are looked at.
  const isWide = hints.some(
    (event) => event.kind === 'all' || (event.kind === 'nodes' && event.expects === 'gone'),
  );
  return { kind: isWide ? 'all' : 'nodes', ids: [...ids], begun: findBegun(hints) };
}

function show(result: Replay, { out, values }: Invocation): void {
  if (outputOf(values) === 'json') {
    out.print(formatJson(result));
    return;
  }
  const rows = result.files.flatMap(({ file, events }) =>
    events.map((event) => [file, event.what, describeEvent(event)]),
  );
  if (rows.length > 0) showEvents(rows, out);
  if (result.report === null) return;
  out.print();
  out.print('What would happen:');
  showReport(out, result.report);
}

function showEvents(rows: readonly (readonly string[])[], { print, paint, columns }: Terminal): void {
  const [head = [], ...bodies] = fitTable([['FILE', 'EVENT', 'TAKEN FOR'], ...rows], {
    room: columns,
    names: [],
  });
  for (const line of head) print(paint('dim', line));
  for (const line of bodies.flat()) print(line);
}

function describeEvent(event: EventFile['events'][number]): string {
  switch (event.kind) {
    case 'nodes': {
      const hook =
        event.hook === undefined ? '' : `, and the ${event.hook.transition} hook ${event.hook.hook}`;
      return `look at ${event.nodes.map(shortenIds).join(', ')} (${EXPECTATIONS[event.expects]})${hook}`;
    }
    case 'all':
      return `look at everything (${event.cause})`;
    case 'ignored':
      return `ignored: ${event.reason}`;
  }
}

const EXPECTATIONS = { present: 'should be there', gone: 'should be gone', any: 'in any state' };
