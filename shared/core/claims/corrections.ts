import { type Cidr, parseCidr } from '../cidr.ts';
import { type CidrIndex, indexByCidr } from '../cidr-index.ts';
import { labelNode } from '../findings/finding.ts';
import type { ClaimDefect, FindingCode, Node, Observation } from '../model.ts';
import {
  type BoundSettings,
  type Bounds,
  boundsOf,
  type ClaimSettings,
  isClaiming,
  refuseClaim,
} from './bounds.ts';

/**
 * By node id, what the tag of a node has to say instead of a claim with host bits. Nothing for nodes where something
 * else is wrong with it, or another claim or a bound stands against it: a person has to decide then.
 */
export function findCorrections(
  observation: Observation,
  settings: BoundSettings & Pick<ClaimSettings, 'stoppedNodes'>,
): ReadonlyMap<string, string> {
  const claiming = observation.nodes.filter((each) => isClaiming(each, settings.stoppedNodes));
  const bounds = boundsOf(observation, settings, claiming);
  const correctable = indexCorrectable(claiming);
  return new Map(
    claiming.flatMap((node): [string, string][] => {
      const value = node.defects[0]?.correctedList ?? null;
      const isSure = node.defects.every(
        (defect) => defect.source === 'tag' && objectTo(node, defect, correctable, bounds) === null,
      );
      return isSure && value !== null ? [[node.id, value]] : [];
    }),
  );
}

/** As clauses about a CIDR. */
const OBJECTIONS: Readonly<Partial<Record<FindingCode, string>>> = {
  'claim-outside-cluster': 'lies outside the cluster CIDRs',
  'claim-covers-cluster': 'is the whole cluster CIDR',
  'claim-overlaps-network': 'overlaps addresses of the network itself',
  'claim-reserved': 'lies in a reserved range',
};

/** Why what a defect seems to mean would get no route either; null where nothing is known against it. */
export function objectTo(
  node: Node,
  { corrected }: ClaimDefect,
  correctable: CidrIndex<Correctable>,
  bounds: Bounds,
): string | null {
  const [cidr] = corrected === null ? [] : readCidrs(corrected);
  if (cidr === undefined) return null;
  const refusal = refuseClaim(node, cidr, bounds);
  if (refusal !== null) return OBJECTIONS[refusal.code] ?? 'is refused, too';
  const rival = correctable.overlapping(cidr).find((each) => each.node.id !== node.id);
  if (rival === undefined) return null;
  const who = `${labelNode(rival.node)} ${rival.how}`;
  return rival.cidr.text === cidr.text ? who : `overlaps ${rival.cidr.text}, which ${who}`;
}

/** What a node claims, or would but for host bits. */
export interface Correctable {
  readonly node: Node;
  readonly cidr: Cidr;
  readonly how: 'claims' | 'seems to mean, too';
}

/** For corrections alone: where nothing is to be corrected there is nothing in it. */
export function indexCorrectable(claiming: readonly Node[]): CidrIndex<Correctable> {
  if (claiming.every(({ defects }) => defects.length === 0)) return indexByCidr([]);
  return indexByCidr(
    claiming.flatMap((node): Correctable[] => [
      ...node.claims.map(({ cidr }) => ({ node, cidr, how: 'claims' as const })),
      ...node.defects
        .flatMap(({ corrected }) => readCidrs(corrected ?? ''))
        .map((cidr) => ({ node, cidr, how: 'seems to mean, too' as const })),
    ]),
  );
}

function readCidrs(text: string): Cidr[] {
  const result = parseCidr(text);
  return result.ok ? [result.cidr] : [];
}
