import { readBlocks } from '../../../shared/core/ledger/blocks.ts';
import { createFileLedger } from '../../../shared/core/ledger/file.ts';
import type { Check, Stage } from './scene.ts';

const { signal } = new AbortController();

/** R13: nothing that was under way when a block was marked lasts so long, so that it is nobody's by then. */
export const LONG_ENOUGH_MS = 41 * 60_000;

/** Machines of one template, which are handed their blocks. */
export interface Group {
  /** By the ledger: blocks by the names of machines. */
  held: Readonly<Record<string, string>>;
  /** What the script wrote on each machine, by its name. */
  written: Readonly<Record<string, string>>;
}

/** Reads who holds which block. */
export async function readHeld(
  { path, cluster }: { readonly path: string; readonly cluster: string },
  nameOf: Stage['nameOf'],
): Promise<Group['held']> {
  const reading = await readBlocks(createFileLedger({ path, cluster }), signal);
  if (!reading.ok) throw new Error(reading.failure.message);
  const blocks = [...reading.value.kept.values()].map(({ block }) => block);
  return Object.fromEntries(blocks.map(({ cidr, holder }) => [nameOf(holder?.node ?? ''), cidr.text]));
}

/** These machines, and no others, hold a block each. */
export function expectHolders({ held }: Group, names: readonly string[], what: string): Check {
  return { what, expected: [...names].sort(), found: Object.keys(held).sort() };
}

/** No two machines have the same block. */
export function expectDistinct({ held }: Group, what: string): Check {
  const blocks = Object.values(held);
  return { what, expected: blocks.length, found: new Set(blocks).size };
}

/** Each machine has learnt its own block. */
export function expectWritten({ held, written }: Group, what: string): Check {
  const expected = Object.fromEntries(
    Object.entries(held).map(([name, block]) => [name, `POD_CIDR=${block}`]),
  );
  return { what, expected, found: written };
}
