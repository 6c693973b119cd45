// @ts-nocheck
import { describeBounds } from './bounds-contract.ts';
import { worldsOf } from './cases.ts';
import { describeClaims } from './claims-contract.ts';
import { describeRuns } from './runs-contract.ts';
import type { CreateWorld } from './world.ts';

/**
 * What every cloud and stand-in for one must come to, read back by the cloud's own API. A backend is one
 * `createWorld`; what it does in its own way is in the table of differences.
 */
export function describeCloud(createWorld: CreateWorld): void {
  const withWorld = worldsOf(createWorld);
  describeClaims(withWorld);
  describeRuns(withWorld);
  describeBounds(withWorld);
}
