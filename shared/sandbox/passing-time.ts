import { DatabaseSync } from 'node:sqlite';
import { pack, unpack } from '../core/ledger/packing.ts';

/** Fields of entries that are times, in milliseconds since the epoch. */
const TIMES: ReadonlySet<string> = new Set(['since', 'seen', 'at', 'leaving']);

/** Makes everything that a ledger's file remembers so much older: to its readers, time has passed. */
export function passTime(path: string, ms: number): void {
  const database = new DatabaseSync(path);
  try {
    const rows = database.prepare('SELECT cluster, key, packed FROM entries').all();
    const update = database.prepare(
      'UPDATE entries SET packed = :packed WHERE cluster = :cluster AND key = :key',
    );
    for (const { cluster, key, packed } of rows) {
      if (!(packed instanceof Uint8Array)) throw new Error(`The entry ${key} is not packed.`);
      const aged: unknown = JSON.parse(unpack(packed) ?? '', (name, value: unknown) =>
        TIMES.has(name) && typeof value === 'number' ? value - ms : value,
      );
      update.run({ packed: pack(JSON.stringify(aged)), cluster: cluster ?? null, key: key ?? null });
    }
  } finally {
    database.close();
  }
}
