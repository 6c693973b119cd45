import type { Cidr } from '../cidr.ts';
import type { BlockTag } from '../cloud.ts';
import type { CloudFailure } from '../errors.ts';
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
  /** Those of earlier machines of its id. */
  before(node: Node): readonly AllocatedBlock[];
}

export function indexHoldings(blocks: readonly Block[]): Holdings {
  const byNode = Map.groupBy(blocks.filter(isAllocated), ({ holder }) => holder.node);
  const find = (node: Node, isOwn: boolean): AllocatedBlock[] =>
    (byNode.get(node.id) ?? []).filter(({ holder }) => isHolder(holder, node) === isOwn);
  return { of: (node) => find(node, true), before: (node) => find(node, false) };
}

/** What was not read tells nothing: the id decides then. */
export function isHolder({ node: id, incarnation }: Holder, node: Node): boolean {
  if (id !== node.id) return false;
  return incarnation === null || node.incarnation === null || incarnation === node.incarnation;
}

/**
 * What a node claims beside the blocks that it was given: what a person, user data or Kubernetes says. Where it has a
 * block, that of an earlier machine of its id is none: a tag is written by the id, and may come too late for whom it
 * was meant.
 */
export function ownClaims(node: Node, holdings: Holdings): readonly Claim[] {
  const held = holdings.of(node);
  const families = new Set(held.map(({ cidr }) => cidr.family));
  const before = holdings.before(node).filter(({ cidr }) => families.has(cidr.family));
  const given = new Set([...held, ...before].map(({ cidr }) => cidr.text));
  return node.claims.filter(({ cidr }) => !given.has(cidr.text));
}

/** Why a holder does not have its block in a run, as a clause. */
const STILL_LEAVING = 'the ledger still marks its block as leaving, and has not taken that it lives';

/**
 * R13: a block in the ledger is its holder's claim, unless it is marked as leaving: another run may be about to free
 * it. What its holder claims is then unknown (R3), whatever its tag says.
 *
 * @param waiting why nodes without a block have none yet, as a clause, by id
 */
export function withBlocks(
  observation: Observation,
  blocks: readonly Block[],
  waiting: ReadonlyMap<string, string>,
): Observation {
  const holdings = indexHoldings(blocks);
  const failures = [...observation.failures];
  const nodes = observation.nodes.map((node): Node => {
    const held = node.state === 'gone' ? [] : holdings.of(node);
    const awaits = waiting.get(node.id);
    if (held.length === 0) return awaits === undefined ? node : { ...node, awaitsBlock: awaits };
    const given = held.filter(isKept).map(({ cidr }): Claim => {
      const own = node.claims.find((claim) => claim.cidr.text === cidr.text);
      return { cidr, source: 'ledger', ...(own && { alsoIn: own.source }) };
    });
    const claims = [...given, ...ownClaims(node, holdings)];
    if (held.every(isKept)) return { ...node, claims };
    failures.push({ what: 'claims', id: node.id, failure: stillLeaving(node) });
    return { ...node, claims, claimsKnown: false, awaitsBlock: STILL_LEAVING };
  });
  return { ...observation, nodes, failures };
}

function isKept({ leaving }: Block): boolean {
  return leaving === null;
}

function stillLeaving({ id, name }: Node): CloudFailure {
  const message = `${name} (${id}) waits: ${STILL_LEAVING}. The next run tries again.`;
  return { kind: 'transient', code: 'block-still-leaving', message };
}

/**
 * Holders whose tag does not name their blocks and no others. Whoever claims something else has that from a
 * person, whose tag is left alone.
 */
export function findUntagged({ nodes }: Observation, blocks: readonly Block[]): BlockTag[] {
  const holdings = indexHoldings(blocks);
  return nodes.flatMap((node): BlockTag[] => {
    const held = holdings.of(node);
    const cidrs = held.map(({ cidr }) => cidr);
    const isTaggable = node.state !== 'gone' && node.claimsKnown && node.claimAdvice === undefined;
    if (!isTaggable || !held.every(isKept)) return [];
    if (node.defects.length + ownClaims(node, holdings).length > 0) return [];
    const tagged = new Set(node.claims.map(({ cidr }) => cidr.text));
    const isTold = tagged.size === cidrs.length && cidrs.every(({ text }) => tagged.has(text));
    return isTold ? [] : [{ node, cidrs }];
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
    const held = holdings.of(node);
    const cidrs = held.map(({ cidr }) => cidr);
    if (registered === undefined || node.state === 'gone' || cidrs.length === 0) return [];
    if (!held.every(isKept)) return [];
    return registered.claims.length + registered.defects.length === 0 ? [{ node, cidrs }] : [];
  });
}
