import type { Node } from '../core/model.ts';
import { type Facts, listNodes } from './facts.ts';
import type { Guard } from './model.ts';

/** Whom a rule that is added to a group is for, besides these nodes; nothing where that is no question. */
export function describeMembers(
  { run }: Facts,
  { firewall, members }: Guard,
  guarded: readonly Node[],
): string[] {
  if (members === undefined) return [];
  if ('failure' in members) {
    const { code } = members.failure;
    return [`the other members that a rule in ${firewall.id} applies to could not be read: ${code}`];
  }
  const ids = new Set(members.nodes.filter((id) => guarded.every((node) => node.id !== id)));
  const nodes = run.observation.nodes.filter(({ id }) => ids.has(id));
  const besides = [
    ...(nodes.length === 0 ? [] : [listNodes(nodes)]),
    ...(members.others.length === 0 ? [] : [describeOthers(members.others)]),
  ];
  if (besides.length === 0) return [`a rule in ${firewall.id} applies to no others`];
  return [`a rule in ${firewall.id} also applies to ${besides.join(' and ')}`];
}

/** Whether somebody else may be let in, so that it is worth a look who that is. */
export function mayHaveOtherMembers({ members }: Guard): boolean {
  return members !== undefined && ('failure' in members || members.others.length > 0);
}

function describeOthers(ids: readonly string[]): string {
  const [one, ...more] = ids;
  return `interfaces that belong to no node with a pod CIDR (${ids.length <= 3 ? ids.join(', ') : `${one} and ${more.length} more`})`;
}
