import { type Cidr, compareCidrs } from '../../../shared/core/cidr.ts';
import { indexByCidr } from '../../../shared/core/cidr-index.ts';
import { type Claimed, collectClaims, readCidr } from './claims.ts';
import type { ReadableReport } from './read-report.ts';
import { listRoutes, nameTarget, type RouteRow } from './routes.ts';

type Node = ReadableReport['nodes'][number];
type KeptBlock = NonNullable<ReadableReport['blocks']>['kept'][number];

/**
 * What becomes of packets to a block, the worst first: claimed by several nodes; claimed without its route;
 * led elsewhere by a route that is not ours; led by a route of ours that nobody claims; claimed by a node that
 * is stopped; as it should be.
 */
export const PACKET_STATES = [
  'conflicting',
  'unrouted',
  'foreign',
  'unclaimed',
  'stopped',
  'routed',
] as const;

/** Of what has neither a claim nor a route: the ledger has it; it has it for nobody any more; it is reserved. */
export const KEPT_STATES = ['held', 'leaving', 'reserved'] as const;

export const BLOCK_STATES = [...PACKET_STATES, ...KEPT_STATES] as const;

export type BlockState = (typeof BLOCK_STATES)[number];

/** A network that some node claims, some route leads to, the ledger has or a setting reserves. */
export interface Block {
  readonly cidr: Cidr;
  readonly state: BlockState;
  /** Names of those that claim it or, where nobody does, of what its routes lead to. */
  readonly names: readonly string[];
  /** What the ledger says of it; null where it does not have it. */
  readonly entry: KeptBlock | null;
}

/** Every block of a report, in order. Routes outside the cluster CIDRs make none, unless a node claims them. */
export function findBlocks(report: ReadableReport): Block[] {
  const routes = Map.groupBy(listRoutes(report), ({ destination }) => destination);
  const claims = collectClaims(report);
  const kept = new Map(report.blocks?.kept.map((entry) => [entry.cidr, entry]));
  const entryOf = ({ text }: Cidr): KeptBlock | null => kept.get(text) ?? null;
  const conflicts = findConflicts(report, claims);
  const claimed = [...claims.values()].map(({ cidr, nodes }) => ({
    cidr,
    state: judgeClaim(cidr, nodes, (routes.get(cidr.text) ?? []).filter(isStatic), conflicts),
    names: nodes.map(({ name }) => name),
    entry: entryOf(cidr),
  }));
  const others = [...routes].flatMap(([text, rows]): Block[] => {
    const cidr = readCidr(text);
    if (cidr === null || claims.has(text)) return [];
    const state = rows.some(({ managed }) => managed) ? 'unclaimed' : 'foreign';
    const names = rows.map(nameTarget);
    return [{ cidr, state, names: [...new Set(names)], entry: entryOf(cidr) }];
  });
  const seen = new Set([...claimed, ...others].map(({ cidr }) => cidr.text));
  const unseen = findKept(report).filter(({ cidr }) => !seen.has(cidr.text));
  return [...claimed, ...others, ...unseen].sort((a, b) => compareCidrs(a.cidr, b.cidr));
}

/** What no node can be given, whether anybody claims it or not. */
function findKept({ blocks }: ReadableReport): Block[] {
  const held = (blocks?.kept ?? []).flatMap((entry): Block[] => {
    const cidr = readCidr(entry.cidr);
    const names = entry.node === null ? [] : [entry.node];
    return cidr === null ? [] : [{ cidr, state: entry.leaving === null ? 'held' : 'leaving', names, entry }];
  });
  const reserved = (blocks?.reserved ?? []).flatMap((text): Block[] => {
    const cidr = readCidr(text);
    return cidr === null ? [] : [{ cidr, state: 'reserved', names: [], entry: null }];
  });
  return [...held, ...reserved];
}

function isStatic({ propagated }: RouteRow): boolean {
  return propagated !== true;
}

/** CIDRs that several nodes claim, or that overlap what another node claims. */
function findConflicts({ findings }: ReadableReport, claims: ReadonlyMap<string, Claimed>): Set<string> {
  const found = new Set(
    findings.flatMap(({ code, cidr }) => (code === 'conflicting-claim' && cidr !== null ? [cidr] : [])),
  );
  const index = indexByCidr(claims.values());
  for (const { cidr, nodes } of claims.values()) {
    const holders = new Set(index.overlapping(cidr).flatMap((other) => other.nodes.map(({ id }) => id)));
    if (nodes.some(({ id }) => holders.size > (holders.has(id) ? 1 : 0))) found.add(cidr.text);
  }
  return found;
}

function judgeClaim(
  { text }: Cidr,
  nodes: readonly Node[],
  routes: readonly RouteRow[],
  conflicts: ReadonlySet<string>,
): BlockState {
  if (conflicts.has(text)) return 'conflicting';
  if (nodes.some(({ state }) => state === 'stopped')) return 'stopped';
  const astray = routes.filter(({ state }) => state !== 'active');
  if (astray.some(({ managed }) => managed) || routes.length === 0) return 'unrouted';
  return astray.length > 0 ? 'foreign' : 'routed';
}
