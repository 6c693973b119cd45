import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A ledger that lives as long as the loopback clouds whose routes it remembers. */
interface LedgerFile {
  /** As PODROUTES_LEDGER says it. */
  readonly place: string;
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** Makes a folder of its own for it. */
export async function makeLedgerFile(): Promise<LedgerFile> {
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-'));
  const path = join(folder, 'ledger');
  return { place: `file:${path}`, path, remove: () => rm(folder, { recursive: true }) };
}
