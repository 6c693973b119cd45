import type { Cidr } from '../../../shared/core/cidr.ts';
import type { Claim } from '../../../shared/core/model.ts';
import type { Facts } from './facts.ts';

/** R13: where a block of the ledger comes from, and whether the machine and Kubernetes can know it. */
export function describeBlock(facts: Facts, claim: Claim): string {
  const kept = facts.run.blocks?.kept.find((block) => block.cidr.text === claim.cidr.text);
  const since = kept === undefined ? '' : ` since ${new Date(kept.since).toISOString()}`;
  const sentences = [
    `It was given ${claim.cidr.text}, which the ledger has held for it${since}.`,
    describeTag(facts, claim),
    describeNodeObject(facts, claim.cidr),
  ];
  return sentences.filter((sentence) => sentence !== null).join(' ');
}

const NEXT_RUN = 'the next run that is no dry run writes it';

function describeTag({ node, session }: Facts, { alsoIn }: Claim): string {
  const { podCidrTag } = session.config;
  if (alsoIn === 'tag') return `Its tag ${podCidrTag} says so too.`;
  if (node.claimAdvice !== undefined) return 'A tag that is set on it would not stay, so it has none.';
  const isOwn = node.claims.some(({ source }) => source !== 'ledger') || node.defects.length > 0;
  return isOwn || alsoIn !== undefined
    ? `Its tag ${podCidrTag} is left as it is, since the node claims something by itself.`
    : `Its tag ${podCidrTag} does not say so yet: ${NEXT_RUN}.`;
}

/** Null where Kubernetes is not asked, or did not answer, which is a finding of its own. */
function describeNodeObject({ node, registry }: Facts, { text }: Cidr): string | null {
  if (registry === null || !registry.ok) return null;
  const registered = registry.nodes.get(node.id);
  if (registered === undefined) return 'It has no Node object yet.';
  const { name, claims, defects } = registered;
  if (claims.some(({ cidr }) => cidr.text === text)) return `So does its Node object ${name}.`;
  const others = claims.map(({ cidr }) => cidr.text);
  return others.length + defects.length === 0
    ? `Its Node object ${name} has no pod CIDR yet: ${NEXT_RUN}.`
    : `Its Node object ${name} has another pod CIDR${others.length === 0 ? '' : `, ${others.join(', ')}`}, which it keeps.`;
}
