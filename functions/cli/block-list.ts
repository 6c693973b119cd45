import { type Cidr, compareCidrs, containsCidr, overlaps, parseCidr } from '../../shared/core/cidr.ts';
import { isClusterCidr } from '../../shared/core/claims/bounds.ts';
import { FreeBlocks, type FreeStretch, findFreeStretches } from '../../shared/core/claims/free-blocks.ts';
import type { Finding, FindingCode } from '../../shared/core/model.ts';
import type { ReportedBlocks } from '../../shared/core/run/reported-blocks.ts';
import type { ClusterView } from './cluster-view.ts';

/** What `podroutes blocks -o json` prints: docs/schemas/blocks.schema.json. */
export interface BlockList {
  readonly cluster: string | null;
  readonly cloud: string;
  /** Whether a full run has entered all claims and routes; nothing is handed out before. */
  readonly adopted: boolean;
  readonly ranges: readonly ListedRange[];
  readonly findings: readonly Finding[];
}

/** A cluster CIDR, cut into blocks of the size that is handed out. */
export interface ListedRange {
  readonly cidr: string;
  readonly size: number;
  /** In blocks of the size: the other counts add up to it. */
  readonly total: number;
  readonly free: number;
  readonly used: number;
  readonly leaving: number;
  readonly reserved: number;
  /** Those that are not free, of whatever size, in order. */
  readonly blocks: readonly ListedBlock[];
  /** Free blocks side by side, in order. */
  readonly freeBlocks: readonly ListedStretch[];
}

export interface ListedBlock {
  readonly cidr: string;
  readonly state: 'used' | 'leaving' | 'reserved';
  /** By what it is so: handed out, claimed by other means, the setting, or the network's own addresses. */
  readonly kind: 'allocated' | 'claimed' | 'setting' | 'network';
  /** Name and id of the node that has it. */
  readonly node: string | null;
  readonly nodeId: string | null;
  /** Since when the ledger has it; null where it does not. */
  readonly since: string | null;
  /** Since when full runs have found nobody there. */
  readonly leaving: string | null;
}

interface ListedStretch {
  readonly first: string;
  readonly last: string;
  readonly count: number;
}

/** A block with the addresses that its text stands for. */
type Placed = Omit<ListedBlock, 'cidr'> & { readonly cidr: Cidr };

const CODES: readonly FindingCode[] = [
  'no-free-cidr',
  'blocks-filling',
  'block-not-written',
  'ledger-unavailable',
  'read-incomplete',
];

/** Every block of the cluster CIDRs: what the ledger has, and what else was seen just now. */
export function listBlocks(view: ClusterView, known: ReportedBlocks): BlockList {
  const { session, report } = view;
  const { clusterCidrs, allocate } = session.config;
  const blocks = placeBlocks(view, known);
  return {
    cluster: report.cluster,
    cloud: report.cloud,
    adopted: known.adopted,
    ranges: clusterCidrs.flatMap((range) => {
      const size = allocate[range.family];
      return size === null ? [] : [listRange(range, size, blocks)];
    }),
    findings: report.findings.filter(({ code }) => CODES.includes(code)),
  };
}

function placeBlocks(view: ClusterView, known: ReportedBlocks): Placed[] {
  const { tables } = view.run.observation;
  const nobody = { node: null, nodeId: null, since: null, leaving: null };
  const kept = known.kept.flatMap(({ cidr: text, ...block }): Placed[] => {
    const cidr = parseCidr(text);
    return cidr.ok ? [{ ...block, cidr: cidr.cidr, state: block.leaving === null ? 'used' : 'leaving' }] : [];
  });
  const kinds = [
    { kind: 'setting', cidrs: view.session.config.reservedCidrs },
    { kind: 'network', cidrs: tables.flatMap(({ networkCidrs }) => networkCidrs) },
  ] as const;
  const unusable = kinds.flatMap(({ kind, cidrs }) => {
    const distinct = new Map(cidrs.map((cidr) => [cidr.text, cidr]));
    return [...distinct.values()].map((cidr): Placed => ({ ...nobody, cidr, state: 'reserved', kind }));
  });
  return [...kept, ...findUnrecorded(view, new Set(kept.map(({ cidr }) => cidr.text))), ...unusable];
}

/** What came after the last full run: no node gets it either. */
function findUnrecorded(
  { run: { observation }, session }: ClusterView,
  kept: ReadonlySet<string>,
): Iterable<Placed> {
  const found = new Map<string, Placed>();
  const add = (cidr: Cidr, node: string | null, nodeId: string | null): void => {
    if (kept.has(cidr.text) || isClusterCidr(cidr, session.config)) return;
    const seen = { state: 'used', kind: 'claimed', since: null, leaving: null } as const;
    found.set(cidr.text, { ...seen, cidr, node, nodeId });
  };
  const living = observation.nodes.filter(({ state }) => state !== 'gone');
  const names = new Map(living.map(({ id, name }) => [id, name]));
  for (const { destination, target } of observation.tables.flatMap(({ routes }) => routes)) {
    const id = target.kind === 'node' ? target.id : null;
    add(destination, id === null ? null : (names.get(id) ?? id), id);
  }
  for (const { id, name, claims } of living) for (const { cidr } of claims) add(cidr, name, id);
  return found.values();
}

function listRange(range: Cidr, size: number, all: readonly Placed[]): ListedRange {
  // A route that is wider than the range takes nothing from it, but addresses of the network do.
  const blocks = all.filter(({ cidr, state }) =>
    state === 'reserved' ? overlaps(range, cidr) : containsCidr(range, cidr),
  );
  const cidrsOf = (...states: readonly ListedBlock['state'][]): Cidr[] =>
    blocks.filter(({ state }) => states.includes(state)).map(({ cidr }) => cidr);
  const countWithout = (...states: readonly ListedBlock['state'][]): bigint =>
    new FreeBlocks([range], size, cidrsOf(...states)).free;
  const [total, usable] = [countWithout(), countWithout('reserved')];
  const [unused, free] = [countWithout('reserved', 'used'), countWithout('reserved', 'used', 'leaving')];
  return {
    cidr: range.text,
    size,
    total: Number(total),
    free: Number(free),
    used: Number(usable - unused),
    leaving: Number(unused - free),
    reserved: Number(total - usable),
    blocks: blocks
      .toSorted((a, b) => compareCidrs(a.cidr, b.cidr))
      .map(({ cidr, ...block }) => ({ cidr: cidr.text, ...block })),
    freeBlocks: findFreeStretches(range, size, cidrsOf('reserved', 'used', 'leaving')).map(toListedStretch),
  };
}

function toListedStretch({ first, last, count }: FreeStretch): ListedStretch {
  return { first: first.text, last: last.text, count: Number(count) };
}
