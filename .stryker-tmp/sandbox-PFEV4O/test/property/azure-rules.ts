// @ts-nocheck
import type { ArmSandbox } from '../../shared/sandbox/arm-server.ts';
import { fail } from './rules.ts';
import type { Truth } from './truth.ts';

const WRITES = ['RouteTables_CreateOrUpdate', 'NetworkInterfaces_CreateOrUpdate'];

/** Every write is one of two, and only goes through if what it replaces is as it was read. */
export function checkCalls({ calls }: Pick<ArmSandbox, 'calls'>): void {
  for (const { operation, mutating, ifMatch, path } of calls) {
    if (!mutating) continue;
    if (!WRITES.includes(operation)) fail('made another write', operation, path);
    if (ifMatch === null || ifMatch === '*') fail('made a write without a condition', operation, path);
  }
}

/** R2: what others have in the tables is exactly what they wrote, whoever else wrote at the same time. */
export function checkForeign(
  written: ReadonlyMap<string, string>,
  present: ReadonlyMap<string, string>,
): void {
  for (const [key, route] of written) {
    if (present.get(key) !== route)
      fail('R2: lost or changed what somebody else wrote', key, route, present.get(key));
  }
  for (const [key, route] of present) {
    if (!written.has(key)) fail('R2: brought back what somebody else had removed', key, route);
  }
}

/** R3: where the machines or their interfaces could not be read, every route stays. */
export function checkNothingDeleted(before: Truth, after: Truth): void {
  for (const [key, route] of before.routes) {
    if (!after.routes.has(key)) fail('R3: deleted without knowledge', key, route);
  }
}
