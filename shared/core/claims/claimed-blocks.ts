import { type Cidr, containsCidr, parseCidr } from '../cidr.ts';
import type { AcceptedClaim, Node, Observation, Registry } from '../model.ts';
import { isClusterCidr } from './bounds.ts';
import { measureCoverage } from './coverage.ts';
import { type Holder, type Holdings, ownClaims } from './holders.ts';

/** The settings that tell whose a network is. */
interface ClaimedSettings {
  readonly clusterCidrs: readonly Cidr[];
  /** Claims of one node that count. */
  readonly maxClaims: number;
}

/** What somebody has by himself, with who it is where that is known. */
export interface Claimed {
  readonly cidr: Cidr;
  readonly holder: Holder | null;
}

/**
 * What was not handed out and is not free: what nodes claim, or seem to mean, and what is routed, whoever's it is. A
 * range of the cluster is nobody's claim (R5).
 */
export function findClaimed(
  { observation, registry }: { readonly observation: Observation; readonly registry: Registry | null },
  holdings: Holdings,
  settings: ClaimedSettings,
): Map<string, Claimed> {
  const isInside = (cidr: Cidr): boolean =>
    !isClusterCidr(cidr, settings) && settings.clusterCidrs.some((range) => containsCidr(range, cidr));
  const living = observation.nodes.filter(({ state }) => state !== 'gone');
  const claims = living.flatMap((node): AcceptedClaim[] => {
    const cidrs = [...ownClaims(node, holdings).map(({ cidr }) => cidr), ...meantBy(node)];
    const ofKubernetes = registry?.ok ? (registry.nodes.get(node.id)?.claims ?? []) : [];
    return [...cidrs.slice(0, settings.maxClaims), ...ofKubernetes.map(({ cidr }) => cidr)]
      .filter(isInside)
      .map((cidr) => ({ node, cidr }));
  });
  const held = living.flatMap((node) => holdings.of(node).map(({ cidr }) => ({ node, cidr })));
  const isRange = measureCoverage([...claims, ...held]);
  const nodes = new Map(living.map((node) => [node.id, node]));
  const found = new Map<string, Claimed>();
  for (const { destination, target } of observation.tables.flatMap(({ routes }) => routes)) {
    if (!isInside(destination)) continue;
    const node = target.kind === 'node' ? nodes.get(target.id) : undefined;
    found.set(destination.text, { cidr: destination, holder: node === undefined ? null : holderOf(node) });
  }
  for (const { node, cidr } of claims) {
    if (!isRange(node, cidr)) found.set(cidr.text, { cidr, holder: holderOf(node) });
  }
  return found;
}

function meantBy({ defects }: Node): Cidr[] {
  return defects.flatMap(({ corrected }) => {
    const result = corrected === null ? null : parseCidr(corrected);
    return result?.ok ? [result.cidr] : [];
  });
}

export function holderOf({ id, name, incarnation }: Node): Holder {
  return { node: id, name, incarnation };
}
