import { type Cidr, containsCidr, type Family } from '../cidr.ts';
import { type CidrIndex, indexByCidr } from '../cidr-index.ts';
import type { AcceptedClaim, Node } from '../model.ts';

/** Tells blocks of one node from ranges of a whole cluster, which configuration files name too. */
export type Coverage = (node: Node, cidr: Cidr) => boolean;

interface Claimants {
  readonly cidr: Cidr;
  readonly nodes: Set<Node>;
}

interface DomainClaims {
  readonly index: CidrIndex<Claimants>;
  /** How many nodes claim something of the family. */
  readonly claiming: Readonly<Record<Family, number>>;
}

/**
 * R5: whether a range covers the claims of most other nodes of the node's domain. Two of them at least must claim
 * parts of it, so that one node alone can prove nothing against another.
 */
export function measureCoverage(claims: readonly AcceptedClaim[]): Coverage {
  const byDomain = Map.groupBy(claims, ({ node }) => node.domain);
  const domains = new Map([...byDomain].map(([domain, group]) => [domain, indexDomain(group)]));
  return (node, cidr) => {
    const domain = domains.get(node.domain);
    if (domain === undefined) return false;
    const covered = domain.index.overlapping(cidr).filter((each) => containsCidr(cidr, each.cidr));
    const parts = countOthers(
      node,
      covered.filter((each) => each.cidr.text !== cidr.text),
    );
    if (parts < 2) return false;
    const own = domain.index.overlapping(cidr).some(({ nodes }) => nodes.has(node)) ? 1 : 0;
    return countOthers(node, covered) * 2 > domain.claiming[cidr.family] - own;
  };
}

function countOthers(node: Node, claimants: readonly Claimants[]): number {
  const nodes = new Set(claimants.flatMap((each) => [...each.nodes]));
  nodes.delete(node);
  return nodes.size;
}

function indexDomain(claims: readonly AcceptedClaim[]): DomainClaims {
  const byText = new Map<string, Claimants>();
  for (const { node, cidr } of claims) {
    const claimants = byText.get(cidr.text) ?? { cidr, nodes: new Set() };
    claimants.nodes.add(node);
    byText.set(cidr.text, claimants);
  }
  const count = (family: Family): number =>
    new Set(claims.filter(({ cidr }) => cidr.family === family).map(({ node }) => node)).size;
  return { index: indexByCidr(byText.values()), claiming: { 4: count(4), 6: count(6) } };
}
