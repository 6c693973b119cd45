import type { Family } from '../cidr.ts';
import type { Node } from '../model.ts';
import type { TableSketch } from './table.ts';

/** Tells the claims of one node and family in one table from all others. */
export function anchorOf({ table }: TableSketch, { id }: Node, family: Family): string {
  return `${table.id} ${id} ${family}`;
}

/** How many claims of a node are in force in a table, or made so by the plan, by family. Counted where asked for. */
export class Anchors {
  readonly #tables = new Map<TableSketch, Map<string, number>>();

  has(sketch: TableSketch, node: Node, family: Family): boolean {
    return (this.#countsOf(sketch).get(anchorOf(sketch, node, family)) ?? 0) > 0;
  }

  /** Whether the node has none left after this one. */
  drop(sketch: TableSketch, node: Node, family: Family): boolean {
    const counts = this.#countsOf(sketch);
    const key = anchorOf(sketch, node, family);
    const left = (counts.get(key) ?? 0) - 1;
    counts.set(key, left);
    return left === 0;
  }

  #countsOf(sketch: TableSketch): Map<string, number> {
    const known = this.#tables.get(sketch);
    if (known !== undefined) return known;
    const counts = new Map<string, number>();
    for (const { node, cidr } of [...sketch.inForce, ...sketch.writes.map(({ claim }) => claim)]) {
      const key = anchorOf(sketch, node, cidr.family);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    this.#tables.set(sketch, counts);
    return counts;
  }
}
