import { type Cidr, compareCidrs } from '../../../shared/core/cidr.ts';
import { indexByCidr } from '../../../shared/core/cidr-index.ts';
import { type Claimed, collectClaims, readCidr } from './claims.ts';
import type { ReadableReport } from './read-report.ts';
import { listRoutes, nameTarget, type RouteRow } from './routes.ts';

type Node = ReadableReport['nodes'][number];

/**
 * What becomes of packets to a block, the worst first: claimed by several nodes; claimed without its route;
 * led elsewhere by a route that is not ours; led by a route of ours that nobody claims; claimed by a node that
 * is stopped; as it should be.
 */
export const BLOCK_STATES = ['conflicting', 'unrouted', 'foreign', 'unclaimed', 'stopped', 'routed'] as const;

export type BlockState = (typeof BLOCK_STATES)[number];

/** A network that some node claims or some route leads to. */
export interface Block {
  readonly cidr: Cidr;
  readonly state: BlockState;
  /** Names of those that claim it or, where nobody does, of what its routes lead to. */
  readonly names: readonly string[];
}

/** Every block of a report, in order. Routes outside the cluster CIDRs make none, unless a node claims them. */
export function findBlocks(report: ReadableReport): Block[] {
  const routes = Map.groupBy(listRoutes(report), ({ destination }) => destination);
  const claims = collectClaims(report);
  const conflicts = findConflicts(report, claims);
  const claimed = [...claims.values()].map(({ cidr, nodes }) => ({
    cidr,
    state: judgeClaim(cidr, nodes, (routes.get(cidr.text) ?? []).filter(isStatic), conflicts),
    names: nodes.map(({ name }) => name),
  }));
  const others = [...routes].flatMap(([text, rows]): Block[] => {
    const cidr = readCidr(text);
    if (cidr === null || claims.has(text)) return [];
    const state = rows.some(({ managed }) => managed) ? 'unclaimed' : 'foreign';
    const names = rows.map(nameTarget);
    return [{ cidr, state, names: [...new Set(names)] }];
  });
  return [...claimed, ...others].sort((a, b) => compareCidrs(a.cidr, b.cidr));
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
