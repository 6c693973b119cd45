import type { Family } from '../cidr.ts';
import type { Change, Node, Route } from '../model.ts';
import { findDependents } from './dependents.ts';
import { fitQuota } from './room.ts';
import type { TableSketch, Write } from './table.ts';

/** Tells the claims of one node and family in one table from all others. */
export function anchorOf({ table }: TableSketch, { id }: Node, family: Family): string {
  return `${table.id} ${id} ${family}`;
}

/** What is counted of one table. */
interface Tally {
  readonly counts: Map<string, number>;
  /** Writes that the guard will refuse. */
  readonly refused: ReadonlySet<Change>;
  /** Ids of the nodes that those are for. */
  readonly crowdedOut: ReadonlySet<string | null>;
}

/**
 * How many claims of a node are in force in a table, or made so by the plan, by family. What has no room in the table
 * (R10) is not made so, nor what that keeps with its node (R6); what waits to go makes no room yet. Counted where asked
 * for.
 */
export class Anchors {
  readonly #tallies = new Map<TableSketch, Tally>();
  readonly #findProven: (sketch: TableSketch) => readonly Route[];

  /** @param findProven routes that go in any case, and make room */
  constructor(findProven: (sketch: TableSketch) => readonly Route[]) {
    this.#findProven = findProven;
  }

  has(sketch: TableSketch, node: Node, family: Family): boolean {
    return (this.#tallyOf(sketch).counts.get(anchorOf(sketch, node, family)) ?? 0) > 0;
  }

  /** Whether the node claims something in vain, be it only that the table is full. */
  lacks(sketch: TableSketch, { id }: Node): boolean {
    return sketch.unmet.has(id) || this.#tallyOf(sketch).crowdedOut.has(id);
  }

  /** Whether the node has none left after this one. */
  drop(sketch: TableSketch, { claim: { node, cidr }, change }: Write): boolean {
    const { counts, refused } = this.#tallyOf(sketch);
    if (refused.has(change)) return false;
    const key = anchorOf(sketch, node, cidr.family);
    const left = (counts.get(key) ?? 0) - 1;
    counts.set(key, left);
    return left === 0;
  }

  #tallyOf(sketch: TableSketch): Tally {
    const known = this.#tallies.get(sketch);
    if (known !== undefined) return known;
    const refused = this.#findRefused(sketch);
    const fitting = sketch.writes.filter(({ change }) => !refused.has(change));
    const counts = new Map<string, number>();
    for (const { node, cidr } of [...sketch.inForce, ...fitting.map(({ claim }) => claim)]) {
      const key = anchorOf(sketch, node, cidr.family);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const tally = { counts, refused, crowdedOut: new Set([...refused].map(({ node }) => node)) };
    this.#tallies.set(sketch, tally);
    return tally;
  }

  #findRefused(sketch: TableSketch): Set<Change> {
    const { table, writes } = sketch;
    const changes = writes.map(({ change }) => change);
    const proven = this.#findProven(sketch);
    const tooMany = table.quotas.flatMap((quota) => fitQuota(quota, changes, proven).tooMany);
    return new Set([...tooMany, ...findDependents(tooMany, changes)]);
  }
}
