import { CLOUDS } from '../clouds.ts';
import type { Invocation } from '../command.ts';
import { connect } from '../connect.ts';

/** Somebody waits at the Tab key. */
const PATIENCE_MS = 2_000;
/** Shells expand what they are offered, and names come from tags that others write. */
const HARMLESS = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u;

/** What a shell is offered by name, as it is now. */
export type NameKind = 'nodes' | 'profiles';

const READERS: Readonly<Record<NameKind, (invocation: Invocation) => Promise<string[]>>> = {
  nodes: readNodeNames,
  profiles: readProfiles,
};

/** Prints names for completion, one per line; nothing where they cannot be had, as nobody asked for a message. */
export async function printNames(kind: NameKind, invocation: Invocation): Promise<void> {
  const names = await READERS[kind](invocation).catch(() => []);
  const harmless = new Set(names.filter((name) => HARMLESS.test(name)));
  for (const name of [...harmless].sort()) invocation.out.print(name);
}

async function readNodeNames(invocation: Invocation): Promise<string[]> {
  const connection = await connect(invocation);
  if (!connection.ok) return [];
  const { cloud } = connection.session;
  const { nodes } = await cloud.observe({ kind: 'all', ids: [] }, AbortSignal.timeout(PATIENCE_MS));
  return nodes.filter(({ state }) => state !== 'gone').map(({ name }) => name);
}

async function readProfiles({ env }: Invocation): Promise<string[]> {
  const readers = CLOUDS.flatMap(({ readProfiles: load }) => load ?? []);
  const found = await Promise.all(readers.map(async (load) => (await load())(env)));
  return found.flat();
}
