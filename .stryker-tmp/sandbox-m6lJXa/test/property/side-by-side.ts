// @ts-nocheck
import fc from 'fast-check';

/** Runs under way at once: what most of them do is wait. */
const LANES = 40;

/**
 * Holds a property in many runs, a number of them at once. A failure prints the seed of its lane; with that as
 * `PROPERTY_SEED` the lane is played again alone.
 */
export async function assertSideBySide<T>(property: fc.IAsyncProperty<[T]>, runs: number): Promise<void> {
  const replayed = process.env['PROPERTY_SEED'];
  const first = Math.floor(Math.random() * 2 ** 30);
  const seeds = replayed ? [Number(replayed)] : Array.from({ length: LANES }, (_, lane) => first + lane);
  const lanes = await Promise.allSettled(
    seeds.map((seed) => fc.assert(property, { seed, numRuns: Math.ceil(runs / LANES) })),
  );
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
}
