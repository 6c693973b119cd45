import type { Cidr } from '../cidr.ts';
import { type CidrIndex, indexByCidr } from '../cidr-index.ts';
import type { AcceptedClaim, RouteTable } from '../model.ts';

/** Claims, as `cidr node-id`, that have a route of their own, and whether it is in force. */
export type OwnRoutes = ReadonlyMap<string, 'in-force' | 'idle'>;

/** Routes that lead to the node that claims them: in force, or waiting for it to run again. */
export function findOwnRoutes(tables: readonly RouteTable[]): OwnRoutes {
  const own = new Map<string, 'in-force' | 'idle'>();
  for (const { target, destination, state } of tables.flatMap(({ routes }) => routes)) {
    if (target.kind !== 'node') continue;
    const key = `${destination.text} ${target.id}`;
    if (own.get(key) !== 'in-force') own.set(key, state === 'active' ? 'in-force' : 'idle');
  }
  return own;
}

interface LostClaim extends AcceptedClaim {
  readonly winner: AcceptedClaim;
}

interface Resolution {
  readonly accepted: AcceptedClaim[];
  readonly losers: LostClaim[];
}

/**
 * R5, in each routing domain: a block that was handed out is its holder's (R13); then the claim with a route of its own
 * wins, then a running node's, then the older node's, then the lower id. The order is total and does not depend on the order of reading, so repeated runs agree.
 */
export function resolveConflicts(candidates: readonly AcceptedClaim[], own: OwnRoutes): Resolution {
  const domains = Map.groupBy(candidates, ({ node }) => node.domain);
  const resolved = [...domains.values()].map((group) => resolveDomain(group, own));
  return {
    accepted: resolved.flatMap(({ accepted }) => accepted),
    losers: resolved.flatMap(({ losers }) => losers),
  };
}

/** R5 once more among the claims that one table is to have: where it serves several domains, theirs meet there. */
export function resolveInTable(claims: readonly AcceptedClaim[], table: RouteTable): Resolution {
  const isOne = claims.every(({ node }) => node.domain === claims[0]?.node.domain);
  return isOne ? { accepted: [...claims], losers: [] } : resolveDomain(claims, findOwnRoutes([table]));
}

function resolveDomain(candidates: readonly AcceptedClaim[], own: OwnRoutes): Resolution {
  const networks = new Map(candidates.map(({ cidr }) => [cidr.text, { cidr }]));
  const index: CidrIndex<{ readonly cidr: Cidr }> = indexByCidr(networks.values());
  const holders = new Map<string, AcceptedClaim>();
  // A claim once accepted stays so: who loses to it loses without another search of a wide network.
  const winners = new Map<string, AcceptedClaim>();
  const accepted: AcceptedClaim[] = [];
  const losers: LostClaim[] = [];
  for (const { claim } of rank(candidates, own)) {
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
    if (winner === undefined) {
      holders.set(text, claim);
      accepted.push(claim);
    } else {
      winners.set(text, winner);
      losers.push({ ...claim, winner });
    }
  }
  return { accepted, losers };
}

interface Ranked {
  readonly claim: AcceptedClaim;
  readonly wasHandedOut: boolean;
  readonly isIncumbent: boolean;
}

/** A route that is not in force for a running node keeps its block against all but a running one that claims the same. */
function rank(candidates: readonly AcceptedClaim[], own: OwnRoutes): Ranked[] {
  const running = Map.groupBy(
    candidates.filter(({ node }) => node.state === 'running'),
    ({ cidr }) => cidr.text,
  );
  return candidates
    .map((claim) => {
      const { node, cidr } = claim;
      const route = own.get(`${cidr.text} ${node.id}`);
      const isServed = route === 'in-force' && node.state === 'running';
      const hasRival = running.get(cidr.text)?.some((rival) => rival.node !== node) ?? false;
      return {
        claim,
        wasHandedOut: wasHandedOut(claim),
        isIncumbent: isServed || (route !== undefined && !hasRival),
      };
    })
    .sort(compareRank);
}

/** Whether it is the node's by the ledger, and not by what itself says. */
export function wasHandedOut({ node, cidr }: AcceptedClaim): boolean {
  return node.claims.some(({ source, cidr: { text } }) => source === 'ledger' && text === cidr.text);
}

function compareRank(a: Ranked, b: Ranked): number {
  const runs = ({ claim }: Ranked): number => (claim.node.state === 'running' ? 1 : 0);
  const order =
    Number(b.wasHandedOut) - Number(a.wasHandedOut) ||
    Number(b.isIncumbent) - Number(a.isIncumbent) ||
    runs(b) - runs(a) ||
    a.claim.node.launchedAt - b.claim.node.launchedAt;
  if (order !== 0) return order;
  if (a.claim.node.id !== b.claim.node.id) return a.claim.node.id < b.claim.node.id ? -1 : 1;
  return a.claim.cidr.prefix - b.claim.cidr.prefix;
}
