import { isClaiming } from '../../../shared/core/claims/bounds.ts';
import { describeDoubt, PLACES } from '../../../shared/core/findings/claims.ts';
import type { Claim, NodeState } from '../../../shared/core/model.ts';
import { describeBlock } from './block.ts';
import { type Check, type Facts, findingsOf, fromFinding, note, ok, problem } from './facts.ts';

/** Checks of the node and of what it says, before any table is looked at. */
export const NODE_CHECKS: readonly ((facts: Facts) => Check[])[] = [
  checkReading,
  checkFound,
  checkSelection,
  checkState,
  checkClaim,
  checkBounds,
  checkConflict,
];

/** R3: what is not known is not decided. */
function checkReading({ run, node }: Facts): Check[] {
  const concerning = run.observation.failures.filter(({ what, id }) => what !== 'claims' || id !== node.id);
  if (concerning.length === 0) return [ok('reading', 'Everything could be read.')];
  const unread = concerning.map(
    ({ what, id, failure }) => `${what}${id ? ` ${id}` : ''}: ${failure.message}`,
  );
  const evidence = `Not everything could be read, so only proven deletions are made: ${unread.join('; ')}`;
  return [problem('reading', evidence, 'Fix what the message names.')];
}

function checkFound({ node, session }: Facts): Check[] {
  const since = node.launchedAt === 0 ? '' : `, from ${new Date(node.launchedAt).toISOString()}`;
  const addresses = node.addresses.length === 0 ? 'no address' : node.addresses.join(', ');
  return [ok('found', `${node.id} in ${session.place}, ${addresses}${since}.`)];
}

function checkSelection({ session }: Facts): Check[] {
  return [ok('selection', `It is selected as a node ${describeSelection(session.config)}.`)];
}

/** What makes a machine a node, in words. */
export function describeSelection({ nodeTag, cluster }: Facts['session']['config']): string {
  if (nodeTag !== null) {
    return `by the tag ${nodeTag.key}${nodeTag.value === null ? '' : ` with the value ${nodeTag.value}`}`;
  }
  return cluster === null
    ? 'by its claim, in the network of the named tables'
    : `by the tag of the cluster ${cluster}, with the value owned or shared`;
}

const STATES: Readonly<Record<NodeState, string>> = {
  pending: 'It is not running yet: it gets its routes when it runs.',
  running: 'It runs.',
  stopped: 'It is stopped.',
  gone: 'It is gone: it no longer claims anything, and its routes are deleted.',
};

function checkState({ node, session }: Facts): Check[] {
  if (node.state === 'running') return [ok('state', STATES.running)];
  const { stoppedNodes } = session.config;
  const kept = isClaiming(node, stoppedNodes) ? 'its routes are kept' : 'its routes are deleted';
  const suffix = node.state === 'stopped' ? ` With PODROUTES_STOPPED_NODES=${stoppedNodes}, ${kept}.` : '';
  return [note('state', `${STATES[node.state]}${suffix}`)];
}

function checkClaim(facts: Facts): Check[] {
  const { node, session, run } = facts;
  if (!node.claimsKnown) {
    const failure = run.observation.failures.find(({ id }) => id === node.id)?.failure;
    const why = failure === undefined ? '' : ` ${failure.code}: ${failure.message}`;
    return [problem('claim', `What it claims could not be read.${why}`, 'Fix what the message names.')];
  }
  const claims = node.claims.map((claim) =>
    node.state === 'gone'
      ? note('claim', `Its ${PLACES[claim.source]} still says ${claim.cidr.text}, which no longer counts.`)
      : ok('claim', describeClaim(facts, claim)),
  );
  const findings = [
    ...findingsOf(facts, ['malformed-claim', 'missing-claim', 'too-many-claims', 'block-not-written']),
    // About all nodes, and so about none by its name.
    ...run.findings.filter(({ code }) => code === 'no-claims'),
    ...(run.short.has(node.id) ? run.findings.filter(({ code }) => code === 'no-free-cidr') : []),
  ];
  if (claims.length + findings.length > 0) {
    return [...claims, ...findings.map((finding) => fromFinding('claim', finding))];
  }
  const places = session.config.podCidrSources.map((source) => PLACES[source]).join(' or ');
  const doubt = describeDoubt(node, session.config.podCidrTag);
  if (doubt !== null) {
    return [
      problem(
        'claim',
        `No claim was found: ${doubt}.`,
        `If it runs pods, set its ${session.config.podCidrTag} tag.`,
      ),
    ];
  }
  return [note('claim', `It claims no pod CIDR: there is no ${session.config.podCidrTag} in its ${places}.`)];
}

function describeClaim(facts: Facts, claim: Claim): string {
  if (claim.source === 'ledger') return describeBlock(facts, claim);
  return `It claims ${claim.cidr.text}, in its ${PLACES[claim.source]}.`;
}

/** R7. */
function checkBounds(facts: Facts): Check[] {
  const { node, session, tables } = facts;
  if (node.state === 'gone') return [];
  const findings = findingsOf(facts, [
    'claim-outside-cluster',
    'claim-covers-cluster',
    'claim-covers-nodes',
    'claim-reserved',
    'claim-overlaps-network',
  ]);
  const refused = new Set(findings.map(({ cidr }) => cidr));
  const ranges = session.config.clusterCidrs.map(({ text }) => text).join(', ');
  const own = [...new Set(tables.flatMap(({ networkCidrs }) => networkCidrs.map(({ text }) => text)))];
  const apart = own.length === 0 ? '' : ` and apart from the network's own ${own.join(', ')}`;
  return [
    ...node.claims
      .filter(({ cidr }) => !refused.has(cidr.text))
      .map(({ cidr }) => ok('bounds', `${cidr.text} lies inside the cluster CIDRs ${ranges}${apart}.`)),
    ...findings.map((finding) => fromFinding('bounds', finding)),
  ];
}

/** R5. */
function checkConflict(facts: Facts): Check[] {
  if (facts.node.claims.length === 0 || facts.node.state === 'gone') return [];
  const findings = findingsOf(facts, ['conflicting-claim']);
  if (findings.length > 0) return findings.map((finding) => fromFinding('conflict', finding));
  return [ok('conflict', 'No other node claims the same block.')];
}
