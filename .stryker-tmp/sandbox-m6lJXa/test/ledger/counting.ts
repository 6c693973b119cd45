// @ts-nocheck
import { createFileLedger } from '../../shared/core/ledger/file.ts';

/** A process of its own that adds one to a shared count, as often as it is told: `node counting.ts PATH TIMES`. */
const [path = '', times = ''] = process.argv.slice(2);
const ledger = createFileLedger({ path, cluster: 'kthw' });
const { signal } = new AbortController();

let tries = 0;
for (let made = 0; made < Number(times); tries += 1) {
  const reading = await ledger.read('count', signal);
  if (!reading.ok) throw new Error(reading.failure.message);
  const [entry] = reading.value.entries;
  const value = String(Number(entry?.value ?? 0) + 1);
  const write = { key: 'count', version: entry?.version ?? null, value, expiresAt: null };
  const result = await ledger.write([write], signal);
  if (result.ok) made += 1;
  else if (result.failure.kind !== 'stale') throw new Error(result.failure.message);
}
console.log(tries);
