import { containsCidr, type Family } from '../cidr.ts';
import { isClusterCidr } from '../claims/bounds.ts';
import { type Block, type Holdings, indexHoldings, isHolder, ownClaims } from '../claims/holders.ts';
import { describeDoubt } from '../findings/claims.ts';
import type { Node, Observation, Registry } from '../model.ts';
import { type BlockSettings, type BlockView, isSwitchedOn } from './block-view.ts';

/** Ids of nodes that are to have a block, or have one that nothing but the ledger tells of. */
export function findNeedy(
  observation: Observation,
  registry: Registry | null,
  blocks: readonly Block[],
  settings: BlockSettings,
): ReadonlySet<string> {
  const needy = sortNeedy({ observation, registry }, indexHoldings(blocks), settings, new Set());
  return new Set([...needy[4], ...needy[6]].map(({ id }) => id));
}

/**
 * Whether a node may have been given what its tag says, and its Node object does not know it yet: only the ledger tells
 * that from what a person has written.
 */
export function mayLackTelling(
  { nodes }: Observation,
  registry: Registry | null,
  settings: BlockSettings,
): boolean {
  if (!isSwitchedOn(settings) || registry === null || !registry.ok) return false;
  return nodes.some(({ id, state, claims }) => {
    const { claims: registered = [], defects = [] } = registry.nodes.get(id) ?? {};
    const isTagged = claims.length > 0 && claims.every(({ source }) => source === 'tag');
    return state === 'running' && isTagged && registered.length + defects.length === 0;
  });
}

/**
 * R5: a route in force to a node is its claim, unless the ledger knows the block as another machine's, whose address the
 * node may have now. As `family node-id`.
 */
export function findRouted(
  { observation, reading: { kept } }: BlockView,
  settings: BlockSettings,
): Set<string> {
  const nodes = new Map(observation.nodes.map((node) => [node.id, node]));
  const routed = new Set<string>();
  for (const { destination, ourKind, state, target } of observation.tables.flatMap(({ routes }) => routes)) {
    const node = target.kind === 'node' ? nodes.get(target.id) : undefined;
    const isPods = settings.clusterCidrs.some((range) => containsCidr(range, destination));
    if (node === undefined || !ourKind || state !== 'active' || !isPods) continue;
    const holder = kept.get(destination.text)?.block.holder ?? null;
    if (isClusterCidr(destination, settings) || (holder !== null && !isHolder(holder, node))) continue;
    routed.add(`${destination.family} ${node.id}`);
  }
  return routed;
}

/** Who is to have a block: running nodes without a claim in any source, and no sign of one that was not seen. */
export function sortNeedy(
  { observation, registry }: Pick<BlockView, 'observation' | 'registry'>,
  holdings: Holdings,
  { allocate, podCidrTag }: BlockSettings,
  routed: ReadonlySet<string>,
): Readonly<Record<Family, readonly Node[]>> {
  const open = observation.nodes.filter((node) => {
    const registered = registry?.ok ? registry.nodes.get(node.id) : undefined;
    const isInKubernetes = ownClaimsOf(registered, node, holdings);
    return (
      node.state === 'running' &&
      node.claimsKnown &&
      node.defects.length === 0 &&
      ownClaims(node, holdings).length === 0 &&
      !isInKubernetes &&
      describeDoubt(node, podCidrTag) === null &&
      // Where a tag does not stay, only its Node object can tell the machine.
      (node.claimAdvice === undefined || registry !== null)
    );
  });
  const without = (family: Family): Node[] =>
    open.filter(
      (node) =>
        allocate[family] !== null &&
        node.nextHops[family] !== null &&
        !routed.has(`${family} ${node.id}`) &&
        holdings.of(node).every(({ cidr }) => cidr.family !== family),
    );
  return { 4: without(4), 6: without(6) };
}

function ownClaimsOf(
  registered: { readonly claims: Node['claims']; readonly defects: Node['defects'] } | undefined,
  node: Node,
  holdings: Holdings,
): boolean {
  if (registered === undefined) return false;
  return (
    registered.defects.length > 0 || ownClaims({ ...node, claims: registered.claims }, holdings).length > 0
  );
}
