import type { Block } from '../../../shared/core/claims/holders.ts';
import { planBlocks } from '../../../shared/core/guard/block-plan.ts';
import type { BlockView, Liveness } from '../../../shared/core/guard/block-view.ts';
import type { BlockChange } from '../../../shared/core/ledger/blocks.ts';
import type { Node, ReadFailure, Registry, Route } from '../../../shared/core/model.ts';
import { cidr, observation, settings, table } from '../builders.ts';
import { failure } from '../memory-cloud.ts';

const MINUTE = 60_000;
export const NOW = Date.UTC(2026, 10, 21, 3);
/** Of the block that most tests are about. */
export const CIDR = '10.200.1.0/24';
const RANGE = { clusterCidrs: [cidr('10.200.0.0/22'), cidr('10.201.0.0/22')] };
export const ON = settings({ ...RANGE, allocate: { 4: 24, 6: null } });
export const OFF = settings(RANGE);

/** What a run has read; what is left out is empty, and was read. */
export interface Seen {
  readonly nodes?: readonly Node[];
  /** Of each table. */
  readonly routes?: readonly (readonly Route[])[];
  readonly failures?: readonly ReadFailure[];
  readonly blocks?: readonly Block[];
  readonly registry?: Registry | null;
  readonly isFull?: boolean;
  readonly isAdopted?: boolean;
  /** Of holders that the list lacks. */
  readonly liveness?: Liveness;
}

export function plan(
  {
    nodes = [],
    routes = [[]],
    failures = [],
    blocks = [],
    registry = null,
    liveness = 'unknown',
    ...more
  }: Seen,
  how = ON,
) {
  const kept = new Map(blocks.map((block) => [block.cidr.text, { block, version: '1' }]));
  const tables = routes.map((each, i) => table(each, { id: `rtb-${i}` }));
  const view: BlockView = {
    reading: { generation: '1', isAdopted: more.isAdopted ?? true, kept, now: NOW },
    observation: observation(nodes, tables, { failures }),
    isFull: more.isFull ?? true,
    registry,
    livenessOf: ({ node: id }) => (nodes.some((each) => each.id === id) ? 'alive' : liveness),
  };
  return planBlocks(view, how);
}

/** As `cidr kind holder`, with since when it is leaving; `freed` of what is free again. */
export function show({ cidr: { text }, next }: BlockChange): string {
  if (next === null) return `${text} freed`;
  const { kind, holder, leaving } = next;
  const who = holder === null ? '-' : [holder.node, ...(holder.incarnation ?? [])].join(' ');
  return `${text} ${kind} ${who}${leaving === null ? '' : ` leaving ${NOW - leaving}`}`;
}

export function changes(seen: Seen, how = ON): string[] {
  return plan(seen, how).changes.map(show);
}

/** A block of `b`, unless it is somebody else's. */
export function block(kind: Block['kind'], more: Partial<Block> = {}): Block {
  return { cidr: cidr(CIDR), kind, holder: holder('b'), since: 1, leaving: null, ...more };
}

export function holder(id: string, incarnation: string | null = null) {
  return { node: id, name: id, incarnation };
}

/** When a mark was written. */
export function minutesAgo(minutes: number): { readonly leaving: number } {
  return { leaving: NOW - minutes * MINUTE };
}

export function unread(what: ReadFailure['what']): ReadFailure {
  return { what, id: null, failure: failure('transient', 'Throttling') };
}
