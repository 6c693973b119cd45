import type { Cidr } from '../cidr.ts';
import { type CidrIndex, indexByCidr } from '../cidr-index.ts';
import type { AcceptedClaim } from './judge.ts';

interface LostClaim extends AcceptedClaim {
  readonly winner: AcceptedClaim;
}

/**
 * R5: the claim with an active route wins, then a running node's, then the older node's, then the lower id.
 * The order is total and does not depend on the order of reading, so repeated runs agree.
 *
 * @param held candidates that stand in the way of others but are entitled to no route of their own
 */
export function settleConflicts(
  candidates: readonly AcceptedClaim[],
  incumbents: ReadonlySet<string>,
  held: ReadonlySet<AcceptedClaim>,
): { accepted: AcceptedClaim[]; losers: LostClaim[] } {
  const networks = new Map(candidates.map(({ cidr }) => [cidr.text, { cidr }]));
  const index: CidrIndex<{ readonly cidr: Cidr }> = indexByCidr(networks.values());
  const holders = new Map<string, AcceptedClaim>();
  // A claim once accepted stays so: who loses to it loses without another search of a wide network.
  const winners = new Map<string, AcceptedClaim>();
  const accepted: AcceptedClaim[] = [];
  const losers: LostClaim[] = [];
  for (const claim of [...candidates].sort((a, b) => compareRank(a, b, incumbents))) {
    const { text } = claim.cidr;
    const rivals = (holder: AcceptedClaim | undefined): boolean =>
      holder !== undefined && holder.node !== claim.node;
    const known = winners.get(text);
    const winner = rivals(known)
      ? known
      : index
          .overlapping(claim.cidr)
          .map(({ cidr }) => holders.get(cidr.text))
          .find(rivals);
    if (winner !== undefined) winners.set(text, winner);
    else holders.set(text, claim);
    if (held.has(claim)) continue;
    if (winner === undefined) accepted.push(claim);
    else losers.push({ ...claim, winner });
  }
  return { accepted, losers };
}

function compareRank(a: AcceptedClaim, b: AcceptedClaim, incumbents: ReadonlySet<string>): number {
  const holds = ({ node, cidr }: AcceptedClaim): number =>
    incumbents.has(`${cidr.text} ${node.id}`) ? 1 : 0;
  const runs = ({ node }: AcceptedClaim): number => (node.state === 'running' ? 1 : 0);
  const order = holds(b) - holds(a) || runs(b) - runs(a) || a.node.launchedAt - b.node.launchedAt;
  if (order !== 0) return order;
  if (a.node.id !== b.node.id) return a.node.id < b.node.id ? -1 : 1;
  return a.cidr.prefix - b.cidr.prefix;
}
