// @ts-nocheck
import { type Cidr, overlaps } from '../../shared/core/cidr.ts';
import { cidr } from '../core/builders.ts';
import { fail } from '../property/rules.ts';
import { type Board, coversMost, isClaiming, isHeldByOther, isIn, NONE, place } from './game-rules.ts';
import { MAX_CLAIMS } from './moves.ts';
import { claimsOf, familyOf, isLiving, type Machine, type Play, TABLES } from './play.ts';

/** After an undisturbed full run: an honest running node has what it claims, if that is free and there is room. */
export function checkGets(play: Play, before: Board, after: Board): void {
  const living = play.machines.filter(isLiving);
  for (const machine of living) {
    if (machine.role !== 'honest' || machine.state !== 'running') continue;
    for (const block of machine.blocks.filter((each) => claimsOf(play, machine).includes(each))) {
      const tables = [...TABLES].filter(([, domain]) => domain === machine.domain).map(([table]) => table);
      const isFree = tables.every(
        (table) => !isHeldByOther(play, table, before.get(table) ?? NONE, place(machine, block)),
      );
      if (!isFree || isClaimedByOther(play, machine, cidr(block))) continue;
      for (const table of tables) {
        const size = before.get(table)?.size ?? 0;
        const wanted = living.flatMap((each) => claimsOf(play, each).slice(0, MAX_CLAIMS)).length;
        const own = [...(before.get(table) ?? NONE)].filter(
          ([at, hop]) => hop === machine.hops[familyOf(at)]?.id,
        );
        // What it had before counts as long as it leads there.
        if (own.length + machine.blocks.length > MAX_CLAIMS) continue;
        if (size + wanted <= play.game.limit && !isIn(after.get(table) ?? NONE, machine, block))
          fail('an honest node did not get what is free', table, block, machine, [
            ...(after.get(table) ?? NONE),
          ]);
      }
    }
  }
}

/** Whether another of the domain claims a part of it, and not for most of the others besides. */
function isClaimedByOther(play: Play, machine: Machine, network: Cidr): boolean {
  return play.machines.some(
    (other) =>
      other !== machine &&
      isClaiming(play, other) &&
      other.domain === machine.domain &&
      claimsOf(play, other).some(
        (claim) => overlaps(cidr(claim), network) && !coversMost(play, other, cidr(claim)),
      ),
  );
}
