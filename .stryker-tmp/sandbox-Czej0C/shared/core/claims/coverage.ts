// @ts-nocheck
import { type Cidr, containsCidr, type Family } from '../cidr.ts';
import { type CidrIndex, indexByCidr } from '../cidr-index.ts';
import type { AcceptedClaim, Node } from '../model.ts';

/** Tells blocks of one node from ranges of a whole cluster, which configuration files name too. */
export type Coverage = (node: Node, cidr: Cidr) => boolean;

interface Claimants {
  readonly cidr: Cidr;
  readonly nodes: Set<Node>;
}

/** The nodes whose claims lie in a range, all of them and those that claim a part alone. */
interface Covered {
  readonly all: ReadonlySet<Node>;
  readonly parts: ReadonlySet<Node>;
}

/**
 * R5: whether a range covers the claims of most other nodes of the node's domain. Two of them at least must claim
 * parts of it, so that one node alone can prove nothing against another.
 */
export function measureCoverage(claims: readonly AcceptedClaim[]): Coverage {
  const byDomain = Map.groupBy(claims, ({ node }) => node.domain);
  const domains = new Map([...byDomain].map(([domain, group]) => [domain, measureDomain(group)]));
  return (node, cidr) => domains.get(node.domain)?.(node, cidr) ?? false;
}

function measureDomain(claims: readonly AcceptedClaim[]): Coverage {
  const index = indexClaims(claims);
  const claiming = { 4: claimingOf(claims, 4), 6: claimingOf(claims, 6) };
  // R12: what many nodes claim alike is looked at once.
  const known = new Map<string, Covered>();
  return (node, cidr) => {
    const { all, parts } = known.get(cidr.text) ?? findCovered(index, cidr);
    known.set(cidr.text, { all, parts });
    const others = (nodes: ReadonlySet<Node>): number => nodes.size - (nodes.has(node) ? 1 : 0);
    return others(parts) >= 2 && others(all) * 2 > others(claiming[cidr.family]);
  };
}

function findCovered(index: CidrIndex<Claimants>, cidr: Cidr): Covered {
  const covered = index.overlapping(cidr).filter((each) => containsCidr(cidr, each.cidr));
  const nodesOf = (claimants: readonly Claimants[]): Set<Node> =>
    new Set(claimants.flatMap(({ nodes }) => [...nodes]));
  return { all: nodesOf(covered), parts: nodesOf(covered.filter((each) => each.cidr.text !== cidr.text)) };
}

function claimingOf(claims: readonly AcceptedClaim[], family: Family): Set<Node> {
  return new Set(claims.filter(({ cidr }) => cidr.family === family).map(({ node }) => node));
}

function indexClaims(claims: readonly AcceptedClaim[]): CidrIndex<Claimants> {
  const byText = new Map<string, Claimants>();
  for (const { node, cidr } of claims) {
    const claimants = byText.get(cidr.text) ?? { cidr, nodes: new Set() };
    claimants.nodes.add(node);
    byText.set(cidr.text, claimants);
  }
  return indexByCidr(byText.values());
}
