import type { Cloud } from '../cloud.ts';
import type { Liveness } from '../guard/block-view.ts';
import type { Node, Observation } from '../model.ts';

/** A machine as the ledger remembers it. */
export interface Machine {
  /** Node id. */
  readonly node: string;
  readonly incarnation: string | null;
}

/**
 * R4: what has become of machines. Gone is an id that is unknown, ended, or has come back as another machine; being on
 * no list proves nothing, so those that the run's look lacks are asked about by their ids.
 */
export async function findLiveness(
  cloud: Cloud,
  machines: readonly Machine[],
  observation: Observation,
  signal: AbortSignal,
): Promise<(machine: Machine) => Liveness> {
  const nodes = new Map(observation.nodes.map((node) => [node.id, node]));
  const unlisted = [...new Set(machines.map(({ node }) => node))].filter((id) => !nodes.has(id));
  const found =
    unlisted.length === 0 ? observation : await cloud.observe({ kind: 'nodes', ids: unlisted }, signal);
  const missing = new Set([...observation.missing, ...found.missing]);
  const others = new Set((found.unselected ?? []).map(({ id }) => id));
  for (const node of found.nodes) nodes.set(node.id, node);
  return ({ node: id, incarnation }) => {
    if (missing.has(id)) return 'gone';
    const node = nodes.get(id);
    if (node !== undefined) return hasEnded(node, incarnation) ? 'gone' : 'alive';
    return others.has(id) ? 'alive' : 'unknown';
  };
}

function hasEnded(node: Node, incarnation: string | null): boolean {
  if (node.state === 'gone') return true;
  return incarnation !== null && node.incarnation !== null && node.incarnation !== incarnation;
}
