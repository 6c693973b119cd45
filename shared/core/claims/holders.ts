import type { Cidr } from '../cidr.ts';
import type { BlockTag } from '../cloud.ts';
import type { Claim, Node, Observation, Registry } from '../model.ts';

/** The machine that has a block. */
export interface Holder {
  /** Node id. */
  readonly node: string;
  /** What it was called last, for people. */
  readonly name: string;
  readonly incarnation: string | null;
}

/**
 * A block that is not free. `allocated`: podroutes has handed it out, and it is its holder's claim (R13). `claimed`: a
 * full run saw a node claim it by itself, or a route to it; it is only kept from others.
 */
export interface Block {
  readonly cidr: Cidr;
  readonly kind: 'allocated' | 'claimed';
  /** Null where only a route leads there. */
  readonly holder: Holder | null;
  /** Milliseconds since the epoch, by the ledger's clock. */
  readonly since: number;
  /** Since when full runs have found that nobody has it; null while somebody does. */
  readonly leaving: number | null;
}

export type AllocatedBlock = Block & { readonly kind: 'allocated'; readonly holder: Holder };

export function isAllocated(block: Block): block is AllocatedBlock {
  return block.kind === 'allocated' && block.holder !== null;
}

/** The blocks that podroutes has handed out, by their holders. */
export interface Holdings {
  /** Those of this very machine: one that has the id of an earlier one has none of its blocks. */
  of(node: Node): readonly AllocatedBlock[];
}

export function indexHoldings(blocks: readonly Block[]): Holdings {
  const byNode = Map.groupBy(blocks.filter(isAllocated), ({ holder }) => holder.node);
  return {
    of: (node) => (byNode.get(node.id) ?? []).filter(({ holder }) => isSame(holder.incarnation, node)),
  };
}

/** What was not read tells nothing: the id decides then. */
function isSame(incarnation: string | null, node: Node): boolean {
  return incarnation === null || node.incarnation === null || incarnation === node.incarnation;
}

/** What a node claims beside the blocks that it was given: what a person, user data or Kubernetes says. */
export function ownClaims(node: Node, holdings: Holdings): readonly Claim[] {
  const given = new Set(holdings.of(node).map(({ cidr }) => cidr.text));
  return node.claims.filter(({ cidr }) => !given.has(cidr.text));
}

/**
 * R13: a block in the ledger is its holder's claim.
 *
 * @param waiting why nodes without a block have none yet, as a clause, by id
 */
export function withBlocks(
  observation: Observation,
  blocks: readonly Block[],
  waiting: ReadonlyMap<string, string>,
): Observation {
  const holdings = indexHoldings(blocks);
  const nodes = observation.nodes.map((node): Node => {
    const held = node.state === 'gone' ? [] : holdings.of(node);
    const awaits = waiting.get(node.id);
    if (held.length === 0) return awaits === undefined ? node : { ...node, awaitsBlock: awaits };
    const given = held.map(({ cidr }): Claim => {
      const own = node.claims.find((claim) => claim.cidr.text === cidr.text);
      return { cidr, source: 'ledger', ...(own && { alsoIn: own.source }) };
    });
    return { ...node, claims: [...given, ...ownClaims(node, holdings)] };
  });
  return { ...observation, nodes };
}

/**
 * Holders whose tag does not name their blocks yet, or not all of them. Whoever claims something else has that from a
 * person, whose tag is left alone.
 */
export function findUntagged({ nodes }: Observation, blocks: readonly Block[]): BlockTag[] {
  const holdings = indexHoldings(blocks);
  return nodes.flatMap((node): BlockTag[] => {
    const cidrs = holdings.of(node).map(({ cidr }) => cidr);
    const isTaggable = node.state !== 'gone' && node.claimsKnown && node.claimAdvice === undefined;
    if (cidrs.length === 0 || !isTaggable) return [];
    if (node.defects.length + ownClaims(node, holdings).length > 0) return [];
    return node.claims.length < cidrs.length ? [{ node, cidrs }] : [];
  });
}

/** Holders whose Node object has no pod CIDR: it takes one once, and keeps it. */
export function findUnassigned(
  { nodes }: Observation,
  blocks: readonly Block[],
  registry: Registry | null,
): BlockTag[] {
  if (registry === null || !registry.ok) return [];
  const holdings = indexHoldings(blocks);
  return nodes.flatMap((node): BlockTag[] => {
    const registered = registry.nodes.get(node.id);
    const cidrs = holdings.of(node).map(({ cidr }) => cidr);
    if (registered === undefined || node.state === 'gone' || cidrs.length === 0) return [];
    return registered.claims.length + registered.defects.length === 0 ? [{ node, cidrs }] : [];
  });
}
